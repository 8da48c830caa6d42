#include "format/parquet/parquet_delta_reader.h"

#include <algorithm>

namespace coffer::format {
namespace {

// Far above what writers use: 128 values, 4 miniblocks.
constexpr std::uint64_t kBlockValuesMax = std::uint64_t{1} << 20;
constexpr int kWidthMax = 64;

std::uint64_t UnZigZag(std::uint64_t value) { return (value >> 1) ^ (~(value & 1) + 1); }

}  // namespace

DeltaReader::DeltaReader(std::string_view bytes) {
  ThriftReader head(bytes);
  block_values_ = head.Varint();
  miniblocks_ = head.Varint();
  const std::uint64_t count = head.Varint();
  last_ = UnZigZag(head.Varint());
  const bool good = head.ok() && block_values_ <= kBlockValuesMax && miniblocks_ > 0 && miniblocks_ <= block_values_ &&
                    block_values_ % miniblocks_ == 0 && block_values_ / miniblocks_ % 8 == 0;
  if (!good) return;
  rest_ = head.rest();
  count_ = left_ = count;
}

bool DeltaReader::Next(std::int64_t& value) {
  if (left_ == 0) return false;
  if (!first_) {
    if (miniblock_left_ == 0 && !BeginMiniblock()) return left_ = 0, false;
    last_ += NextBits() + min_delta_;
    --miniblock_left_;
  }
  first_ = false;
  --left_;
  value = static_cast<std::int64_t>(last_);
  return true;
}

bool DeltaReader::BeginBlock() {
  ThriftReader head(rest_);
  min_delta_ = UnZigZag(head.Varint());
  if (!head.ok() || head.rest().size() < miniblocks_) return false;
  widths_ = head.rest().substr(0, static_cast<std::size_t>(miniblocks_));
  rest_ = head.rest().substr(widths_.size());
  return true;
}

// The last miniblock with values has full length; the ones after it have no bytes.
bool DeltaReader::BeginMiniblock() {
  if (widths_.empty() && !BeginBlock()) return false;
  width_ = static_cast<unsigned char>(widths_.front());
  widths_.remove_prefix(1);
  miniblock_left_ = block_values_ / miniblocks_;
  const auto bytes = static_cast<std::size_t>(miniblock_left_ / 8 * static_cast<std::uint64_t>(width_));
  if (width_ > kWidthMax || rest_.size() < bytes) return false;
  packed_ = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  bit_ = 0;
  return true;
}

std::uint64_t DeltaReader::NextBits() {
  std::uint64_t bits = 0;
  for (int got = 0; got < width_;) {
    const std::uint64_t octet = static_cast<unsigned char>(packed_[bit_ / 8]);
    const int within = static_cast<int>(bit_ % 8);
    const int take = std::min(8 - within, width_ - got);
    bits |= ((octet >> within) & ((1U << take) - 1)) << got;
    got += take;
    bit_ += static_cast<std::size_t>(take);
  }
  return bits;
}

}  // namespace coffer::format

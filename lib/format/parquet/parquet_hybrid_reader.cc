#include "format/parquet/parquet_hybrid_reader.h"

#include "format/parquet/thrift_reader.h"

namespace coffer::format {
namespace {

constexpr std::uint64_t kGroup = 8;
// No writer makes longer runs, and they would overflow the counter.
constexpr std::uint64_t kRunMax = std::uint64_t{1} << 31;

}  // namespace

bool HybridReader::Next(std::uint32_t& value) {
  while (left_ == 0) {
    if (!BeginRun()) return false;
  }
  if (packed_) return NextPacked(value);
  --left_;
  value = value_;
  return true;
}

bool HybridReader::BeginRun() {
  ThriftReader head(rest_);
  const std::uint64_t header = head.Varint();
  if (!head.ok() || (header >> 1) > kRunMax) return false;
  rest_ = head.rest();
  packed_ = (header & 1) != 0;
  left_ = (header >> 1) * (packed_ ? kGroup : 1);
  held_ = 0;
  held_bits_ = 0;
  if (packed_) return true;
  value_ = 0;
  for (int bits = 0; bits < bit_width_; bits += 8) {
    if (rest_.empty()) return false;
    value_ |= std::uint32_t{static_cast<unsigned char>(rest_.front())} << bits;
    rest_.remove_prefix(1);
  }
  return true;
}

// The padding of the last group may be missing, since writers may omit it.
bool HybridReader::NextPacked(std::uint32_t& value) {
  for (; held_bits_ < bit_width_; held_bits_ += 8) {
    if (rest_.empty()) return false;
    held_ |= std::uint64_t{static_cast<unsigned char>(rest_.front())} << held_bits_;
    rest_.remove_prefix(1);
  }
  value = static_cast<std::uint32_t>(held_ & ((std::uint64_t{1} << bit_width_) - 1));
  held_ >>= bit_width_;
  held_bits_ -= bit_width_;
  --left_;
  return true;
}

}  // namespace coffer::format

#include "storage/serialized_batch.h"

#include <limits>

namespace coffer::storage {
namespace {

// Sequence number (8 bytes, filled in by RocksDB) and count (4 bytes), both little-endian.
constexpr std::size_t kHeaderBytes = 12;

// The record tags that are followed by a family's number.
constexpr char kDeleteTag = 0x4;
constexpr char kPutTag = 0x5;
constexpr char kMergeTag = 0x6;
constexpr char kDeleteRangeTag = 0xE;

constexpr std::size_t kPieceBytesMax = std::numeric_limits<std::uint32_t>::max();

void AppendVarint(std::string& out, std::size_t value) {
  constexpr std::size_t kMore = 0x80;
  while (value >= kMore) {
    out.push_back(static_cast<char>((value & (kMore - 1)) | kMore));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

void AppendPiece(std::string& out, std::string_view piece) {
  AppendVarint(out, piece.size());
  out.append(piece);
}

}  // namespace

void SerializedBatch::Clear() {
  bytes_.assign(kHeaderBytes, '\0');
  count_ = 0;
  stores_ = 0;
}

bool SerializedBatch::Begin(char tag, Family family, std::size_t first_bytes, std::size_t second_bytes) {
  if (first_bytes > kPieceBytesMax || second_bytes > kPieceBytesMax) {
    return false;
  }
  bytes_.push_back(tag);
  AppendVarint(bytes_, RocksFamilyId(family));
  ++count_;
  stores_ |= 1U << StoreOf(family);
  return true;
}

bool SerializedBatch::Put(Family family, std::string_view key, std::span<const std::string_view> value_parts) {
  std::size_t value_bytes = 0;
  for (const std::string_view part : value_parts) {
    value_bytes += part.size();
  }
  if (!Begin(kPutTag, family, key.size(), value_bytes)) {
    return false;
  }
  AppendPiece(bytes_, key);
  AppendVarint(bytes_, value_bytes);
  for (const std::string_view part : value_parts) {
    bytes_.append(part);
  }
  return true;
}

bool SerializedBatch::Delete(Family family, std::string_view key) {
  if (!Begin(kDeleteTag, family, key.size(), 0)) {
    return false;
  }
  AppendPiece(bytes_, key);
  return true;
}

bool SerializedBatch::DeleteRange(Family family, std::string_view begin, std::string_view end) {
  if (!Begin(kDeleteRangeTag, family, begin.size(), end.size())) {
    return false;
  }
  AppendPiece(bytes_, begin);
  AppendPiece(bytes_, end);
  return true;
}

bool SerializedBatch::Merge(Family family, std::string_view key, std::string_view operand) {
  if (!Begin(kMergeTag, family, key.size(), operand.size())) {
    return false;
  }
  AppendPiece(bytes_, key);
  AppendPiece(bytes_, operand);
  return true;
}

LentBatch SerializedBatch::Lend() {
  for (std::size_t i = 0; i < sizeof(count_); ++i) {
    bytes_[kHeaderBytes - sizeof(count_) + i] = static_cast<char>((count_ >> (8 * i)) & 0xFF);
  }
  return LentBatch(std::move(bytes_));
}

}  // namespace coffer::storage

#include "format/zstd/seek_table.h"

#include <zstd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "format/zstd/seekable_zstd.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::uint32_t kSkippableMagic = 0x184D2A5E;
constexpr std::uint32_t kFooterMagic = 0x8F92EAB1;
constexpr std::uint8_t kWithChecksums = 0x80;
constexpr std::uint8_t kReservedBits = 0x7C;
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kFooterBytes = 9;
// The table of most files fits in this.
constexpr std::size_t kTailBytes = 4096;

constexpr std::size_t EntryBytes(bool with_checksums) { return with_checksums ? 12 : 8; }

Status Damaged(std::string_view what) { return Status::Corruption("seek table: " + std::string(what)); }

struct Footer {
  std::size_t frames = 0;
  bool with_checksums = false;

  std::size_t entries_bytes() const { return frames * EntryBytes(with_checksums); }
  std::size_t table_bytes() const { return kHeaderBytes + entries_bytes() + kFooterBytes; }
};

Result<Footer> DecodeFooter(std::string_view bytes) {
  FieldReader fields(bytes);
  Footer footer;
  footer.frames = fields.Number<std::uint32_t>();
  const auto descriptor = fields.Number<std::uint8_t>();
  const auto magic = fields.Number<std::uint32_t>();
  if (!fields.ok() || magic != kFooterMagic) return Damaged("missing, or the file is truncated");
  if ((descriptor & kReservedBits) != 0) return Damaged("reserved bits are set");
  if (footer.frames > kSeekableFramesMax) {
    return Status::ResourceExhausted("seek table: " + std::to_string(footer.frames) + " frames, above " +
                                     std::to_string(kSeekableFramesMax));
  }
  footer.with_checksums = (descriptor & kWithChecksums) != 0;
  return footer;
}

// Reads the last `length` bytes.
Result<std::string> ReadTail(const RangeReader& source, std::uint64_t stored_bytes, std::size_t length) {
  std::string tail(length, '\0');
  COFFER_TRY_CONTEXT(ReadExactly(source, stored_bytes - length, length, tail.data()), "seek table");
  return tail;
}

}  // namespace

void SeekTableBuilder::Add(std::uint32_t stored_bytes, std::uint32_t plain_bytes, std::uint32_t checksum) {
  for (const std::uint32_t number : {stored_bytes, plain_bytes, checksum}) AppendLittleEndian(number, entries_);
  ++frames_;
}

std::string SeekTableBuilder::Finish() const {
  std::string table;
  table.reserve(kHeaderBytes + entries_.size() + kFooterBytes);
  AppendLittleEndian(kSkippableMagic, table);
  AppendLittleEndian(static_cast<std::uint32_t>(entries_.size() + kFooterBytes), table);
  table += entries_;
  AppendLittleEndian(static_cast<std::uint32_t>(frames_), table);
  AppendLittleEndian(kWithChecksums, table);
  AppendLittleEndian(kFooterMagic, table);
  return table;
}

Result<SeekTable> SeekTable::Read(const RangeReader& source, std::uint64_t stored_bytes) {
  if (stored_bytes < kHeaderBytes + kFooterBytes) return Damaged("missing, or the file is truncated");
  COFFER_ASSIGN(std::string tail,
                ReadTail(source, stored_bytes, static_cast<std::size_t>(std::min<std::uint64_t>(stored_bytes, kTailBytes))));
  COFFER_ASSIGN(const Footer footer, DecodeFooter(std::string_view(tail).substr(tail.size() - kFooterBytes)));
  const std::size_t table_bytes = footer.table_bytes();
  if (table_bytes > stored_bytes) return Damaged("longer than the file");
  if (table_bytes > tail.size()) {
    COFFER_ASSIGN(tail, ReadTail(source, stored_bytes, table_bytes));
  }
  FieldReader fields(std::string_view(tail).substr(tail.size() - table_bytes));
  const auto magic = fields.Number<std::uint32_t>();
  const auto length = fields.Number<std::uint32_t>();
  if (magic != kSkippableMagic || length != table_bytes - kHeaderBytes) return Damaged("header and footer differ");
  SeekTable table;
  COFFER_TRY(table.Decode(fields.Bytes(footer.entries_bytes()), footer.frames, footer.with_checksums));
  if (table.stored_offsets_.back() != stored_bytes - table_bytes) return Damaged("the frames do not fill the file");
  return table;
}

Status SeekTable::Decode(std::string_view entries, std::size_t frames, bool with_checksums) {
  stored_offsets_.reserve(frames + 1);
  plain_offsets_.reserve(frames + 1);
  if (with_checksums) checksums_.reserve(frames);
  FieldReader fields(entries);
  for (std::size_t i = 0; i < frames; ++i) {
    const auto stored_bytes = fields.Number<std::uint32_t>();
    const auto plain_bytes = fields.Number<std::uint32_t>();
    COFFER_TRY(Add(stored_bytes, plain_bytes));
    if (with_checksums) checksums_.push_back(fields.Number<std::uint32_t>());
  }
  return Status::Ok();
}

// The sums cannot overflow, because the number of frames and every size are within their limits.
Status SeekTable::Add(std::uint32_t stored_bytes, std::uint32_t plain_bytes) {
  const auto at = [&] { return "frame " + std::to_string(frames()); };
  if (stored_bytes == 0 || plain_bytes == 0) return Damaged(at() + " is empty");
  if (plain_bytes > kSeekableFrameBytesMax || stored_bytes > ZSTD_compressBound(kSeekableFrameBytesMax)) {
    return Status::ResourceExhausted("seek table: " + at() + " is longer than " + std::to_string(kSeekableFrameBytesMax) +
                                     " bytes");
  }
  stored_offsets_.push_back(stored_offsets_.back() + stored_bytes);
  plain_offsets_.push_back(plain_offsets_.back() + plain_bytes);
  return Status::Ok();
}

std::optional<std::uint32_t> SeekTable::Checksum(std::size_t frame) const {
  if (checksums_.empty()) return std::nullopt;
  return checksums_[frame];
}

std::size_t SeekTable::FrameAt(std::uint64_t plain_offset) const {
  const auto behind = std::upper_bound(plain_offsets_.begin(), plain_offsets_.end(), plain_offset);
  return static_cast<std::size_t>(behind - plain_offsets_.begin()) - 1;
}

}  // namespace coffer::format

// The table at the end of a seekable zstd file: a skippable frame with the sizes of all frames and a footer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/result.h"
#include "format/zstd/range_reader.h"

namespace coffer::format {

// Builds the table of a file during writing.
//
// The table has a checksum of each frame (the low half of XXH64 of its plain bytes), although the frame ends in the same
// checksum. The copy in the table belongs to a position, so it detects swapped frames. It costs 4 bytes and no time.
class SeekTableBuilder {
 public:
  void Add(std::uint32_t stored_bytes, std::uint32_t plain_bytes, std::uint32_t checksum);
  std::size_t frames() const { return frames_; }
  // Returns the skippable frame.
  std::string Finish() const;

 private:
  std::string entries_;
  std::size_t frames_ = 0;
};

// The table of a file. The frames fill the file up to the table, and each is within the limits of seekable_zstd.h.
class SeekTable {
 public:
  // Errors as in SeekableZstdReader::Open.
  static Result<SeekTable> Read(const RangeReader& source, std::uint64_t stored_bytes);

  std::size_t frames() const { return plain_offsets_.size() - 1; }
  // The offset of a frame; StoredOffset(frames()) and PlainOffset(frames()) are the ends of the last one.
  std::uint64_t StoredOffset(std::size_t frame) const { return stored_offsets_[frame]; }
  std::uint64_t PlainOffset(std::size_t frame) const { return plain_offsets_[frame]; }
  std::optional<std::uint32_t> Checksum(std::size_t frame) const;
  std::size_t FrameAt(std::uint64_t plain_offset) const;

 private:
  SeekTable() : stored_offsets_(1, 0), plain_offsets_(1, 0) {}
  Status Decode(std::string_view entries, std::size_t frames, bool with_checksums);
  Status Add(std::uint32_t stored_bytes, std::uint32_t plain_bytes);

  std::vector<std::uint64_t> stored_offsets_;
  std::vector<std::uint64_t> plain_offsets_;
  std::vector<std::uint32_t> checksums_;  // empty, or one for each frame
};

}  // namespace coffer::format

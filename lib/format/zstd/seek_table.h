// The table at the end of a seekable zstd file: a skippable frame with the sizes of all frames, and its footer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/result.h"
#include "format/zstd/range_reader.h"

namespace coffer::format {

// Gathers the table of a file that is being written.
//
// With a checksum for each frame (the low half of XXH64 of its plain bytes), although each frame ends in its own already: that
// one belongs to the frame, this one to the place, so frames that changed places are found. It costs 4 bytes and no time.
class SeekTableBuilder {
 public:
  void Add(std::uint32_t stored_bytes, std::uint32_t plain_bytes, std::uint32_t checksum);
  std::size_t frames() const { return frames_; }
  // The skippable frame.
  std::string Finish() const;

 private:
  std::string entries_;
  std::size_t frames_ = 0;
};

// The table of a file. Its frames fill the file up to the table, and each is within the limits of seekable_zstd.h.
class SeekTable {
 public:
  // Statuses as those of SeekableZstdReader::Open.
  static Result<SeekTable> Read(const RangeReader& source, std::uint64_t stored_bytes);

  std::size_t frames() const { return plain_offsets_.size() - 1; }
  // Of frames(): where the last one ends.
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
  std::vector<std::uint32_t> checksums_;  // none, or one for each frame
};

}  // namespace coffer::format

// Seekable zstd: independent frames, and a table of their sizes in a skippable frame at the end. Any zstd decoder reads it as
// a stream. To read a range, only its frames are decompressed.
// Source: zstd's contrib/seekable_format/zstd_seekable_compression_format.md, RFC 8878.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/zstd/compression.h"
#include "format/zstd/range_reader.h"

namespace coffer::format {

// A raw frame with this many plain bytes is 64 KiB long, one age chunk: a random read decrypts one chunk, and a scan decrypts
// no chunk twice.
inline constexpr std::size_t kRawFrameBytes = (std::size_t{64} << 10) - 16;
// The plain bytes of a compressed frame. With 64 KiB, the small gain on a store's files would be halved.
inline constexpr std::size_t kSeekableFrameBytes = 4 * kRawFrameBytes;
// Frames of files from other writers may be larger, up to this.
inline constexpr std::size_t kSeekableFrameBytesMax = std::size_t{8} << 20;
inline constexpr std::size_t kSeekableFramesMax = std::size_t{1} << 24;

// Writes a stream as a seekable file. The first failure is permanent. One thread at a time.
class SeekableZstdWriter {
 public:
  // `compress` false: all frames are raw, at the cost of one copy. True: level 1. A frame that does not shrink by 1/32 is
  // written as raw frames, and so are the next kFramesUnsampled without a try: most files of a store are compressed already.
  SeekableZstdWriter(bool compress, ByteSink sink);
  ~SeekableZstdWriter();
  SeekableZstdWriter(const SeekableZstdWriter&) = delete;
  SeekableZstdWriter& operator=(const SeekableZstdWriter&) = delete;

  Status Write(std::string_view bytes);
  // Writes the last frame and the table. Write is not allowed afterwards.
  Status Finish();

  static constexpr int kFramesUnsampled = 7;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads frames in any order. Safe to read from many threads if `source` is.
class SeekableZstdReader {
 public:
  // Reads the table and checks every size in it against `stored_bytes` before it allocates memory.
  // kCorruption: not a seekable zstd file, damaged or truncated.
  // kResourceExhausted: the frames are above the limits.
  static Result<std::unique_ptr<SeekableZstdReader>> Open(RangeReader source, std::uint64_t stored_bytes);
  ~SeekableZstdReader();
  SeekableZstdReader(const SeekableZstdReader&) = delete;
  SeekableZstdReader& operator=(const SeekableZstdReader&) = delete;

  // The number of plain bytes.
  std::uint64_t size_bytes() const;
  std::size_t frames() const;
  // The frame that holds the byte at `offset`, which must be below size_bytes().
  std::size_t FrameAt(std::uint64_t offset) const;
  // The plain offset of a frame; size_bytes() for frames().
  std::uint64_t FrameOffset(std::size_t frame) const;
  // Replaces `bytes` with the plain bytes of a frame; empty after a failure. kCorruption: the frame is not as it was written.
  Status ReadFrame(std::size_t frame, std::string& bytes) const;

 private:
  struct State;
  explicit SeekableZstdReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace coffer::format

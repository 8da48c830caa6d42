// Seekable zstd: independent frames and a table of their sizes in a skippable frame at the end. Any zstd reads it as a stream; a
// range is read by decompressing its frames alone.
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

// A raw frame of so many bytes is stored in 64 KiB, which is a chunk of age: a random read decrypts one, and a walk none twice.
inline constexpr std::size_t kRawFrameBytes = (std::size_t{64} << 10) - 16;
// What is compressed together. In 64 KiB, the little that files of a store still shrink by is halved.
inline constexpr std::size_t kSeekableFrameBytes = 4 * kRawFrameBytes;
// A frame of a file from elsewhere may be larger than ours, up to this.
inline constexpr std::size_t kSeekableFrameBytesMax = std::size_t{8} << 20;
inline constexpr std::size_t kSeekableFramesMax = std::size_t{1} << 24;

class SeekableZstdWriter {
 public:
  // `compress` false: all frames are raw, which costs a copy. True: level 1; a frame that does not shrink by a thirty-second is
  // written as raw ones, and so are the next kFramesUnsampled without a try: most files of a store are compressed already.
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

// Safe to read from many threads if `source` is.
class SeekableZstdReader {
 public:
  // Reads the table, whose every size is checked against `stored_bytes` before memory is taken for it.
  // kCorruption: it is none, damaged or cut off. kResourceExhausted: frames above the limits.
  static Result<std::unique_ptr<SeekableZstdReader>> Open(RangeReader source, std::uint64_t stored_bytes);
  ~SeekableZstdReader();
  SeekableZstdReader(const SeekableZstdReader&) = delete;
  SeekableZstdReader& operator=(const SeekableZstdReader&) = delete;

  // Of the plain bytes.
  std::uint64_t size_bytes() const;
  std::size_t frames() const;
  // The frame that holds the byte at `offset`, which must be below size_bytes().
  std::size_t FrameAt(std::uint64_t offset) const;
  // Where the plain bytes of a frame begin; of frames(): size_bytes().
  std::uint64_t FrameOffset(std::size_t frame) const;
  // Replaces `bytes` with the plain bytes of a frame; after a failure it is empty. kCorruption: it is not what was written.
  Status ReadFrame(std::size_t frame, std::string& bytes) const;

 private:
  struct State;
  explicit SeekableZstdReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace coffer::format

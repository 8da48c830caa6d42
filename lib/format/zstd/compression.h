// zstd streams with bounded memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

// Receives the output. A failure stops the stream and is returned to its caller.
using ByteSink = std::function<Status(std::string_view)>;

// Compresses a stream into one frame. The first failure is permanent. One thread at a time.
class ZstdCompressor {
 public:
  // `workers` > 0: compress in that many zstd threads. If libzstd has no threads, the calling thread compresses.
  ZstdCompressor(int level, int workers, ByteSink sink);
  ~ZstdCompressor();
  Status Write(std::string_view bytes);
  // Ends the frame. Write is not allowed afterwards.
  Status Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Larger windows are rejected, so that a hostile stream cannot choose how much memory is used.
inline constexpr int kZstdWindowLogMax = 27;

// Decompresses a stream of frames. The first failure is permanent. One thread at a time.
class ZstdDecompressor {
 public:
  // `source` fills (buffer, length) and returns the number of bytes, 0 at the end.
  using ByteReader = std::function<Result<std::size_t>(char*, std::size_t)>;
  explicit ZstdDecompressor(ByteReader source);
  ~ZstdDecompressor();
  // Reads up to `length` decompressed bytes; returns 0 at the end. Consecutive frames read as one stream.
  // kCorruption: the data is damaged, or truncated within a frame.
  // kResourceExhausted: the window is above the limit, or memory is short.
  Result<std::size_t> Read(char* buffer, std::size_t length);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Whether the first four bytes are the magic number of a zstd frame or skippable frame.
bool LooksLikeZstd(std::string_view first_bytes);

}  // namespace coffer::format

// zstd streams with bounded memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

// Where produced bytes go. A failure stops the stream and is handed on.
using ByteSink = std::function<Status(std::string_view)>;

class ZstdCompressor {
 public:
  // `workers` > 0 compresses in that many threads of zstd's own; falls back to none where libzstd has no threads.
  ZstdCompressor(int level, int workers, ByteSink sink);
  ~ZstdCompressor();
  Status Write(std::string_view bytes);
  // Ends the frame. Write is not allowed afterwards.
  Status Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Windows larger than this are refused: a hostile stream may not choose our memory.
inline constexpr int kZstdWindowLogMax = 27;

class ZstdDecompressor {
 public:
  // `source` fills (buffer, length) and answers how many bytes, 0 at the end.
  using ByteReader = std::function<Result<std::size_t>(char*, std::size_t)>;
  explicit ZstdDecompressor(ByteReader source);
  ~ZstdDecompressor();
  // Up to `length` decompressed bytes; 0 at the end. Frames one after the other read as one stream.
  // kCorruption: damaged, or cut off within a frame.
  Result<std::size_t> Read(char* buffer, std::size_t length);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// The four bytes that every zstd frame (or skippable frame) starts with.
bool LooksLikeZstd(std::string_view first_bytes);

}  // namespace coffer::format

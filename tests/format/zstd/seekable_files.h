// Seekable zstd files in memory.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "format/byte_samples.h"
#include "format/zstd/seekable_zstd.h"
#include "support/status_matchers.h"

namespace coffer::format {

// Passes it to the writer in pieces of `step` bytes.
inline std::string SeekableFile(std::string_view plain, bool compress, std::size_t step = 100'000) {
  std::string file;
  SeekableZstdWriter writer(compress, [&](std::string_view bytes) {
    file += bytes;
    return Status::Ok();
  });
  for (std::size_t at = 0; at < plain.size(); at += step) EXPECT_OK(writer.Write(plain.substr(at, step)));
  EXPECT_OK(writer.Finish());
  return file;
}

inline Result<std::unique_ptr<SeekableZstdReader>> OpenSeekable(std::string_view file) {
  return SeekableZstdReader::Open(SourceOf(file), file.size());
}

// All frames, one after the other.
inline Result<std::string> ReadSeekable(std::string_view file) {
  const auto reader = OpenSeekable(file);
  if (!reader.ok()) return reader.status();
  std::string plain;
  std::string frame;
  for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
    if (Status read = (*reader)->ReadFrame(i, frame); !read.ok()) return read;
    EXPECT_EQ((*reader)->FrameOffset(i), plain.size());
    plain += frame;
  }
  EXPECT_EQ((*reader)->size_bytes(), plain.size());
  return plain;
}

}  // namespace coffer::format

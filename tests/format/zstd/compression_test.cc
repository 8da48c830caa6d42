#include "format/zstd/compression.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace coffer::format {
namespace {

std::string Compress(std::string_view bytes, int workers) {
  std::string packed;
  ZstdCompressor compressor(3, workers, [&](std::string_view piece) {
    packed += piece;
    return Status::Ok();
  });
  for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
    EXPECT_TRUE(compressor.Write(bytes.substr(at, 100'000)).ok());
  }
  EXPECT_TRUE(compressor.Finish().ok());
  return packed;
}

// Reads all of `packed` in steps of `step` bytes, into pieces of `length`.
Result<std::string> Decompress(std::string_view packed, std::size_t step, std::size_t length) {
  ZstdDecompressor decompressor([&](char* buffer, std::size_t room) -> Result<std::size_t> {
    const std::size_t size = std::min({packed.size(), room, step});
    std::memcpy(buffer, packed.data(), size);
    packed.remove_prefix(size);
    return size;
  });
  std::string out;
  std::string piece(length, '\0');
  while (true) {
    const Result<std::size_t> got = decompressor.Read(piece.data(), length);
    if (!got.ok()) return got.status();
    if (*got == 0) return out;
    out.append(piece, 0, *got);
  }
}

std::string Sample(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) text += std::to_string(i * i) + ",";
  return text;
}

TEST(Zstd, BringsBackWhatItPackedWithAndWithoutThreads) {
  for (std::size_t bytes : {0U, 1U, 3'000'000U}) {
    const std::string text = Sample(bytes);
    for (int workers : {0, 2}) {
      const std::string packed = Compress(text, workers);
      EXPECT_TRUE(LooksLikeZstd(packed));
      EXPECT_EQ(*Decompress(packed, 1 << 20, 1 << 16), text);
    }
  }
  const std::string small = Sample(1000);
  EXPECT_EQ(*Decompress(Compress(small, 0), 1, 1), small);
}

TEST(Zstd, ReadsFramesOneAfterTheOtherAndNothingAsNothing) {
  EXPECT_EQ(*Decompress(Compress("one", 0) + Compress("", 0) + Compress("two", 0), 5, 2), "onetwo");
  EXPECT_EQ(*Decompress("", 1, 1), "");
}

TEST(Zstd, CallsACutOrDamagedStreamCorruption) {
  const std::string packed = Compress(Sample(2'000), 0);
  for (std::size_t size = 1; size < packed.size(); ++size) {
    EXPECT_EQ(Decompress(packed.substr(0, size), 1 << 20, 700).status().code(), StatusCode::kCorruption) << size;
  }
  std::string damaged = packed;
  damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x10);
  EXPECT_EQ(Decompress(damaged, 1 << 20, 700).status().code(), StatusCode::kCorruption);
  EXPECT_FALSE(Decompress(packed + "xyz", 1 << 20, 700).ok());
}

TEST(Zstd, RefusesAWindowBeyondTheLimit) {
  // A frame header alone: no content size, a window of 2^31 bytes.
  const std::string header = std::string("\x28\xB5\x2F\xFD\x00\xA8", 6) + std::string("\x01\x00\x00", 3);
  EXPECT_EQ(Decompress(header, 100, 100).status().code(), StatusCode::kResourceExhausted);
}

TEST(Zstd, HandsOnTheFailureOfItsSinkAndSource) {
  ZstdCompressor compressor(3, 0, [](std::string_view) { return Status::IoError("full"); });
  compressor.Write("x").Ignore();
  EXPECT_EQ(compressor.Finish().code(), StatusCode::kIoError);
  EXPECT_EQ(compressor.Write("x").code(), StatusCode::kIoError);
  ZstdDecompressor decompressor([](char*, std::size_t) -> Result<std::size_t> { return Status::IoError("gone"); });
  char byte = 0;
  EXPECT_EQ(decompressor.Read(&byte, 1).status().code(), StatusCode::kIoError);
}

TEST(Zstd, IsKnownByItsFirstBytes) {
  EXPECT_TRUE(LooksLikeZstd(std::string_view("\x5A\x2A\x4D\x18", 4)));
  EXPECT_FALSE(LooksLikeZstd("{\"id"));
  EXPECT_FALSE(LooksLikeZstd("\x28\xB5"));
}

}  // namespace
}  // namespace coffer::format

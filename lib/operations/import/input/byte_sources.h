// Byte sources of an import: files, and streams that may be zstd.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/file_system.h"
#include "coffer/import.h"
#include "coffer/result.h"
#include "format/zstd/compression.h"

namespace coffer::operations {

// Reads a file from start to end.
class FileSource final : public ByteSource {
 public:
  // kNotFound, kIoError.
  // kInvalidArgument: a folder.
  static Result<std::unique_ptr<FileSource>> Open(FileSystem& files, const std::string& path);
  Result<std::size_t> Read(char* buffer, std::size_t length) override;
  // Does not advance. Returns fewer bytes at the end of the file or if it cannot be read.
  std::string FirstBytes(std::size_t length) const;

 private:
  explicit FileSource(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}
  std::unique_ptr<RandomAccessFile> file_;
  std::uint64_t offset_ = 0;
};

// Bytes inspected to detect the form of an input.
inline constexpr std::size_t kSniffBytes = 4096;

// Decompresses another source if its first four bytes are those of zstd; else passes its bytes on.
// `raw` must outlive it. One thread at a time.
class DecodedSource final : public ByteSource {
 public:
  // `name`: prefix of failure messages.
  DecodedSource(ByteSource& raw, std::string name);
  Result<std::size_t> Read(char* buffer, std::size_t length) override;
  // The first bytes, up to kSniffBytes. Read returns them again and then a failure found here. Call before the first Read.
  std::string_view Peek();

 private:
  Status Start();
  Result<std::size_t> ReadRaw(char* buffer, std::size_t length);
  Result<std::size_t> ReadDecoded(char* buffer, std::size_t length);

  ByteSource& raw_;
  std::string name_;
  bool started_ = false;
  std::string raw_first_;  // read to detect zstd, not yet passed on
  std::size_t raw_first_taken_ = 0;
  std::string peeked_;
  std::size_t peeked_taken_ = 0;
  Status failure_;  // found by Peek; returned after the peeked bytes
  std::unique_ptr<format::ZstdDecompressor> zstd_;
};

}  // namespace coffer::operations

// Sources of bytes for an import: files, and streams that turn out to be zstd.
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

// A file from its start to its end.
class FileSource final : public ByteSource {
 public:
  // kNotFound, kIoError; kInvalidArgument for a folder.
  static Result<std::unique_ptr<FileSource>> Open(FileSystem& files, const std::string& path);
  Result<std::size_t> Read(char* buffer, std::size_t length) override;
  // Without moving on; fewer where the file has no more, or cannot be read.
  std::string FirstBytes(std::size_t length) const;

 private:
  explicit FileSource(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}
  std::unique_ptr<RandomAccessFile> file_;
  std::uint64_t offset_ = 0;
};

// What is looked at to tell a file's form.
inline constexpr std::size_t kSniffBytes = 4096;

// The bytes of another source, decompressed if they are a zstd stream; their first four bytes tell, not a name.
// `raw` must outlive it. One thread at a time.
class DecodedSource final : public ByteSource {
 public:
  // `name` stands before what goes wrong.
  DecodedSource(ByteSource& raw, std::string name);
  Result<std::size_t> Read(char* buffer, std::size_t length) override;
  // The first bytes, up to kSniffBytes, which Read gives again, and behind them a failure, if any. Only before the first Read.
  std::string_view Peek();

 private:
  Status Start();
  Result<std::size_t> ReadRaw(char* buffer, std::size_t length);
  Result<std::size_t> ReadDecoded(char* buffer, std::size_t length);

  ByteSource& raw_;
  std::string name_;
  bool started_ = false;
  std::string raw_first_;  // read to recognise zstd, not handed on yet
  std::size_t raw_first_taken_ = 0;
  std::string peeked_;
  std::size_t peeked_taken_ = 0;
  Status failure_;  // found while peeking, told behind what was peeked
  std::unique_ptr<format::ZstdDecompressor> zstd_;
};

}  // namespace coffer::operations

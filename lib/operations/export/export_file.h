// ExportFile: writes an export's file: compresses, encrypts and hashes the bytes, and publishes the file when it is complete.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "format/age/age.h"
#include "format/records/sha256.h"
#include "format/zstd/compression.h"

namespace coffer::operations {

// Writes "<path>.partial". Without Publish, the destructor removes it. One thread at a time.
class ExportFile {
 public:
  // `compression_level` 0: not compressed. No recipients: not encrypted.
  // kAlreadyExists: `path` exists.
  // kNotFound: its folder does not exist.
  static Result<std::unique_ptr<ExportFile>> Create(FileSystem& files, const std::string& path, int compression_level,
                                                    std::span<const format::AgeRecipient> recipients);
  ~ExportFile();
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  Status Write(std::string_view bytes);
  // Ends the stream and syncs the file. Call once, before Publish.
  Status Finish();
  // Renames the file to its final name.
  Status Publish();

  // Of the file on disk; final after Finish.
  std::uint64_t file_bytes() const { return file_bytes_; }
  const std::string& sha256() const { return sha256_; }

 private:
  ExportFile(FileSystem& files, std::string path)
      : files_(files), path_(std::move(path)), temporary_path_(path_ + ".partial") {}
  Status WritePacked(std::string_view bytes);
  Status WriteRaw(std::string_view bytes);

  FileSystem& files_;
  std::string path_;
  std::string temporary_path_;
  std::unique_ptr<WritableFile> file_;
  std::unique_ptr<format::AgeEncryptor> age_;
  std::unique_ptr<format::ZstdCompressor> zstd_;
  format::Sha256 hash_;
  std::string sha256_;
  std::uint64_t file_bytes_ = 0;
  bool published_ = false;
};

}  // namespace coffer::operations

// AgeSource: the plain text of an age-encrypted file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/file_system.h"
#include "coffer/import.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "format/age/age.h"

namespace coffer::operations {

inline constexpr std::string_view kAgeFirstBytes = "age-encryption.org/";

class AgeSource final : public ByteSource {
 public:
  // Decrypts with the identities of the data folder (keys/identity.txt). The core must outlive it.
  // kPermissionDenied: no identity, or none that can decrypt the file.
  // kCorruption: damaged or truncated.
  static Result<std::unique_ptr<AgeSource>> Open(engine::EngineCore& core, const std::string& path);
  Result<std::size_t> Read(char* buffer, std::size_t length) override;

 private:
  explicit AgeSource(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}

  std::unique_ptr<RandomAccessFile> file_;
  std::unique_ptr<format::AgeReader> reader_;
  std::uint64_t offset_ = 0;
};

}  // namespace coffer::operations

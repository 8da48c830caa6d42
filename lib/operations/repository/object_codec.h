// One file of the store as an object of the repository: seekable zstd, encrypted with age if the backup is. Stock tools read
// it: `age -d -i KEY object | zstd -d`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "format/age/age.h"
#include "format/records/sha256.h"
#include "format/zstd/seekable_zstd.h"
#include "operations/repository/manifest.h"
#include "storage/object_store.h"

namespace coffer::operations {

// How an object is encoded. `recipients` empty: not encrypted.
struct ObjectForm {
  bool compress = true;
  std::vector<format::AgeRecipient> recipients;
};

// Encodes plain bytes, and hashes the plain and the stored bytes. One thread at a time.
class ObjectEncoder {
 public:
  ObjectEncoder(const ObjectForm& form, format::ByteSink sink);
  Status Write(std::string_view bytes);
  Status Finish();

  // The bytes so far. The digests (32 bytes) are set by Finish.
  std::uint64_t plain_bytes() const { return plain_bytes_; }
  std::uint64_t stored_bytes() const { return stored_bytes_; }
  const std::string& plain_sha256() const { return plain_sha256_; }
  const std::string& stored_sha256() const { return stored_sha256_; }

 private:
  Status Store(std::string_view bytes);

  format::ByteSink sink_;
  format::Sha256 plain_hash_;
  format::Sha256 stored_hash_;
  std::uint64_t plain_bytes_ = 0;
  std::uint64_t stored_bytes_ = 0;
  std::string plain_sha256_;
  std::string stored_sha256_;
  std::unique_ptr<format::AgeEncryptor> age_;
  std::unique_ptr<format::SeekableZstdWriter> zstd_;
};

// Reads an object's plain bytes at any offset. Safe for use from many threads.
class ObjectReader {
 public:
  // `encrypted` comes from the manifest and is not guessed from the bytes, so that a plain object cannot pass for an encrypted
  // one.
  // kCorruption: damaged.
  // kPermissionDenied: no identity can decrypt it.
  // kUnavailable: a newer format.
  static Result<std::unique_ptr<ObjectReader>> Open(std::unique_ptr<RandomAccessFile> file, std::uint64_t stored_bytes,
                                                    bool encrypted, std::span<const format::AgeIdentity> identities);

  const format::SeekableZstdReader& frames() const { return *zstd_; }
  std::uint64_t size_bytes() const { return zstd_->size_bytes(); }
  // Passes all plain bytes to `sink` in order, one frame at a time.
  Status ReadAll(const format::ByteSink& sink) const;

 private:
  ObjectReader() = default;
  std::unique_ptr<RandomAccessFile> file_;
  std::unique_ptr<format::AgeReader> age_;  // null: not encrypted
  std::unique_ptr<format::SeekableZstdReader> zstd_;
};

// Encodes and decodes a small object in memory.
Result<std::string> EncodeObject(const ObjectForm& form, std::string_view plain);
// kResourceExhausted: it has more than `bytes_max` plain bytes.
Result<std::string> DecodeObject(std::string stored, bool encrypted, std::span<const format::AgeIdentity> identities,
                                 std::uint64_t bytes_max);

// Called with the number of plain bytes copied since the last call. A failure ends the copy and is returned.
using BytesCopied = std::function<Status(std::uint64_t bytes)>;

// An object that was written but not yet published.
struct WrittenObject {
  std::unique_ptr<storage::ObjectWriter> writer;
  std::string plain_sha256;  // 32 bytes
  std::uint64_t stored_bytes = 0;
  std::string stored_sha256;  // 32 bytes
};

// Stores the first `size_bytes` bytes of a file.
// kCorruption: the file is shorter; the message names it.
Result<WrittenObject> WriteObject(FileSystem& files, const std::string& from, std::uint64_t size_bytes, const ObjectForm& form,
                                  storage::ObjectStore& objects, const BytesCopied& copied);

// Writes an object's plain bytes to a file and syncs the file. The caller syncs the folder.
// kCorruption: the bytes are not those of the file in the manifest.
Status WriteFile(const ObjectReader& object, const BackupFile& file, FileSystem& files, const std::string& to,
                 const BytesCopied& copied);

// kResourceExhausted: `free` is less than `needed` and a small reserve; the message says how many bytes are missing.
Status CheckFreeBytes(const std::string& place, std::uint64_t needed, std::uint64_t free);
// If `status` is that of a full device, adds how many bytes are about missing to complete the operation.
Status WithMissingBytes(Status status, std::uint64_t expected, std::uint64_t done);

}  // namespace coffer::operations

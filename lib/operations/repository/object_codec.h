// One file of the store as an object of the repository: seekable zstd, and age around it where the backup is encrypted. Stock
// tools read it: `age -d -i KEY object | zstd -d`.
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

// What an object is made with. `recipients` empty: it is not encrypted.
struct ObjectForm {
  bool compress = true;
  std::vector<format::AgeRecipient> recipients;
};

// Turns plain bytes into stored ones, and hashes both on their way. One thread at a time.
class ObjectEncoder {
 public:
  ObjectEncoder(const ObjectForm& form, format::ByteSink sink);
  Status Write(std::string_view bytes);
  Status Finish();

  // Of what went through so far; the digests (32 bytes) once it is finished.
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

// Reads an object's plain bytes at any place. Safe for use from many threads.
class ObjectReader {
 public:
  // `encrypted` is what the manifest says; nothing is guessed from the bytes, so that nobody can pass off a plain object for an
  // encrypted one. kCorruption, kPermissionDenied (none of the identities fits), kUnavailable (a newer format).
  static Result<std::unique_ptr<ObjectReader>> Open(std::unique_ptr<RandomAccessFile> file, std::uint64_t stored_bytes,
                                                    bool encrypted, std::span<const format::AgeIdentity> identities);

  const format::SeekableZstdReader& frames() const { return *zstd_; }
  std::uint64_t size_bytes() const { return zstd_->size_bytes(); }
  // All plain bytes in order, a frame at a time.
  Status ReadAll(const format::ByteSink& sink) const;

 private:
  ObjectReader() = default;
  std::unique_ptr<RandomAccessFile> file_;
  std::unique_ptr<format::AgeReader> age_;  // null: not encrypted
  std::unique_ptr<format::SeekableZstdReader> zstd_;
};

// A whole small object in memory, both ways.
Result<std::string> EncodeObject(const ObjectForm& form, std::string_view plain);
// kResourceExhausted: its plain bytes are more than `bytes_max`.
Result<std::string> DecodeObject(std::string stored, bool encrypted, std::span<const format::AgeIdentity> identities,
                                 std::uint64_t bytes_max);

// ---- Copies between a store's files and objects, hashed on their way

// Told how many plain bytes went through since the last call. A failed answer ends the copy and is handed on.
using BytesCopied = std::function<Status(std::uint64_t bytes)>;

// An object that was written and has no name yet.
struct WrittenObject {
  std::unique_ptr<storage::ObjectWriter> writer;
  std::string plain_sha256;  // 32 bytes
  std::uint64_t stored_bytes = 0;
  std::string stored_sha256;  // 32 bytes
};

// Stores the first `size_bytes` bytes of a file. kCorruption: the file is shorter; the message names it.
Result<WrittenObject> WriteObject(FileSystem& files, const std::string& from, std::uint64_t size_bytes, const ObjectForm& form,
                                  storage::ObjectStore& objects, const BytesCopied& copied);

// Writes an object's plain bytes to a file and syncs it; the folder is left to the caller to sync. kCorruption: they are not the
// file that the manifest tells.
Status WriteFile(const ObjectReader& object, const BackupFile& file, FileSystem& files, const std::string& to,
                 const BytesCopied& copied);

// kResourceExhausted, saying how many bytes are missing, unless `needed` bytes and a little more are free of `free` ones.
Status CheckFreeBytes(const std::string& place, std::uint64_t needed, std::uint64_t free);
// To a device that filled up under way: how many bytes of what was to be written had not been.
Status WithMissingBytes(Status status, std::uint64_t expected, std::uint64_t done);

}  // namespace coffer::operations

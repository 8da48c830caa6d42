// Copies between a store's files and a repository's objects, hashed on their way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "operations/backup/manifest.h"
#include "operations/backup/object_codec.h"
#include "storage/object_store.h"

namespace coffer::operations {

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

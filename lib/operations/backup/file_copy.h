// Copies of files, hashed on their way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "coffer/file_system.h"
#include "coffer/result.h"

namespace coffer::operations {

// Told how many bytes went through since the last call. A failed answer ends the copy and is handed on.
using BytesCopied = std::function<Status(std::uint64_t bytes)>;

// Copies the first `size_bytes` bytes, syncs the copy and answers their SHA-256 (32 bytes). kCorruption: the file is shorter;
// the message names it. The folder of the copy is left to the caller to sync.
Result<std::string> CopyHashed(FileSystem& files, const std::string& from, const std::string& to, std::uint64_t size_bytes,
                               const BytesCopied& copied);

// kResourceExhausted, saying how many bytes are missing, unless `needed` bytes and a little more are free at `path`.
Status CheckFreeBytes(FileSystem& files, const std::string& path, std::uint64_t needed);

}  // namespace coffer::operations

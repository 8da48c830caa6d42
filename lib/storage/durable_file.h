// Durable files: small files and folders that exist completely or not at all, whenever the machine crashes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/file_system.h"
#include "coffer/result.h"

namespace coffer::storage {

// Writes `bytes` to "<path>.tmp", syncs it, renames it over `path` and syncs the directory.
Status WriteDurably(FileSystem& files, const std::string& path, std::string_view bytes);

// Creates a file that only its owner may read and write (mode 0600). Writes "<path>.partial" first and replaces such a file if
// a crash left one. Only one caller may write `path` at a time. After a failure `path` does not exist, or it is complete and
// its name may not be durable.
// kAlreadyExists: `path` exists.
Status CreatePrivateDurably(FileSystem& files, const std::string& path, std::string_view bytes);

// Renames a finished, synced file or folder to its final name and makes the new name durable.
// kAlreadyExists: `final_path` exists.
Status PublishDurably(FileSystem& files, const std::string& temporary_path, const std::string& final_path);

// kResourceExhausted: the file is longer than `bytes_max`.
Result<std::string> ReadWholeFile(FileSystem& files, const std::string& path, std::uint64_t bytes_max);

// Creates the directory and its missing parents. Each is durable in its parent.
Status CreateDirectories(FileSystem& files, const std::string& path);

// Removes a file, or a folder with everything in it. OK if nothing is there.
Status RemoveRecursively(FileSystem& files, const std::string& path);

// Sum of the sizes of all files below `path`; 0 if nothing is there.
Result<std::uint64_t> TreeBytes(FileSystem& files, const std::string& path);

// The part after the last '/', and the part before it ("." if there is no '/').
std::string_view BaseName(std::string_view path);
std::string DirectoryName(std::string_view path);

}  // namespace coffer::storage

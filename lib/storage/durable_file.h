// Durable files: whole small files and folders that are there entirely or not at all, whatever moment the machine dies at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/file_system.h"
#include "coffer/result.h"

namespace coffer::storage {

// Writes `bytes` to `path`: beside it first ("<path>.tmp"), synced, renamed over it, the directory synced.
Status WriteDurably(FileSystem& files, const std::string& path, std::string_view bytes);

// Makes a file that its owner alone may read and write (mode 0600), aside first ("<path>.partial", over what a crash left of
// that), and never over another: kAlreadyExists. After a failure there is none, or a whole one whose name may not be durable.
// For one writer of `path` at a time.
Status CreatePrivateDurably(FileSystem& files, const std::string& path, std::string_view bytes);

// Renames a finished, synced file or folder to its final name and makes the new name durable.
// kAlreadyExists: something is at `final_path`.
Status PublishDurably(FileSystem& files, const std::string& temporary_path, const std::string& final_path);

// kResourceExhausted: longer than `bytes_max`.
Result<std::string> ReadWholeFile(FileSystem& files, const std::string& path, std::uint64_t bytes_max);

// Creates the directory and the missing ones above it, each made durable in its parent.
Status CreateDirectories(FileSystem& files, const std::string& path);

// Removes a file or a folder with all in it. Nothing there is fine.
Status RemoveRecursively(FileSystem& files, const std::string& path);

// Sum of the sizes of all files below; 0 where nothing is there.
Result<std::uint64_t> TreeBytes(FileSystem& files, const std::string& path);

// The part behind the last '/', and the part before it ("." where there is none).
std::string_view BaseName(std::string_view path);
std::string DirectoryName(std::string_view path);

}  // namespace coffer::storage

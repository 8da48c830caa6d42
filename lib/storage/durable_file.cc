#include "storage/durable_file.h"

#include <algorithm>
#include <utility>

#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

// Deeper than any tree that Coffer creates. Ends a walk through a cycle of links.
constexpr int kTreeDepthMax = 64;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

std::string Join(const std::string& directory, std::string_view name) {
  std::string path = directory;
  if (!path.ends_with('/')) {
    path += '/';
  }
  return path.append(name);
}

// Writes, syncs and closes a new file.
Status WriteAndSync(Result<std::unique_ptr<WritableFile>> file, std::string_view bytes) {
  if (!file.ok()) {
    return std::move(file).status();
  }
  Status status = (*file)->Append(bytes);
  if (status.ok()) {
    status = (*file)->Sync();
  }
  const Status closed = (*file)->Close();
  return status.ok() ? closed : status;
}

Status RemoveTree(FileSystem& files, const std::string& path, int depth) {
  // RemoveFile comes first: it removes a symbolic link, not the link's target.
  Status removed = files.RemoveFile(path);
  if (removed.ok() || removed.code() == StatusCode::kNotFound) {
    return {};
  }
  const Result<FileInfo> info = files.Stat(path);
  if (!info.ok() || !info->is_directory) {
    return removed;
  }
  if (depth == 0) {
    return Status::ResourceExhausted(path + ": too deeply nested to remove");
  }
  COFFER_ASSIGN(const std::vector<std::string> names, files.List(path));
  for (const std::string& name : names) {
    COFFER_TRY(RemoveTree(files, Join(path, name), depth - 1));
  }
  Status status = files.RemoveDirectory(path);
  return status.code() == StatusCode::kNotFound ? Status() : std::move(status);
}

Result<std::uint64_t> BytesBelow(FileSystem& files, const std::string& path, int depth) {
  Result<FileInfo> info = files.Stat(path);
  if (!info.ok()) {
    // The files of a live store may disappear during the walk.
    return info.status().code() == StatusCode::kNotFound ? Result<std::uint64_t>(0) : std::move(info).status();
  }
  if (!info->is_directory) {
    return info->size_bytes;
  }
  if (depth == 0) {
    return Status::ResourceExhausted(path + ": too deeply nested to measure");
  }
  Result<std::vector<std::string>> names = files.List(path);
  if (!names.ok()) {
    return names.status().code() == StatusCode::kNotFound ? Result<std::uint64_t>(0) : std::move(names).status();
  }
  std::uint64_t bytes = 0;
  for (const std::string& name : *names) {
    COFFER_ASSIGN(const std::uint64_t below, BytesBelow(files, Join(path, name), depth - 1));
    bytes += below;
  }
  return bytes;
}

}  // namespace

Status WriteDurably(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string temporary_path = path + ".tmp";
  Status status = WriteAndSync(files.NewWritableFile(temporary_path), bytes);
  if (status.ok()) {
    status = files.Rename(temporary_path, path);
  }
  if (!status.ok()) {
    files.RemoveFile(temporary_path).Ignore();  // The first failure is returned; the next write replaces the file.
    return status.WithContext("writing " + path);
  }
  return files.SyncDirectory(DirectoryName(path)).WithContext("writing " + path);
}

Status CreatePrivateDurably(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string temporary_path = path + ".partial";
  Status status = files.RemoveFile(temporary_path);
  if (status.ok() || status.code() == StatusCode::kNotFound) {
    status = WriteAndSync(files.NewPrivateFile(temporary_path), bytes);
  }
  if (status.ok()) {
    status = PublishDurably(files, temporary_path, path);
  }
  if (!status.ok()) {
    files.RemoveFile(temporary_path).Ignore();  // The first failure is returned; the next call removes the file.
  }
  return status.WithContext("creating " + path);
}

Status PublishDurably(FileSystem& files, const std::string& temporary_path, const std::string& final_path) {
  const Result<FileInfo> present = files.Stat(final_path);
  if (present.ok()) {
    return Status::AlreadyExists(final_path + " already exists");
  }
  if (present.status().code() != StatusCode::kNotFound) {
    return present.status().WithContext("publishing " + final_path);
  }
  Status status = files.Rename(temporary_path, final_path);
  if (status.ok()) {
    status = files.SyncDirectory(DirectoryName(final_path));
  }
  if (status.ok() && DirectoryName(temporary_path) != DirectoryName(final_path)) {
    status = files.SyncDirectory(DirectoryName(temporary_path));
  }
  return status.WithContext("publishing " + final_path);
}

Result<std::string> ReadWholeFile(FileSystem& files, const std::string& path, std::uint64_t bytes_max) {
  COFFER_ASSIGN(const std::unique_ptr<RandomAccessFile> file, files.NewRandomAccessFile(path));
  std::string bytes;
  while (true) {
    // Reads one byte more than allowed, to detect a file that is too long.
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, bytes_max - bytes.size() + 1));
    const std::size_t before = bytes.size();
    bytes.resize(before + step);
    COFFER_ASSIGN(const std::size_t read, file->Read(before, step, bytes.data() + before));
    bytes.resize(before + read);
    if (bytes.size() > bytes_max) {
      return Status::ResourceExhausted(path + " is longer than " + std::to_string(bytes_max) + " bytes");
    }
    if (read < step) {
      return bytes;
    }
  }
}

Status CreateDirectories(FileSystem& files, const std::string& path) {
  std::string wanted = path;
  while (wanted.size() > 1 && wanted.ends_with('/')) {
    wanted.pop_back();
  }
  // Missing directories, deepest first.
  std::vector<std::string> missing;
  for (std::string step = wanted; missing.size() < kTreeDepthMax; step = DirectoryName(step)) {
    const Result<FileInfo> info = files.Stat(step);
    if (info.ok()) {
      if (!info->is_directory) {
        return Status::AlreadyExists(step + " is a file, not a directory");
      }
      break;
    }
    if (info.status().code() != StatusCode::kNotFound) {
      return info.status().WithContext("creating " + path);
    }
    missing.push_back(step);
  }
  for (auto step = missing.rbegin(); step != missing.rend(); ++step) {
    Status status = files.CreateDirectory(*step);
    if (status.ok()) {
      status = files.SyncDirectory(DirectoryName(*step));
    }
    if (!status.ok()) {
      return status.WithContext("creating " + path);
    }
  }
  return {};
}

Status RemoveRecursively(FileSystem& files, const std::string& path) {
  return RemoveTree(files, path, kTreeDepthMax).WithContext("removing " + path);
}

Result<std::uint64_t> TreeBytes(FileSystem& files, const std::string& path) { return BytesBelow(files, path, kTreeDepthMax); }

std::string_view BaseName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string DirectoryName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return ".";
  }
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

}  // namespace coffer::storage

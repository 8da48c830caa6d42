#include <atomic>
#include <set>
#include <utility>

#include "storage/durable_file.h"
#include "storage/object_store.h"
#include "vocabulary/mutex.h"
#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

constexpr std::string_view kTemporaryFolder = "unfinished";
constexpr std::string_view kLockName = "LOCK";
constexpr std::size_t kNameBytesMax = 512;

bool IsName(std::string_view name) {
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
  if (name.empty() || name.size() > kNameBytesMax || name.find_first_not_of(kCharacters) != std::string_view::npos)
    return false;
  if (name.front() == '.' || name.front() == '/' || name.back() == '/') return false;
  return name.find("/.") == std::string_view::npos && name.find("//") == std::string_view::npos;
}

Status NoName(std::string_view name) {
  return Status::InvalidArgument("not a valid object name: \"" + std::string(name) + "\"");
}

class FolderObjectStore;

class FolderWriter final : public ObjectWriter {
 public:
  FolderWriter(FolderObjectStore& store, std::string path, std::unique_ptr<WritableFile> file)
      : store_(store), path_(std::move(path)), file_(std::move(file)) {}
  ~FolderWriter() override;
  Status Append(std::string_view bytes) override { return file_->Append(bytes); }
  Status Finish() override;

  const std::string& path() const { return path_; }
  // The file has its final name now.
  void MarkPublished() { published_ = true; }

 private:
  FolderObjectStore& store_;
  const std::string path_;
  std::unique_ptr<WritableFile> file_;  // null: finished
  bool published_ = false;
};

// Writers write in a folder of their own. So every file under a final name is complete, and temporary files are easy to remove.
class FolderObjectStore final : public ObjectStore {
 public:
  FolderObjectStore(FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {}

  Result<std::unique_ptr<ObjectWriter>> New() override {
    COFFER_TRY(EnsureFolder(TemporaryPath()));
    std::string path = TemporaryPath() + "/" + std::to_string(++last_writer_);
    COFFER_ASSIGN(std::unique_ptr<WritableFile> file, files_.NewWritableFile(path));
    return std::unique_ptr<ObjectWriter>(std::make_unique<FolderWriter>(*this, std::move(path), std::move(file)));
  }

  Status Publish(std::span<const Publication> objects) override {
    std::set<std::string> changed;
    for (const Publication& object : objects) {
      COFFER_TRY(Place(object, changed));
    }
    for (const std::string& folder : changed) {
      COFFER_TRY_CONTEXT(files_.SyncDirectory(folder), "publishing in " + folder);
    }
    const MutexLock lock(mutex_);
    for (const Publication& object : objects) known_folders_.insert(DirectoryName(PathOf(object.name)));
    return Status::Ok();
  }

  Result<std::unique_ptr<RandomAccessFile>> Open(std::string_view name) override {
    if (!IsName(name)) return NoName(name);
    return files_.NewRandomAccessFile(PathOf(name));
  }

  Result<std::uint64_t> Size(std::string_view name) override {
    if (!IsName(name)) return NoName(name);
    COFFER_ASSIGN(FileInfo info, files_.Stat(PathOf(name)));
    if (info.is_directory) return Status::NotFound(PathOf(name) + " is a folder");
    return info.size_bytes;
  }

  Result<std::vector<std::string>> List(std::string_view prefix) override {
    if (!IsName(prefix)) return NoName(prefix);
    std::vector<std::string> found;
    COFFER_TRY(ListBelow(std::string(prefix), found));
    return found;
  }

  Status Delete(std::string_view name) override {
    if (!IsName(name)) return NoName(name);
    const std::string path = PathOf(name);
    Status status = files_.RemoveFile(path);
    if (status.code() == StatusCode::kNotFound) return Status::Ok();
    if (status.ok()) status = files_.SyncDirectory(DirectoryName(path));
    return status.WithContext("removing " + path);
  }

  Status Replace(std::string_view name, std::string_view bytes) override {
    if (!IsName(name)) return NoName(name);
    COFFER_TRY(EnsureFolder(DirectoryName(PathOf(name))));
    return WriteDurably(files_, PathOf(name), bytes);
  }

  Result<std::unique_ptr<FileLock>> Lock() override {
    COFFER_TRY(EnsureFolder(root_));
    return files_.Lock(PathOf(kLockName), /*exclusive=*/true);
  }

  Status RemoveTemporary() override {
    const MutexLock lock(mutex_);
    known_folders_.erase(TemporaryPath());
    return RemoveRecursively(files_, TemporaryPath());
  }

  Result<std::uint64_t> FreeBytes() override { return files_.FreeBytes(root_); }

  FileSystem& files() { return files_; }

 private:
  std::string PathOf(std::string_view name) const { return root_ + "/" + std::string(name); }
  std::string TemporaryPath() const { return PathOf(kTemporaryFolder); }

  // Gives an object its name, which is durable once the folders in `changed` are synced. The temporary folder need not be
  // synced: a name that reappears there is removed as a temporary file.
  Status Place(const Publication& object, std::set<std::string>& changed) {
    if (!IsName(object.name)) return NoName(object.name);
    auto& writer = static_cast<FolderWriter&>(*object.writer);
    COFFER_TRY(writer.Finish());
    const std::string path = PathOf(object.name);
    COFFER_TRY(MakeFolder(DirectoryName(path), changed));
    Result<FileInfo> present = files_.Stat(path);
    if (present.ok()) return Status::AlreadyExists(path + " already exists");
    if (present.status().code() != StatusCode::kNotFound) return std::move(present).status().WithContext("publishing " + path);
    COFFER_TRY_CONTEXT(files_.Rename(writer.path(), path), "publishing " + path);
    writer.MarkPublished();
    changed.insert(DirectoryName(path));
    return Status::Ok();
  }

  Status MakeFolder(const std::string& path, std::set<std::string>& changed) {
    if (changed.contains(path)) return Status::Ok();
    const std::string parent = DirectoryName(path);
    {
      const MutexLock lock(mutex_);
      if (known_folders_.contains(path)) return Status::Ok();
    }
    if (path == root_) return EnsureFolder(root_);
    COFFER_TRY(EnsureFolder(parent));
    COFFER_TRY_CONTEXT(files_.CreateDirectory(path), "creating " + path);
    changed.insert(parent);
    return Status::Ok();
  }

  // Remembers folders that exist, so that each is looked up only once.
  Status EnsureFolder(const std::string& path) {
    const MutexLock lock(mutex_);
    if (known_folders_.contains(path)) return Status::Ok();
    COFFER_TRY(CreateDirectories(files_, path));
    known_folders_.insert(path);
    return Status::Ok();
  }

  Status ListBelow(const std::string& prefix, std::vector<std::string>& found) {
    Result<std::vector<std::string>> names = files_.List(PathOf(prefix));
    if (!names.ok()) return names.status().code() == StatusCode::kNotFound ? Status::Ok() : std::move(names).status();
    for (const std::string& name : *names) {
      std::string below = prefix + "/" + name;
      if (!IsName(below)) continue;  // not an object
      Result<FileInfo> info = files_.Stat(PathOf(below));
      if (!info.ok() && info.status().code() == StatusCode::kNotFound) continue;
      if (!info.ok()) return std::move(info).status();
      if (!info->is_directory) {
        found.push_back(std::move(below));
      } else {
        COFFER_TRY(ListBelow(below, found));
      }
    }
    return Status::Ok();
  }

  FileSystem& files_;
  const std::string root_;
  std::atomic<std::uint64_t> last_writer_{0};
  Mutex mutex_;
  std::set<std::string, std::less<>> known_folders_ COFFER_GUARDED_BY(mutex_);
};

FolderWriter::~FolderWriter() {
  if (published_) return;
  file_.reset();
  store_.files().RemoveFile(path_).Ignore();  // if this fails, RemoveTemporary does it
}

Status FolderWriter::Finish() {
  if (file_ == nullptr) return Status::Ok();
  Status status = file_->Sync();
  if (Status closed = file_->Close(); status.ok()) status = std::move(closed);
  if (status.ok()) file_.reset();
  return status;
}

}  // namespace

std::unique_ptr<ObjectStore> NewFolderObjectStore(FileSystem& files, std::string root) {
  return std::make_unique<FolderObjectStore>(files, std::move(root));
}

Status PutObject(ObjectStore& objects, std::string_view name, std::string_view bytes) {
  COFFER_ASSIGN(std::unique_ptr<ObjectWriter> writer, objects.New());
  COFFER_TRY(writer->Append(bytes));
  const ObjectStore::Publication object{writer.get(), std::string(name)};
  return objects.Publish({&object, 1});
}

Result<std::string> ReadObject(ObjectStore& objects, std::string_view name, std::uint64_t bytes_max) {
  COFFER_ASSIGN(std::uint64_t size, objects.Size(name));
  if (size > bytes_max) {
    return Status::ResourceExhausted(std::string(name) + " is longer than " + std::to_string(bytes_max) + " bytes");
  }
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, objects.Open(name));
  std::string bytes(static_cast<std::size_t>(size), '\0');
  COFFER_ASSIGN(std::size_t got, file->Read(0, bytes.size(), bytes.data()));
  bytes.resize(got);
  return bytes;
}

}  // namespace coffer::storage

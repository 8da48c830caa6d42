#include "operations/repository/backup_file_system.h"

#include <algorithm>
#include <cstring>

#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

class BackupFileReader final : public RandomAccessFile {
 public:
  BackupFileReader(std::string name, std::size_t object, std::unique_ptr<ObjectReader> reader, FrameCache& cache)
      : name_(std::move(name)), object_(object), reader_(std::move(reader)), cache_(cache) {}

  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    std::size_t done = 0;
    while (done < length && offset < reader_->size_bytes()) {
      const std::size_t frame = reader_->frames().FrameAt(offset);
      COFFER_ASSIGN(std::shared_ptr<const std::string> bytes, Frame(frame));
      const auto begin = static_cast<std::size_t>(offset - reader_->frames().FrameOffset(frame));
      const std::size_t count = std::min(length - done, bytes->size() - begin);
      std::memcpy(buffer + done, bytes->data() + begin, count);
      done += count;
      offset += count;
    }
    return done;
  }

 private:
  Result<std::shared_ptr<const std::string>> Frame(std::size_t frame) const {
    if (auto found = cache_.Find({object_, frame})) return found;
    auto bytes = std::make_shared<std::string>();
    COFFER_TRY_CONTEXT(reader_->frames().ReadFrame(frame, *bytes), name_);
    std::shared_ptr<const std::string> decoded = std::move(bytes);
    cache_.Put({object_, frame}, decoded);
    return decoded;
  }

  const std::string name_;
  const std::size_t object_;
  const std::unique_ptr<ObjectReader> reader_;
  FrameCache& cache_;
};

Status ReadOnly() { return Status::PermissionDenied("a backup is read-only"); }

Status NoSuchFile(const std::string& path) { return Status::NotFound(path + ": is not in the backup"); }

}  // namespace

std::shared_ptr<const std::string> FrameCache::Find(const Key& key) {
  const MutexLock lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return entries_.front().second;
}

void FrameCache::Put(const Key& key, std::shared_ptr<const std::string> frame) {
  const MutexLock lock(mutex_);
  if (places_.contains(key)) return;
  bytes_ += frame->size();
  entries_.emplace_front(key, std::move(frame));
  places_[key] = entries_.begin();
  while (bytes_ > bytes_max_ && entries_.size() > 1) {
    bytes_ -= entries_.back().second->size();
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

BackupFileSystem::BackupFileSystem(Repository repository, BackupManifest manifest, SealedManifest sealed,
                                   std::vector<format::AgeIdentity> identities, std::string root, std::size_t cache_bytes)
    : repository_(std::move(repository)),
      manifest_(std::move(manifest)),
      identities_(std::move(identities)),
      root_(std::move(root)),
      cache_(cache_bytes) {
  for (BackupFile& file : sealed.files) {
    std::string name = file.name;
    if (name != kLogsFileName) files_.emplace(std::move(name), std::move(file));
  }
}

const BackupFile* BackupFileSystem::Find(const std::string& path) const {
  if (storage::DirectoryName(path) != root_) return nullptr;
  const auto file = files_.find(storage::BaseName(path));
  return file == files_.end() ? nullptr : &file->second;
}

Result<std::unique_ptr<RandomAccessFile>> BackupFileSystem::NewRandomAccessFile(const std::string& path) {
  const BackupFile* file = Find(path);
  if (file == nullptr) return NoSuchFile(path);
  COFFER_ASSIGN(std::unique_ptr<ObjectReader> reader, repository_.OpenObject(manifest_, file->object, identities_));
  if (reader->size_bytes() != file->size_bytes)
    return Status::Corruption(file->name + ": has a different length in the backup");
  return std::unique_ptr<RandomAccessFile>(
      std::make_unique<BackupFileReader>(repository_.path() + "/" + Repository::ObjectName(manifest_.objects[file->object].id),
                                         file->object, std::move(reader), cache_));
}

Result<FileInfo> BackupFileSystem::Stat(const std::string& path) {
  if (path == root_) return FileInfo{.size_bytes = 0, .is_directory = true};
  const BackupFile* file = Find(path);
  if (file == nullptr) return NoSuchFile(path);
  return FileInfo{.size_bytes = file->size_bytes, .is_directory = false};
}

Result<std::vector<std::string>> BackupFileSystem::List(const std::string& directory) {
  if (directory != root_) return NoSuchFile(directory);
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) names.push_back(name);
  return names;
}

Result<std::unique_ptr<WritableFile>> BackupFileSystem::NewWritableFile(const std::string&) { return ReadOnly(); }
Result<std::unique_ptr<WritableFile>> BackupFileSystem::NewAppendableFile(const std::string&) { return ReadOnly(); }
Result<std::unique_ptr<WritableFile>> BackupFileSystem::NewPrivateFile(const std::string&) { return ReadOnly(); }
Status BackupFileSystem::CreateDirectory(const std::string&) { return ReadOnly(); }
Status BackupFileSystem::RemoveFile(const std::string&) { return ReadOnly(); }
Status BackupFileSystem::RemoveDirectory(const std::string&) { return ReadOnly(); }
Status BackupFileSystem::Rename(const std::string&, const std::string&) { return ReadOnly(); }
Status BackupFileSystem::Link(const std::string&, const std::string&) { return ReadOnly(); }
Status BackupFileSystem::Truncate(const std::string&, std::uint64_t) { return ReadOnly(); }
Status BackupFileSystem::SyncDirectory(const std::string&) { return ReadOnly(); }
Result<std::unique_ptr<FileLock>> BackupFileSystem::Lock(const std::string&, bool) { return ReadOnly(); }
Result<std::uint64_t> BackupFileSystem::FreeBytes(const std::string&) { return std::uint64_t{0}; }

}  // namespace coffer::operations

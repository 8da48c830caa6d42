#include "support/failing_file_system.h"

#include <algorithm>
#include <utility>

#include "storage/durable_file.h"

namespace coffer {
namespace {

constexpr std::uint64_t kReplacedBytesMax = std::uint64_t{64} << 20;

bool IsChange(FileOperation operation) {
  switch (operation) {
    case FileOperation::kAny:
    case FileOperation::kAnyLasting:
    case FileOperation::kOpenForReading:
    case FileOperation::kRead:
    case FileOperation::kStat:
    case FileOperation::kList:
    case FileOperation::kLock:
      return false;
    default:
      return true;
  }
}

bool IsLasting(FileOperation operation) {
  return operation == FileOperation::kSync || operation == FileOperation::kSyncDirectory ||
         operation == FileOperation::kRemove || operation == FileOperation::kTruncate;
}

bool Matches(const FileFailure& failure, FileOperation operation, const std::string& path) {
  const bool wanted = failure.operation == FileOperation::kAny || failure.operation == operation ||
                      (failure.operation == FileOperation::kAnyChange && IsChange(operation)) ||
                      (failure.operation == FileOperation::kAnyLasting && IsLasting(operation));
  return wanted && path.find(failure.path_part) != std::string::npos;
}

// `path` with the leading `from` replaced, if it is `from` or below it.
std::string Moved(const std::string& path, const std::string& from, const std::string& to) {
  const bool affected = path == from || path.starts_with(from + "/");
  return affected ? to + path.substr(from.size()) : path;
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) {
    path.pop_back();
  }
  return path;
}

}  // namespace

class FailingWritableFile final : public WritableFile {
 public:
  FailingWritableFile(FailingFileSystem& files, std::string path, std::unique_ptr<WritableFile> file,
                      std::shared_ptr<FailingFileSystem::Content> content)
      : files_(files), path_(std::move(path)), file_(std::move(file)), content_(std::move(content)) {}

  Status Append(std::string_view bytes) override {
    std::size_t torn_bytes = 0;
    const Status gate = files_.Gate(FileOperation::kAppend, path_, &torn_bytes);
    if (!gate.ok()) {
      Write(bytes.substr(0, torn_bytes)).Ignore();  // the injected failure is the one returned
      file_->Flush().Ignore();
      return gate;
    }
    const std::size_t fits = files_.TakeSpace(bytes.size());
    Status status = Write(bytes.substr(0, fits));
    if (status.ok() && fits < bytes.size()) {
      file_->Flush().Ignore();
      return Status::ResourceExhausted(path_ + ": the disk is full");
    }
    return status;
  }

  Status Flush() override {
    const Status gate = files_.Gate(FileOperation::kFlush, path_);
    return gate.ok() ? file_->Flush() : gate;
  }

  Status Sync() override {
    if (Status gate = files_.Gate(FileOperation::kSync, path_); !gate.ok()) {
      return gate;
    }
    Status status = files_.real_syncs_ ? file_->Sync() : file_->Flush();
    if (status.ok()) {
      const std::lock_guard lock(files_.mutex_);
      content_->synced_bytes = content_->written_bytes;
    }
    return status;
  }

  Status Close() override {
    const Status gate = files_.Gate(FileOperation::kClose, path_);
    Status status = file_->Close();
    return gate.ok() ? std::move(status) : gate;
  }

 private:
  Status Write(std::string_view bytes) {
    {
      const std::lock_guard lock(files_.mutex_);
      content_->written_bytes += bytes.size();
    }
    return file_->Append(bytes);
  }

  FailingFileSystem& files_;
  const std::string path_;
  const std::unique_ptr<WritableFile> file_;
  const std::shared_ptr<FailingFileSystem::Content> content_;
};

class FailingRandomAccessFile final : public RandomAccessFile {
 public:
  FailingRandomAccessFile(FailingFileSystem& files, std::string path, std::unique_ptr<RandomAccessFile> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)) {}

  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    if (Status gate = files_.Gate(FileOperation::kRead, path_); !gate.ok()) {
      return gate;
    }
    return file_->Read(offset, length, buffer);
  }

 private:
  FailingFileSystem& files_;
  const std::string path_;
  const std::unique_ptr<RandomAccessFile> file_;
};

void FailingFileSystem::FailOn(FileFailure failure) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
  matches_ = 0;
}

void FailingFileSystem::Heal() {
  const std::lock_guard lock(mutex_);
  failure_.reset();
  space_bytes_ = std::numeric_limits<std::uint64_t>::max();
}

void FailingFileSystem::LimitBytes(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  space_bytes_ = bytes;
}

std::uint64_t FailingFileSystem::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::uint64_t FailingFileSystem::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void FailingFileSystem::CutPower() {
  const std::lock_guard lock(mutex_);
  power_cut_ = true;
}

void FailingFileSystem::RestorePower() {
  const std::lock_guard lock(mutex_);
  power_cut_ = false;
}

Status FailingFileSystem::Gate(FileOperation operation, const std::string& path, std::size_t* torn_bytes) {
  const std::lock_guard lock(mutex_);
  ++calls_;
  changes_ += IsChange(operation) ? 1 : 0;
  if (power_cut_) {
    return Status::IoError(path + ": the power is cut");
  }
  if (!failure_ || !Matches(*failure_, operation, path)) {
    return {};
  }
  ++matches_;
  if (matches_ < failure_->nth || (matches_ > failure_->nth && !failure_->repeat)) {
    return {};
  }
  power_cut_ = failure_->cuts_power;
  if (torn_bytes != nullptr) {
    *torn_bytes = failure_->torn_bytes;
  }
  return failure_->status.WithContext(path);
}

std::size_t FailingFileSystem::TakeSpace(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto fits = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, space_bytes_));
  if (space_bytes_ != std::numeric_limits<std::uint64_t>::max()) {
    space_bytes_ -= fits;
  }
  return fits;
}

Result<std::unique_ptr<WritableFile>> FailingFileSystem::OpenForWriting(const std::string& path, Opening open, bool truncates) {
  if (Status gate = Gate(FileOperation::kOpenForWriting, path); !gate.ok()) {
    return gate;
  }
  const Result<FileInfo> before = base_.Stat(path);
  auto file = (base_.*open)(path);
  if (!file.ok()) {
    return file;
  }
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Content>& content = contents_[path];
  if (!before.ok()) {
    content = nullptr;
    pending_.push_back({PendingName::Change::kFile, path, {}, {}});
  }
  if (content == nullptr) {
    const std::uint64_t present_bytes = before.ok() ? before->size_bytes : 0;
    content = std::make_shared<Content>(Content{present_bytes, present_bytes});
  }
  if (truncates) {
    *content = Content();
  }
  return std::unique_ptr<WritableFile>(new FailingWritableFile(*this, path, *std::move(file), content));
}

Result<std::unique_ptr<WritableFile>> FailingFileSystem::NewWritableFile(const std::string& path) {
  return OpenForWriting(path, &FileSystem::NewWritableFile, /*truncates=*/true);
}

Result<std::unique_ptr<WritableFile>> FailingFileSystem::NewAppendableFile(const std::string& path) {
  return OpenForWriting(path, &FileSystem::NewAppendableFile, /*truncates=*/false);
}

Result<std::unique_ptr<WritableFile>> FailingFileSystem::NewPrivateFile(const std::string& path) {
  return OpenForWriting(path, &FileSystem::NewPrivateFile, /*truncates=*/false);
}

Result<std::unique_ptr<RandomAccessFile>> FailingFileSystem::NewRandomAccessFile(const std::string& path) {
  if (Status gate = Gate(FileOperation::kOpenForReading, path); !gate.ok()) {
    return gate;
  }
  auto file = base_.NewRandomAccessFile(path);
  if (!file.ok()) {
    return file;
  }
  return std::unique_ptr<RandomAccessFile>(new FailingRandomAccessFile(*this, path, *std::move(file)));
}

Result<FileInfo> FailingFileSystem::Stat(const std::string& path) {
  const Status gate = Gate(FileOperation::kStat, path);
  return gate.ok() ? base_.Stat(path) : gate;
}

Result<std::vector<std::string>> FailingFileSystem::List(const std::string& directory) {
  const Status gate = Gate(FileOperation::kList, directory);
  return gate.ok() ? base_.List(directory) : gate;
}

Status FailingFileSystem::CreateDirectory(const std::string& path) {
  if (Status gate = Gate(FileOperation::kCreateDirectory, path); !gate.ok()) {
    return gate;
  }
  const bool present = base_.Stat(path).ok();
  Status status = base_.CreateDirectory(path);
  if (status.ok() && !present) {
    const std::lock_guard lock(mutex_);
    pending_.push_back({PendingName::Change::kDirectory, WithoutSlash(path), {}, {}});
  }
  return status;
}

Status FailingFileSystem::RemoveFile(const std::string& path) {
  if (Status gate = Gate(FileOperation::kRemove, path); !gate.ok()) {
    return gate;
  }
  Status status = base_.RemoveFile(path);
  if (status.ok()) {
    const std::lock_guard lock(mutex_);
    contents_.erase(path);
  }
  return status;
}

Status FailingFileSystem::RemoveDirectory(const std::string& path) {
  const Status gate = Gate(FileOperation::kRemove, path);
  return gate.ok() ? base_.RemoveDirectory(path) : gate;
}

bool FailingFileSystem::RemovePendingCreation(const std::string& path) {
  const auto created = std::find_if(pending_.begin(), pending_.end(), [&](const PendingName& pending) {
    return pending.path == path && pending.change == PendingName::Change::kFile;
  });
  if (created == pending_.end()) {
    return false;
  }
  pending_.erase(created);
  return true;
}

Status FailingFileSystem::Rename(const std::string& from, const std::string& to) {
  if (Status gate = Gate(FileOperation::kRename, from); !gate.ok()) {
    return gate;
  }
  std::optional<std::string> replaced;
  if (Result<std::string> bytes = storage::ReadWholeFile(base_, to, kReplacedBytesMax); bytes.ok()) {
    replaced = *std::move(bytes);
  }
  Status status = base_.Rename(from, to);
  if (!status.ok()) {
    return status;
  }
  const std::lock_guard lock(mutex_);
  if (RemovePendingCreation(to)) {
    replaced.reset();  // its name would not have survived either
  }
  contents_.erase(to);
  Move(from, to);
  pending_.push_back({PendingName::Change::kRename, to, from, std::move(replaced)});
  return status;
}

// Moves everything known about `from` and the paths below it to `to`. Called with the mutex held.
void FailingFileSystem::Move(const std::string& from, const std::string& to) {
  std::map<std::string, std::shared_ptr<Content>> moved;
  for (auto& [path, content] : contents_) {
    moved[Moved(path, from, to)] = std::move(content);
  }
  contents_ = std::move(moved);
  for (PendingName& pending : pending_) {
    pending.path = Moved(pending.path, from, to);
  }
}

Status FailingFileSystem::Link(const std::string& existing, const std::string& path) {
  if (Status gate = Gate(FileOperation::kLink, path); !gate.ok()) {
    return gate;
  }
  Status status = base_.Link(existing, path);
  if (status.ok()) {
    const std::lock_guard lock(mutex_);
    if (const auto content = contents_.find(existing); content != contents_.end()) {
      contents_[path] = content->second;
    }
    pending_.push_back({PendingName::Change::kFile, path, {}, {}});
  }
  return status;
}

Status FailingFileSystem::Truncate(const std::string& path, std::uint64_t size_bytes) {
  if (Status gate = Gate(FileOperation::kTruncate, path); !gate.ok()) {
    return gate;
  }
  Status status = base_.Truncate(path, size_bytes);
  const std::lock_guard lock(mutex_);
  if (const auto content = contents_.find(path); status.ok() && content != contents_.end()) {
    content->second->written_bytes = size_bytes;
    content->second->synced_bytes = std::min(content->second->synced_bytes, size_bytes);
  }
  return status;
}

Status FailingFileSystem::SyncDirectory(const std::string& path) {
  if (Status gate = Gate(FileOperation::kSyncDirectory, path); !gate.ok()) {
    return gate;
  }
  Status status = real_syncs_ ? base_.SyncDirectory(path) : Status();
  if (status.ok()) {
    const std::lock_guard lock(mutex_);
    const std::string directory = WithoutSlash(path);
    std::erase_if(pending_, [&](const PendingName& pending) { return storage::DirectoryName(pending.path) == directory; });
  }
  return status;
}

Result<std::unique_ptr<FileLock>> FailingFileSystem::Lock(const std::string& path, bool exclusive) {
  const Status gate = Gate(FileOperation::kLock, path);
  return gate.ok() ? base_.Lock(path, exclusive) : gate;
}

Result<std::uint64_t> FailingFileSystem::FreeBytes(const std::string& path) {
  if (Status gate = Gate(FileOperation::kStat, path); !gate.ok()) {
    return gate;
  }
  Result<std::uint64_t> free_bytes = base_.FreeBytes(path);
  if (!free_bytes.ok()) {
    return free_bytes;
  }
  const std::lock_guard lock(mutex_);
  return std::min(*free_bytes, space_bytes_);
}

// Called with the mutex held. A file that is already removed needs no undoing.
Status FailingFileSystem::Undo(const PendingName& pending) {
  if (pending.change != PendingName::Change::kRename) {
    contents_.erase(pending.path);
    return storage::RemoveRecursively(base_, pending.path);
  }
  Status status = base_.Rename(pending.path, pending.renamed_from);
  if (!status.ok()) {
    return status.code() == StatusCode::kNotFound ? Status() : std::move(status);
  }
  Move(pending.path, pending.renamed_from);
  return pending.replaced ? storage::WriteDurably(base_, pending.path, *pending.replaced) : Status();
}

Status FailingFileSystem::DropUnsynced(std::uint64_t unsynced_bytes_kept) {
  const std::lock_guard lock(mutex_);
  while (!pending_.empty()) {
    const PendingName pending = std::move(pending_.back());
    pending_.pop_back();
    if (Status status = Undo(pending); !status.ok()) {
      return status;
    }
  }
  for (const auto& [path, content] : contents_) {
    const Result<FileInfo> info = base_.Stat(path);
    if (!info.ok()) {
      continue;  // its name did not survive
    }
    const std::uint64_t survives = std::min(content->synced_bytes + unsynced_bytes_kept, info->size_bytes);
    if (survives < info->size_bytes) {
      if (Status status = base_.Truncate(path, survives); !status.ok()) {
        return status;
      }
    }
  }
  contents_.clear();
  return {};
}

}  // namespace coffer

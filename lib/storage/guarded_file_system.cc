#include "storage/guarded_file_system.h"

#include <utility>

#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

template <typename Call>
auto Ask(Call&& call) noexcept -> decltype(call()) {
  try {
    return call();
  } catch (...) {
    return StatusOfException("the file system");
  }
}

class GuardedWritableFile final : public WritableFile {
 public:
  explicit GuardedWritableFile(std::unique_ptr<WritableFile> base) : base_(std::move(base)) {}
  Status Append(std::string_view bytes) override {
    return Ask([&] { return base_->Append(bytes); });
  }
  Status Flush() override {
    return Ask([&] { return base_->Flush(); });
  }
  Status Sync() override {
    return Ask([&] { return base_->Sync(); });
  }
  Status Close() override {
    return Ask([&] { return base_->Close(); });
  }

 private:
  std::unique_ptr<WritableFile> base_;
};

class GuardedRandomAccessFile final : public RandomAccessFile {
 public:
  explicit GuardedRandomAccessFile(std::unique_ptr<RandomAccessFile> base) : base_(std::move(base)) {}
  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    return Ask([&] { return base_->Read(offset, length, buffer); });
  }

 private:
  std::unique_ptr<RandomAccessFile> base_;
};

// Opens a file and puts a Guard around it.
template <typename File, typename Guard, typename Open>
Result<std::unique_ptr<File>> OpenGuarded(Open&& open) {
  return Ask([&]() -> Result<std::unique_ptr<File>> {
    COFFER_ASSIGN(std::unique_ptr<File> file, open());
    return std::unique_ptr<File>(std::make_unique<Guard>(std::move(file)));
  });
}

class GuardedFileSystem final : public FileSystem {
 public:
  explicit GuardedFileSystem(std::shared_ptr<FileSystem> base) : base_(std::move(base)) {}

  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override {
    return OpenGuarded<WritableFile, GuardedWritableFile>([&] { return base_->NewWritableFile(path); });
  }
  Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) override {
    return OpenGuarded<WritableFile, GuardedWritableFile>([&] { return base_->NewAppendableFile(path); });
  }
  Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) override {
    return OpenGuarded<WritableFile, GuardedWritableFile>([&] { return base_->NewPrivateFile(path); });
  }
  Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) override {
    return OpenGuarded<RandomAccessFile, GuardedRandomAccessFile>([&] { return base_->NewRandomAccessFile(path); });
  }
  Result<FileInfo> Stat(const std::string& path) override {
    return Ask([&] { return base_->Stat(path); });
  }
  Result<std::vector<std::string>> List(const std::string& directory) override {
    return Ask([&] { return base_->List(directory); });
  }
  Status CreateDirectory(const std::string& path) override {
    return Ask([&] { return base_->CreateDirectory(path); });
  }
  Status RemoveFile(const std::string& path) override {
    return Ask([&] { return base_->RemoveFile(path); });
  }
  Status RemoveDirectory(const std::string& path) override {
    return Ask([&] { return base_->RemoveDirectory(path); });
  }
  Status Rename(const std::string& from, const std::string& to) override {
    return Ask([&] { return base_->Rename(from, to); });
  }
  Status Link(const std::string& existing, const std::string& path) override {
    return Ask([&] { return base_->Link(existing, path); });
  }
  Status Truncate(const std::string& path, std::uint64_t size_bytes) override {
    return Ask([&] { return base_->Truncate(path, size_bytes); });
  }
  Status SyncDirectory(const std::string& path) override {
    return Ask([&] { return base_->SyncDirectory(path); });
  }
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) override {
    return Ask([&] { return base_->Lock(path, exclusive); });
  }
  Result<std::uint64_t> FreeBytes(const std::string& path) override {
    return Ask([&] { return base_->FreeBytes(path); });
  }

 private:
  std::shared_ptr<FileSystem> base_;
};

}  // namespace

std::shared_ptr<FileSystem> GuardFileSystem(std::shared_ptr<FileSystem> base) {
  return std::make_shared<GuardedFileSystem>(std::move(base));
}

std::shared_ptr<FileSystem> GuardFileSystem(FileSystem& base) {
  return GuardFileSystem(std::shared_ptr<FileSystem>(std::shared_ptr<void>(), &base));
}

}  // namespace coffer::storage

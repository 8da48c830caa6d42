#include "crash/killing_file_system.h"

#include <unistd.h>

#include <csignal>

namespace coffer::crash {

void KillThisProcess() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

class KillingWritableFile final : public WritableFile {
 public:
  KillingWritableFile(KillingFileSystem& files, std::string path, std::unique_ptr<WritableFile> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)) {}

  Status Append(std::string_view bytes) override {
    if (files_.Count("append", path_)) {
      if (files_.death_.behind) {
        file_->Append(bytes.substr(0, bytes.size() / 2)).Ignore();  // the process dies in any case
        file_->Flush().Ignore();
      }
      files_.Die("append", path_);
    }
    return file_->Append(bytes);
  }
  Status Flush() override {
    return files_.Make("flush", path_, [&] { return file_->Flush(); });
  }
  Status Sync() override {
    return files_.Make("sync", path_, [&] { return file_->Sync(); });
  }
  Status Close() override {
    return files_.Make("close", path_, [&] { return file_->Close(); });
  }

 private:
  KillingFileSystem& files_;
  const std::string path_;
  const std::unique_ptr<WritableFile> file_;
};

bool KillingFileSystem::Count(std::string_view call, const std::string& path) {
  if (!death_.only.empty() && (std::string(call) + " " + path).find(death_.only) == std::string::npos) return false;
  return calls_.fetch_add(1) + 1 == death_.call;
}

void KillingFileSystem::Die(std::string_view call, const std::string& path) const {
  last_words_(call, path);
  KillThisProcess();
}

Result<std::unique_ptr<WritableFile>> KillingFileSystem::NewWritableFile(const std::string& path) {
  auto file = Make("create", path, [&] { return base_.NewWritableFile(path); });
  if (!file.ok()) return file;
  return std::unique_ptr<WritableFile>(std::make_unique<KillingWritableFile>(*this, path, *std::move(file)));
}

Result<std::unique_ptr<WritableFile>> KillingFileSystem::NewAppendableFile(const std::string& path) {
  auto file = Make("open", path, [&] { return base_.NewAppendableFile(path); });
  if (!file.ok()) return file;
  return std::unique_ptr<WritableFile>(std::make_unique<KillingWritableFile>(*this, path, *std::move(file)));
}

Result<std::unique_ptr<WritableFile>> KillingFileSystem::NewPrivateFile(const std::string& path) {
  auto file = Make("create", path, [&] { return base_.NewPrivateFile(path); });
  if (!file.ok()) return file;
  return std::unique_ptr<WritableFile>(std::make_unique<KillingWritableFile>(*this, path, *std::move(file)));
}

Result<std::unique_ptr<RandomAccessFile>> KillingFileSystem::NewRandomAccessFile(const std::string& path) {
  return base_.NewRandomAccessFile(path);
}

Result<FileInfo> KillingFileSystem::Stat(const std::string& path) { return base_.Stat(path); }

Result<std::vector<std::string>> KillingFileSystem::List(const std::string& directory) { return base_.List(directory); }

Status KillingFileSystem::CreateDirectory(const std::string& path) {
  return Make("mkdir", path, [&] { return base_.CreateDirectory(path); });
}

Status KillingFileSystem::RemoveFile(const std::string& path) {
  return Make("remove", path, [&] { return base_.RemoveFile(path); });
}

Status KillingFileSystem::RemoveDirectory(const std::string& path) {
  return Make("rmdir", path, [&] { return base_.RemoveDirectory(path); });
}

Status KillingFileSystem::Rename(const std::string& from, const std::string& to) {
  return Make("rename", to, [&] { return base_.Rename(from, to); });
}

Status KillingFileSystem::Link(const std::string& existing, const std::string& path) {
  return Make("link", path, [&] { return base_.Link(existing, path); });
}

Status KillingFileSystem::Truncate(const std::string& path, std::uint64_t size_bytes) {
  return Make("truncate", path, [&] { return base_.Truncate(path, size_bytes); });
}

Status KillingFileSystem::SyncDirectory(const std::string& path) {
  return Make("syncdir", path, [&] { return base_.SyncDirectory(path); });
}

Result<std::unique_ptr<FileLock>> KillingFileSystem::Lock(const std::string& path, bool exclusive) {
  return Make("lock", path, [&] { return base_.Lock(path, exclusive); });
}

Result<std::uint64_t> KillingFileSystem::FreeBytes(const std::string& path) { return base_.FreeBytes(path); }

}  // namespace coffer::crash

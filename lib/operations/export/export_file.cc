#include "operations/export/export_file.h"

#include <algorithm>
#include <thread>

#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// zstd keeps several buffers per worker; two workers stay within the memory limit of an export.
constexpr unsigned kCompressionWorkersMax = 2;

}  // namespace

Result<std::unique_ptr<ExportFile>> ExportFile::Create(FileSystem& files, const std::string& path, int compression_level,
                                                       std::span<const format::AgeRecipient> recipients) {
  Result<FileInfo> there = files.Stat(path);
  if (there.ok()) return Status::AlreadyExists(path + ": already exists");
  if (there.status().code() != StatusCode::kNotFound) return std::move(there).status();
  if (Result<FileInfo> folder = files.Stat(storage::DirectoryName(path)); !folder.ok()) {
    return std::move(folder).status().WithContext("folder of " + path);
  }
  std::unique_ptr<ExportFile> self(new ExportFile(files, path));
  COFFER_ASSIGN(std::unique_ptr<WritableFile> file, files.NewWritableFile(self->temporary_path_));
  self->file_ = std::move(file);
  if (!recipients.empty()) {
    self->age_ = std::make_unique<format::AgeEncryptor>(
        recipients, [raw = self.get()](std::string_view bytes) { return raw->WriteRaw(bytes); });
  }
  if (compression_level > 0) {
    const unsigned workers = std::min(kCompressionWorkersMax, std::max(1U, std::thread::hardware_concurrency()));
    self->zstd_ = std::make_unique<format::ZstdCompressor>(
        compression_level, static_cast<int>(workers),
        [raw = self.get()](std::string_view bytes) { return raw->WritePacked(bytes); });
  }
  return self;
}

ExportFile::~ExportFile() {
  if (published_ || file_ == nullptr) return;
  zstd_.reset();
  age_.reset();
  file_.reset();
  files_.RemoveFile(temporary_path_).Ignore();  // the first failure is the one to report
}

Status ExportFile::WriteRaw(std::string_view bytes) {
  hash_.Update(bytes);
  file_bytes_ += bytes.size();
  return file_->Append(bytes);
}

Status ExportFile::WritePacked(std::string_view bytes) { return age_ ? age_->Write(bytes) : WriteRaw(bytes); }

Status ExportFile::Write(std::string_view bytes) { return zstd_ ? zstd_->Write(bytes) : WritePacked(bytes); }

Status ExportFile::Finish() {
  if (zstd_) {
    COFFER_TRY(zstd_->Finish());
  }
  if (age_) {
    COFFER_TRY(age_->Finish());
  }
  COFFER_TRY(file_->Sync());
  COFFER_TRY(file_->Close());
  sha256_ = format::HexText(hash_.Finish());
  return Status::Ok();
}

Status ExportFile::Publish() {
  Status status = storage::PublishDurably(files_, temporary_path_, path_);
  published_ = status.ok();
  if (!status.ok() && files_.Stat(temporary_path_).status().code() == StatusCode::kNotFound) {
    files_.RemoveFile(path_).Ignore();  // the rename may not be durable: a failed export leaves no file
  }
  return status;
}

}  // namespace coffer::operations

#include "operations/files/temporary_files.h"

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

class SealedFile final : public WritableFile {
 public:
  SealedFile(std::unique_ptr<WritableFile> file, const format::AgeRecipient& recipient)
      : file_(std::move(file)),
        age_({&recipient, 1}, [raw = file_.get()](std::string_view bytes) { return raw->Append(bytes); }) {}

  Status Append(std::string_view bytes) override { return age_.Write(bytes); }
  // The current chunk stays in memory until it is full.
  Status Flush() override { return file_->Flush(); }
  Status Sync() override { return file_->Sync(); }
  Status Close() override {
    Status status = age_.Finish();
    Status closed = file_->Close();
    return status.ok() ? closed : status;
  }

 private:
  const std::unique_ptr<WritableFile> file_;
  format::AgeEncryptor age_;
};

class UnsealedFile final : public RandomAccessFile {
 public:
  explicit UnsealedFile(std::unique_ptr<format::AgeReader> reader) : reader_(std::move(reader)) {}
  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    return reader_->Read(offset, length, buffer);
  }

 private:
  const std::unique_ptr<format::AgeReader> reader_;
};

}  // namespace

Result<std::unique_ptr<WritableFile>> TemporaryFiles::Create(const std::string& path) {
  Result<std::unique_ptr<WritableFile>> file = files_.NewWritableFile(path);
  if (!file.ok() || !identity_) return file;
  return std::unique_ptr<WritableFile>(std::make_unique<SealedFile>(std::move(*file), identity_->recipient()));
}

Result<std::unique_ptr<RandomAccessFile>> TemporaryFiles::Open(const std::string& path) {
  Result<std::unique_ptr<RandomAccessFile>> file = files_.NewRandomAccessFile(path);
  if (!file.ok() || !identity_) return file;
  COFFER_ASSIGN(FileInfo info, files_.Stat(path));
  const auto source = [stored = std::shared_ptr<RandomAccessFile>(std::move(*file))](std::uint64_t offset, std::size_t length,
                                                                                     char* buffer) {
    return stored->Read(offset, length, buffer);
  };
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<format::AgeReader> reader,
                        format::AgeReader::Open(source, info.size_bytes, {&*identity_, 1}), path);
  return std::unique_ptr<RandomAccessFile>(std::make_unique<UnsealedFile>(std::move(reader)));
}

}  // namespace coffer::operations

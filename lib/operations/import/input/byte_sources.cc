#include "operations/import/input/byte_sources.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "vocabulary/try.h"

namespace coffer {
namespace {

class StandardInputSource final : public ByteSource {
 public:
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    for (;;) {
      const ssize_t got = ::read(STDIN_FILENO, buffer, length);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return Status::IoError("reading standard input: " + std::string(std::strerror(errno)));
    }
  }
};

}  // namespace

std::unique_ptr<ByteSource> StandardInput() { return std::make_unique<StandardInputSource>(); }

}  // namespace coffer

namespace coffer::operations {

Result<std::unique_ptr<FileSource>> FileSource::Open(FileSystem& files, const std::string& path) {
  COFFER_ASSIGN_CONTEXT(FileInfo info, files.Stat(path), path);
  if (info.is_directory) return Status::InvalidArgument(path + ": is a folder, not a file");
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<RandomAccessFile> file, files.NewRandomAccessFile(path), path);
  return std::unique_ptr<FileSource>(new FileSource(std::move(file)));
}

Result<std::size_t> FileSource::Read(char* buffer, std::size_t length) {
  Result<std::size_t> got = file_->Read(offset_, length, buffer);
  if (got.ok()) offset_ += *got;
  return got;
}

std::string FileSource::FirstBytes(std::size_t length) const {
  std::string bytes(length, '\0');
  Result<std::size_t> got = file_->Read(0, length, bytes.data());
  bytes.resize(got.ok() ? *got : 0);
  return bytes;
}

DecodedSource::DecodedSource(ByteSource& raw, std::string name) : raw_(raw), name_(std::move(name)) {}

Result<std::size_t> DecodedSource::ReadRaw(char* buffer, std::size_t length) {
  if (raw_first_taken_ < raw_first_.size()) {
    const std::size_t count = std::min(length, raw_first_.size() - raw_first_taken_);
    std::memcpy(buffer, raw_first_.data() + raw_first_taken_, count);
    raw_first_taken_ += count;
    return count;
  }
  return raw_.Read(buffer, length);
}

// A pipe may return its first bytes one at a time.
Status DecodedSource::Start() {
  started_ = true;
  constexpr std::size_t kMagicBytes = 4;
  while (raw_first_.size() < kMagicBytes) {
    char bytes[kMagicBytes];
    COFFER_ASSIGN_CONTEXT(std::size_t got, raw_.Read(bytes, kMagicBytes - raw_first_.size()), name_);
    if (got == 0) break;
    raw_first_.append(bytes, got);
  }
  if (format::LooksLikeZstd(raw_first_)) {
    zstd_ = std::make_unique<format::ZstdDecompressor>(
        [this](char* buffer, std::size_t length) { return ReadRaw(buffer, length); });
  }
  return Status::Ok();
}

Result<std::size_t> DecodedSource::ReadDecoded(char* buffer, std::size_t length) {
  if (!started_) {
    COFFER_TRY(Start());
  }
  COFFER_ASSIGN_CONTEXT(std::size_t got, zstd_ ? zstd_->Read(buffer, length) : ReadRaw(buffer, length), name_);
  return got;
}

std::string_view DecodedSource::Peek() {
  while (peeked_.size() < kSniffBytes) {
    char bytes[kSniffBytes];
    Result<std::size_t> got = ReadDecoded(bytes, kSniffBytes - peeked_.size());
    if (!got.ok()) {
      failure_ = std::move(got).status();
      break;
    }
    if (*got == 0) break;
    peeked_.append(bytes, *got);
  }
  return peeked_;
}

Result<std::size_t> DecodedSource::Read(char* buffer, std::size_t length) {
  if (peeked_taken_ < peeked_.size()) {
    const std::size_t count = std::min(length, peeked_.size() - peeked_taken_);
    std::memcpy(buffer, peeked_.data() + peeked_taken_, count);
    peeked_taken_ += count;
    return count;
  }
  if (!failure_.ok()) return failure_;
  return ReadDecoded(buffer, length);
}

}  // namespace coffer::operations

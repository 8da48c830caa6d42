#include "operations/backup/object_codec.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace coffer::operations {
namespace {

class MemoryFile final : public RandomAccessFile {
 public:
  explicit MemoryFile(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t count = std::min(length, bytes_.size() - static_cast<std::size_t>(offset));
    std::memcpy(buffer, bytes_.data() + offset, count);
    return count;
  }

 private:
  const std::string bytes_;
};

}  // namespace

ObjectEncoder::ObjectEncoder(const ObjectForm& form, format::ByteSink sink) : sink_(std::move(sink)) {
  const auto store = [this](std::string_view bytes) { return Store(bytes); };
  if (form.recipients.empty()) {
    zstd_ = std::make_unique<format::SeekableZstdWriter>(form.compress, store);
    return;
  }
  age_ = std::make_unique<format::AgeEncryptor>(form.recipients, store);
  zstd_ = std::make_unique<format::SeekableZstdWriter>(form.compress,
                                                       [this](std::string_view bytes) { return age_->Write(bytes); });
}

Status ObjectEncoder::Write(std::string_view bytes) {
  plain_hash_.Update(bytes);
  plain_bytes_ += bytes.size();
  return zstd_->Write(bytes);
}

Status ObjectEncoder::Finish() {
  if (Status status = zstd_->Finish(); !status.ok()) return status;
  if (age_ != nullptr) {
    if (Status status = age_->Finish(); !status.ok()) return status;
  }
  plain_sha256_ = plain_hash_.Finish();
  stored_sha256_ = stored_hash_.Finish();
  return Status::Ok();
}

Status ObjectEncoder::Store(std::string_view bytes) {
  stored_hash_.Update(bytes);
  stored_bytes_ += bytes.size();
  return sink_(bytes);
}

Result<std::unique_ptr<ObjectReader>> ObjectReader::Open(std::unique_ptr<RandomAccessFile> file, std::uint64_t stored_bytes,
                                                         bool encrypted, std::span<const format::AgeIdentity> identities) {
  std::unique_ptr<ObjectReader> reader(new ObjectReader());
  reader->file_ = std::move(file);
  format::RangeReader source = [raw = reader->file_.get()](std::uint64_t offset, std::size_t length, char* buffer) {
    return raw->Read(offset, length, buffer);
  };
  if (encrypted) {
    Result<std::unique_ptr<format::AgeReader>> age = format::AgeReader::Open(std::move(source), stored_bytes, identities);
    if (!age.ok()) return std::move(age).status();
    reader->age_ = std::move(*age);
    stored_bytes = reader->age_->size_bytes();
    source = [raw = reader->age_.get()](std::uint64_t offset, std::size_t length, char* buffer) {
      return raw->Read(offset, length, buffer);
    };
  }
  Result<std::unique_ptr<format::SeekableZstdReader>> zstd = format::SeekableZstdReader::Open(std::move(source), stored_bytes);
  if (!zstd.ok()) return std::move(zstd).status();
  reader->zstd_ = std::move(*zstd);
  return reader;
}

Status ObjectReader::ReadAll(const format::ByteSink& sink) const {
  std::string frame;
  for (std::size_t i = 0; i < zstd_->frames(); ++i) {
    if (Status status = zstd_->ReadFrame(i, frame); !status.ok()) return status;
    if (Status status = sink(frame); !status.ok()) return status;
  }
  return Status::Ok();
}

Result<std::string> EncodeObject(const ObjectForm& form, std::string_view plain) {
  std::string stored;
  ObjectEncoder encoder(form, [&stored](std::string_view bytes) {
    stored.append(bytes);
    return Status::Ok();
  });
  if (Status status = encoder.Write(plain); !status.ok()) return status;
  if (Status status = encoder.Finish(); !status.ok()) return status;
  return stored;
}

Result<std::string> DecodeObject(std::string stored, bool encrypted, std::span<const format::AgeIdentity> identities,
                                 std::uint64_t bytes_max) {
  const std::uint64_t stored_bytes = stored.size();
  Result<std::unique_ptr<ObjectReader>> reader =
      ObjectReader::Open(std::make_unique<MemoryFile>(std::move(stored)), stored_bytes, encrypted, identities);
  if (!reader.ok()) return std::move(reader).status();
  if ((*reader)->size_bytes() > bytes_max) {
    return Status::ResourceExhausted("is longer than " + std::to_string(bytes_max) + " bytes");
  }
  std::string plain;
  plain.reserve(static_cast<std::size_t>((*reader)->size_bytes()));
  Status status = (*reader)->ReadAll([&plain](std::string_view bytes) {
    plain.append(bytes);
    return Status::Ok();
  });
  if (!status.ok()) return status;
  return plain;
}

}  // namespace coffer::operations

#include "operations/repository/object_codec.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = 4 * format::kSeekableFrameBytes;
// Space for folders, the manifest and what RocksDB writes when it opens a copy.
constexpr std::uint64_t kSpareBytes = std::uint64_t{16} << 20;

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
  COFFER_TRY(zstd_->Finish());
  if (age_ != nullptr) {
    COFFER_TRY(age_->Finish());
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
    COFFER_ASSIGN(std::unique_ptr<format::AgeReader> age, format::AgeReader::Open(std::move(source), stored_bytes, identities));
    reader->age_ = std::move(age);
    stored_bytes = reader->age_->size_bytes();
    source = [raw = reader->age_.get()](std::uint64_t offset, std::size_t length, char* buffer) {
      return raw->Read(offset, length, buffer);
    };
  }
  COFFER_ASSIGN(std::unique_ptr<format::SeekableZstdReader> zstd,
                format::SeekableZstdReader::Open(std::move(source), stored_bytes));
  reader->zstd_ = std::move(zstd);
  return reader;
}

Status ObjectReader::ReadAll(const format::ByteSink& sink) const {
  std::string frame;
  for (std::size_t i = 0; i < zstd_->frames(); ++i) {
    COFFER_TRY(zstd_->ReadFrame(i, frame));
    COFFER_TRY(sink(frame));
  }
  return Status::Ok();
}

Result<std::string> EncodeObject(const ObjectForm& form, std::string_view plain) {
  std::string stored;
  ObjectEncoder encoder(form, [&stored](std::string_view bytes) {
    stored.append(bytes);
    return Status::Ok();
  });
  COFFER_TRY(encoder.Write(plain));
  COFFER_TRY(encoder.Finish());
  return stored;
}

Result<std::string> DecodeObject(std::string stored, bool encrypted, std::span<const format::AgeIdentity> identities,
                                 std::uint64_t bytes_max) {
  const std::uint64_t stored_bytes = stored.size();
  COFFER_ASSIGN(std::unique_ptr<ObjectReader> reader,
                ObjectReader::Open(std::make_unique<MemoryFile>(std::move(stored)), stored_bytes, encrypted, identities));
  if (reader->size_bytes() > bytes_max) {
    return Status::ResourceExhausted("is longer than " + std::to_string(bytes_max) + " bytes");
  }
  std::string plain;
  plain.reserve(static_cast<std::size_t>(reader->size_bytes()));
  COFFER_TRY(reader->ReadAll([&plain](std::string_view bytes) {
    plain.append(bytes);
    return Status::Ok();
  }));
  return plain;
}

Result<WrittenObject> WriteObject(FileSystem& files, const std::string& from, std::uint64_t size_bytes, const ObjectForm& form,
                                  storage::ObjectStore& objects, const BytesCopied& copied) {
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> source, files.NewRandomAccessFile(from));
  COFFER_ASSIGN(std::unique_ptr<storage::ObjectWriter> writer, objects.New());
  WrittenObject written;
  written.writer = std::move(writer);
  ObjectEncoder encoder(form, [&](std::string_view bytes) { return written.writer->Append(bytes); });
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size_bytes)), '\0');
  for (std::uint64_t offset = 0; offset < size_bytes;) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size_bytes - offset));
    COFFER_ASSIGN(std::size_t got, source->Read(offset, length, piece.data()));
    if (got < length) {
      return Status::Corruption(from + ": is shorter than its " + std::to_string(size_bytes) + " bytes");
    }
    COFFER_TRY(encoder.Write(std::string_view(piece).substr(0, length)));
    offset += length;
    COFFER_TRY(copied(length));
  }
  COFFER_TRY(encoder.Finish());
  written.plain_sha256 = encoder.plain_sha256();
  written.stored_bytes = encoder.stored_bytes();
  written.stored_sha256 = encoder.stored_sha256();
  return written;
}

Status WriteFile(const ObjectReader& object, const BackupFile& file, FileSystem& files, const std::string& to,
                 const BytesCopied& copied) {
  if (object.size_bytes() != file.size_bytes) {
    return Status::Corruption("has " + std::to_string(object.size_bytes()) + " bytes of " + file.name +
                              ", but the manifest says " + std::to_string(file.size_bytes));
  }
  COFFER_ASSIGN(std::unique_ptr<WritableFile> target, files.NewWritableFile(to));
  format::Sha256 hash;
  Status status = object.ReadAll([&](std::string_view bytes) {
    hash.Update(bytes);
    COFFER_TRY(target->Append(bytes));
    return copied(bytes.size());
  });
  if (!status.ok()) return status;
  const std::string digest = format::HexText(hash.Finish());
  if (digest != file.sha256) {
    return Status::Corruption("does not hold " + file.name + " as it was backed up: its SHA-256 is " + digest +
                              ", but the manifest says " + file.sha256);
  }
  COFFER_TRY(target->Sync());
  return target->Close();
}

Status CheckFreeBytes(const std::string& place, std::uint64_t needed, std::uint64_t free) {
  const std::uint64_t wanted = needed + kSpareBytes;
  if (free >= wanted) return Status::Ok();
  return Status::ResourceExhausted(place + ": " + std::to_string(wanted - free) + " bytes are missing (" +
                                   std::to_string(wanted) + " needed, " + std::to_string(free) + " free)");
}

Status WithMissingBytes(Status status, std::uint64_t expected, std::uint64_t done) {
  if (status.code() != StatusCode::kResourceExhausted || status.message().find("bytes are missing") != std::string_view::npos) {
    return status;
  }
  const std::uint64_t missing = kSpareBytes + (expected > done ? expected - done : 0);
  return Status::ResourceExhausted(std::string(status.message()) + "; about " + std::to_string(missing) + " bytes are missing");
}

}  // namespace coffer::operations

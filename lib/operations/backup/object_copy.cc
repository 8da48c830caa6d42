#include "operations/backup/object_copy.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = 4 * format::kSeekableFrameBytes;
// For folders, manifest and what RocksDB writes when a copy is opened.
constexpr std::uint64_t kSpareBytes = std::uint64_t{16} << 20;

}  // namespace

Result<WrittenObject> WriteObject(FileSystem& files, const std::string& from, std::uint64_t size_bytes, const ObjectForm& form,
                                  storage::ObjectStore& objects, const BytesCopied& copied) {
  Result<std::unique_ptr<RandomAccessFile>> source = files.NewRandomAccessFile(from);
  if (!source.ok()) return std::move(source).status();
  Result<std::unique_ptr<storage::ObjectWriter>> writer = objects.New();
  if (!writer.ok()) return std::move(writer).status();
  WrittenObject written;
  written.writer = std::move(*writer);
  ObjectEncoder encoder(form, [&](std::string_view bytes) { return written.writer->Append(bytes); });
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size_bytes)), '\0');
  for (std::uint64_t offset = 0; offset < size_bytes;) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size_bytes - offset));
    Result<std::size_t> got = (*source)->Read(offset, length, piece.data());
    if (!got.ok()) return std::move(got).status();
    if (*got < length) {
      return Status::Corruption(from + ": is shorter than the " + std::to_string(size_bytes) + " bytes it had");
    }
    if (Status status = encoder.Write(std::string_view(piece).substr(0, length)); !status.ok()) return status;
    offset += length;
    if (Status status = copied(length); !status.ok()) return status;
  }
  if (Status status = encoder.Finish(); !status.ok()) return status;
  written.plain_sha256 = encoder.plain_sha256();
  written.stored_bytes = encoder.stored_bytes();
  written.stored_sha256 = encoder.stored_sha256();
  return written;
}

Status WriteFile(const ObjectReader& object, const BackupFile& file, FileSystem& files, const std::string& to,
                 const BytesCopied& copied) {
  if (object.size_bytes() != file.size_bytes) {
    return Status::Corruption("has " + std::to_string(object.size_bytes()) + " bytes of " + file.name + ", and " +
                              std::to_string(file.size_bytes) + " by the manifest");
  }
  Result<std::unique_ptr<WritableFile>> target = files.NewWritableFile(to);
  if (!target.ok()) return std::move(target).status();
  format::Sha256 hash;
  Status status = object.ReadAll([&](std::string_view bytes) {
    hash.Update(bytes);
    if (Status appended = (*target)->Append(bytes); !appended.ok()) return appended;
    return copied(bytes.size());
  });
  if (!status.ok()) return status;
  const std::string digest = format::HexText(hash.Finish());
  if (digest != file.sha256) {
    return Status::Corruption("is not what was backed up as " + file.name + ": its SHA-256 is " + digest + ", and " +
                              file.sha256 + " by the manifest");
  }
  if (Status synced = (*target)->Sync(); !synced.ok()) return synced;
  return (*target)->Close();
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

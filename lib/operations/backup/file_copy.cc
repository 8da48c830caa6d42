#include "operations/backup/file_copy.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "format/sha256.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
// For folders, manifest and what RocksDB writes when a copy is opened.
constexpr std::uint64_t kSpareBytes = std::uint64_t{16} << 20;

}  // namespace

Result<std::string> CopyHashed(FileSystem& files, const std::string& from, const std::string& to, std::uint64_t size_bytes,
                               const BytesCopied& copied) {
  Result<std::unique_ptr<RandomAccessFile>> source = files.NewRandomAccessFile(from);
  if (!source.ok()) return std::move(source).status();
  Result<std::unique_ptr<WritableFile>> target = files.NewWritableFile(to);
  if (!target.ok()) return std::move(target).status();
  format::Sha256 hash;
  std::string piece(kPieceBytes, '\0');
  for (std::uint64_t offset = 0; offset < size_bytes;) {
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size_bytes - offset));
    Result<std::size_t> got = (*source)->Read(offset, length, piece.data());
    if (!got.ok()) return std::move(got).status();
    if (*got < length) {
      return Status::Corruption(from + ": is shorter than the " + std::to_string(size_bytes) + " bytes it had");
    }
    const std::string_view bytes = std::string_view(piece).substr(0, length);
    hash.Update(bytes);
    if (Status status = (*target)->Append(bytes); !status.ok()) return status;
    offset += length;
    if (Status status = copied(length); !status.ok()) return status;
  }
  if (Status status = (*target)->Sync(); !status.ok()) return status;
  if (Status status = (*target)->Close(); !status.ok()) return status;
  return hash.Finish();
}

Status CheckFreeBytes(FileSystem& files, const std::string& path, std::uint64_t needed) {
  Result<std::uint64_t> free = files.FreeBytes(path);
  if (!free.ok()) return std::move(free).status();
  const std::uint64_t wanted = needed + kSpareBytes;
  if (*free >= wanted) return Status::Ok();
  return Status::ResourceExhausted(path + ": " + std::to_string(wanted - *free) + " bytes are missing (" +
                                   std::to_string(wanted) + " needed, " + std::to_string(*free) + " free)");
}

}  // namespace coffer::operations

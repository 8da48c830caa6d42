#include "operations/import/age_source.h"

#include <vector>

namespace coffer::operations {
namespace {

constexpr std::size_t kIdentityFileBytesMax = std::size_t{1} << 20;

Result<std::vector<format::AgeIdentity>> ReadIdentities(engine::EngineCore& core) {
  const std::string path = core.folder().root() + "/keys/identity.txt";
  Result<std::unique_ptr<RandomAccessFile>> file = core.files().NewRandomAccessFile(path);
  if (!file.ok()) return Status::PermissionDenied("is encrypted, and the store has no identity (keys/identity.txt)");
  std::string text(kIdentityFileBytesMax, '\0');
  Result<std::size_t> got = (*file)->Read(0, text.size(), text.data());
  if (!got.ok()) return std::move(got).status();
  text.resize(*got);
  return format::ParseAgeIdentities(text);
}

}  // namespace

Result<std::unique_ptr<AgeSource>> AgeSource::Open(engine::EngineCore& core, const std::string& path) {
  Result<std::vector<format::AgeIdentity>> identities = ReadIdentities(core);
  if (!identities.ok()) return std::move(identities).status().WithContext(path);
  Result<FileInfo> info = core.files().Stat(path);
  if (!info.ok()) return std::move(info).status().WithContext(path);
  Result<std::unique_ptr<RandomAccessFile>> file = core.files().NewRandomAccessFile(path);
  if (!file.ok()) return std::move(file).status().WithContext(path);
  std::unique_ptr<AgeSource> self(new AgeSource(std::move(*file)));
  const auto read = [raw = self->file_.get()](std::uint64_t offset, std::size_t length, char* buffer) {
    return raw->Read(offset, length, buffer);
  };
  Result<std::unique_ptr<format::AgeReader>> reader = format::AgeReader::Open(read, info->size_bytes, *identities);
  if (!reader.ok()) return std::move(reader).status().WithContext(path);
  self->reader_ = std::move(*reader);
  return self;
}

Result<std::size_t> AgeSource::Read(char* buffer, std::size_t length) {
  Result<std::size_t> got = reader_->Read(offset_, length, buffer);
  if (got.ok()) offset_ += *got;
  return got;
}

}  // namespace coffer::operations

#include "operations/import/input/age_source.h"

#include <vector>

#include "operations/keys/key_folder.h"
#include "vocabulary/try.h"

namespace coffer::operations {

Result<std::unique_ptr<AgeSource>> AgeSource::Open(engine::EngineCore& core, const std::string& path) {
  KeyFolder keys(core.files(), core.folder().KeysPath());
  COFFER_ASSIGN_CONTEXT(std::vector<format::AgeIdentity> identities, keys.Identities({}), path);
  if (identities.empty()) {
    return Status::PermissionDenied(path + ": encrypted, but the store has no identity (keys/identity.txt)");
  }
  COFFER_ASSIGN_CONTEXT(FileInfo info, core.files().Stat(path), path);
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<RandomAccessFile> file, core.files().NewRandomAccessFile(path), path);
  std::unique_ptr<AgeSource> self(new AgeSource(std::move(file)));
  const auto read = [raw = self->file_.get()](std::uint64_t offset, std::size_t length, char* buffer) {
    return raw->Read(offset, length, buffer);
  };
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<format::AgeReader> reader, format::AgeReader::Open(read, info.size_bytes, identities),
                        path);
  self->reader_ = std::move(reader);
  return self;
}

Result<std::size_t> AgeSource::Read(char* buffer, std::size_t length) {
  Result<std::size_t> got = reader_->Read(offset_, length, buffer);
  if (got.ok()) offset_ += *got;
  return got;
}

}  // namespace coffer::operations

#include "operations/import/input/temporary_input.h"

#include <utility>

#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

Result<TemporaryFiles> FilesFor(engine::EngineCore& core, bool encrypted) {
  if (!encrypted) return TemporaryFiles(core.files());
  COFFER_ASSIGN(format::AgeIdentity identity, format::AgeIdentity::Generate());
  return TemporaryFiles(core.files(), std::move(identity));
}

}  // namespace

TemporaryInput::TemporaryInput(engine::EngineCore& core, engine::StorePin pin, TemporaryFiles files)
    : core_(core), pin_(std::move(pin)), files_(std::move(files)), folder_(core.folder().StagingPath(core.NewId())) {}

TemporaryInput::~TemporaryInput() {
  file_.reset();
  // A file that remains is removed when the store is next opened.
  storage::RemoveRecursively(core_.files(), folder_).Ignore();
}

Result<std::unique_ptr<TemporaryInput>> TemporaryInput::Take(engine::EngineCore& core, ByteSource& source, bool encrypted) {
  COFFER_ASSIGN(TemporaryFiles files, FilesFor(core, encrypted));
  const engine::StoreAccess access = core.Access();
  std::unique_ptr<TemporaryInput> temporary(new TemporaryInput(core, core.Pin(), std::move(files)));
  COFFER_TRY(core.files().CreateDirectory(temporary->folder_));
  COFFER_TRY(temporary->Copy(source));
  return temporary;
}

Status TemporaryInput::Copy(ByteSource& source) {
  const std::string path = folder_ + "/input";
  COFFER_ASSIGN(std::unique_ptr<WritableFile> file, files_.Create(path));
  std::string piece(kPieceBytes, '\0');
  while (true) {
    COFFER_ASSIGN(std::size_t got, source.Read(piece.data(), piece.size()));
    if (got == 0) break;
    COFFER_TRY(file->Append(std::string_view(piece).substr(0, got)));
    bytes_ += got;
  }
  COFFER_TRY(file->Close());
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> opened, files_.Open(path));
  file_ = std::move(opened);
  return Status::Ok();
}

format::RangeReader TemporaryInput::reader() const {
  return [this](std::uint64_t offset, std::size_t length, char* buffer) { return file_->Read(offset, length, buffer); };
}

}  // namespace coffer::operations

#include "operations/import/spooled_input.h"

#include <utility>

#include "storage/durable_file.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

Result<SpoolFiles> FilesFor(engine::EngineCore& core, bool encrypted) {
  if (!encrypted) return SpoolFiles(core.files());
  Result<format::AgeIdentity> identity = format::AgeIdentity::Generate();
  if (!identity.ok()) return std::move(identity).status();
  return SpoolFiles(core.files(), std::move(*identity));
}

}  // namespace

SpooledInput::SpooledInput(engine::EngineCore& core, engine::StorePin pin, SpoolFiles files)
    : core_(core), pin_(std::move(pin)), files_(std::move(files)), folder_(core.folder().StagingPath(core.NewId())) {}

SpooledInput::~SpooledInput() {
  file_.reset();
  // What cannot be removed now is swept at the next opening.
  storage::RemoveRecursively(core_.files(), folder_).Ignore();
}

Result<std::unique_ptr<SpooledInput>> SpooledInput::Take(engine::EngineCore& core, ByteSource& source, bool encrypted) {
  Result<SpoolFiles> files = FilesFor(core, encrypted);
  if (!files.ok()) return std::move(files).status();
  const engine::StoreAccess access = core.Access();
  std::unique_ptr<SpooledInput> spooled(new SpooledInput(core, core.Pin(), std::move(*files)));
  if (Status status = core.files().CreateDirectory(spooled->folder_); !status.ok()) return status;
  if (Status status = spooled->Copy(source); !status.ok()) return status;
  return spooled;
}

Status SpooledInput::Copy(ByteSource& source) {
  const std::string path = folder_ + "/input";
  Result<std::unique_ptr<WritableFile>> file = files_.Create(path);
  if (!file.ok()) return std::move(file).status();
  std::string piece(kPieceBytes, '\0');
  while (true) {
    Result<std::size_t> got = source.Read(piece.data(), piece.size());
    if (!got.ok()) return std::move(got).status();
    if (*got == 0) break;
    if (Status status = (*file)->Append(std::string_view(piece).substr(0, *got)); !status.ok()) return status;
    bytes_ += *got;
  }
  if (Status status = (*file)->Close(); !status.ok()) return status;
  Result<std::unique_ptr<RandomAccessFile>> opened = files_.Open(path);
  if (!opened.ok()) return std::move(opened).status();
  file_ = std::move(*opened);
  return Status::Ok();
}

format::RangeReader SpooledInput::reader() const {
  return [this](std::uint64_t offset, std::size_t length, char* buffer) { return file_->Read(offset, length, buffer); };
}

}  // namespace coffer::operations

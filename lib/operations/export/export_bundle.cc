#include "operations/export/export_bundle.h"

#include <utility>

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

}  // namespace

Result<std::unique_ptr<ExportBundle>> ExportBundle::Create(TemporaryFiles& files, ExportFile& output,
                                                           const OperationContext& context, const Layout& layout) {
  std::unique_ptr<ExportBundle> self(new ExportBundle(files, output, context));
  if (!layout.tar) return self;
  self->tar_ = std::make_unique<TarWriter>([&output](std::string_view bytes) { return output.Write(bytes); }, layout.time);
  for (const std::string& name : layout.names) {
    TemporaryFile temporary{name, layout.temporary_prefix + "." + name + ".partial", nullptr, 0};
    COFFER_ASSIGN(std::unique_ptr<WritableFile> file, files.Create(temporary.path));
    temporary.file = std::move(file);
    self->temporaries_.push_back(std::move(temporary));
  }
  return self;
}

ExportBundle::~ExportBundle() {
  for (TemporaryFile& temporary : temporaries_) {
    temporary.file.reset();
    files_.Remove(temporary.path).Ignore();  // a file that remains is removed when the store is next opened
  }
}

Status ExportBundle::Write(std::size_t file, std::string_view bytes) {
  if (!is_tar()) return output_.Write(bytes);
  temporaries_[file].bytes += bytes.size();
  return temporaries_[file].file->Append(bytes);
}

Status ExportBundle::BeginContent(const std::string& path, std::uint64_t size_bytes) {
  return tar_->BeginFile(path, size_bytes);
}

Status ExportBundle::WriteContent(std::string_view bytes) { return tar_->Write(bytes); }

Status ExportBundle::Finish() {
  if (!is_tar()) return Status::Ok();
  for (TemporaryFile& temporary : temporaries_) {
    COFFER_TRY_CONTEXT(CopyTemporary(temporary), temporary.name);
  }
  return tar_->Finish();
}

Status ExportBundle::CopyTemporary(TemporaryFile& temporary) {
  COFFER_TRY(temporary.file->Close());
  COFFER_TRY(tar_->BeginFile(temporary.name, temporary.bytes));
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, files_.Open(temporary.path));
  std::string piece(kPieceBytes, '\0');
  for (std::uint64_t offset = 0; offset < temporary.bytes;) {
    COFFER_TRY(context_.CheckStop());
    COFFER_ASSIGN(std::size_t got, file->Read(offset, piece.size(), piece.data()));
    if (got == 0) return Status::IoError("temporary file: unexpected end of file");
    COFFER_TRY(tar_->Write(std::string_view(piece).substr(0, got)));
    offset += got;
  }
  return Status::Ok();
}

}  // namespace coffer::operations

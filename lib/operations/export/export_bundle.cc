#include "operations/export/export_bundle.h"

#include <utility>

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::string_view kContentsFolder = "contents/";

}  // namespace

Result<std::unique_ptr<ExportBundle>> ExportBundle::Create(SpoolFiles& files, ExportFile& output, const JobContext& context,
                                                           const Layout& layout) {
  std::unique_ptr<ExportBundle> self(new ExportBundle(files, output, context));
  if (!layout.tar) return self;
  self->tar_ = std::make_unique<TarWriter>([&output](std::string_view bytes) { return output.Write(bytes); }, layout.time);
  for (const std::string& name : layout.names) {
    Spool spool{name, layout.spool_prefix + "." + name + ".partial", nullptr, 0};
    Result<std::unique_ptr<WritableFile>> file = files.Create(spool.path);
    if (!file.ok()) return std::move(file).status();
    spool.file = std::move(*file);
    self->spools_.push_back(std::move(spool));
  }
  return self;
}

ExportBundle::~ExportBundle() {
  for (Spool& spool : spools_) {
    spool.file.reset();
    files_.Remove(spool.path).Ignore();  // what is left is swept when the store is next opened
  }
}

Status ExportBundle::Write(std::size_t file, std::string_view bytes) {
  if (!is_tar()) return output_.Write(bytes);
  spools_[file].bytes += bytes.size();
  return spools_[file].file->Append(bytes);
}

Status ExportBundle::BeginContent(const std::string& path, std::uint64_t size_bytes) {
  return tar_->BeginFile(path, size_bytes);
}

Status ExportBundle::WriteContent(std::string_view bytes) { return tar_->Write(bytes); }

Status ExportBundle::Finish() {
  if (!is_tar()) return Status::Ok();
  for (Spool& spool : spools_) {
    if (Status status = CopySpool(spool); !status.ok()) return status.WithContext(spool.name);
  }
  return tar_->Finish();
}

Status ExportBundle::CopySpool(Spool& spool) {
  if (Status status = spool.file->Close(); !status.ok()) return status;
  if (Status status = tar_->BeginFile(spool.name, spool.bytes); !status.ok()) return status;
  Result<std::unique_ptr<RandomAccessFile>> file = files_.Open(spool.path);
  if (!file.ok()) return std::move(file).status();
  std::string piece(kPieceBytes, '\0');
  for (std::uint64_t offset = 0; offset < spool.bytes;) {
    if (Status status = context_.CheckStop(); !status.ok()) return status;
    Result<std::size_t> got = (*file)->Read(offset, piece.size(), piece.data());
    if (!got.ok()) return std::move(got).status();
    if (*got == 0) return Status::IoError("is shorter than what was written");
    if (Status status = tar_->Write(std::string_view(piece).substr(0, *got)); !status.ok()) return status;
    offset += *got;
  }
  return Status::Ok();
}

std::string ContentEntryPath(std::string_view document_id) {
  std::string path(kContentsFolder);
  const bool encoded = document_id == "." || document_id == ".." || document_id.starts_with('%');
  for (char c : document_id) {
    if (encoded && c == '.') {
      path += "%2E";
    } else if (encoded && c == '%') {
      path += "%25";
    } else {
      path.push_back(c);
    }
  }
  return path;
}

std::optional<std::string> DocumentOfEntry(std::string_view path) {
  if (!path.starts_with(kContentsFolder)) return std::nullopt;
  path.remove_prefix(kContentsFolder.size());
  if (!path.starts_with('%')) return std::string(path);
  std::string id;
  while (!path.empty()) {
    const bool dot = path.starts_with("%2E");
    const bool encoded = dot || path.starts_with("%25");
    id.push_back(dot ? '.' : encoded ? '%' : path.front());
    path.remove_prefix(encoded ? 3 : 1);
  }
  return id;
}

}  // namespace coffer::operations

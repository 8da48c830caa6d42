#include "operations/import/document_contents.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "coffer/limits.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/import/input/byte_sources.h"
#include "operations/import/input/file_below_folder.h"
#include "operations/import/input/tar_reader.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
// Hostile entries of one tar file that are reported one by one.
constexpr std::uint64_t kHostileEntriesReportedMax = 100;

const std::string kTooLong = "longer than " + std::to_string(kDocumentContentBytesMax) + " bytes";

std::size_t MemoryOf(const PendingDocument& pending) {
  const Document& document = pending.document;
  std::size_t bytes = sizeof(PendingDocument) + pending.path.size() + document.unknown_members.text().size();
  if (document.extracted_text) bytes += document.extracted_text->size();
  if (document.extra_metadata) bytes += document.extra_metadata->text().size();
  if (document.description) bytes += document.description->size();
  if (document.title) bytes += document.title->size();
  if (document.tags) {
    for (const std::string& tag : *document.tags) bytes += sizeof(tag) + tag.size();
  }
  return bytes + document.filename.size() + 512;
}

}  // namespace

Status CopyContent(Engine& engine, ByteSource& source, std::optional<ContentWriter>& content, std::string& refusal) {
  COFFER_ASSIGN(ContentWriter writer, engine.NewContent());
  std::string piece(kPieceBytes, '\0');
  for (;;) {
    Result<std::size_t> got = source.Read(piece.data(), piece.size());
    if (!got.ok()) {
      refusal = std::string(got.status().message());
      return Status::Ok();
    }
    if (*got == 0) break;
    if (*got > kDocumentContentBytesMax - writer.size_bytes()) {
      refusal = kTooLong;
      return Status::Ok();
    }
    COFFER_TRY(writer.Append(std::string_view(piece).substr(0, *got)));
  }
  content.emplace(std::move(writer));
  return Status::Ok();
}

DocumentContents::DocumentContents(Engine& engine, const ImportOptions& options, DocumentSink& sink)
    : engine_(engine), place_(options.contents), sink_(sink) {}

Status DocumentContents::Open() {
  if (!given()) return Status::Ok();
  FileSystem& files = engine::CoreOf(engine_).files();
  COFFER_ASSIGN_CONTEXT(FileInfo info, files.Stat(place_), "contents " + place_);
  is_folder_ = info.is_directory;
  if (is_folder_) return Status::Ok();

  COFFER_ASSIGN(std::unique_ptr<FileSource> file, FileSource::Open(files, place_));
  DecodedSource decoded(*file, place_);
  TarReader tar(decoded, place_);
  TarEntry entry;
  COFFER_TRY_CONTEXT(tar.Next(entry).status(), "contents");
  return Status::Ok();
}

Status DocumentContents::Deliver(PendingDocument pending) {
  Result<std::string> path = NormalizeRelativePath(pending.document.filename);
  if (!path.ok()) return sink_.RefuseDocument(pending, "filename: " + std::string(path.status().message()));
  pending.path = std::move(*path);
  if (!is_folder_) {
    pending_bytes_ += MemoryOf(pending);
    pending_.push_back(std::move(pending));
    return pending_bytes_ < kPendingDocumentsBytesMax ? Status::Ok() : Finish();
  }
  Result<std::unique_ptr<ByteSource>> file = OpenFileBelowFolder(place_, pending.path);
  if (!file.ok()) return sink_.RefuseDocument(pending, "content: " + std::string(file.status().message()));
  std::optional<ContentWriter> content;
  std::string refusal;
  COFFER_TRY(CopyContent(engine_, **file, content, refusal));
  if (!content) return sink_.RefuseDocument(pending, "content: " + refusal);
  return sink_.PutDocumentContent(pending, std::move(*content));
}

// Reads the tar file, repeatedly if too many documents have the same file name.
Status DocumentContents::Finish() {
  while (!pending_.empty()) {
    if (Status status = ReadTar(); !status.ok()) {
      pending_.clear();  // the failure covers all documents that waited
      return status;
    }
    tar_read_before_ = true;
    COFFER_TRY(RefuseLeftOver());
  }
  pending_bytes_ = 0;
  return Status::Ok();
}

Status DocumentContents::ReadTar() {
  COFFER_ASSIGN(std::unique_ptr<FileSource> file, FileSource::Open(engine::CoreOf(engine_).files(), place_));
  DecodedSource decoded(*file, place_);
  TarReader tar(decoded, place_);
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const PendingDocument& a, const PendingDocument& b) { return a.path < b.path; });
  done_.assign(pending_.size(), false);
  TarEntry entry;
  for (;;) {
    COFFER_ASSIGN(bool more, tar.Next(entry));
    if (!more) return Status::Ok();
    COFFER_TRY(TakeEntry(tar, entry));
  }
}

Status DocumentContents::TakeEntry(TarReader& tar, const TarEntry& entry) {
  if (entry.is_folder) return Status::Ok();
  Result<std::string> path = NormalizeRelativePath(entry.path);
  if (!path.ok()) {
    if (tar_read_before_ || ++hostile_entries_ > kHostileEntriesReportedMax) return Status::Ok();
    return sink_.NoteFileProblem(place_, "entry skipped: " + std::string(path.status().message()));
  }
  struct ByPath {
    bool operator()(const PendingDocument& pending, const std::string& name) const { return pending.path < name; }
    bool operator()(const std::string& name, const PendingDocument& pending) const { return name < pending.path; }
  };
  const auto [first, last] = std::equal_range(pending_.begin(), pending_.end(), *path, ByPath());
  std::vector<std::size_t> wanted;
  for (auto pending = first; pending != last && wanted.size() < kPendingDocumentsOfOneNameMax; ++pending) {
    const std::size_t index = static_cast<std::size_t>(pending - pending_.begin());
    if (done_[index]) continue;
    if (!entry.is_file) pending->refusal = "its entry in " + place_ + " is a link or a device";
    if (entry.is_file) wanted.push_back(index);
  }
  return wanted.empty() ? Status::Ok() : DeliverEntry(tar, wanted);
}

Status DocumentContents::DeliverEntry(TarReader& tar, const std::vector<std::size_t>& wanted) {
  std::vector<ContentWriter> contents;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    COFFER_ASSIGN(ContentWriter content, engine_.NewContent());
    contents.push_back(std::move(content));
  }
  std::string piece(kPieceBytes, '\0');
  for (;;) {
    COFFER_ASSIGN(std::size_t got, tar.Read(piece.data(), piece.size()));
    if (got == 0) break;
    if (got > kDocumentContentBytesMax - contents.front().size_bytes()) {
      for (std::size_t index : wanted) pending_[index].refusal = kTooLong;
      return Status::Ok();
    }
    for (ContentWriter& content : contents) {
      COFFER_TRY(content.Append(std::string_view(piece).substr(0, got)));
    }
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    done_[wanted[i]] = true;
    COFFER_TRY(sink_.PutDocumentContent(pending_[wanted[i]], std::move(contents[i])));
  }
  return Status::Ok();
}

// After a reading: keeps the documents that exceeded kPendingDocumentsOfOneNameMax and refuses those that the file lacks.
Status DocumentContents::RefuseLeftOver() {
  std::vector<PendingDocument> crowded_out;
  std::string delivered_path;
  bool delivered = false;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    PendingDocument& pending = pending_[i];
    if (done_[i]) {
      delivered = true;
      delivered_path = pending.path;
      continue;
    }
    if (delivered && pending.path == delivered_path && pending.refusal.empty()) {
      crowded_out.push_back(std::move(pending));
      continue;
    }
    const std::string reason =
        pending.refusal.empty() ? place_ + " has no entry \"" + pending.path + "\"" : std::move(pending.refusal);
    COFFER_TRY(sink_.RefuseDocument(pending, "content: " + reason));
  }
  pending_ = std::move(crowded_out);
  return Status::Ok();
}

}  // namespace coffer::operations

#include "coffer/export.h"

#include <array>
#include <memory>
#include <span>
#include <string>

#include "coffer/engine.h"
#include "engine/core.h"
#include "format/sha256.h"
#include "operations/export/export_file.h"
#include "operations/export/json_writer.h"
#include "operations/export/record_stream.h"
#include "storage/durable_file.h"

namespace coffer {
namespace operations {
namespace {

constexpr std::size_t kContentPieceBytes = std::size_t{256} << 10;
constexpr int kCompressionLevelMax = 19;

// An export is to lose nothing, so a content is held against its hash while it passes.
Status ReadContent(Engine& engine, const Snapshot& snapshot, std::string_view document_id,
                   const format::ContentReference& content, const format::ByteSink& sink) {
  ReadOptions at_snapshot;
  at_snapshot.snapshot = &snapshot;
  Result<ContentReader> reader = engine.OpenContent(document_id, at_snapshot);
  if (!reader.ok()) return std::move(reader).status();
  format::Sha256 hash;
  std::string piece(kContentPieceBytes, '\0');
  for (;;) {
    Result<std::size_t> got = reader->Read(std::span<char>(piece.data(), piece.size()));
    if (!got.ok()) return std::move(got).status();
    if (*got == 0) break;
    const std::string_view bytes(piece.data(), *got);
    hash.Update(bytes);
    if (Status status = sink(bytes); !status.ok()) return status;
  }
  if (hash.Finish() != content.sha256) return Status::Corruption("its content is not what was written: its SHA-256 differs");
  return Status::Ok();
}

Status WriteRecords(Engine& engine, const Snapshot& snapshot, const ExportOptions& options, ExportFile& file,
                    ExportReport& report) {
  JsonWriter writer(file, options, report,
                    [&](std::string_view id, const format::ContentReference& content, const format::ByteSink& sink) {
                      return ReadContent(engine, snapshot, id, content, sink);
                    });
  // The snapshot's pin keeps the store from being switched; the access itself must not wait for the whole export.
  storage::Store& store = *engine.core().Access();
  const storage::StoreSnapshot* at = snapshot.state().get();
  using Walk = Status (*)(storage::Store&, const storage::StoreSnapshot*, RecordSink&);
  struct Part {
    Kind kind;
    Walk walk;
  };
  constexpr std::array<Part, 3> kParts = {{{Kind::kConversation, &WalkConversations},
                                           {Kind::kDocument, &WalkDocuments},
                                           {Kind::kPrompt, &WalkPrompts}}};
  if (Status status = writer.Begin(); !status.ok()) return status;
  for (const Part& part : kParts) {
    if (Status status = writer.BeginKind(part.kind); !status.ok()) return status;
    if (Status status = part.walk(store, at, writer); !status.ok()) return status;
    if (Status status = writer.EndKind(); !status.ok()) return status;
  }
  return writer.End();
}

// Where the file goes; makes the data folder's own place for exports if need be.
Result<std::string> OutputPath(engine::EngineCore& core, const ExportOptions& options, const std::string& export_id) {
  if (!options.output.empty()) return options.output;
  if (core.options().read_only) {
    return Status::PermissionDenied("the store is opened read-only; name an output outside its folder");
  }
  const std::string folder = core.folder().ExportsPath();
  if (Status status = storage::CreateDirectories(core.files(), folder); !status.ok()) return status;
  return folder + "/" + export_id + (options.compress ? ".json.zst" : ".json");
}

}  // namespace
}  // namespace operations

Result<ExportReport> ExportJson(Engine& engine, const ExportOptions& options) {
  if (options.compress && (options.compression_level < 1 || options.compression_level > operations::kCompressionLevelMax)) {
    return Status::InvalidArgument("compression_level: 1 to " + std::to_string(operations::kCompressionLevelMax));
  }
  engine::EngineCore& core = engine.core();
  ExportReport report;
  report.export_id = core.NewId();
  Result<std::string> path = operations::OutputPath(core, options, report.export_id);
  if (!path.ok()) return std::move(path).status().WithContext("export");
  report.path = std::move(*path);

  Result<std::unique_ptr<Snapshot>> snapshot = engine.TakeSnapshot();
  if (!snapshot.ok()) return std::move(snapshot).status().WithContext("export");
  report.created_at = (*snapshot)->state().taken_at();
  Result<std::unique_ptr<operations::ExportFile>> file =
      operations::ExportFile::Create(core.files(), report.path, options.compress ? options.compression_level : 0);
  if (!file.ok()) return std::move(file).status().WithContext("export");
  Status status = operations::WriteRecords(engine, **snapshot, options, **file, report);
  if (status.ok()) status = (*file)->Publish();
  if (!status.ok()) return status.WithContext("export to " + report.path);

  report.sha256 = (*file)->sha256();
  report.file_bytes = (*file)->file_bytes();
  report.completed_at = core.Now();
  if (options.output.empty()) core.exports_bytes += report.file_bytes;
  return report;
}

}  // namespace coffer

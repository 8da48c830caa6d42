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
#include "operations/runner/report_text.h"
#include "operations/runner/runner.h"
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
                    ExportReport& report, JobContext& context) {
  JsonWriter writer(file, options, report, context,
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
  constexpr std::array<Part, 3> kParts = {
      {{Kind::kConversation, &WalkConversations}, {Kind::kDocument, &WalkDocuments}, {Kind::kPrompt, &WalkPrompts}}};
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
  const std::string folder = core.folder().ExportsPath();
  if (Status status = storage::CreateDirectories(core.files(), folder); !status.ok()) return status;
  return folder + "/" + export_id + (options.compress ? ".json.zst" : ".json");
}

void Expect(const engine::Totals& totals, bool contents, JobContext& context) {
  totals.Read([&](const engine::CounterState& counters) {
    const engine::KindTallies sum = counters.Sum();
    std::uint64_t records = 0;
    std::uint64_t bytes = contents ? sum[Kind::kContent].bytes / 3 * 4 : 0;  // as base64
    for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
      records += sum[kind].count;
      bytes += sum[kind].bytes;
    }
    context.ExpectRecords(records);
    context.ExpectBytes(bytes);
  });
}

Result<ExportReport> Export(Engine& engine, const ExportOptions& options, JobContext& context) {
  engine::EngineCore& core = engine.core();
  ExportReport report;
  report.export_id = context.id();
  Result<std::string> path = OutputPath(core, options, report.export_id);
  if (!path.ok()) return std::move(path).status().WithContext("export");
  report.path = std::move(*path);

  Result<std::unique_ptr<Snapshot>> snapshot = engine.TakeSnapshot();
  if (!snapshot.ok()) return std::move(snapshot).status().WithContext("export");
  report.created_at = (*snapshot)->state().taken_at();
  Expect(core.totals(), options.include_contents, context);
  Result<std::unique_ptr<ExportFile>> file =
      ExportFile::Create(core.files(), report.path, options.compress ? options.compression_level : 0);
  if (!file.ok()) return std::move(file).status().WithContext("export");
  Status status = WriteRecords(engine, **snapshot, options, **file, report, context);
  if (status.ok()) status = context.CheckStop();
  if (status.ok()) status = (*file)->Publish();
  if (!status.ok()) return status.WithContext("export to " + report.path);

  report.sha256 = (*file)->sha256();
  report.file_bytes = (*file)->file_bytes();
  report.completed_at = core.Now();
  if (options.output.empty()) core.exports_bytes += report.file_bytes;
  return report;
}

std::string RequestText(const ExportOptions& options) {
  return ToText({{"format", "json"},
                 {"scope", "full"},
                 {"compress", options.compress},
                 {"compression_level", options.compression_level},
                 {"include_contents", options.include_contents},
                 {"output", options.output}});
}

std::string ReportText(const ExportReport& report) {
  return ToText({{"export_id", report.export_id},
                 {"path", report.path},
                 {"sha256", report.sha256},
                 {"file_bytes", report.file_bytes},
                 {"conversations", report.conversations},
                 {"messages", report.messages},
                 {"documents", report.documents},
                 {"prompts", report.prompts},
                 {"contents", report.contents},
                 {"created_at", FormatTimestamp(report.created_at)},
                 {"completed_at", FormatTimestamp(report.completed_at)}});
}

}  // namespace
}  // namespace operations

Result<OperationOf<ExportReport>> StartExport(Engine& engine, const ExportOptions& options, StartOptions start) {
  if (options.compress && (options.compression_level < 1 || options.compression_level > operations::kCompressionLevelMax)) {
    return Status::InvalidArgument("compression_level: 1 to " + std::to_string(operations::kCompressionLevelMax));
  }
  if (engine.read_only() && options.output.empty()) {
    return Status::PermissionDenied("export: the store is opened read-only; name an output outside its folder");
  }
  operations::JobSpec spec;
  spec.kind = OperationKind::kExport;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(options);
  const auto work = [&engine, options](operations::JobContext& context) {
    return operations::Export(engine, options, context);
  };
  return operations::StartReporting<ExportReport>(engine.core(), std::move(spec), work, &operations::ReportText);
}

Result<ExportReport> ExportJson(Engine& engine, const ExportOptions& options) {
  Result<OperationOf<ExportReport>> operation = StartExport(engine, options);
  if (!operation.ok()) return std::move(operation).status();
  return operation->Finish();
}

}  // namespace coffer

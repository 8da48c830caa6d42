#include "coffer/export.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>

#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/records/sha256.h"
#include "operations/export/analytics.h"
#include "operations/export/custom_rows.h"
#include "operations/export/expired_exports.h"
#include "operations/export/export_file.h"
#include "operations/export/export_plan.h"
#include "operations/export/record_writer.h"
#include "operations/export/walk_ahead.h"
#include "operations/files/temporary_files.h"
#include "operations/keys/key_folder.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "storage/durable_file.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

constexpr std::size_t kContentPieceBytes = std::size_t{256} << 10;

// Verifies the content's hash while copying it.
Status ReadContent(Engine& engine, const Snapshot& snapshot, std::string_view document_id,
                   const format::ContentReference& content, const format::ByteSink& sink) {
  ReadOptions at_snapshot;
  at_snapshot.snapshot = &snapshot;
  COFFER_ASSIGN(ContentReader reader, engine.OpenContent(document_id, at_snapshot));
  format::Sha256 hash;
  std::string piece(kContentPieceBytes, '\0');
  for (;;) {
    COFFER_ASSIGN(std::size_t got, reader.Read(std::span<char>(piece.data(), piece.size())));
    if (got == 0) break;
    const std::string_view bytes(piece.data(), got);
    hash.Update(bytes);
    COFFER_TRY(sink(bytes));
  }
  if (hash.Finish() != content.sha256) return Status::Corruption("content: SHA-256 mismatch");
  return Status::Ok();
}

std::unique_ptr<RecordWriter> NewWriter(const ExportWork& work) {
  switch (work.plan.options.format) {
    case ExportFormat::kNdjson:
      return NewNdjsonWriter(work);
    case ExportFormat::kXml:
      return NewXmlWriter(work);
    case ExportFormat::kCsv:
    case ExportFormat::kSql:
    case ExportFormat::kParquet:
      return NewRecordTables(work);
    case ExportFormat::kJson:
      break;
  }
  return NewJsonWriter(work);
}

Status WriteRecords(const ExportWork& work, storage::Store& store, const storage::StoreSnapshot* at) {
  using Walk = Status (*)(storage::Store&, const storage::StoreSnapshot*, const RecordFilter&, RecordSink&);
  struct Part {
    Kind kind;
    Walk walk;
    bool wanted;
  };
  const ScopeKinds& kinds = work.plan.kinds;
  const std::array<Part, 3> parts = {{{Kind::kConversation, &WalkConversations, kinds.conversations},
                                      {Kind::kDocument, &WalkDocuments, kinds.documents},
                                      {Kind::kPrompt, &WalkPrompts, kinds.prompts}}};
  const RecordFilter filter = FilterOf(work.plan.options);
  // JSON and NDJSON copy stored text; the other formats parse it, which a second thread speeds up.
  const bool copies = work.plan.options.format == ExportFormat::kJson || work.plan.options.format == ExportFormat::kNdjson;
  const std::unique_ptr<RecordWriter> writer = NewWriter(work);
  COFFER_TRY(writer->Begin());
  for (const Part& part : parts) {
    if (!part.wanted) continue;
    COFFER_TRY(writer->BeginKind(part.kind));
    const auto walk = [&](RecordSink& sink) { return part.walk(store, at, filter, sink); };
    COFFER_TRY(copies ? walk(*writer) : WalkAhead(walk, *writer));
    COFFER_TRY(writer->EndKind(part.kind));
  }
  return writer->End();
}

// Finds out whether any content is too large to be inline.
class LargeContents final : public RecordSink {
 public:
  bool found() const { return found_; }
  Status BeginConversation(std::string_view, const format::StoredText&, const format::ConversationHead&) override {
    return Status::Ok();
  }
  Status AddMessage(std::string_view, std::uint64_t, const format::StoredMessage&) override { return Status::Ok(); }
  Status EndConversation() override { return Status::Ok(); }
  Status AddPrompt(std::string_view, const format::StoredRecord&) override { return Status::Ok(); }
  Status AddDocument(std::string_view, const format::StoredRecord& record) override {
    found_ = found_ || (record.content && record.content->size_bytes > kExportInlineContentBytesMax);
    return Status::Ok();
  }

 private:
  bool found_ = false;
};

std::string ExportReportText(const ExportReport& report) {
  return ToText({{"export_id", report.export_id},
                 {"path", report.path},
                 {"sha256", report.sha256},
                 {"file_bytes", report.file_bytes},
                 {"conversations", report.conversations},
                 {"messages", report.messages},
                 {"documents", report.documents},
                 {"prompts", report.prompts},
                 {"contents", report.contents},
                 {"rows", report.rows},
                 {"created_at", FormatTimestamp(report.created_at)},
                 {"completed_at", FormatTimestamp(report.completed_at)},
                 {"expires_at", report.expires_at ? nlohmann::ordered_json(FormatTimestamp(*report.expires_at))
                                                  : nlohmann::ordered_json(nullptr)}});
}

// Runs one export: takes a snapshot and writes the file.
class ExportOperation {
 public:
  ExportOperation(Engine& engine, const ExportPlan& plan, OperationContext& context)
      : engine_(engine), core_(engine::CoreOf(engine)), plan_(plan), options_(plan.options), context_(context) {}

  Result<ExportReport> Run() {
    report_.export_id = context_.id();
    COFFER_ASSIGN_CONTEXT(std::unique_ptr<Snapshot> snapshot, engine_.TakeSnapshot(), "export");
    snapshot_ = std::move(snapshot);
    report_.created_at = engine::Internals::StateOf(*snapshot_).taken_at();
    Expect();
    COFFER_TRY_CONTEXT(MakePlaces(), "export");
    COFFER_TRY_CONTEXT(FindRecipients(), "export");
    COFFER_ASSIGN_CONTEXT(std::unique_ptr<ExportFile> file,
                          ExportFile::Create(core_.files(), report_.path,
                                             IsCompressedWhole(options_) ? options_.compression_level : 0, recipients_),
                          "export");
    Status status = Write(*file);
    if (status.ok()) status = context_.CheckStop();
    if (status.ok()) status = file->Finish();
    if (status.ok()) status = KeepReport(*file);
    if (status.ok()) status = file->Publish();
    if (!status.ok()) return status.WithContext("export to " + report_.path);
    if (in_data_folder()) core_.exports_bytes += report_.file_bytes;
    return std::move(report_);
  }

 private:
  bool in_data_folder() const { return options_.output.empty(); }

  // Before the file has its name: if the process dies after that, the next opening finds the file and knows its report.
  Status KeepReport(const ExportFile& file) {
    report_.sha256 = file.sha256();
    report_.file_bytes = file.file_bytes();
    report_.completed_at = core_.Now();
    if (in_data_folder()) report_.expires_at = ExpiryOf(report_.export_id);
    return RunnerOf(core_).journal().KeepResult(report_.export_id, ExportReportText(report_));
  }

  // Chooses the paths of the file and of its temporary files. Creates the exports folder of the data folder.
  Status MakePlaces() {
    storage::Store& store = *core_.Access();
    if (options_.format == ExportFormat::kCsv) {
      const ScopeKinds& kinds = plan_.kinds;
      const bool contents = kinds.documents && !kinds.rows && options_.include_contents;
      tar_ = contents || FileNamesOf(plan_).size() > 1;
    } else if (options_.format == ExportFormat::kParquet) {
      tar_ = FileNamesOf(plan_).size() > 1;
    } else if (options_.format != ExportFormat::kSql) {
      COFFER_TRY(LookForLargeContents(store));
    }
    const std::string folder = core_.folder().ExportsPath();
    if (!engine_.read_only()) {
      COFFER_TRY(storage::CreateDirectories(core_.files(), folder));
    }
    report_.path = in_data_folder() ? folder + "/" + ExportFileName(options_, report_.export_id, tar_) : options_.output;
    temporary_prefix_ = engine_.read_only() ? options_.output : folder + "/" + report_.export_id;
    return Status::Ok();
  }

  // The store's own recipients, creating a key if it has none, and those in the options.
  Status FindRecipients() {
    if (!options_.encrypt) return Status::Ok();
    KeyFolder keys(core_.files(), core_.folder().KeysPath());
    COFFER_ASSIGN(std::vector<format::AgeRecipient> own,
                  engine_.read_only() ? keys.Recipients() : keys.EnsureRecipients(core_.Now()));
    recipients_ = std::move(own);
    for (const std::string& text : options_.recipients) {
      COFFER_ASSIGN(format::AgeRecipient named, format::ParseAgeRecipient(text));
      if (std::ranges::find(recipients_, named) == recipients_.end()) recipients_.push_back(named);
    }
    if (!recipients_.empty()) return Status::Ok();
    return Status::InvalidArgument("encrypt: no recipient; a store opened read-only cannot create a key");
  }

  Status LookForLargeContents(storage::Store& store) {
    const ScopeKinds& kinds = plan_.kinds;
    if (!kinds.documents || kinds.rows || !options_.include_contents) return Status::Ok();
    LargeContents large;
    Status status = WalkDocuments(store, engine::Internals::StateOf(*snapshot_).get(), FilterOf(options_), large);
    tar_ = large.found();
    return status;
  }

  // The temporary files of an encrypted export are encrypted, too.
  Result<TemporaryFiles> MakeTemporaryFiles() {
    if (recipients_.empty()) return TemporaryFiles(core_.files());
    COFFER_ASSIGN(format::AgeIdentity identity, format::AgeIdentity::Generate());
    return TemporaryFiles(core_.files(), std::move(identity));
  }

  Status Write(ExportFile& file) {
    COFFER_ASSIGN(TemporaryFiles temporaries, MakeTemporaryFiles());
    COFFER_ASSIGN(
        std::unique_ptr<ExportBundle> bundle,
        ExportBundle::Create(temporaries, file, context_, {FileNamesOf(plan_), tar_, temporary_prefix_, report_.created_at}));
    const ExportWork work = {
        plan_, report_, context_, *bundle,
        [this](std::string_view id, const format::ContentReference& content, const format::ByteSink& sink) {
          return ReadContent(engine_, *snapshot_, id, content, sink);
        }};
    // The snapshot's pin keeps the store from being switched, so the access need not be held during the export.
    storage::Store& store = *core_.Access();
    const storage::StoreSnapshot* at = engine::Internals::StateOf(*snapshot_).get();
    const ScopeKinds& kinds = plan_.kinds;
    Status status = kinds.analytics ? WriteAnalytics(work, store, at)
                    : kinds.rows    ? WriteCustomRows(work, store, at, temporaries, temporary_prefix_)
                                    : WriteRecords(work, store, at);
    return status.ok() ? bundle->Finish() : status;
  }

  void Expect() {
    core_.totals().Read([&](const engine::CounterState& counters) {
      const engine::KindTallies sum = options_.owner.empty() ? counters.Sum() : counters.OfOwner(options_.owner);
      std::uint64_t records = 0;
      std::uint64_t bytes = options_.include_contents ? sum[Kind::kContent].bytes / 3 * 4 : 0;  // as base64
      for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
        records += sum[kind].count;
        bytes += sum[kind].bytes;
      }
      context_.ExpectRecords(records);
      context_.ExpectBytes(bytes);
    });
  }

  Engine& engine_;
  engine::EngineCore& core_;
  const ExportPlan& plan_;
  const ExportOptions& options_;
  OperationContext& context_;
  ExportReport report_;
  std::unique_ptr<Snapshot> snapshot_;
  bool tar_ = false;
  std::string temporary_prefix_;
  std::vector<format::AgeRecipient> recipients_;
};

std::string RequestText(const ExportOptions& options) {
  const auto or_null = [](const auto& time) {
    return time ? nlohmann::ordered_json(FormatTimestamp(*time)) : nlohmann::ordered_json(nullptr);
  };
  return ToText({{"format", ExportFormatName(options.format)},
                 {"scope", ExportScopeName(options.scope)},
                 {"user_id", options.owner},
                 {"conversation_id", options.conversation_id},
                 {"date_from", or_null(options.created_from)},
                 {"date_to", or_null(options.created_before)},
                 {"custom_query", options.custom_query},
                 {"include_metadata", options.include_metadata},
                 {"include_contents", options.include_contents},
                 {"compress", options.compress},
                 {"compression_level", options.compression_level},
                 {"encrypt", options.encrypt},
                 {"recipients", options.recipients},
                 {"output", options.output}});
}

}  // namespace
}  // namespace operations

Result<OperationOf<ExportReport>> StartExport(Engine& engine, const ExportOptions& options, StartOptions start) try {
  COFFER_ASSIGN_CONTEXT(operations::ExportPlan plan, operations::PlanExport(options), "export");
  if (engine.read_only() && options.output.empty()) {
    return Status::PermissionDenied("export: the store is opened read-only; output must be outside its folder");
  }
  if (!engine.read_only()) operations::SweepExpiredExports(engine::CoreOf(engine));
  operations::OperationSpec spec;
  spec.kind = OperationKind::kExport;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(options);
  const auto work = [&engine, plan = std::move(plan)](operations::OperationContext& context) {
    return operations::ExportOperation(engine, plan, context).Run();
  };
  return operations::StartReporting<ExportReport>(engine::CoreOf(engine), std::move(spec), work, &operations::ExportReportText);
} catch (...) {
  return StatusOfException();
}

Result<ExportReport> RunExport(Engine& engine, const ExportOptions& options) try {
  COFFER_ASSIGN(OperationOf<ExportReport> operation, StartExport(engine, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

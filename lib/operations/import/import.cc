// Import: a second thread reads and encodes while this one commits. Both are needed to keep up with writes from memory.
#include "coffer/import.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/core.h"
#include "engine/internals.h"
#include "operations/import/import_reader.h"
#include "operations/import/run_import.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "storage/durable_file.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

// The committing side: commits chunks in order and keeps the report.
class ImportCommitter {
 public:
  ImportCommitter(Engine& engine, const std::vector<ImportInput>& inputs, const ImportOptions& options)
      : engine_(engine), inputs_(inputs), options_(options) {}

  Status Commit(ImportChunk& chunk) {
    std::vector<engine::AppliedItem> items;
    if (chunk.conversation != nullptr) {
      COFFER_ASSIGN(engine::AppliedItem applied, chunk.conversation->Commit());
      items.push_back(std::move(applied));
    } else if (chunk.batch.size() > 0) {
      COFFER_ASSIGN(std::vector<engine::AppliedItem> applied,
                    engine::CoreOf(engine_).CommitEach(chunk.batch, options_.durability));
      items = std::move(applied);
    }
    std::size_t next = 0;
    for (const ImportLine& line : chunk.lines) {
      if (line.state != LineState::kPut) {
        CountUnput(line);
      } else if (next < items.size()) {
        CountPut(line, items[next++]);
      } else {
        return Status::Internal("import: a batch returned fewer results than it has entries");
      }
    }
    return Status::Ok();
  }

  std::uint64_t records() const {
    const ImportCounts& counts = report_.imported;
    return counts.conversations + counts.messages + counts.documents + counts.prompts;
  }
  ImportReport TakeReport() { return std::move(report_); }

 private:
  void CountUnput(const ImportLine& line) {
    switch (line.state) {
      case LineState::kAlreadyThere:
        return CountKept(line);
      case LineState::kFileProblem:
        return AddError(line, line.reason);
      case LineState::kRefused:
      case LineState::kPut:
        return Fail(line, line.reason);
    }
  }

  void CountPut(const ImportLine& line, const engine::AppliedItem& item) {
    if (!item.status.ok()) return Fail(line, std::string(item.status.message()));
    switch (item.result.outcome) {
      case Outcome::kKept:
        return CountKept(line);
      case Outcome::kConflict:
        return Fail(line, line.place + ": taken by a message with another id");
      case Outcome::kCreated:
      case Outcome::kReplaced:
      case Outcome::kDeleted:
        return CountImported(line);
    }
  }

  void CountImported(const ImportLine& line) {
    ImportCounts& counts = report_.imported;
    switch (line.kind) {
      case Kind::kConversation:
        ++counts.conversations;
        counts.messages += line.messages;
        break;
      case Kind::kMessage:
        ++counts.messages;
        break;
      case Kind::kPrompt:
        ++counts.prompts;
        break;
      case Kind::kDocument:
      case Kind::kContent:
        ++counts.documents;
        break;
    }
    if (line.has_content) ++report_.contents;
  }

  void CountKept(const ImportLine& line) {
    if (options_.mode == PutMode::kInsert) return Fail(line, "already exists");
    ++report_.skipped;
  }

  void Fail(const ImportLine& line, std::string reason) {
    ++report_.failed;
    AddError(line, std::move(reason));
  }

  void AddError(const ImportLine& line, std::string reason) {
    ++report_.errors_total;
    if (report_.errors.size() >= kImportErrorsKeptMax) return;
    ImportError error;
    error.file = line.state == LineState::kFileProblem ? line.place : inputs_[line.file].name;
    error.line = line.line;
    error.reason = std::move(reason);
    report_.errors.push_back(std::move(error));
  }

  Engine& engine_;
  const std::vector<ImportInput>& inputs_;
  const ImportOptions& options_;
  ImportReport report_;
};

// Ends the reading thread on every exit.
class ReadingThread {
 public:
  ReadingThread(ImportReader& reader, ImportQueue& queue, const std::vector<ImportInput>& inputs)
      : queue_(queue), thread_([this, &reader, &inputs] { Read(reader, inputs); }) {}
  ~ReadingThread() {
    queue_.Abandon();
    if (thread_.joinable()) thread_.join();
  }

  Status Join() {
    thread_.join();
    return std::move(status_);
  }

 private:
  void Read(ImportReader& reader, const std::vector<ImportInput>& inputs) {
    try {
      status_ = reader.Run(inputs);
    } catch (...) {
      status_ = StatusOfException().WithContext("import");
      queue_.Finish();
    }
  }

  ImportQueue& queue_;
  Status status_;
  std::thread thread_;
};

Result<ImportReport> Import(Engine& engine, const std::vector<ImportInput>& inputs, const ImportOptions& options,
                            std::size_t line_bytes_max, OperationContext& context) {
  ImportQueue queue(kImportChunksAheadMax, kImportBytesAheadMax);
  ImportReader reader(engine, options, queue, line_bytes_max, context.stop());
  COFFER_TRY(reader.Prepare());
  ImportCommitter committer(engine, inputs, options);
  ReadingThread reading(reader, queue, inputs);
  while (auto chunk = queue.Pop()) {
    COFFER_TRY(context.CheckStop());
    COFFER_TRY_CONTEXT(committer.Commit(**chunk), "import");
    context.SetBytes(reader.bytes_read());
    context.SetRecords(committer.records());
  }
  COFFER_TRY(reading.Join());
  context.SetBytes(reader.bytes_read());
  // The operation's result is durable in the journal, so the records it counts must be durable first.
  COFFER_TRY_CONTEXT(engine.Sync(), "import");
  ImportReport report = committer.TakeReport();
  report.losses_total = reader.losses().total();
  report.losses = reader.losses().Take();
  return report;
}

using OrderedJson = nlohmann::ordered_json;

std::string_view NameOf(ImportFormat format) {
  switch (format) {
    case ImportFormat::kNdjson:
      return "ndjson";
    case ImportFormat::kCofferJson:
      return "coffer-json";
    case ImportFormat::kCofferCsv:
      return "coffer-csv";
    case ImportFormat::kChatGpt:
      return "chatgpt";
    case ImportFormat::kOpenWebUi:
      return "open-webui";
    case ImportFormat::kLibreChat:
      return "librechat";
    case ImportFormat::kCofferParquet:
      return "coffer-parquet";
    case ImportFormat::kAuto:
      break;
  }
  return "auto";
}

std::string RequestText(const std::vector<ImportInput>& inputs, const ImportOptions& options) {
  OrderedJson json;
  json["files"] = OrderedJson::array();
  for (const ImportInput& input : inputs) json["files"].push_back(input.name);
  json["format"] = NameOf(options.format);
  json["on_conflict"] = ModeWord(options.mode);
  json["owner"] = options.owner;
  json["generate_ids"] = options.generate_ids;
  json["kind"] = options.kind ? OrderedJson(KindName(*options.kind)) : OrderedJson(nullptr);
  json["contents"] = options.contents;
  return ToText(json);
}

std::string ReportText(const ImportReport& report) {
  OrderedJson json;
  const ImportCounts& imported = report.imported;
  json["imported"] = {{"conversations", imported.conversations},
                      {"messages", imported.messages},
                      {"documents", imported.documents},
                      {"prompts", imported.prompts}};
  json["contents"] = report.contents;
  json["skipped"] = report.skipped;
  json["failed"] = report.failed;
  json["errors"] = OrderedJson::array();
  for (const ImportError& error : report.errors) {
    json["errors"].push_back({{"file", error.file}, {"line", error.line}, {"reason", error.reason}});
  }
  json["errors_total"] = report.errors_total;
  json["losses"] = OrderedJson::array();
  for (const ImportLoss& loss : report.losses) {
    json["losses"].push_back({{"field", loss.field}, {"reason", loss.reason}, {"count", loss.count}, {"first", loss.first}});
  }
  json["losses_total"] = report.losses_total;
  return ToText(json);
}

// A source owned by the caller of a blocking call.
class BorrowedSource final : public ByteSource {
 public:
  explicit BorrowedSource(ByteSource& source) : source_(source) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override { return source_.Read(buffer, length); }

 private:
  ByteSource& source_;
};

// `source`: the source of the only input; null if the inputs are files.
Result<OperationOf<ImportReport>> Start(Engine& engine, std::vector<ImportInput> inputs, std::shared_ptr<ByteSource> source,
                                        const ImportOptions& options, StartOptions start, std::uint64_t bytes_expected,
                                        std::size_t line_bytes_max = kImportLineBytesMax) {
  COFFER_TRY_CONTEXT(engine::CoreOf(engine).CheckWritable(), "import");
  if (options.mode == PutMode::kUpdate) return Status::InvalidArgument("import: mode kUpdate is not supported");
  OperationSpec spec;
  spec.kind = OperationKind::kImport;
  spec.principal = std::move(start.principal);
  spec.request = RequestText(inputs, options);
  const auto work = [&engine, inputs = std::move(inputs), source = std::move(source), options, bytes_expected,
                     line_bytes_max](OperationContext& context) {
    context.ExpectBytes(bytes_expected);
    return Import(engine, inputs, options, line_bytes_max, context);
  };
  return StartReporting<ImportReport>(engine::CoreOf(engine), std::move(spec), work, &ReportText);
}

}  // namespace

std::string_view ModeWord(PutMode mode) {
  switch (mode) {
    case PutMode::kUpsert:
      return "replace";
    case PutMode::kInsert:
      return "fail";
    case PutMode::kUpdate:
      return "update";
    case PutMode::kKeepExisting:
      return "skip";
    case PutMode::kNewest:
      return "newest";
  }
  return "unknown";
}

Result<ImportReport> ImportWithLineLimit(Engine& engine, ByteSource& source, const std::string& name,
                                         const ImportOptions& options, std::size_t line_bytes_max) {
  const auto borrowed = std::make_shared<BorrowedSource>(source);
  COFFER_ASSIGN(OperationOf<ImportReport> operation,
                Start(engine, {{name, std::nullopt, borrowed.get()}}, borrowed, options, {}, 0, line_bytes_max));
  return operation.Finish();
}

Result<ImportReport> ImportWithin(Engine& engine, ByteSource& source, const std::string& name, const ImportOptions& options,
                                  OperationContext& context) {
  return Import(engine, {{name, std::nullopt, &source}}, options, kImportLineBytesMax, context);
}

}  // namespace operations

Result<OperationOf<ImportReport>> StartImport(Engine& engine, const std::vector<std::string>& files,
                                              const ImportOptions& options, StartOptions start) try {
  std::vector<operations::ImportInput> inputs;
  std::uint64_t bytes = 0;
  for (const std::string& file : files) {
    // A missing file must be reported before anything is stored.
    COFFER_ASSIGN_CONTEXT(FileInfo info, engine::CoreOf(engine).files().Stat(file), file);
    bytes += info.size_bytes;
    inputs.push_back({file, storage::DirectoryName(file), nullptr});
  }
  return operations::Start(engine, std::move(inputs), nullptr, options, std::move(start), bytes);
} catch (...) {
  return StatusOfException();
}

Result<OperationOf<ImportReport>> StartImport(Engine& engine, std::unique_ptr<ByteSource> source, const std::string& name,
                                              const ImportOptions& options, StartOptions start) try {
  if (source == nullptr) return Status::InvalidArgument("import: no source");
  std::shared_ptr<ByteSource> kept = std::move(source);
  ByteSource* const raw = kept.get();
  return operations::Start(engine, {{name, std::nullopt, raw}}, std::move(kept), options, std::move(start), 0);
} catch (...) {
  return StatusOfException();
}

Result<ImportReport> RunImport(Engine& engine, const std::vector<std::string>& files, const ImportOptions& options) try {
  COFFER_ASSIGN(OperationOf<ImportReport> operation, StartImport(engine, files, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

Result<ImportReport> RunImport(Engine& engine, ByteSource& source, const std::string& name, const ImportOptions& options) try {
  return operations::ImportWithLineLimit(engine, source, name, options);
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

// `coffer import`.
#include <algorithm>

#include "coffer/import.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct ImportRequest {
  std::vector<std::string> files;
  ImportOptions options;
};

// Merges by field and reason; the first place is that of the first file.
void AddLoss(const ImportLoss& loss, std::vector<ImportLoss>& sum) {
  const auto same = std::ranges::find_if(
      sum, [&](const ImportLoss& other) { return other.field == loss.field && other.reason == loss.reason; });
  if (same != sum.end()) {
    same->count += loss.count;
  } else if (sum.size() < kImportLossesKeptMax) {
    sum.push_back(loss);
  }
}

void Add(const ImportReport& report, ImportReport& sum) {
  sum.imported.conversations += report.imported.conversations;
  sum.imported.messages += report.imported.messages;
  sum.imported.documents += report.imported.documents;
  sum.imported.prompts += report.imported.prompts;
  sum.contents += report.contents;
  sum.skipped += report.skipped;
  sum.failed += report.failed;
  sum.errors_total += report.errors_total;
  sum.losses_total += report.losses_total;
  for (const ImportLoss& loss : report.losses) AddLoss(loss, sum.losses);
  for (const ImportError& error : report.errors) {
    if (sum.errors.size() < kImportErrorsKeptMax) sum.errors.push_back(error);
  }
}

JsonObject ToJson(const ImportReport& report) {
  JsonObject errors = JsonObject::array();
  for (const ImportError& error : report.errors) {
    errors.push_back({{"file", error.file}, {"line", error.line}, {"reason", error.reason}});
  }
  JsonObject losses = JsonObject::array();
  for (const ImportLoss& loss : report.losses) {
    losses.push_back({{"field", loss.field}, {"reason", loss.reason}, {"count", loss.count}, {"first", loss.first}});
  }
  return {{"imported",
           {{"conversations", report.imported.conversations},
            {"messages", report.imported.messages},
            {"documents", report.imported.documents},
            {"prompts", report.imported.prompts}}},
          {"contents", report.contents},
          {"skipped", report.skipped},
          {"failed", report.failed},
          {"errors", std::move(errors)},
          {"errors_total", report.errors_total},
          {"losses", std::move(losses)},
          {"losses_total", report.losses_total}};
}

void PrintLosses(const ImportReport& report) {
  if (report.losses_total == 0) return;
  PrintLine("not imported unchanged: " + Grouped(report.losses_total) + " places");
  for (const ImportLoss& loss : report.losses) {
    PrintLine("  " + loss.field + " (" + Grouped(loss.count) + "): " + loss.reason + "; first: " + loss.first);
  }
}

void PrintWords(const ImportReport& report) {
  PrintLine("imported " + Grouped(report.imported.conversations) + " conversations, " + Grouped(report.imported.messages) +
            " messages, " + Grouped(report.imported.documents) + " documents (" + Grouped(report.contents) +
            " with content), " + Grouped(report.imported.prompts) + " prompts");
  PrintLine("skipped " + Grouped(report.skipped) + " that existed already, " + Grouped(report.failed) + " failed");
  PrintLosses(report);
  constexpr std::size_t kShownMax = 20;
  for (std::size_t i = 0; i < report.errors.size() && i < kShownMax; ++i) {
    const ImportError& error = report.errors[i];
    PrintMessage(error.file + ":" + std::to_string(error.line) + ": " + error.reason);
  }
  if (report.errors_total > kShownMax) {
    PrintMessage("and " + Grouped(report.errors_total - kShownMax) + " more errors; --json lists the first 1,000");
  }
}

Result<ImportReport> ImportOne(Engine& engine, const std::string& file, const ImportOptions& options) {
  const auto started = file == "-" ? StartImport(engine, StandardInput(), file, options)
                                   : StartImport(engine, std::vector<std::string>{file}, options);
  auto report = Await(started, "importing");
  if (!report.ok() && started.ok()) {
    PrintMessage(Grouped(started->Info().progress.records_done) + " records of " + file + " were stored and remain");
  }
  return report;
}

// Imports one file after the other: if one cannot be read, the counts of the files before it are still printed.
ExitStatus Import(Engine& engine, const ImportRequest& request, bool json) {
  ImportReport sum;
  Status failure;
  for (const std::string& file : request.files) {
    const auto report = ImportOne(engine, file, request.options);
    if (!report.ok()) {
      failure = report.status();
      sum.errors.push_back({file, 0, std::string(failure.message())});
      ++sum.errors_total;
      break;
    }
    Add(*report, sum);
  }
  json ? PrintLine(ToText(ToJson(sum))) : PrintWords(sum);
  if (!failure.ok()) {
    if (json) PrintMessage(failure.message());
    return ExitStatusOf(failure.code());
  }
  return sum.errors_total > 0 ? ExitStatus::kPartial : ExitStatus::kDone;
}

}  // namespace

void AddImportCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("import", "Import records from NDJSON files, exports and the chats of other programs");
  auto request = std::make_shared<ImportRequest>();
  command->add_option("FILE", request->files, "An NDJSON file, an export, or chats of another program; - is standard input")
      ->required();
  AddChoice(*command, "--format", request->options.format, json::kImportFormats,
            "The format of the file; auto (default) detects it from the first bytes");
  command
      ->add_option("--owner", request->options.owner, "The owner of records that name no owner, and of chats of other programs")
      ->type_name("ID");
  AddChoice(*command, "--on-conflict", request->options.mode, json::kImportConflicts,
            "What to do with a record that exists already: skip (default), replace, newest, fail");
  command->add_flag("--generate-ids", request->options.generate_ids, "Generate ids for records without one");
  AddKind(*command, "--kind", request->options.kind, {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt},
          "The kind of lines without \"type\"")
      ->type_name("KIND");
  command
      ->add_option("--contents", request->options.contents, "A tar file or folder with the contents of documents, by filename")
      ->type_name("TAR|DIR");
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Import(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

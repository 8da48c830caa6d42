// `coffer import`.
#include <algorithm>
#include <map>

#include "coffer/import.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct ImportRequest {
  std::vector<std::string> files;
  std::string kind;
  ImportOptions options;
};

// Of several files each field and reason is told once, with the first place of all.
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
  PrintLine("not carried as it stood: " + Grouped(report.losses_total) + " places");
  for (const ImportLoss& loss : report.losses) {
    PrintLine("  " + loss.field + " (" + Grouped(loss.count) + "): " + loss.reason + "; first: " + loss.first);
  }
}

void PrintWords(const ImportReport& report) {
  PrintLine("imported " + Grouped(report.imported.conversations) + " conversations, " + Grouped(report.imported.messages) +
            " messages, " + Grouped(report.imported.documents) + " documents (" + Grouped(report.contents) +
            " with content), " + Grouped(report.imported.prompts) + " prompts");
  PrintLine("skipped " + Grouped(report.skipped) + " that were there already, " + Grouped(report.failed) + " failed");
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
    PrintMessage(Grouped(started->Info().progress.records_done) + " records of " + file + " are stored and stay");
  }
  return report;
}

// One file after the other, so that where one cannot be read the counts of those before it are still told.
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
  static const std::map<std::string, PutMode> policies = {{"skip", PutMode::kKeepExisting},
                                                          {"replace", PutMode::kUpsert},
                                                          {"newest", PutMode::kNewest},
                                                          {"fail", PutMode::kInsert}};
  static const std::map<std::string, ImportFormat> kFormats = {{"auto", ImportFormat::kAuto},
                                                               {"ndjson", ImportFormat::kNdjson},
                                                               {"coffer-json", ImportFormat::kCofferJson},
                                                               {"coffer-csv", ImportFormat::kCofferCsv},
                                                               {"coffer-parquet", ImportFormat::kCofferParquet},
                                                               {"chatgpt", ImportFormat::kChatGpt},
                                                               {"open-webui", ImportFormat::kOpenWebUi},
                                                               {"librechat", ImportFormat::kLibreChat}};
  CLI::App* command =
      app.add_subcommand("import", "Read records from NDJSON files, from exports and from other programs' chats");
  auto request = std::make_shared<ImportRequest>();
  command->add_option("FILE", request->files, "NDJSON, an export, or chats of another program; - is standard input")
      ->required();
  command
      ->add_option_function<std::string>(
          "--format", [request](const std::string& word) { request->options.format = kFormats.at(word); },
          "auto (default: what the file's first bytes say), ndjson, coffer-json, coffer-csv, coffer-parquet, chatgpt, "
          "open-webui, "
          "librechat")
      ->check(
          ServedWords({"auto", "ndjson", "coffer-json", "coffer-csv", "coffer-parquet", "chatgpt", "open-webui", "librechat"}));
  command->add_option("--owner", request->options.owner, "The owner of records that name none, and of chats of other programs")
      ->type_name("ID");
  command
      ->add_option_function<std::string>(
          "--on-conflict", [request](const std::string& word) { request->options.mode = policies.at(word); },
          "What to do where a record is there already: skip (default), replace, newest, fail")
      ->check(ServedWords({"skip", "replace", "newest", "fail"}));
  command->add_flag("--generate-ids", request->options.generate_ids, "Give records without an id one");
  command->add_option("--kind", request->kind, "The kind of lines without \"type\"")
      ->type_name("KIND")
      ->check(
          ServedWords({"conversation", "message", "document", "prompt", "conversations", "messages", "documents", "prompts"}));
  command->add_option("--contents", request->options.contents, "Where contents of documents are, by filename")
      ->type_name("TAR|DIR");
  command->callback([request, &session] {
    if (!request->kind.empty()) request->options.kind = ParseKind(request->kind);
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Import(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

// `coffer export`.
#include "coffer/export.h"

#include <optional>

#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct ExportRequest {
  ExportOptions options;
  std::string scope = "full";
  std::string format = "json";
  std::string from;
  std::string to;
  bool no_metadata = false;
  bool no_contents = false;
  bool no_compress = false;
};

std::uint64_t RecordsOf(const ExportReport& report) {
  return report.conversations + report.messages + report.documents + report.prompts;
}

JsonObject ToJson(const ExportReport& report) {
  return {{"export_id", report.export_id},
          {"status", "completed"},
          {"download_url", nullptr},
          {"file_size", report.file_bytes},
          {"record_count", RecordsOf(report)},
          {"created_at", FormatTimestamp(report.created_at)},
          {"completed_at", FormatTimestamp(report.completed_at)},
          {"expires_at", report.expires_at ? JsonObject(FormatTimestamp(*report.expires_at)) : JsonObject(nullptr)},
          {"path", report.path},
          {"sha256", report.sha256}};
}

void PrintWords(const ExportReport& report) {
  PrintLine(report.path + "  " + Bytes(report.file_bytes));
  if (report.rows > 0) {
    PrintLine(Grouped(report.rows) + " rows");
  } else {
    PrintLine(Grouped(report.conversations) + " conversations, " + Grouped(report.messages) + " messages, " +
              Grouped(report.documents) + " documents (" + Grouped(report.contents) + " with content), " +
              Grouped(report.prompts) + " prompts");
  }
  PrintLine("sha256 " + report.sha256);
  if (report.expires_at) PrintLine("kept until " + FormatTimestamp(*report.expires_at));
}

ExitStatus Export(Engine& engine, const ExportRequest& request, bool json) {
  const Result<ExportReport> report = Await(StartExport(engine, request.options), "exporting");
  if (!report.ok()) return Fail(report.status(), json);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return ExitStatus::kDone;
}

// What the options' words stand for. The words themselves were checked as they were read.
void Complete(ExportRequest& request) {
  ExportOptions& options = request.options;
  options.scope = *ParseExportScope(request.scope);
  options.format = *ParseExportFormat(request.format);
  if (!request.from.empty()) options.created_from = *ParseTimestamp(request.from);
  if (!request.to.empty()) options.created_before = *ParseTimestamp(request.to);
  options.include_metadata = !request.no_metadata;
  options.include_contents = !request.no_contents;
  options.compress = !request.no_compress;
}

std::string CheckTime(const std::string& text) {
  const Result<Timestamp> time = ParseTimestamp(text);
  return time.ok() ? std::string() : std::string(time.status().message());
}

void AddScopeOptions(CLI::App& command, ExportRequest& request) {
  command.add_option("--scope", request.scope, "What to export")
      ->check(ServedWords({"full", "user", "conversation", "document", "analytics", "custom"}));
  command.add_option("--user", request.options.owner, "Only this owner's records; of scope user, whose")->type_name("ID");
  command.add_option("--conversation", request.options.conversation_id, "Only this conversation, with scope conversation")
      ->type_name("ID");
  const CLI::Validator time(CheckTime, "TIME");
  command.add_option("--from", request.from, "Only records created at this time or later")->check(time);
  command.add_option("--to", request.to, "Only records created before this time")->check(time);
  command.add_option("--query", request.options.custom_query, "The rows of scope custom")->type_name("JSON");
}

void AddFileOptions(CLI::App& command, ExportRequest& request) {
  command.add_option("--format", request.format, "The layout of the file")
      ->check(ServedWords({"json", "csv", "xml", "parquet", "sql", "ndjson"}));
  command.add_flag("--no-metadata,!--metadata", request.no_metadata, "Leave out extra_metadata and unknown members");
  command.add_flag("--no-contents,!--contents", request.no_contents, "Leave the contents of documents out");
  command.add_flag("--no-compress,!--compress", request.no_compress, "Plain instead of zstd");
  command.add_flag("--encrypt,!--no-encrypt", request.options.encrypt, "age-encrypt to the store's recipients and those named");
  command.add_option("--recipient", request.options.recipients, "Encrypt to this one as well")->type_name("AGE");
  command.add_option("--output", request.options.output, "The file to write (else exports/ in the data folder)")
      ->type_name("FILE");
}

}  // namespace

void AddExportCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("export", "Write records of one snapshot to a file");
  auto request = std::make_shared<ExportRequest>();
  AddScopeOptions(*command, *request);
  AddFileOptions(*command, *request);
  command->callback([request, &session] {
    // A recipient is there to encrypt to.
    if (!request->options.recipients.empty()) request->options.encrypt = true;
    Complete(*request);
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Export(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

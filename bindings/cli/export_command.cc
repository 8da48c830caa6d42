// `coffer export`.
#include "coffer/export.h"

#include <array>

#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

// The default comes first.
constexpr std::array kScopeValues = {ExportScope::kFull,     ExportScope::kUser,      ExportScope::kConversation,
                                     ExportScope::kDocument, ExportScope::kAnalytics, ExportScope::kCustom};
constexpr json::Choices<ExportScope> kScopes = {kScopeValues, ExportScopeName};
constexpr std::array kFormatValues = {ExportFormat::kJson,    ExportFormat::kCsv, ExportFormat::kXml,
                                      ExportFormat::kParquet, ExportFormat::kSql, ExportFormat::kNdjson};
constexpr json::Choices<ExportFormat> kFormats = {kFormatValues, ExportFormatName};

struct ExportRequest {
  ExportOptions options;
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

void Complete(ExportRequest& request) {
  ExportOptions& options = request.options;
  options.include_metadata = !request.no_metadata;
  options.include_contents = !request.no_contents;
  options.compress = !request.no_compress;
}

void AddScopeOptions(CLI::App& command, ExportRequest& request) {
  AddChoice(command, "--scope", request.options.scope, kScopes, "What to export");
  command.add_option("--user", request.options.owner, "Only records of this owner; required for scope user")->type_name("ID");
  command.add_option("--conversation", request.options.conversation_id, "Only this conversation; scope conversation only")
      ->type_name("ID");
  AddTime(command, "--from", request.options.created_from, "Only records created at this time or later");
  AddTime(command, "--to", request.options.created_before, "Only records created before this time");
  command.add_option("--query", request.options.custom_query, "The query of scope custom")->type_name("JSON");
}

void AddFileOptions(CLI::App& command, ExportRequest& request) {
  AddChoice(command, "--format", request.options.format, kFormats, "The format of the file");
  command.add_flag("--no-metadata,!--metadata", request.no_metadata, "Omit extra_metadata and unknown members");
  command.add_flag("--no-contents,!--contents", request.no_contents, "Omit the contents of documents");
  command.add_flag("--no-compress,!--compress", request.no_compress, "Do not compress with zstd");
  command.add_flag("--encrypt,!--no-encrypt", request.options.encrypt,
                   "Encrypt with age to the store's recipients and those of --recipient");
  command.add_option("--recipient", request.options.recipients, "Also encrypt to this recipient; implies --encrypt")
      ->type_name("AGE");
  command.add_option("--output", request.options.output, "The file to write (default: a file in exports/ of the data folder)")
      ->type_name("FILE");
}

}  // namespace

void AddExportCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("export", "Export records of one snapshot to a file");
  auto request = std::make_shared<ExportRequest>();
  AddScopeOptions(*command, *request);
  AddFileOptions(*command, *request);
  command->callback([request, &session] {
    if (!request->options.recipients.empty()) request->options.encrypt = true;
    Complete(*request);
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Export(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

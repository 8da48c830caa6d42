// `coffer export`.
#include "coffer/export.h"

#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct ExportRequest {
  bool no_contents = false;
  bool no_compress = false;
  std::string output;
};

JsonObject ToJson(const ExportReport& report) {
  return {{"export_id", report.export_id},
          {"status", "completed"},
          {"download_url", nullptr},
          {"file_size", report.file_bytes},
          {"record_count", report.conversations + report.messages + report.documents + report.prompts},
          {"created_at", FormatTimestamp(report.created_at)},
          {"completed_at", FormatTimestamp(report.completed_at)},
          {"expires_at", nullptr},
          {"path", report.path},
          {"sha256", report.sha256}};
}

void PrintWords(const ExportReport& report) {
  PrintLine(report.path + "  " + Bytes(report.file_bytes));
  PrintLine(Grouped(report.conversations) + " conversations, " + Grouped(report.messages) + " messages, " +
            Grouped(report.documents) + " documents (" + Grouped(report.contents) + " with content), " +
            Grouped(report.prompts) + " prompts");
  PrintLine("sha256 " + report.sha256);
}

ExitStatus Export(Engine& engine, const ExportRequest& request, bool json) {
  ExportOptions options;
  options.compress = !request.no_compress;
  options.include_contents = !request.no_contents;
  options.output = request.output;
  const Result<ExportReport> report = Await(StartExport(engine, options), "exporting");
  if (!report.ok()) return Fail(report.status(), json);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return ExitStatus::kDone;
}

}  // namespace

void AddExportCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("export", "Write every record of one snapshot as JSON");
  auto request = std::make_shared<ExportRequest>();
  command->add_option("--scope")->description("full")->check(
      ServedWords({"full"}, {"user", "conversation", "document", "analytics", "custom"}));
  command->add_option("--format")
      ->description("json")
      ->check(ServedWords({"json"}, {"csv", "xml", "parquet", "sql", "ndjson"}));
  command->add_flag("--no-contents", request->no_contents, "Leave the contents of documents out");
  command->add_flag("--no-compress", request->no_compress, "Plain JSON instead of zstd");
  command->add_option("--output", request->output, "The file to write (else exports/ in the data folder)")->type_name("FILE");
  Refuse(*command, {"--user", "--conversation", "--from", "--to", "--query"}, "this version exports everything");
  Refuse(*command, {"--no-metadata"}, "this version always exports all members");
  Refuse(*command, {"--encrypt", "--recipient"}, "this version does not encrypt exports");
  AcceptAsIs(*command, {"--contents", "--compress", "--metadata", "--no-encrypt"});
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Export(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

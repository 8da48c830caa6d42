// `coffer restore`.
#include "coffer/backup.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct RestoreRequest {
  std::string backup_id;
  bool no_safety_backup = false;
  bool no_verify = false;
  bool without_ledger = false;
};

JsonObject ToJson(const RestoreReport& report) {
  constexpr int kAllPercent = 100;
  return {{"restore_id", report.restore_id},
          {"backup_id", report.backup_id},
          {"status", "completed"},
          {"progress", kAllPercent},
          {"records_restored", report.conversations + report.messages + report.documents + report.prompts},
          {"started_at", FormatTimestamp(report.started_at)},
          {"completed_at", FormatTimestamp(report.completed_at)},
          {"error_message", nullptr},
          {"restored",
           {{"conversations", report.conversations},
            {"messages", report.messages},
            {"documents", report.documents},
            {"prompts", report.prompts},
            {"contents", report.contents}}},
          {"contents_missing", 0},
          {"erasures_applied", report.erasures_applied},
          {"safety_backup_id", TextOrNull(report.safety_backup_id)}};
}

void PrintWords(const RestoreReport& report) {
  PrintLine("restored backup " + report.backup_id + ": " + Grouped(report.conversations) + " conversations, " +
            Grouped(report.messages) + " messages, " + Grouped(report.documents) + " documents, " + Grouped(report.prompts) +
            " prompts");
  if (!report.safety_backup_id.empty()) {
    PrintLine("the state before it is backup " + report.safety_backup_id + "; restoring that one takes this back");
  }
}

ExitStatus RestoreWith(Engine& engine, const RestoreRequest& request, bool json) {
  RestoreOptions options;
  options.safety_backup = !request.no_safety_backup;
  options.verify = !request.no_verify;
  options.without_ledger = request.without_ledger;
  const Result<RestoreReport> report = Await(StartRestore(engine, request.backup_id, options), "restoring");
  if (!report.ok()) return Fail(report.status(), json);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return ExitStatus::kDone;
}

}  // namespace

void AddRestoreCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("restore", "Put the whole store back to the state of a backup");
  auto request = std::make_shared<RestoreRequest>();
  command->add_option("ID", request->backup_id, "The backup's id, or latest")->required();
  command->add_flag("--no-safety-backup", request->no_safety_backup, "Do not take a backup of the present state first");
  command->add_flag("--no-verify", request->no_verify,
                    "Do not compare the built store with the backup's figures (digests are checked always)");
  command->add_option("--scope")->check(ServedWords({"full"}, {"user", "conversations", "documents", "prompts"}))->group("");
  Refuse(*command, {"--user", "--ids", "--conflict", "--exact"}, "this version restores the whole store");
  Refuse(*command, {"--dry-run"}, "this version has no dry run of a restore");
  Refuse(*command, {"--identity"}, "this version does not encrypt backups");
  command->add_flag("--without-ledger", request->without_ledger,
                    "Go without the repository's ledger of erasures, where that cannot be read");
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return RestoreWith(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

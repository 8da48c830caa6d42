// `coffer restore`.
#include "coffer/backup.h"
#include "delete_request.h"
#include "json/restore_response.h"
#include "key_note.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct RestoreRequest {
  std::string backup_id;
  bool no_safety_backup = false;
  bool no_verify = false;
  RestoreOptions options;
};

JsonObject ToJson(const RestoreReport& report) {
  JsonObject errors = JsonObject::array();
  for (const ImportError& error : report.errors) errors.push_back(error.reason);
  JsonObject answer = json::RestoreResponse(report);
  answer.update({{"scope", RestoreScopeName(report.scope)},
                 {"dry_run", report.dry_run},
                 {"restored",
                  {{"conversations", report.conversations},
                   {"messages", report.messages},
                   {"documents", report.documents},
                   {"prompts", report.prompts},
                   {"contents", report.contents}}},
                 {"contents_missing", report.contents_missing},
                 {"skipped", report.skipped},
                 {"deleted", report.deleted},
                 {"failed", report.failed},
                 {"errors", std::move(errors)},
                 {"erasures_applied", report.erasures_applied},
                 {"safety_backup_id", json::OrNull(report.safety_backup_id)}});
  return answer;
}

void PrintWhatIsLeft(const RestoreReport& report) {
  if (report.skipped > 0) PrintLine(Grouped(report.skipped) + " existing records were kept");
  if (report.deleted > 0) PrintLine(Grouped(report.deleted) + (report.dry_run ? " would be deleted" : " were deleted"));
  if (report.failed > 0) PrintLine(Grouped(report.failed) + " failed");
  if (report.contents_missing > 0) {
    PrintLine(Grouped(report.contents_missing) + " documents have no content, since the backup does not contain it");
  }
  if (report.erasures_applied > 0) {
    PrintLine(Grouped(report.erasures_applied) + " erasures were applied: erased records were not restored");
  }
}

void PrintWords(const RestoreReport& report) {
  PrintLine((report.dry_run ? "would restore" : "restored") + (" from backup " + report.backup_id) + ": " +
            Grouped(report.conversations) + " conversations, " + Grouped(report.messages) + " messages, " +
            Grouped(report.documents) + " documents, " + Grouped(report.prompts) + " prompts");
  PrintWhatIsLeft(report);
  if (!report.safety_backup_id.empty()) {
    PrintLine("the state before the restore is backup " + report.safety_backup_id + "; restore that backup to undo");
  }
}

ExitStatus RestoreWith(Engine& engine, const RestoreRequest& request, bool json) {
  RestoreOptions options = request.options;
  options.safety_backup = !request.no_safety_backup;
  options.verify = !request.no_verify;
  const KeyNote key_note(engine);
  const Result<RestoreReport> report = Await(StartRestore(engine, request.backup_id, options), "restoring");
  if (!report.ok()) return Fail(report.status(), json);
  for (const ImportError& error : report->errors) PrintMessage(error.reason);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return report->failed > 0 ? ExitStatus::kPartial : ExitStatus::kDone;
}

// Checks how the options fit together, before anything is opened or created.
void Check(const RestoreRequest& request, bool ids_given) {
  const RestoreOptions& options = request.options;
  const bool replaces = options.mode == PutMode::kUpsert;
  if (options.scope == RestoreScope::kFull && (!options.owner.empty() || !options.ids.empty() || options.exact || !replaces)) {
    throw CLI::ValidationError("--scope",
                               "full cannot be combined with --user, --ids, --exact or a --conflict other than replace");
  }
  // The engine would take an empty list as all records.
  if (ids_given && options.ids.empty()) throw CLI::ValidationError("--ids", "names no id");
  if (options.scope == RestoreScope::kUser && options.owner.empty()) throw CLI::RequiredError("--user (for --scope user)");
  if (options.scope == RestoreScope::kUser && !options.ids.empty()) {
    throw CLI::ValidationError("--ids", "cannot be combined with --scope user");
  }
  if (options.exact && !replaces) throw CLI::ValidationError("--exact", "requires --conflict replace");
}

void AddPartOptions(CLI::App& command, RestoreRequest& request) {
  AddChoice(command, "--scope", request.options.scope, json::kRestoreScopes,
            "full (default): the whole store; otherwise the chosen records, and all others stay unchanged");
  command.add_option("--user", request.options.owner, "Only records of this owner")->type_name("ID");
  command.add_option("--ids", request.options.ids, "Only these records, as a,b,c")->allow_extra_args(false)->type_name("IDS");
  AddChoice(command, "--conflict", request.options.mode, json::kRestoreConflicts,
            "What to do with a record that exists already: replace (default), skip, newest");
  command.add_flag("--exact", request.options.exact, "Within the scope, delete records that the backup does not contain");
}

}  // namespace

void AddRestoreCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("restore", "Restore the whole store or chosen records from a backup");
  auto request = std::make_shared<RestoreRequest>();
  RestoreOptions& options = request->options;
  command->add_option("ID", request->backup_id, "The backup's id, or latest")->required();
  AddPartOptions(*command, *request);
  command->add_flag("--dry-run", options.dry_run, "Print what would be restored; change nothing");
  command->add_flag("--no-safety-backup", request->no_safety_backup, "Do not back up the current state first");
  command->add_flag("--no-verify", request->no_verify,
                    "Do not compare the restored store with the counts of the backup (digests are always checked)");
  command->add_option("--identity", options.identity_file, "age identities for an encrypted backup (default: the store's own)")
      ->type_name("FILE");
  command->add_flag("--without-ledger", options.without_ledger,
                    "Restore even if the repository's ledger of erasures cannot be read");
  command->callback([request, command, &session] {
    request->options.ids = SplitIds(request->options.ids);
    Check(*request, command->count("--ids") > 0);
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return RestoreWith(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

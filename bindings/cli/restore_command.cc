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
  std::string scope = "full";
  std::string conflict = "replace";
  bool no_safety_backup = false;
  bool no_verify = false;
  RestoreOptions options;
};

PutMode PolicyOf(const std::string& conflict) {
  if (conflict == "skip") return PutMode::kKeepExisting;
  return conflict == "newest" ? PutMode::kNewest : PutMode::kUpsert;
}

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
  if (report.skipped > 0) PrintLine(Grouped(report.skipped) + " were left as they are");
  if (report.deleted > 0) PrintLine(Grouped(report.deleted) + (report.dry_run ? " would be deleted" : " were deleted"));
  if (report.failed > 0) PrintLine(Grouped(report.failed) + " failed");
  if (report.contents_missing > 0) {
    PrintLine(Grouped(report.contents_missing) + " documents are without their content, which this backup does not hold");
  }
  if (report.erasures_applied > 0) {
    PrintLine(Grouped(report.erasures_applied) + " erasures were applied: what they name stays away");
  }
}

void PrintWords(const RestoreReport& report) {
  PrintLine((report.dry_run ? "would restore" : "restored") + (" from backup " + report.backup_id) + ": " +
            Grouped(report.conversations) + " conversations, " + Grouped(report.messages) + " messages, " +
            Grouped(report.documents) + " documents, " + Grouped(report.prompts) + " prompts");
  PrintWhatIsLeft(report);
  if (!report.safety_backup_id.empty()) {
    PrintLine("the state before it is backup " + report.safety_backup_id + "; restoring that one takes this back");
  }
}

ExitStatus RestoreWith(Engine& engine, const RestoreRequest& request, bool json) {
  RestoreOptions options = request.options;
  options.scope = *ParseRestoreScope(request.scope);
  options.mode = PolicyOf(request.conflict);
  options.safety_backup = !request.no_safety_backup;
  options.verify = !request.no_verify;
  const KeyNote key_note(engine);
  const Result<RestoreReport> report = Await(StartRestore(engine, request.backup_id, options), "restoring");
  if (!report.ok()) return Fail(report.status(), json);
  for (const ImportError& error : report->errors) PrintMessage(error.reason);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return report->failed > 0 ? ExitStatus::kPartial : ExitStatus::kDone;
}

// What does not fit together is told before anything is opened, or made.
void Check(const RestoreRequest& request, bool ids_given) {
  const RestoreOptions& options = request.options;
  const bool full = request.scope == "full";
  if (full && (!options.owner.empty() || !options.ids.empty() || options.exact || request.conflict != "replace")) {
    throw CLI::ValidationError("--scope", "full puts everything back: no --user, --ids, --exact or --conflict goes with it");
  }
  // No ids would mean all of them.
  if (ids_given && options.ids.empty()) throw CLI::ValidationError("--ids", "name none");
  if (request.scope == "user" && options.owner.empty()) throw CLI::RequiredError("--user (whose records)");
  if (request.scope == "user" && !options.ids.empty()) throw CLI::ValidationError("--ids", "do not go with --scope user");
  if (options.exact && request.conflict != "replace")
    throw CLI::ValidationError("--exact", "goes with --conflict replace only");
}

void AddPartOptions(CLI::App& command, RestoreRequest& request) {
  command
      .add_option("--scope", request.scope, "full (default): the whole store; else chosen records, and the rest is left alone")
      ->check(ServedWords({"full", "user", "conversations", "documents", "prompts"}));
  command.add_option("--user", request.options.owner, "Whose records")->type_name("ID");
  command.add_option("--ids", request.options.ids, "These records alone, as a,b,c")->allow_extra_args(false)->type_name("IDS");
  command.add_option("--conflict", request.conflict, "What becomes of a record that is there: replace (default), skip, newest")
      ->check(ServedWords({"replace", "skip", "newest"}));
  command.add_flag("--exact", request.options.exact, "Delete what is there and not in the backup, within the chosen records");
}

}  // namespace

void AddRestoreCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("restore", "Put the whole store, or chosen records, back to the state of a backup");
  auto request = std::make_shared<RestoreRequest>();
  RestoreOptions& options = request->options;
  command->add_option("ID", request->backup_id, "The backup's id, or latest")->required();
  AddPartOptions(*command, *request);
  command->add_flag("--dry-run", options.dry_run, "Say what would be restored, and do nothing");
  command->add_flag("--no-safety-backup", request->no_safety_backup, "Do not take a backup of the present state first");
  command->add_flag("--no-verify", request->no_verify,
                    "Do not compare the built store with the backup's figures (digests are checked always)");
  command->add_option("--identity", options.identity_file, "age identities for an encrypted backup (the store's own)")
      ->type_name("FILE");
  command->add_flag("--without-ledger", options.without_ledger,
                    "Go without the repository's ledger of erasures, where that cannot be read");
  command->callback([request, command, &session] {
    request->options.ids = SplitIds(request->options.ids);
    Check(*request, command->count("--ids") > 0);
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return RestoreWith(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

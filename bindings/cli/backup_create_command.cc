// `coffer backup create`.
#include "backup_commands.h"
#include "coffer/key.h"
#include "json/backup_response.h"
#include "output.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct CreateRequest {
  std::string type = "full";
  BackupOptions options;
};

void TellWhatBecameOfIt(const BackupInfo& backup, bool had_keys, Engine& engine) {
  if (backup.type != backup.requested_type) {
    PrintMessage("no full backup is there to share with: the " + std::string(BackupTypeName(backup.requested_type)) +
                 " one asked for becomes full");
  }
  if (!backup.encrypted || had_keys) return;
  const auto keys = ShowKeys(engine);
  if (!keys.ok() || keys->identity_file.empty()) return;
  PrintMessage("a key was made: copy " + keys->identity_file +
               " to another place, without it nobody can read this store's encrypted backups");
}

ExitStatus Create(Engine& engine, const CreateRequest& request, bool json) {
  const auto keys = ShowKeys(engine);
  if (!keys.ok()) return Fail(keys.status(), json);
  BackupOptions options = request.options;
  options.type = *ParseBackupType(request.type);
  const Result<BackupInfo> backup = Await(StartBackup(engine, options), "backing up");
  if (!backup.ok()) return Fail(backup.status(), json);
  TellWhatBecameOfIt(*backup, !keys->recipients.empty(), engine);
  PrintLine(json ? ToText(json::BackupResponse(*backup)) : InWords(*backup));
  return ExitStatus::kDone;
}

}  // namespace

void AddBackupCreate(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("create", "Take an image of the store while writers go on");
  auto request = std::make_shared<CreateRequest>();
  BackupOptions& options = request->options;
  command
      ->add_option(
          "--type", request->type,
          "full (default): shares nothing with others; incremental: shares with the last full one and what followed it; "
          "differential: with that full one alone. Each restores by itself")
      ->check(ServedWords({"full", "incremental", "differential"}));
  command->add_option("--name", options.name, "A name to know it by");
  command->add_option("--description", options.description, "What it is for");
  command->add_flag("--compress,!--no-compress", options.compress, "Compress what can be (default)");
  command->add_flag("--encrypt,!--no-encrypt", options.encrypt,
                    "Encrypt to the store's recipients (default; `coffer key show`)");
  command->add_flag("--files,!--no-files", options.include_contents, "Take the contents of documents along (default)");
  command->add_flag("--logs,!--no-logs", options.include_logs, "Take the journal of operations along, to be read");
  command->add_option("--retention-days", options.retention_days, "When it expires (30)")
      ->check(CLI::Range(1, kRetentionDaysMax));
  command
      ->add_option("--recipient", options.recipients, "Encrypt to this one too: age1...; may be given several times, or as a,b")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("AGE");
  command->add_option("--rate-limit", options.bytes_per_second_max, "Bytes a second to read at most, such as 50MB (no limit)")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/true));
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Create(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

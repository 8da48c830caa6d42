// `coffer backup create`.
#include "backup_commands.h"
#include "json/backup_response.h"
#include "key_note.h"
#include "output.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

ExitStatus Create(Engine& engine, const BackupOptions& options, bool json) {
  const KeyNote key_note(engine);
  const Result<BackupInfo> backup = Await(StartBackup(engine, options), "backing up");
  if (!backup.ok()) return Fail(backup.status(), json);
  if (backup->type != backup->requested_type) {
    PrintMessage("there is no intact full backup with the same options to share with: the " +
                 std::string(BackupTypeName(backup->requested_type)) + " backup becomes full");
  }
  PrintLine(json ? ToText(json::BackupResponse(*backup)) : InWords(*backup));
  return ExitStatus::kDone;
}

}  // namespace

void AddBackupCreate(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("create", "Back up the store; writes go on meanwhile");
  auto options = std::make_shared<BackupOptions>();
  AddChoice(*command, "--type", options->type, json::kBackupTypes,
            "full (default): shares no data with other backups; incremental: shares data with the last full backup and the "
            "backups after it; differential: shares data with the last full backup only. Each can be restored alone");
  command->add_option("--name", options->name, "The name of the backup");
  command->add_option("--description", options->description, "A description of the backup");
  command->add_flag("--compress,!--no-compress", options->compress, "Compress data that gets smaller (default)");
  command->add_flag("--encrypt,!--no-encrypt", options->encrypt,
                    "Encrypt to the store's recipients (default; see `coffer key show`)");
  command->add_flag("--files,!--no-files", options->include_contents, "Include the contents of documents (default)");
  command->add_flag("--logs,!--no-logs", options->include_logs,
                    "Include the journal of operations, for reading; a restore ignores it");
  command->add_option("--retention-days", options->retention_days, "Days until the backup expires (30)")
      ->check(CLI::Range(1, kRetentionDaysMax));
  command
      ->add_option("--recipient", options->recipients,
                   "Also encrypt to this recipient (age1...); may be given several times, or as a,b")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("AGE");
  command
      ->add_option("--rate-limit", options->bytes_per_second_max,
                   "Read at most this many bytes per second, for example 50MB (no limit)")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/true))
      ->check([](const std::string& text) { return text.starts_with('-') ? "must not be negative" : std::string(); });
  command->callback([options, &session] {
    session.run = [options, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Create(engine, *options, session.json); });
    };
  });
}

}  // namespace coffer::cli

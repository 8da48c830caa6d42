// Backups: create, list, verify, open in place, prune.
#include <array>

#include "arguments.h"
#include "coffer/backup.h"
#include "engine_use.h"
#include "operations.h"
#include "reports.h"
#include "texts.h"

namespace coffer::c {
namespace {

BackupOptions OptionsOf(const coffer_backup_options* given) {
  static constexpr std::array kTypes = {BackupType::kFull, BackupType::kIncremental, BackupType::kDifferential};
  const auto asked = ReadOptions(given);
  BackupOptions options;
  if (asked.type != 0) options.type = ValueOf(asked.type, kTypes, COFFER_BACKUP_FULL, "type");
  options.name = Text(asked.name, "name");
  options.description = Text(asked.description, "description");
  options.compress = asked.uncompressed == 0;
  options.encrypt = asked.unencrypted == 0;
  options.recipients = Texts(asked.recipients, asked.recipients_count, "recipients");
  options.include_contents = asked.without_contents == 0;
  options.include_logs = asked.include_logs != 0;
  if (asked.retention_days != 0) options.retention_days = asked.retention_days;
  options.bytes_per_second_max = asked.bytes_per_second_max;
  return options;
}

PruneOptions OptionsOf(const coffer_prune_options* given) {
  const auto asked = ReadOptions(given);
  PruneOptions options;
  options.policy = {.keep_last = asked.keep_last,
                    .keep_daily = asked.keep_daily,
                    .keep_weekly = asked.keep_weekly,
                    .keep_monthly = asked.keep_monthly};
  options.plan = asked.plan != 0;
  options.as_of = Time(asked.as_of, "as_of");
  return options;
}

std::unique_ptr<coffer_page> PageOf(const std::vector<BackupInfo>& backups) {
  std::vector<std::string> items;
  for (const BackupInfo& backup : backups) items.push_back(ReportText(backup));
  return NewPage(std::move(items));
}

// Moves a backup to or out of the trash. `info` may be NULL.
coffer_status Move(coffer_engine* engine, coffer_text backup_id, Result<BackupInfo> (*move)(Engine&, std::string_view),
                   coffer_string** info, coffer_error** error) {
  if (info != nullptr) *info = nullptr;
  return Call(error, [&] {
    const EngineUse use(engine);
    const BackupInfo moved = Value(move(*use, View(backup_id, "backup_id")));
    if (info != nullptr) *info = NewString(ReportText(moved)).release();
  });
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_start_backup(coffer_engine* engine, const coffer_backup_options* options, coffer_text principal,
                                  coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartBackup(*use, OptionsOf(options), Start(principal)));
  });
}

coffer_status coffer_list_backups(coffer_engine* engine, coffer_page** page, coffer_error** error) {
  return CallFor(page, error, [&] { return PageOf(Value(coffer::ListBackups(*EngineUse(engine)))); });
}

coffer_status coffer_list_deleted_backups(coffer_engine* engine, coffer_page** page, coffer_error** error) {
  return CallFor(page, error, [&] { return PageOf(Value(coffer::ListDeletedBackups(*EngineUse(engine)))); });
}

coffer_status coffer_delete_backup(coffer_engine* engine, coffer_text backup_id, coffer_string** info, coffer_error** error) {
  return Move(engine, backup_id, &coffer::DeleteBackup, info, error);
}

coffer_status coffer_undelete_backup(coffer_engine* engine, coffer_text backup_id, coffer_string** info, coffer_error** error) {
  return Move(engine, backup_id, &coffer::UndeleteBackup, info, error);
}

coffer_status coffer_start_verify_backup(coffer_engine* engine, coffer_text backup_id, int32_t level, coffer_text identity_file,
                                         coffer_text principal, coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    const coffer::VerifyOptions options = {.level = level, .identity_file = Text(identity_file, "identity_file")};
    return NewOperation(coffer::StartVerifyBackup(*use, View(backup_id, "backup_id"), options, Start(principal)));
  });
}

coffer_status coffer_open_backup(coffer_engine* engine, coffer_text backup_id, coffer_text identity_file,
                                 coffer_engine** backup, coffer_error** error) {
  return CallFor(backup, error, [&] {
    const EngineUse use(engine);
    return NewEngine(
        Value(coffer::OpenBackup(*use, View(backup_id, "backup_id"), {.identity_file = Text(identity_file, "identity_file")})));
  });
}

coffer_status coffer_open_backup_in(coffer_text repository, coffer_text backup_id, coffer_text identity_file,
                                    coffer_engine** backup, coffer_error** error) {
  return CallFor(backup, error, [&] {
    return NewEngine(Value(coffer::OpenBackupIn(Text(repository, "repository"), View(backup_id, "backup_id"),
                                                {.identity_file = Text(identity_file, "identity_file")})));
  });
}

coffer_status coffer_start_prune(coffer_engine* engine, const coffer_prune_options* options, coffer_text principal,
                                 coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartPrune(*use, OptionsOf(options), Start(principal)));
  });
}

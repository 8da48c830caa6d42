// `coffer backup list|show|delete|undelete`, and the command group `coffer backup`.
#include "backup_commands.h"

#include <algorithm>

#include "json/backup_response.h"
#include "output.h"

namespace coffer::cli {
namespace {

struct ListRequest {
  std::optional<BackupType> type;
  std::string status;
  bool deleted = false;
};

ExitStatus Print(const BackupInfo& backup, bool json) {
  PrintLine(json ? ToText(json::BackupResponse(backup)) : InWords(backup));
  return ExitStatus::kDone;
}

std::string_view StatusOf(const BackupInfo& backup) {
  return OperationStateName(backup.damage.empty() ? OperationState::kCompleted : OperationState::kFailed);
}

ExitStatus List(Engine& engine, const ListRequest& request, bool json) {
  auto backups = request.deleted ? ListDeletedBackups(engine) : ListBackups(engine);
  if (!backups.ok()) return Fail(backups.status(), json);
  if (!request.status.empty()) {
    std::erase_if(*backups, [&](const BackupInfo& backup) { return StatusOf(backup) != request.status; });
  }
  if (request.type) {
    std::erase_if(*backups, [&](const BackupInfo& backup) { return backup.type != *request.type; });
  }
  if (!json) {
    for (const BackupInfo& backup : *backups) PrintLine(InWords(backup));
    return ExitStatus::kDone;
  }
  JsonObject items = JsonObject::array();
  for (const BackupInfo& backup : *backups) items.push_back(json::BackupResponse(backup));
  PrintLine(ToText({{"backups", std::move(items)}, {"total", backups->size()}}));
  return ExitStatus::kDone;
}

ExitStatus Show(Engine& engine, const std::string& id, bool json) {
  for (const auto& list : {ListBackups, ListDeletedBackups}) {
    const auto backups = list(engine);
    if (!backups.ok()) return Fail(backups.status(), json);
    const auto found = std::ranges::find(*backups, id, &BackupInfo::id);
    if (found != backups->end()) return Print(*found, json);
  }
  return Fail(Status::NotFound("there is no backup " + id), json);
}

ExitStatus Delete(Engine& engine, const std::string& id, bool json) {
  const auto backup = DeleteBackup(engine, id);
  if (!backup.ok()) return Fail(backup.status(), json);
  PrintMessage("moved to the trash; `coffer backup undelete " + id + "` restores it within " + std::to_string(kTrashGraceDays) +
               " days");
  return Print(*backup, json);
}

ExitStatus Undelete(Engine& engine, const std::string& id, bool json) {
  const auto backup = UndeleteBackup(engine, id);
  return backup.ok() ? Print(*backup, json) : Fail(backup.status(), json);
}

void AddList(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("list", "List backups, newest first");
  auto request = std::make_shared<ListRequest>();
  AddChoice(*command, "--type", request->type, json::kBackupTypes, "Only backups of this type");
  command->add_option("--status", request->status, "Only backups with this status");
  command->add_flag("--deleted", request->deleted, "List the backups in the trash");
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return List(engine, *request, session.json); });
    };
  });
}

// A command on one backup.
void AddOne(CLI::App& group, Session& session, const std::string& name, const std::string& description, Access access,
            ExitStatus (*work)(Engine&, const std::string&, bool)) {
  CLI::App* command = group.add_subcommand(name, description);
  auto id = std::make_shared<std::string>();
  command->add_option("ID", *id, "The backup's id")->required();
  command->callback([id, &session, access, work] {
    session.run = [id, &session, access, work] {
      return WithEngine(session, access, [&](Engine& engine) { return work(engine, *id, session.json); });
    };
  });
}

}  // namespace

void AddBackupCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("backup", "Create, list, verify, delete and prune backups");
  group->require_subcommand(1);
  AddBackupCreate(*group, session);
  AddList(*group, session);
  AddOne(*group, session, "show", "Show one backup", Access::kReads, &Show);
  AddBackupVerify(*group, session);
  AddOne(*group, session, "delete", "Move a backup to the trash; backups that share data with it stay complete",
         Access::kWrites, &Delete);
  AddOne(*group, session, "undelete", "Move a backup out of the trash", Access::kWrites, &Undelete);
  AddBackupPrune(*group, session);
}

}  // namespace coffer::cli

// POST /backup, GET /backups, GET /backups/{id}, POST /restore, GET /restores/{id}.
#include <algorithm>

#include "answers.h"
#include "coffer/backup.h"
#include "handlers.h"
#include "operation_answers.h"
#include "problem.h"
#include "request_models.h"

namespace coffer::http {
namespace {

// What GET /backups shows, with what it is ordered by.
struct ListedBackup {
  Timestamp created_at;
  std::string id;
  Json json;
};

bool IsListed(const BackupListQuery& query, const Json& backup) {
  if (query.backup_type && backup["backup_type"] != Name(*query.backup_type)) return false;
  return !query.status || backup["status"] == *query.status;
}

// Backups that are there come from the repository, those under way or failed from the journal.
Result<std::vector<ListedBackup>> AllBackups(const Call& call, Service& service) {
  auto manifests = ListBackups(service.engine);
  if (!manifests.ok()) return manifests.status();
  auto operations = OperationsOf(service.engine, OperationKind::kBackup, call.principal);
  if (!operations.ok()) return operations.status();
  std::vector<ListedBackup> backups;
  for (const BackupInfo& backup : *manifests) {
    backups.push_back({backup.created_at, backup.id, BackupJson(backup, service.RequestedType(backup.id))});
  }
  for (const OperationInfo& info : *operations) {
    if (std::ranges::find(*manifests, info.id, &BackupInfo::id) != manifests->end()) continue;
    if (info.state == OperationState::kCompleted) continue;  // it has been deleted since
    backups.push_back({info.created_at, info.id, BackupJson(info, service.RequestedType(info.id))});
  }
  std::ranges::sort(backups, [](const ListedBackup& a, const ListedBackup& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.id > b.id;
  });
  return backups;
}

// What a restore of this version cannot do of what was asked for; empty: it can do it.
std::string_view NotRestorable(const RestoreRequestOptions& options) {
  if (options.scope != RestoreScope::kFull || options.user_id || !options.ids.empty()) {
    return "This version restores the whole store only: scope full, without user_id and ids.";
  }
  if (options.conflict != RestoreConflict::kReplace)
    return "This version restores the whole store only, which replaces all of it.";
  if (options.dry_run) return "This version has no dry run of a restore.";
  return {};
}

}  // namespace

Response StartBackupOf(const Call& call, Service& service) {
  Faults faults;
  const BackupRequest request = ReadBackupRequest(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  BackupOptions options;
  options.name = request.name.value_or("");
  options.description = request.description.value_or("");
  options.retention_days = request.retention_days;
  const auto operation = StartBackup(service.engine, options, {call.principal.user_id});
  if (!operation.ok()) return EngineFailure(operation.status(), service, call.path);
  service.RememberType(operation->id(), std::string(Name(request.backup_type)));
  return JsonAnswer(202, BackupJson(operation->Info(), Name(request.backup_type)));
}

Response ListAllBackups(const Call& call, Service& service) {
  Faults faults;
  const BackupListQuery query = ReadBackupListQuery(call.query, faults);
  if (!faults.empty()) return faults.ToResponse();
  auto backups = AllBackups(call, service);
  if (!backups.ok()) return EngineFailure(backups.status(), service, call.path);
  Json listed = Json::array();
  for (ListedBackup& backup : *backups) {
    if (IsListed(query, backup.json)) listed.push_back(std::move(backup.json));
  }
  const std::size_t total = listed.size();
  return JsonAnswer(200, {{"backups", std::move(listed)}, {"total", total}});
}

Response ShowBackup(const Call& call, Service& service) {
  auto backups = AllBackups(call, service);
  if (!backups.ok()) return EngineFailure(backups.status(), service, call.path);
  const auto found = std::ranges::find(*backups, call.parameters.front(), &ListedBackup::id);
  if (found == backups->end()) return NotFound("There is no such backup.", call.path);
  return JsonAnswer(200, found->json);
}

Response StartRestoreOf(const Call& call, Service& service) {
  Faults faults;
  const RestoreRequest request = ReadRestoreRequest(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  if (const std::string_view obstacle = NotRestorable(request.options); !obstacle.empty())
    return NotImplemented(obstacle, call.path);
  RestoreOptions options;
  options.safety_backup = request.create_backup_before_restore;
  options.verify = request.verify_integrity;
  const auto operation = StartRestore(service.engine, request.backup_id, options, {call.principal.user_id});
  if (operation.ok()) return JsonAnswer(202, RestoreJson(operation->Info()));
  switch (operation.status().code()) {
    case StatusCode::kNotFound:
    case StatusCode::kInvalidArgument:  // what cannot be an id is no backup's
      return NotFound("There is no such backup.", call.path);
    case StatusCode::kBusy:
      return Problem(409, "busy", "Another restore is under way.", call.path);
    default:
      return EngineFailure(operation.status(), service, call.path);
  }
}

Response ShowRestore(const Call& call, Service& service) {
  const auto info = GetOperation(service.engine, call.parameters.front());
  if (info.ok() && info->kind == OperationKind::kRestore) return JsonAnswer(200, RestoreJson(*info));
  if (!info.ok() && info.status().code() != StatusCode::kNotFound && info.status().code() != StatusCode::kInvalidArgument) {
    return EngineFailure(info.status(), service, call.path);
  }
  return NotFound("There is no such restore.", call.path);
}

}  // namespace coffer::http

// POST /backup; GET /backups; GET and DELETE /backups/{id}; POST /backups/{id}/verify; GET /backups/{id}/download.
#include "coffer/backup.h"

#include <algorithm>

#include "coffer/file_system.h"
#include "http/calls/answers.h"
#include "http/calls/download.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/problem.h"
#include "http/requests/request_models.h"
#include "json/backup_response.h"

namespace coffer::http {
namespace {

bool IsListed(const BackupListQuery& query, const Json& backup) {
  if (query.backup_type && backup["backup_type"] != BackupTypeName(*query.backup_type)) return false;
  return !query.status || backup["status"] == *query.status;
}

// Completed backups come from the repository, running and failed ones from the journal. The journal is read first: a backup
// that completes between the two reads is then found in both, never in neither.
Result<std::vector<Json>> AllBackups(const Call& call, Service& service) {
  const auto operations = OperationsOf(service.engine, OperationKind::kBackup, call.principal);
  if (!operations.ok()) return operations.status();
  const auto manifests = ListBackups(service.engine);
  if (!manifests.ok()) return manifests.status();
  std::vector<Json> backups;
  auto manifest = manifests->begin();
  for (const OperationInfo& info : *operations) {
    // Ids follow the time of creation. The repository's own order is kept.
    for (; manifest != manifests->end() && manifest->id > info.id; ++manifest)
      backups.push_back(json::BackupResponse(*manifest));
    if (std::ranges::find(*manifests, info.id, &BackupInfo::id) != manifests->end()) continue;
    if (info.state == OperationState::kCompleted) continue;  // deleted since
    backups.push_back(BackupJson(info));
  }
  for (; manifest != manifests->end(); ++manifest) backups.push_back(json::BackupResponse(*manifest));
  return backups;
}

BackupOptions OptionsOf(const BackupRequest& request) {
  BackupOptions options;
  options.type = request.backup_type;
  options.name = request.name.value_or("");
  options.description = request.description.value_or("");
  options.include_contents = request.include_files;
  options.include_logs = request.include_logs;
  options.compress = request.compress;
  options.encrypt = request.encrypt;
  options.retention_days = request.retention_days;
  return options;
}

Response NoSuchBackup(const Call& call) { return NotFound("There is no such backup.", call.path); }

Response BackupFailure(const Status& failure, const Call& call, Service& service) {
  return failure.code() == StatusCode::kNotFound ? NoSuchBackup(call) : EngineFailure(failure, service, call.path);
}

// An unfinished backup cannot be deleted; its operation can be cancelled.
bool IsBeingMade(Engine& engine, const std::string& id) {
  const auto info = GetOperation(engine, id);
  return info.ok() && info->kind == OperationKind::kBackup &&
         (info->state == OperationState::kPending || info->state == OperationState::kRunning);
}

}  // namespace

Response StartBackupOf(const Call& call, Service& service) {
  Faults faults;
  const BackupRequest request = ReadBackupRequest(call.request->body, faults);
  CheckBackupRequest(request, faults);
  if (!faults.empty()) return faults.ToResponse();
  const auto operation = StartBackup(service.engine, OptionsOf(request), {call.principal.user_id});
  if (!operation.ok()) return EngineFailure(operation.status(), service, call.path);
  return JsonAnswer(202, BackupJson(operation->Info()));
}

Response ListAllBackups(const Call& call, Service& service) {
  Faults faults;
  const BackupListQuery query = ReadBackupListQuery(call.query, faults);
  if (!faults.empty()) return faults.ToResponse();
  auto backups = AllBackups(call, service);
  if (!backups.ok()) return EngineFailure(backups.status(), service, call.path);
  Json listed = Json::array();
  for (Json& backup : *backups) {
    if (IsListed(query, backup)) listed.push_back(std::move(backup));
  }
  const std::size_t total = listed.size();
  return JsonAnswer(200, {{"backups", std::move(listed)}, {"total", total}});
}

Response ShowBackup(const Call& call, Service& service) {
  const auto backups = AllBackups(call, service);
  if (!backups.ok()) return EngineFailure(backups.status(), service, call.path);
  const auto found =
      std::ranges::find_if(*backups, [&](const Json& backup) { return backup["id"] == call.parameters.front(); });
  return found == backups->end() ? NoSuchBackup(call) : JsonAnswer(200, *found);
}

Response DeleteOneBackup(const Call& call, Service& service) {
  const std::string& id = call.parameters.front();
  const auto backup = DeleteBackup(service.engine, id);
  if (backup.ok()) return JsonAnswer(200, json::BackupResponse(*backup));
  if (backup.status().code() == StatusCode::kNotFound && IsBeingMade(service.engine, id)) {
    return Problem(409, "conflict", "The backup is still running. Cancel its operation instead.", call.path);
  }
  return BackupFailure(backup.status(), call, service);
}

Response StartVerifyOf(const Call& call, Service& service) {
  Faults faults;
  const VerifyRequest request = ReadVerifyRequest(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  VerifyOptions options;
  options.level = request.level;
  const auto operation = StartVerifyBackup(service.engine, call.parameters.front(), options, {call.principal.user_id});
  if (!operation.ok()) return BackupFailure(operation.status(), call, service);
  return JsonAnswer(202, OperationJson(operation->Info(), service));
}

Response DownloadBackup(const Call& call, Service& service) {
  const std::string& id = call.parameters.front();
  // The engine accepts "latest" for the command line; it is not an id.
  Result<BackupArchive> archive = id == "latest" ? Status::NotFound("") : OpenBackupArchive(service.engine, id);
  if (!archive.ok()) return BackupFailure(archive.status(), call, service);
  Download file;
  file.name = archive->backup_id + ".tar";
  // The tar changes only when records are erased.
  file.etag = "\"" + archive->backup_id + "-" + std::to_string(archive->size_bytes) + "\"";
  file.bytes = archive->size_bytes;
  const std::shared_ptr<const RandomAccessFile> tar = std::move(archive->file);
  file.read = std::make_shared<const ReadAt>([tar](std::uint64_t offset, std::size_t length, char* buffer) {
    const Result<std::size_t> got = tar->Read(offset, length, buffer);
    return got.ok() ? *got : 0;  // 0 ends the connection early
  });
  return DownloadAnswer(*call.request, file, call.path);
}

}  // namespace coffer::http

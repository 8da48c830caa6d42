#include "json/backup_response.h"

#include "coffer/version.h"
#include "json/journal.h"

namespace coffer::json {
namespace {

Value VerificationJson(const std::optional<BackupVerification>& verification) {
  if (!verification) return nullptr;
  return {{"level", verification->level}, {"at", FormatTimestamp(verification->at)}, {"ok", verification->ok}};
}

Value MetadataJson(const BackupInfo& backup) {
  Value metadata = {{"requested_type", BackupTypeName(backup.requested_type)},
                    {"base_id", OrNull(backup.base_id)},
                    {"lineage", OrNull(backup.lineage)},
                    {"sequence", backup.sequence == 0 ? Value(nullptr) : Value(backup.sequence)},
                    {"contents_included", backup.contents_included},
                    {"logs_included", backup.logs_included},
                    {"reason", BackupReasonName(backup.reason)},
                    {"engine_version", backup.engine_version},
                    {"recipients", backup.recipients},
                    {"verified", VerificationJson(backup.verified)}};
  if (backup.deleted_at) metadata["deleted_at"] = FormatTimestamp(*backup.deleted_at);
  return metadata;
}

std::string TextOf(const Value& object, std::string_view name) {
  const Value member = MemberOf(object, name);
  return member.is_string() ? member.get<std::string>() : std::string();
}

bool FlagOf(const Value& object, std::string_view name, bool otherwise) {
  const Value member = MemberOf(object, name);
  return member.is_boolean() ? member.get<bool>() : otherwise;
}

// The backup as requested; what only a finished backup has is missing.
BackupInfo Asked(const OperationInfo& operation) {
  const Value request = Parsed(operation.request);
  BackupInfo backup;
  backup.id = operation.id;
  backup.name = TextOf(request, "name");
  if (backup.name.empty()) backup.name = "backup-" + FormatTimestamp(operation.created_at);
  backup.description = TextOf(request, "description");
  backup.type = ParseBackupType(TextOf(request, "backup_type")).value_or(BackupType::kFull);
  backup.requested_type = backup.type;
  backup.contents_included = FlagOf(request, "include_contents", true);
  backup.logs_included = FlagOf(request, "include_logs", false);
  backup.compressed = FlagOf(request, "compress", false);
  backup.encrypted = FlagOf(request, "encrypt", false);
  backup.created_at = operation.created_at;
  backup.engine_version = Version();
  return backup;
}

// The manifest cannot be read, so members that the contract requires get defaults.
Value DamagedResponse(const BackupInfo& backup) {
  Value metadata = {{"damage", backup.damage}};
  if (backup.deleted_at) metadata["deleted_at"] = FormatTimestamp(*backup.deleted_at);
  return {{"id", backup.id},
          {"name", backup.id},
          {"description", nullptr},
          {"backup_type", BackupTypeName(BackupType::kFull)},
          {"status", OperationStateName(OperationState::kFailed)},
          {"file_size", nullptr},
          {"compressed_size", nullptr},
          {"record_count", nullptr},
          {"created_at", FormatTimestamp(backup.created_at)},
          {"completed_at", nullptr},
          {"expires_at", nullptr},
          {"encrypted", false},
          {"compressed", false},
          {"metadata", std::move(metadata)}};
}

}  // namespace

Value BackupResponse(const BackupInfo& backup) {
  if (!backup.damage.empty()) return DamagedResponse(backup);
  return {{"id", backup.id},
          {"name", backup.name},
          {"description", OrNull(backup.description)},
          {"backup_type", BackupTypeName(backup.type)},
          {"status", OperationStateName(OperationState::kCompleted)},
          {"file_size", backup.file_bytes},
          {"compressed_size", backup.stored_bytes},
          {"record_count", backup.record_count},
          {"created_at", FormatTimestamp(backup.created_at)},
          {"completed_at", FormatTimestamp(backup.completed_at)},
          {"expires_at", FormatTimestamp(backup.expires_at)},
          {"encrypted", backup.encrypted},
          {"compressed", backup.compressed},
          {"metadata", MetadataJson(backup)}};
}

Value BackupResponse(const OperationInfo& operation) {
  Value response = BackupResponse(Asked(operation));
  response["status"] = OperationStateName(operation.state);
  response["completed_at"] = OrNull(operation.completed_at);
  for (const char* unknown : {"file_size", "compressed_size", "record_count", "expires_at"}) response[unknown] = nullptr;
  return response;
}

}  // namespace coffer::json

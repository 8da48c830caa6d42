#include "reports.h"

#include <algorithm>

#include "json/journal.h"
#include "json/value.h"

namespace coffer::c {
namespace {

using json::OrNull;
using json::ToText;
using json::Value;

std::string_view RoleName(PrincipalRole role) { return role == PrincipalRole::kAdmin ? "admin" : "user"; }

Value TokenJson(const TokenInfo& token) {
  return {{"id", token.id},
          {"user_id", token.user_id},
          {"role", RoleName(token.role)},
          {"created_at", FormatTimestamp(token.created_at)},
          {"expires_at", OrNull(token.expires_at)}};
}

Value VerificationJson(const std::optional<BackupVerification>& verification) {
  if (!verification) return nullptr;
  return {{"level", verification->level}, {"at", FormatTimestamp(verification->at)}, {"ok", verification->ok}};
}

Value ErrorJson(const Status& error) {
  if (error.ok()) return nullptr;
  return {{"code", StatusCodeName(error.code())}, {"message", error.message()}};
}

}  // namespace

std::string ReportText(const StorageStatistics& statistics) {
  return ToText({{"database_bytes", statistics.database_bytes},
                 {"contents_bytes", statistics.contents_bytes},
                 {"backups_bytes", statistics.backups_bytes},
                 {"exports_bytes", statistics.exports_bytes},
                 {"total_bytes", statistics.total_bytes},
                 {"total_records", statistics.total_records},
                 {"total_contents", statistics.total_contents},
                 {"total_backups", statistics.total_backups},
                 {"records_by_kind", statistics.records_by_kind},
                 {"logical_bytes_by_kind", statistics.logical_bytes_by_kind},
                 {"logical_bytes_by_owner", statistics.logical_bytes_by_owner},
                 {"growth_bytes_per_day", statistics.growth_bytes_per_day},
                 {"projected_bytes_30_days", statistics.projected_bytes_30_days},
                 {"last_updated", FormatTimestamp(statistics.last_updated)}});
}

std::string ReportText(const IntegrityReport& report) {
  Value findings = Value::array();
  for (const IntegrityFinding& finding : report.findings) {
    findings.push_back({{"object", finding.object}, {"problem", finding.problem}});
  }
  return ToText(
      {{"ok", report.ok}, {"counts", report.counts}, {"findings", findings}, {"findings_total", report.findings_total}});
}

std::string ReportText(const BulkDeleteReport& report) {
  Value errors = Value::array();
  for (std::size_t i = 0; i < std::min(report.errors.size(), kBulkDeleteErrorsKeptMax); ++i) {
    errors.push_back({{"id", report.errors[i].id}, {"reason", report.errors[i].status.message()}});
  }
  return ToText({{"requested", report.requested},
                 {"deleted", report.deleted},
                 {"failed", report.errors.size()},
                 {"errors", errors},
                 {"sample", report.sample}});
}

std::string ReportText(const OperationInfo& operation) {
  const OperationProgress& progress = operation.progress;
  return ToText({{"id", operation.id},
                 {"kind", OperationKindName(operation.kind)},
                 {"state", OperationStateName(operation.state)},
                 {"progress",
                  {{"percent", json::PercentOf(operation)},
                   {"records_done", progress.records_done},
                   {"records_expected", progress.records_expected},
                   {"bytes_done", progress.bytes_done},
                   {"bytes_expected", progress.bytes_expected}}},
                 {"principal", operation.principal},
                 {"created_at", FormatTimestamp(operation.created_at)},
                 {"started_at", OrNull(operation.started_at)},
                 {"completed_at", OrNull(operation.completed_at)},
                 {"request", json::Parsed(operation.request)},
                 {"result", json::Parsed(operation.result)},
                 {"error", ErrorJson(operation.error)}});
}

std::string ReportText(const BackupInfo& backup) {
  return ToText({{"backup_id", backup.id},
                 {"name", backup.name},
                 {"description", backup.description},
                 {"reason", BackupReasonName(backup.reason)},
                 {"backup_type", BackupTypeName(backup.type)},
                 {"requested_type", BackupTypeName(backup.requested_type)},
                 {"base_id", backup.base_id},
                 {"lineage", backup.lineage},
                 {"sequence", backup.sequence},
                 {"file_bytes", backup.file_bytes},
                 {"stored_bytes", backup.stored_bytes},
                 {"record_count", backup.record_count},
                 {"contents_included", backup.contents_included},
                 {"logs_included", backup.logs_included},
                 {"compressed", backup.compressed},
                 {"encrypted", backup.encrypted},
                 {"recipients", backup.recipients},
                 {"created_at", FormatTimestamp(backup.created_at)},
                 {"completed_at", FormatTimestamp(backup.completed_at)},
                 {"expires_at", FormatTimestamp(backup.expires_at)},
                 {"engine_version", backup.engine_version},
                 {"verified", VerificationJson(backup.verified)},
                 {"deleted_at", OrNull(backup.deleted_at)},
                 {"damage", OrNull(backup.damage)}});
}

std::string ReportText(const KeyInfo& keys) {
  return ToText({{"recipients", keys.recipients}, {"identity_file", keys.identity_file}});
}

std::string ReportText(const TokenInfo& token) { return ToText(TokenJson(token)); }

std::string ReportText(const CreatedToken& token) {
  Value value = TokenJson(token.info);
  value["secret"] = token.secret;
  return ToText(value);
}

std::string ReportText(const Principal& principal) {
  return ToText({{"user_id", principal.user_id}, {"role", RoleName(principal.role)}, {"token_id", principal.token_id}});
}

}  // namespace coffer::c

#include "json/restore_response.h"

#include "json/journal.h"

namespace coffer::json {

Value RestoreResponse(const RestoreReport& report) {
  constexpr int kAllPercent = 100;
  return {{"restore_id", report.restore_id},
          {"backup_id", report.backup_id},
          {"status", OperationStateName(OperationState::kCompleted)},
          {"progress", kAllPercent},
          {"records_restored", report.conversations + report.messages + report.documents + report.prompts},
          {"started_at", FormatTimestamp(report.started_at)},
          {"completed_at", FormatTimestamp(report.completed_at)},
          {"error_message", nullptr}};
}

Value RestoreResponse(const OperationInfo& operation) {
  const Value result = Parsed(operation.result);
  return {{"restore_id", operation.id},
          {"backup_id", MemberOf(Parsed(operation.request), "backup_id")},
          {"status", OperationStateName(operation.state)},
          {"progress", PercentOf(operation)},
          // A restore of chosen records keeps its committed batches, however it ends.
          {"records_restored", result.is_object() ? SumOfRecords(result) : operation.progress.records_done},
          {"started_at", FormatTimestamp(operation.started_at.value_or(operation.created_at))},
          {"completed_at", OrNull(operation.completed_at)},
          {"error_message", nullptr}};
}

}  // namespace coffer::json

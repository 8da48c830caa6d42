#include "operations/restore/restore_report.h"

#include <nlohmann/json.hpp>

#include "operations/runner/journal_json.h"

namespace coffer::operations {

std::string RestoreReportText(const RestoreReport& report) {
  nlohmann::ordered_json json = {{"restore_id", report.restore_id},
                                 {"backup_id", report.backup_id},
                                 {"safety_backup_id", report.safety_backup_id},
                                 {"scope", RestoreScopeName(report.scope)},
                                 {"dry_run", report.dry_run},
                                 {"erasures_applied", report.erasures_applied},
                                 {"conversations", report.conversations},
                                 {"messages", report.messages},
                                 {"documents", report.documents},
                                 {"prompts", report.prompts},
                                 {"contents", report.contents},
                                 {"contents_missing", report.contents_missing},
                                 {"skipped", report.skipped},
                                 {"deleted", report.deleted},
                                 {"failed", report.failed}};
  json["errors"] = nlohmann::ordered_json::array();
  for (const ImportError& error : report.errors) json["errors"].push_back(error.reason);
  json["started_at"] = FormatTimestamp(report.started_at);
  json["completed_at"] = FormatTimestamp(report.completed_at);
  return ToText(json);
}

}  // namespace coffer::operations

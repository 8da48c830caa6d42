#include "json/statistics_response.h"

#include <string>
#include <utility>

#include "coffer/kind.h"

namespace coffer::json {
namespace {

// 0 if `counts` lacks the kind.
void AddCount(const std::map<std::string, std::uint64_t>& counts, Kind kind, Value& object) {
  const std::string name(KindNamePlural(kind));
  const auto found = counts.find(name);
  object[name] = found == counts.end() ? std::uint64_t{0} : found->second;
}

}  // namespace

Value StorageStatsResponse(const StorageStatistics& statistics) {
  Value by_type;
  for (const Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kContent, Kind::kPrompt}) {
    AddCount(statistics.logical_bytes_by_kind, kind, by_type);
  }
  by_type["backups"] = statistics.backups_bytes;
  by_type["exports"] = statistics.exports_bytes;
  nlohmann::json by_user = nlohmann::json::object();  // sorted: there may be many
  for (const auto& [owner, bytes] : statistics.logical_bytes_by_owner) by_user.emplace(owner, bytes);
  Value records;
  for (const Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
    AddCount(statistics.records_by_kind, kind, records);
  }
  constexpr double kBytesInMegabyte = 1e6;
  return {{"total_size", statistics.total_bytes},
          {"database_size", statistics.database_bytes},
          {"files_size", statistics.contents_bytes},
          {"backups_size", statistics.backups_bytes},
          {"exports_size", statistics.exports_bytes},
          {"total_records", statistics.total_records},
          {"total_files", statistics.total_contents},
          {"total_backups", statistics.total_backups},
          {"storage_by_type", std::move(by_type)},
          {"storage_by_user", std::move(by_user)},
          {"growth_rate_mb_per_day", statistics.growth_bytes_per_day / kBytesInMegabyte},
          {"projected_size_30_days", statistics.projected_bytes_30_days},
          {"last_updated", FormatTimestamp(statistics.last_updated)},
          {"records_by_type", std::move(records)}};
}

}  // namespace coffer::json

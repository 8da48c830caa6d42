#include "answers.h"

#include <string>

#include "coffer/kind.h"
#include "coffer/timestamp.h"
#include "problem.h"

namespace coffer::http {
namespace {

std::uint64_t CountOf(const std::map<std::string, std::uint64_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

// Names the id, whether or not the status does; the words of other failures might name a file.
std::string ErrorText(const BulkDeleteError& error) {
  const bool own_words = error.status.code() == StatusCode::kNotFound || error.status.code() == StatusCode::kInvalidArgument;
  const std::string text(own_words ? error.status.message() : PublicWords(error.status.code()));
  return text.find(error.id) != std::string::npos && !error.id.empty() ? text : error.id + ": " + text;
}

}  // namespace

Response JsonAnswer(int status, const Json& body) {
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(ToText(body));
  return response;
}

Response EngineFailure(const Status& failure, const Service& service, std::string_view instance) {
  Response response = ProblemOf(failure, instance);
  if (response.status >= 500) service.Log(std::string(instance) + ": " + failure.ToString());
  return response;
}

Json StatisticsJson(const StorageStatistics& statistics) {
  Json by_type;
  for (const Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kContent, Kind::kPrompt}) {
    const std::string name(KindNamePlural(kind));
    by_type[name] = CountOf(statistics.logical_bytes_by_kind, name);
  }
  by_type["backups"] = statistics.backups_bytes;
  by_type["exports"] = statistics.exports_bytes;
  nlohmann::json by_user = nlohmann::json::object();  // sorted: there may be many
  for (const auto& [owner, bytes] : statistics.logical_bytes_by_owner) by_user.emplace(owner, bytes);
  Json records;
  for (const Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
    const std::string name(KindNamePlural(kind));
    records[name] = CountOf(statistics.records_by_kind, name);
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

Json BulkDeleteJson(const BulkDeleteReport& report) {
  Json errors = Json::array();
  for (const BulkDeleteError& error : report.errors) errors.push_back(ErrorText(error));
  return {{"total_requested", report.requested},
          {"successful_deletions", report.deleted},
          {"failed_deletions", report.errors.size()},
          {"errors", std::move(errors)}};
}

}  // namespace coffer::http

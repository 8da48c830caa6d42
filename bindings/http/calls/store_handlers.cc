// GET /stats, /healthz, /readyz, /metrics.
#include <array>
#include <string>
#include <string_view>

#include "coffer/version.h"
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/requests/problem.h"
#include "json/statistics_response.h"

namespace coffer::http {
namespace {

// One family of the Prometheus text format, version 0.0.4.
class Metrics {
 public:
  void Begin(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ")
        .append(name)
        .append(" ")
        .append(help)
        .append("\n# TYPE ")
        .append(name)
        .append(" ")
        .append(type)
        .append("\n");
    name_ = name;
  }
  void Add(std::string_view label, std::string_view value, std::uint64_t figure) {
    text_.append(name_);
    if (!label.empty()) text_.append("{").append(label).append("=\"").append(value).append("\"}");
    text_.append(" ").append(std::to_string(figure)).append("\n");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string_view name_;
};

void AddStore(const StorageStatistics& statistics, Metrics& metrics) {
  metrics.Begin("coffer_disk_bytes", "gauge", "Bytes on disk.");
  metrics.Add("part", "database", statistics.database_bytes);
  metrics.Add("part", "contents", statistics.contents_bytes);
  metrics.Add("part", "backups", statistics.backups_bytes);
  metrics.Add("part", "exports", statistics.exports_bytes);
  metrics.Begin("coffer_records", "gauge", "Records in the store.");
  for (const auto& [kind, count] : statistics.records_by_kind) metrics.Add("kind", kind, count);
  metrics.Begin("coffer_logical_bytes", "gauge", "Logical bytes of records and contents.");
  for (const auto& [kind, bytes] : statistics.logical_bytes_by_kind) metrics.Add("kind", kind, bytes);
}

}  // namespace

Response ShowStatistics(const Call& call, Service& service) {
  const auto statistics = service.engine.Statistics();
  if (!statistics.ok()) return EngineFailure(statistics.status(), service, call.path);
  return JsonAnswer(200, json::StorageStatsResponse(*statistics));
}

Response ShowHealth(const Call& /*call*/, Service& /*service*/) {
  return JsonAnswer(200, {{"status", "ok"}, {"version", Version()}});
}

// Ready: the engine can be read.
Response ShowReadiness(const Call& call, Service& service) {
  const auto statistics = service.engine.Statistics();
  if (!statistics.ok()) return EngineFailure(statistics.status(), service, call.path);
  return JsonAnswer(200, {{"status", "ready"}});
}

Response ShowMetrics(const Call& call, Service& service) {
  const auto statistics = service.engine.Statistics();
  if (!statistics.ok()) return EngineFailure(statistics.status(), service, call.path);
  static constexpr std::array<std::string_view, Service::kStatusClasses> kClasses = {"", "", "2xx", "3xx", "4xx", "5xx"};
  Metrics metrics;
  metrics.Begin("coffer_http_responses_total", "counter", "Responses by status class.");
  for (std::size_t i = 2; i < kClasses.size(); ++i) metrics.Add("class", kClasses[i], service.responses[i].load());
  AddStore(*statistics, metrics);
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = std::make_shared<const std::string>(metrics.text());
  return response;
}

}  // namespace coffer::http

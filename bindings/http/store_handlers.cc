// GET /stats, /healthz, /readyz.
#include "answers.h"
#include "coffer/version.h"
#include "handlers.h"
#include "problem.h"

namespace coffer::http {

Response ShowStatistics(const Call& call, Service& service) {
  const auto statistics = service.engine.Statistics();
  if (!statistics.ok()) return EngineFailure(statistics.status(), service, call.path);
  return JsonAnswer(200, StatisticsJson(*statistics));
}

Response ShowHealth(const Call& /*call*/, Service& /*service*/) {
  return JsonAnswer(200, {{"status", "ok"}, {"version", Version()}});
}

// Ready: the engine answers. While a restore switches the store this waits, and the connection's deadline makes it a 503.
Response ShowReadiness(const Call& call, Service& service) {
  const auto statistics = service.engine.Statistics();
  if (!statistics.ok()) return EngineFailure(statistics.status(), service, call.path);
  return JsonAnswer(200, {{"status", "ready"}});
}

}  // namespace coffer::http

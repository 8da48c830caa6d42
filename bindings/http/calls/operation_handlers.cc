// GET /operations, GET /operations/{id}, POST /operations/{id}/cancel.
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/request_models.h"

namespace coffer::http {

Response ListAllOperations(const Call& call, Service& service) {
  Faults faults;
  OperationListOptions options = ReadOperationListQuery(call.query, faults);
  if (!faults.empty()) return faults.ToResponse();
  const std::size_t limit = options.limit;
  Json listed = Json::array();
  // A journal page may hold few operations that this caller may see.
  do {
    const auto page = ListOperations(service.engine, options);
    if (!page.ok()) return EngineFailure(page.status(), service, call.path);
    for (const OperationInfo& info : page->items) {
      if (MaySee(call.principal, info)) listed.push_back(OperationJson(info, service));
    }
    options.after = page->next;
    options.limit = limit - std::min(limit, listed.size());
  } while (!options.after.empty() && options.limit > 0);
  return JsonAnswer(200,
                    {{"operations", std::move(listed)}, {"next", options.after.empty() ? Json(nullptr) : Json(options.after)}});
}

Response ShowOperation(const Call& call, Service& service) {
  const auto info = FindOperation(call, service);
  return info.ok() ? JsonAnswer(200, OperationJson(*info, service)) : NoSuchOperation(info.status(), call, service);
}

Response CancelOne(const Call& call, Service& service) {
  const auto info = FindOperation(call, service);
  if (!info.ok()) return NoSuchOperation(info.status(), call, service);
  if (Status status = CancelOperation(service.engine, info->id); !status.ok()) return NoSuchOperation(status, call, service);
  const auto now = GetOperation(service.engine, info->id);
  return JsonAnswer(202, OperationJson(now.ok() ? *now : *info, service));
}

}  // namespace coffer::http

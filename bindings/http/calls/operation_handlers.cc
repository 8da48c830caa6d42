// GET /operations, GET /operations/{id}, POST /operations/{id}/cancel.
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/lax_values.h"
#include "http/requests/problem.h"

namespace coffer::http {
namespace {

constexpr std::size_t kOperationsListedMax = 1000;

constexpr std::array kKinds = {OperationKind::kImport,  OperationKind::kBulkDelete, OperationKind::kBackup,
                               OperationKind::kRestore, OperationKind::kExport,     OperationKind::kErase,
                               OperationKind::kVerify,  OperationKind::kPrune};
constexpr std::array kStates = {OperationState::kPending, OperationState::kRunning, OperationState::kCompleted,
                                OperationState::kFailed, OperationState::kCancelled};

template <typename Enum, std::size_t count>
std::optional<Enum> ReadName(const std::array<Enum, count>& values, std::string_view (*name_of)(Enum), const std::string& value,
                             const char* parameter, Faults& faults) {
  std::vector<std::string_view> names;
  for (const Enum each : values) names.push_back(name_of(each));
  const auto choice = ReadChoice(value, {"query", parameter}, names, faults);
  return choice ? std::optional(values[*choice]) : std::nullopt;
}

OperationListOptions ReadListQuery(const Query& query, Faults& faults) {
  OperationListOptions options;
  for (const auto& [name, value] : query) {
    if (name == "kind") options.kind = ReadName(kKinds, &OperationKindName, value, "kind", faults);
    if (name == "status") options.state = ReadName(kStates, &OperationStateName, value, "status", faults);
    if (name == "after") options.after = value;
    if (name == "limit") {
      const auto limit = ReadInteger(value, {"query", "limit"}, {1, kOperationsListedMax}, faults);
      if (limit) options.limit = static_cast<std::size_t>(*limit);
    }
  }
  return options;
}

}  // namespace

Response ListAllOperations(const Call& call, Service& service) {
  Faults faults;
  OperationListOptions options = ReadListQuery(call.query, faults);
  if (!faults.empty()) return faults.ToResponse();
  const std::size_t limit = options.limit;
  Json listed = Json::array();
  // A page of the journal may hold few that this caller may see.
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

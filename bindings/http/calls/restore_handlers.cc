// POST /restore, GET /restores/{id}.
#include "coffer/backup.h"
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/problem.h"
#include "http/requests/request_models.h"

namespace coffer::http {
namespace {

RestoreOptions OptionsOf(const RestoreRequest& request) {
  RestoreOptions options;
  options.scope = request.options.scope;
  options.owner = request.options.user_id.value_or("");
  options.ids = request.options.ids.value_or(std::vector<std::string>());
  options.mode = request.options.conflict;
  options.exact = request.options.exact;
  options.dry_run = request.options.dry_run;
  options.safety_backup = request.create_backup_before_restore;
  options.verify = request.verify_integrity;
  return options;
}

Response StartFailure(const Status& failure, const Call& call, Service& service) {
  switch (failure.code()) {
    case StatusCode::kNotFound:
      return NotFound("There is no such backup.", call.path);
    case StatusCode::kBusy:
      return Problem(409, "busy", "Another restore is running.", call.path);
    case StatusCode::kInvalidArgument: {
      // Contradictions were reported before; what is left are malformed ids.
      Faults faults;
      faults.Add({{"body", "restore_options"},
                  "value_error",
                  "Value error, user_id or one of ids is not a valid id",
                  {{"error", "user_id or one of ids is not a valid id"}}});
      return faults.ToResponse();
    }
    default:
      return EngineFailure(failure, service, call.path);
  }
}

}  // namespace

Response StartRestoreOf(const Call& call, Service& service) {
  Faults faults;
  const RestoreRequest request = ReadRestoreRequest(call.request->body, faults);
  if (faults.empty()) CheckRestoreOptions(request.options, faults);
  if (!faults.empty()) return faults.ToResponse();
  const auto operation = StartRestore(service.engine, request.backup_id, OptionsOf(request), {call.principal.user_id});
  return operation.ok() ? JsonAnswer(202, RestoreJson(operation->Info())) : StartFailure(operation.status(), call, service);
}

Response ShowRestore(const Call& call, Service& service) {
  const auto info = GetOperation(service.engine, call.parameters.front());
  if (info.ok() && info->kind == OperationKind::kRestore) return JsonAnswer(200, RestoreJson(*info));
  if (!info.ok() && info.status().code() != StatusCode::kNotFound && info.status().code() != StatusCode::kInvalidArgument) {
    return EngineFailure(info.status(), service, call.path);
  }
  return NotFound("There is no such restore.", call.path);
}

}  // namespace coffer::http

// POST /import: records as a stream.
#include "coffer/import.h"
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/body_pipe.h"
#include "http/requests/request_models.h"

namespace coffer::http {
namespace {

// Stands for the file name in the errors of an import.
constexpr const char* kBodyName = "request body";

}  // namespace

Response StartImportOf(const Call& call, Service& service) {
  Faults faults;
  const ImportOptions options = ReadImportQuery(call.query, faults);
  if (!faults.empty()) return faults.ToResponse();
  const auto operation =
      StartImport(service.engine, BodyPipe::MakeSource(call.stream), kBodyName, options, {call.principal.user_id});
  if (!operation.ok()) return EngineFailure(operation.status(), service, call.path);
  return JsonAnswer(202, OperationJson(operation->Info(), service));
}

}  // namespace coffer::http

// POST /import: records as a stream.
#include <array>
#include <string_view>

#include "coffer/import.h"
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/body_pipe.h"
#include "http/requests/lax_values.h"
#include "http/requests/problem.h"

namespace coffer::http {
namespace {

// What a client calls the body where errors name a file.
constexpr const char* kBodyName = "request body";

ImportOptions ReadImportQuery(const Query& query, Faults& faults) {
  static const std::vector<std::string_view> kPolicies = {"skip", "replace", "newest", "fail"};
  static constexpr std::array kPolicyValues = {PutMode::kKeepExisting, PutMode::kUpsert, PutMode::kNewest, PutMode::kInsert};
  static const std::vector<std::string_view> kKinds = {"conversation", "message", "document", "prompt"};
  static const std::vector<std::string_view> kFormats = {"auto",           "ndjson",  "coffer-json", "coffer-csv",
                                                         "coffer-parquet", "chatgpt", "open-webui",  "librechat"};
  static constexpr std::array kFormatValues = {
      ImportFormat::kAuto,          ImportFormat::kNdjson,  ImportFormat::kCofferJson, ImportFormat::kCofferCsv,
      ImportFormat::kCofferParquet, ImportFormat::kChatGpt, ImportFormat::kOpenWebUi,  ImportFormat::kLibreChat};
  ImportOptions options;
  for (const auto& [name, value] : query) {
    if (name == "owner") options.owner = value;
    if (name == "generate_ids") options.generate_ids = ReadFlag(value, {"query", name}, faults).value_or(false);
    if (name == "on_conflict") {
      const auto choice = ReadChoice(value, {"query", name}, kPolicies, faults);
      if (choice) options.mode = kPolicyValues[*choice];
    }
    if (name == "format") {
      const auto choice = ReadChoice(value, {"query", name}, kFormats, faults);
      if (choice) options.format = kFormatValues[*choice];
    }
    if (name == "kind") {
      const auto choice = ReadChoice(value, {"query", name}, kKinds, faults);
      if (choice) options.kind = ParseKind(kKinds[*choice]);
    }
  }
  return options;
}

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

// POST /export, GET /exports, GET /exports/{id}, GET /exports/{id}/download.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "coffer/export.h"
#include "http/calls/answers.h"
#include "http/calls/download.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/problem.h"
#include "http/requests/request_models.h"
#include "json/journal.h"

namespace coffer::http {
namespace {

// Whether a query's conditions, at any depth, name an owner other than `user_id`.
bool NamesAnotherOwner(const GivenJson& where, const std::string& user_id) {
  if (where.is_array()) {
    return std::ranges::any_of(where, [&](const GivenJson& one) { return NamesAnotherOwner(one, user_id); });
  }
  if (!where.is_object()) return false;
  for (const auto& [name, value] : where.items()) {
    if (name == "or" && NamesAnotherOwner(value, user_id)) return true;
    if ((name != "user_id" && name != "owner_id") || !value.is_object()) continue;
    if (value.contains("eq") && value["eq"] != user_id) return true;
    if (!value.contains("in") || !value["in"].is_array()) continue;
    if (std::ranges::any_of(value["in"], [&](const GivenJson& owner) { return owner != user_id; })) return true;
  }
  return false;
}

// Whether the conversation exists and, if the caller is a user, belongs to it.
Result<bool> MayExport(const std::string& conversation_id, const Call& call, Service& service) {
  const auto conversation = service.engine.GetConversation(conversation_id);
  const StatusCode code = conversation.status().code();
  if (code == StatusCode::kNotFound || code == StatusCode::kInvalidArgument) return false;
  if (!conversation.ok()) return conversation.status();
  return call.is_admin() || conversation->user_id == call.principal.user_id;
}

// A user exports only its own records. The refusal is the same for another owner's records and for missing ones.
bool IsForbidden(const ExportRequest& request, const Call& call) {
  if (call.is_admin()) return false;
  if (request.user_id && *request.user_id != call.principal.user_id) return true;
  if (request.custom_query && request.custom_query->contains("where") &&
      NamesAnotherOwner((*request.custom_query)["where"], call.principal.user_id)) {
    return true;
  }
  return request.scope == ExportScope::kFull || request.scope == ExportScope::kAnalytics;
}

ExportOptions OptionsOf(const ExportRequest& request, const Call& call) {
  ExportOptions options;
  options.format = request.format;
  options.scope = request.scope;
  options.owner = request.user_id.value_or("");
  if (!call.is_admin() || (request.scope == ExportScope::kUser && options.owner.empty())) {
    options.owner = call.principal.user_id;
  }
  options.conversation_id = request.conversation_id.value_or("");
  options.created_from = request.date_from;
  options.created_before = request.date_to;
  options.include_metadata = request.include_metadata;
  options.include_contents = request.include_contents;
  options.compress = request.compress;
  options.encrypt = request.encrypt;
  if (request.scope == ExportScope::kCustom) options.custom_query = request.custom_query->dump();
  return options;
}

// 422 for a request that has valid types but a value that the engine rejects.
Response RefuseValue(const Status& failure, const ExportRequest& request) {
  const char* const member = request.scope == ExportScope::kCustom ? "custom_query" : "conversation_id";
  Faults faults;
  faults.Add({{"body", member}, "value_error", "Value error, " + std::string(failure.message())});
  return faults.ToResponse();
}

// kNotFound both for a missing export and for one that the caller may not see.
Result<OperationInfo> Find(const Call& call, Service& service) {
  auto info = GetOperation(service.engine, call.parameters.front());
  if (info.ok() && (info->kind != OperationKind::kExport || !MaySee(call.principal, *info))) return Status::NotFound("");
  return info;
}

Response FindFailure(const Status& failure, const Call& call, Service& service) {
  if (failure.code() == StatusCode::kNotFound || failure.code() == StatusCode::kInvalidArgument) {
    return NotFound("There is no such export.", call.path);
  }
  return EngineFailure(failure, service, call.path);
}

std::size_t ReadDescriptor(int descriptor, std::uint64_t offset, std::size_t length, char* buffer) {
  std::size_t done = 0;
  while (done < length) {
    const ssize_t read = ::pread(descriptor, buffer + done, length - done, static_cast<off_t>(offset + done));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) break;
    done += static_cast<std::size_t>(read);
  }
  return done;
}

std::shared_ptr<const int> Open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return nullptr;
  return {new int(descriptor), [](const int* held) {
            ::close(*held);
            delete held;
          }};
}

// The file of a completed export; nullopt: it is not in the engine's exports folder. A file that an export wrote elsewhere is
// not served.
std::optional<Download> OpenExport(const OperationInfo& info, const Service& service) {
  const Json result = json::Parsed(info.result);
  if (!result.is_object()) return std::nullopt;
  const std::string path = result.value("path", "");
  const std::string folder = service.engine.folder() + "/exports/";
  if (!path.starts_with(folder) || path.find('/', folder.size()) != std::string::npos) return std::nullopt;
  Download file;
  file.name = path.substr(folder.size());
  file.etag = "\"" + result.value("sha256", "") + "\"";
  const std::shared_ptr<const int> descriptor = Open(path);
  struct stat state {};
  if (!descriptor || ::fstat(*descriptor, &state) != 0 || !S_ISREG(state.st_mode)) return std::nullopt;
  file.read = std::make_shared<const ReadAt>([descriptor](std::uint64_t offset, std::size_t length, char* buffer) {
    return ReadDescriptor(*descriptor, offset, length, buffer);
  });
  file.bytes = static_cast<std::uint64_t>(state.st_size);
  return file;
}

}  // namespace

Response StartExportOf(const Call& call, Service& service) {
  Faults faults;
  const ExportRequest request = ReadExportRequest(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  if (IsForbidden(request, call)) return Forbidden(call.path);
  if (request.conversation_id && request.scope == ExportScope::kConversation) {
    const Result<bool> may_export = MayExport(*request.conversation_id, call, service);
    if (!may_export.ok()) return EngineFailure(may_export.status(), service, call.path);
    if (!*may_export) return call.is_admin() ? NotFound("There is no such conversation.", call.path) : Forbidden(call.path);
  }
  const auto operation = StartExport(service.engine, OptionsOf(request, call), {call.principal.user_id});
  if (operation.status().code() == StatusCode::kInvalidArgument) return RefuseValue(operation.status(), request);
  if (!operation.ok()) return EngineFailure(operation.status(), service, call.path);
  return JsonAnswer(202, ExportJson(operation->Info(), service));
}

Response ListAllExports(const Call& call, Service& service) {
  const auto exports = OperationsOf(service.engine, OperationKind::kExport, call.principal);
  if (!exports.ok()) return EngineFailure(exports.status(), service, call.path);
  Json listed = Json::array();
  for (const OperationInfo& info : *exports) listed.push_back(ExportJson(info, service));
  const std::size_t total = listed.size();
  return JsonAnswer(200, {{"exports", std::move(listed)}, {"total", total}});
}

Response ShowExport(const Call& call, Service& service) {
  const auto info = Find(call, service);
  return info.ok() ? JsonAnswer(200, ExportJson(*info, service)) : FindFailure(info.status(), call, service);
}

Response DownloadExport(const Call& call, Service& service) {
  const auto info = Find(call, service);
  if (!info.ok()) return FindFailure(info.status(), call, service);
  if (info->state != OperationState::kCompleted) {
    return Problem(409, "conflict", "The export has not completed.", call.path);
  }
  const auto file = OpenExport(*info, service);
  if (!file) return Problem(410, "gone", "The file of this export is no longer available.", call.path);
  return DownloadAnswer(*call.request, *file, call.path);
}

}  // namespace coffer::http

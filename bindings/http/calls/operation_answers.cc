#include "http/calls/operation_answers.h"

#include "coffer/engine.h"
#include "coffer/timestamp.h"
#include "http/calls/answers.h"
#include "http/requests/problem.h"
#include "json/backup_response.h"
#include "json/journal.h"
#include "json/restore_response.h"

namespace coffer::http {
namespace {

using json::MemberOf;
using json::OrNull;
using json::Parsed;

// `text` without the paths of the engine's folders.
std::string WithoutFolders(std::string text, const Engine& engine) {
  // Only where a path can begin, so a folder with a short name does not match in the middle of other text.
  const auto begins = [&text](std::size_t at) {
    return at == 0 || std::string_view(" \"'(:=").find(text[at - 1]) != std::string::npos;
  };
  for (const std::string& folder : {engine.repository() + "/", engine.folder() + "/"}) {
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
      begins(at) ? void(text.erase(at, folder.size())) : void(at += folder.size());
    }
  }
  return text;
}

// Clients do not get file names.
void DropFileNames(Json& json, const Engine& engine) {
  if (json.is_string()) json = WithoutFolders(json.get<std::string>(), engine);
  if (json.is_array()) {
    for (Json& element : json) DropFileNames(element, engine);
  }
  if (!json.is_object()) return;
  Json kept = Json::object();
  for (const auto& [name, value] : json.items()) {
    if (name == "path" || name == "output" || name == "file" || name == "files" || (name == "contents" && value.is_string()))
      continue;
    kept[name] = value;
    DropFileNames(kept[name], engine);
  }
  json = std::move(kept);
}

Json ErrorText(const OperationInfo& info) { return info.error.ok() ? Json(nullptr) : Json(PublicWords(info.error.code())); }

}  // namespace

bool MaySee(const Principal& principal, const OperationInfo& info) {
  return principal.role == PrincipalRole::kAdmin || (!info.principal.empty() && info.principal == principal.user_id);
}

Result<std::vector<OperationInfo>> OperationsOf(Engine& engine, OperationKind kind, const Principal& principal) {
  OperationListOptions options;
  options.kind = kind;
  std::vector<OperationInfo> found;
  do {
    auto page = ListOperations(engine, options);
    if (!page.ok()) return page.status();
    for (OperationInfo& info : page->items) {
      if (MaySee(principal, info)) found.push_back(std::move(info));
    }
    options.after = page->next;
  } while (!options.after.empty());
  return found;
}

Json OperationJson(const OperationInfo& info, const Service& service) {
  Json request = Parsed(info.request);
  Json result = Parsed(info.result);
  DropFileNames(request, service.engine);
  DropFileNames(result, service.engine);
  Json error = nullptr;
  if (!info.error.ok()) error = {{"code", StatusCodeName(info.error.code())}, {"message", PublicWords(info.error.code())}};
  return {{"id", info.id},
          {"kind", OperationKindName(info.kind)},
          {"status", OperationStateName(info.state)},
          {"progress", json::PercentOf(info)},
          {"records_done", info.progress.records_done},
          {"records_expected", info.progress.records_expected},
          {"bytes_done", info.progress.bytes_done},
          {"bytes_expected", info.progress.bytes_expected},
          {"principal", OrNull(info.principal)},
          {"created_at", FormatTimestamp(info.created_at)},
          {"started_at", OrNull(info.started_at)},
          {"completed_at", OrNull(info.completed_at)},
          {"request", std::move(request)},
          {"result", std::move(result)},
          {"error", std::move(error)}};
}

Json BackupJson(const OperationInfo& info) {
  Json body = json::BackupResponse(info);
  body["metadata"]["error"] = ErrorText(info);
  return body;
}

Json RestoreJson(const OperationInfo& info) {
  Json body = json::RestoreResponse(info);
  body["error_message"] = ErrorText(info);
  return body;
}

Json ExportJson(const OperationInfo& info, const Service& service) {
  constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;
  const Json result = Parsed(info.result);
  // The link expires with the file, or after link_lifetime if that is sooner.
  Json link = nullptr;
  const Json expires = MemberOf(result, "expires_at");
  const auto expiry =
      expires.is_string() ? ParseTimestamp(expires.get<std::string>()) : Result<Timestamp>(Status::NotFound(""));
  const std::int64_t now = service.NowSeconds();
  const std::int64_t file_ends = expiry.ok() ? expiry->microseconds / kMicrosecondsInSecond : now;
  if (info.state == OperationState::kCompleted && file_ends > now) {
    const std::int64_t link_ends = std::min(now + service.options.link_lifetime.count(), file_ends);
    link = service.options.public_url + "/api/v1/data/exports/" + info.id + "/download?" +
           service.links.Sign(info.id, "download", link_ends);
  }
  return {{"export_id", info.id},
          {"status", OperationStateName(info.state)},
          {"download_url", std::move(link)},
          {"file_size", MemberOf(result, "file_bytes")},
          {"record_count", result.is_object() ? Json(json::SumOfRecords(result)) : Json(nullptr)},
          {"created_at", FormatTimestamp(info.created_at)},
          {"completed_at", OrNull(info.completed_at)},
          {"expires_at", expires}};
}

Result<OperationInfo> FindOperation(const Call& call, Service& service) {
  auto info = GetOperation(service.engine, call.parameters.front());
  if (info.ok() && !MaySee(call.principal, *info)) return Status::NotFound("");
  return info;
}

Response NoSuchOperation(const Status& failure, const Call& call, Service& service) {
  if (failure.code() == StatusCode::kNotFound || failure.code() == StatusCode::kInvalidArgument) {
    return NotFound("There is no such operation.", call.path);
  }
  return EngineFailure(failure, service, call.path);
}

}  // namespace coffer::http

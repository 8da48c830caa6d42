#include "operation_answers.h"

#include <optional>

#include "coffer/timestamp.h"
#include "coffer/version.h"
#include "problem.h"

namespace coffer::http {
namespace {

constexpr const char* kFull = "full";

Json OrNull(const std::optional<Timestamp>& time) { return time ? Json(FormatTimestamp(*time)) : Json(nullptr); }
Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
// A member of a result; null where there is no result, or no such member.
Json Member(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) ? object[name] : Json(nullptr);
}

Json SumOfRecords(const Json& result) {
  std::uint64_t sum = 0;
  for (const char* kind : {"conversations", "messages", "documents", "prompts"}) {
    const Json count = Member(result, kind);
    if (count.is_number_unsigned()) sum += count.get<std::uint64_t>();
  }
  return sum;
}

// Names of files are nobody's business on the other side of a network.
void DropFileNames(Json& json) {
  if (json.is_array()) {
    for (Json& element : json) DropFileNames(element);
  }
  if (!json.is_object()) return;
  Json kept = Json::object();
  for (const auto& [name, value] : json.items()) {
    if (name == "path" || name == "output" || name == "file" || name == "files" || (name == "contents" && value.is_string()))
      continue;
    kept[name] = value;
    DropFileNames(kept[name]);
  }
  json = std::move(kept);
}

int PercentOf(const OperationInfo& info) {
  constexpr int kAll = 100;
  constexpr int kNearlyAll = 99;  // all only at the end
  return info.state == OperationState::kCompleted ? kAll : std::min(info.progress.Percent(), kNearlyAll);
}

Json ErrorText(const OperationInfo& info) { return info.error.ok() ? Json(nullptr) : Json(PublicWords(info.error.code())); }

Json BackupMetadata(const Json& requested_type, const Json& reason, const Json& engine_version) {
  return {
      {"requested_type", requested_type}, {"base_id", nullptr},     {"lineage", nullptr}, {"sequence", nullptr},
      {"contents_included", true},        {"logs_included", false}, {"reason", reason},   {"engine_version", engine_version},
      {"recipients", Json::array()},      {"verified", nullptr}};
}

}  // namespace

Json Parsed(const coffer::Json& text) { return Json::parse(text.text(), nullptr, /*allow_exceptions=*/false); }

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

Json OperationJson(const OperationInfo& info) {
  Json request = Parsed(info.request);
  Json result = Parsed(info.result);
  DropFileNames(request);
  DropFileNames(result);
  Json error = nullptr;
  if (!info.error.ok()) error = {{"code", StatusCodeName(info.error.code())}, {"message", PublicWords(info.error.code())}};
  return {{"id", info.id},
          {"kind", OperationKindName(info.kind)},
          {"status", OperationStateName(info.state)},
          {"progress", PercentOf(info)},
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

Json BackupJson(const BackupInfo& backup, const Json& requested_type) {
  return {{"id", backup.id},
          {"name", backup.name},
          {"description", OrNull(backup.description)},
          {"backup_type", kFull},
          {"status", OperationStateName(OperationState::kCompleted)},
          {"file_size", backup.file_bytes},
          {"compressed_size", backup.file_bytes},
          {"record_count", backup.record_count},
          {"created_at", FormatTimestamp(backup.created_at)},
          {"completed_at", FormatTimestamp(backup.completed_at)},
          {"expires_at", FormatTimestamp(backup.expires_at)},
          {"encrypted", false},
          {"compressed", false},
          {"metadata", BackupMetadata(requested_type, backup.reason, backup.engine_version)}};
}

Json BackupJson(const OperationInfo& info, const Json& requested_type) {
  const Json request = Parsed(info.request);
  const Json result = Parsed(info.result);
  Json name = Member(request, "name");
  if (!name.is_string() || name.get_ref<const std::string&>().empty()) name = "backup-" + FormatTimestamp(info.created_at);
  Json description = Member(request, "description");
  if (description == "") description = nullptr;
  Json body = {{"id", info.id},
               {"name", std::move(name)},
               {"description", std::move(description)},
               {"backup_type", kFull},
               {"status", OperationStateName(info.state)},
               {"file_size", Member(result, "file_bytes")},
               {"compressed_size", Member(result, "file_bytes")},
               {"record_count", Member(result, "record_count")},
               {"created_at", FormatTimestamp(info.created_at)},
               {"completed_at", OrNull(info.completed_at)},
               {"expires_at", Member(result, "expires_at")},
               {"encrypted", false},
               {"compressed", false},
               {"metadata", BackupMetadata(requested_type, "requested", Version())}};
  body["metadata"]["error"] = ErrorText(info);
  return body;
}

Json RestoreJson(const OperationInfo& info) {
  const Json request = Parsed(info.request);
  const Json result = Parsed(info.result);
  return {{"restore_id", info.id},
          {"backup_id", Member(request, "backup_id")},
          {"status", OperationStateName(info.state)},
          {"progress", PercentOf(info)},
          {"records_restored", SumOfRecords(result)},
          {"started_at", FormatTimestamp(info.started_at.value_or(info.created_at))},
          {"completed_at", OrNull(info.completed_at)},
          {"error_message", ErrorText(info)}};
}

Json ExportJson(const OperationInfo& info, const Service& service) {
  constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;
  const Json result = Parsed(info.result);
  // The link ends with the file, and sooner where links live shorter.
  Json link = nullptr;
  const Json expires = Member(result, "expires_at");
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
          {"file_size", Member(result, "file_bytes")},
          {"record_count", result.is_object() ? SumOfRecords(result) : Json(nullptr)},
          {"created_at", FormatTimestamp(info.created_at)},
          {"completed_at", OrNull(info.completed_at)},
          {"expires_at", expires}};
}

}  // namespace coffer::http

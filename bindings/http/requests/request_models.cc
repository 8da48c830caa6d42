#include "http/requests/request_models.h"

#include <algorithm>
#include <array>

#include "http/requests/json_body.h"
#include "http/requests/members.h"

namespace coffer::http {
namespace {

using Words = std::vector<std::string_view>;

const Words& BackupTypes() {
  static const Words words = {"full", "incremental", "differential"};
  return words;
}

const Words& DataFormats() {
  static const Words words = {"json", "csv", "xml", "parquet", "sql"};
  return words;
}

const Words& ExportScopes() {
  static const Words words = {"user", "conversation", "document", "analytics", "full", "custom"};
  return words;
}

void RefuseAsModel(const Json& loc, Faults& faults) {
  faults.Add({loc, "model_attributes_type", "Input should be a valid dictionary or object to extract fields from"});
}

// The body as an object; an empty one where it is none, which is then a fault.
GivenJson ReadModel(std::string_view body, Faults& faults) {
  auto json = ReadJsonBody(body, faults);
  if (json && json->is_object()) return *std::move(json);
  if (json) RefuseAsModel({"body"}, faults);
  return GivenJson::object();
}

const std::string* LastOf(const Query& query, std::string_view name) {
  const std::string* last = nullptr;
  for (const auto& [key, value] : query) {
    if (key == name) last = &value;
  }
  return last;
}

RestoreRequestOptions ReadRestoreOptions(const GivenJson& object, Faults& faults) {
  static const Words scopes = {"full", "user", "conversations", "documents", "prompts"};
  static const Words conflicts = {"replace", "skip", "newest"};
  static constexpr std::array kPolicies = {PutMode::kUpsert, PutMode::kKeepExisting, PutMode::kNewest};
  const Members members(object, {"body", "restore_options"}, faults);
  RestoreRequestOptions options;
  options.scope = *ParseRestoreScope(scopes[members.Choice("scope", scopes, 0)]);
  options.user_id = members.OptionalText("user_id");
  if (members.HasValue("ids")) options.ids = members.TextList("ids");
  options.conflict = kPolicies[members.Choice("conflict", conflicts, 0)];
  options.exact = members.Flag("exact", false);
  options.dry_run = members.Flag("dry_run", false);
  members.ForbidOthers({"scope", "user_id", "ids", "conflict", "exact", "dry_run"});
  return options;
}

FilteredDeleteRequest ReadFilters(const GivenJson& object, Faults& faults) {
  static const Words kinds = {"conversations", "documents", "prompts"};
  constexpr IntegerRange kLimit = {1, 10'000};
  const Members members(object, {"body", "filters"}, faults);
  FilteredDeleteRequest request;
  if (members.Has("entity_type")) {
    request.entity_type = members.Choice("entity_type", kinds, 0);
  } else {
    members.Missing("entity_type");
  }
  request.created_before = members.OptionalTime("created_before");
  request.created_after = members.OptionalTime("created_after");
  request.user_id = members.OptionalText("user_id");
  request.status = members.OptionalText("status");
  request.limit = static_cast<std::size_t>(members.Integer("limit", static_cast<std::int64_t>(request.limit), kLimit));
  request.dry_run = members.Flag("dry_run", false);
  request.filters = object;
  return request;
}

void RefuseTooLong(const char* name, const std::optional<std::string>& text, std::size_t characters_max, Faults& faults) {
  if (!text) return;
  const auto characters = std::ranges::count_if(*text, [](char c) { return (c & 0xC0) != 0x80; });
  if (static_cast<std::size_t>(characters) <= characters_max) return;
  faults.Add({{"body", name},
              "string_too_long",
              "String should have at most " + std::to_string(characters_max) + " characters",
              {{"max_length", characters_max}}});
}

}  // namespace

std::string_view Name(DataFormat format) { return DataFormats()[static_cast<std::size_t>(format)]; }
std::string_view Name(ExportScope scope) { return ExportScopes()[static_cast<std::size_t>(scope)]; }

std::vector<std::string> ReadIds(std::string_view body, Faults& faults) {
  const auto json = ReadJsonBody(body, faults);
  if (!json) return {};
  if (json->is_array() && json->size() > kRequestIdsMax) {
    faults.Add({{"body"},
                "too_long",
                "List should have at most " + std::to_string(kRequestIdsMax) + " items after validation, not " +
                    std::to_string(json->size()),
                {{"field_type", "List"}, {"max_length", kRequestIdsMax}, {"actual_length", json->size()}}});
    return {};
  }
  return ReadTextList(*json, {"body"}, faults);
}

BackupRequest ReadBackupRequest(std::string_view body, Faults& faults) {
  const GivenJson object = ReadModel(body, faults);
  if (!faults.empty()) return {};
  constexpr IntegerRange kRetentionDays = {1, kRetentionDaysMax};
  const Members members(object, {"body"}, faults);
  BackupRequest request;
  request.backup_type = *ParseBackupType(BackupTypes()[members.Choice("backup_type", BackupTypes(), 0)]);
  request.name = members.OptionalText("name");
  request.description = members.OptionalText("description");
  request.include_files = members.Flag("include_files", true);
  request.include_logs = members.Flag("include_logs", false);
  request.compress = members.Flag("compress", true);
  request.encrypt = members.Flag("encrypt", true);
  request.retention_days = static_cast<int>(members.Integer("retention_days", request.retention_days, kRetentionDays));
  return request;
}

BackupListQuery ReadBackupListQuery(const Query& query, Faults& faults) {
  BackupListQuery list;
  if (const std::string* type = LastOf(query, "backup_type")) {
    const auto choice = ReadChoice(*type, {"query", "backup_type"}, BackupTypes(), faults);
    if (choice) list.backup_type = ParseBackupType(BackupTypes()[*choice]);
  }
  if (const std::string* status = LastOf(query, "status")) list.status = *status;
  return list;
}

RestoreRequest ReadRestoreRequest(std::string_view body, Faults& faults) {
  const GivenJson object = ReadModel(body, faults);
  if (!faults.empty()) return {};
  const Members members(object, {"body"}, faults);
  RestoreRequest request;
  request.backup_id = members.RequiredText("backup_id");
  request.options = ReadRestoreOptions(members.Object("restore_options"), faults);
  request.create_backup_before_restore = members.Flag("create_backup_before_restore", true);
  request.verify_integrity = members.Flag("verify_integrity", true);
  return request;
}

VerifyRequest ReadVerifyRequest(std::string_view body, Faults& faults) {
  constexpr IntegerRange kLevels = {0, kVerifyLevelMax};
  VerifyRequest request;
  if (body.empty()) return request;
  const GivenJson object = ReadModel(body, faults);
  if (!faults.empty()) return {};
  request.level = static_cast<int>(Members(object, {"body"}, faults).Integer("level", request.level, kLevels));
  return request;
}

ExportRequest ReadExportRequest(std::string_view body, Faults& faults) {
  const GivenJson object = ReadModel(body, faults);
  if (!faults.empty()) return {};
  const Members members(object, {"body"}, faults);
  ExportRequest request;
  if (members.Has("scope")) {
    request.scope = static_cast<ExportScope>(members.Choice("scope", ExportScopes(), 0));
  } else {
    members.Missing("scope");
  }
  request.format = static_cast<DataFormat>(members.Choice("format", DataFormats(), 0));
  request.user_id = members.OptionalText("user_id");
  request.conversation_id = members.OptionalText("conversation_id");
  request.date_from = members.OptionalTime("date_from");
  request.date_to = members.OptionalTime("date_to");
  request.include_metadata = members.Flag("include_metadata", true);
  request.compress = members.Flag("compress", true);
  request.encrypt = members.Flag("encrypt", false);
  request.custom_query = members.OptionalObject("custom_query");
  request.include_contents = members.Flag("include_contents", true);
  // Only a request that is good in itself is asked for more.
  if (faults.empty() && request.scope == ExportScope::kCustom && !request.custom_query) members.Missing("custom_query");
  return request;
}

FilteredDeleteRequest ReadFilteredDeleteRequest(std::string_view body, Faults& faults) {
  const GivenJson object = ReadModel(body, faults);
  if (!faults.empty()) return {};
  const Members members(object, {"body"}, faults);
  if (!members.Has("filters")) {
    members.Missing("filters");
  } else if (!object["filters"].is_object()) {
    RefuseAsModel({"body", "filters"}, faults);
  } else {
    return ReadFilters(object["filters"], faults);
  }
  return {};
}

void CheckBackupRequest(const BackupRequest& request, Faults& faults) {
  RefuseTooLong("name", request.name, kBackupNameCharactersMax, faults);
  RefuseTooLong("description", request.description, kBackupDescriptionCharactersMax, faults);
}

void CheckRestoreOptions(const RestoreRequestOptions& options, Faults& faults) {
  const Json loc = {"body", "restore_options"};
  const auto refuse = [&](const char* name, const std::string& why) {
    faults.Add({Below(loc, name), "value_error", "Value error, " + why, {{"error", why}}});
  };
  const bool replaces = options.conflict == PutMode::kUpsert;
  if (options.scope == RestoreScope::kFull) {
    if (options.user_id) refuse("user_id", "scope full takes none");
    if (options.ids && !options.ids->empty()) refuse("ids", "scope full takes none");
    if (!replaces) refuse("conflict", "scope full replaces everything");
    if (options.exact) refuse("exact", "scope full is exact by itself");
    return;
  }
  if (options.scope == RestoreScope::kUser) {
    if (!options.user_id) faults.Add({Below(loc, "user_id"), "missing", "Field required"});
    if (options.ids) refuse("ids", "scope user takes none");
  } else if (options.ids && options.ids->empty()) {
    // None would be read as all of them.
    refuse("ids", "names none; leave it out for all");
  }
  if (options.exact && !replaces) refuse("conflict", "exact goes with replace only");
}

}  // namespace coffer::http

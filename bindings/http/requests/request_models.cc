#include "http/requests/request_models.h"

#include <algorithm>
#include <array>

#include "http/requests/json_body.h"
#include "http/requests/members.h"
#include "json/choices.h"

namespace coffer::http {
namespace {

using json::Choices;

// DataFormat of the contract, which lacks ndjson.
constexpr std::array kDataFormatValues = {ExportFormat::kJson, ExportFormat::kCsv, ExportFormat::kXml, ExportFormat::kParquet,
                                          ExportFormat::kSql};
constexpr Choices<ExportFormat> kDataFormats = {kDataFormatValues, ExportFormatName};

constexpr std::array kExportScopeValues = {ExportScope::kUser,      ExportScope::kConversation, ExportScope::kDocument,
                                           ExportScope::kAnalytics, ExportScope::kFull,         ExportScope::kCustom};
constexpr Choices<ExportScope> kExportScopes = {kExportScopeValues, ExportScopeName};

constexpr std::array kFilteredKindValues = {Kind::kConversation, Kind::kDocument, Kind::kPrompt};
constexpr Choices<Kind> kFilteredKinds = {kFilteredKindValues, KindNamePlural};

constexpr std::array kOperationKindValues = {OperationKind::kImport,  OperationKind::kBulkDelete, OperationKind::kBackup,
                                             OperationKind::kRestore, OperationKind::kExport,     OperationKind::kErase,
                                             OperationKind::kVerify,  OperationKind::kPrune};
constexpr Choices<OperationKind> kOperationKinds = {kOperationKindValues, OperationKindName};

constexpr std::array kOperationStateValues = {OperationState::kPending, OperationState::kRunning, OperationState::kCompleted,
                                              OperationState::kFailed, OperationState::kCancelled};
constexpr Choices<OperationState> kOperationStates = {kOperationStateValues, OperationStateName};

void RefuseAsModel(const Json& loc, Faults& faults) {
  faults.Add({loc, "model_attributes_type", "Input should be a valid dictionary or object to extract fields from"});
}

// The body as an object. A body that is not an object adds a fault and gives an empty one.
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
  const Members members(object, {"body", "restore_options"}, faults);
  RestoreRequestOptions options;
  options.scope = members.Choice("scope", json::kRestoreScopes, options.scope);
  options.user_id = members.OptionalText("user_id");
  if (members.HasValue("ids")) options.ids = members.TextList("ids");
  options.conflict = members.Choice("conflict", json::kRestoreConflicts, options.conflict);
  options.exact = members.Flag("exact", false);
  options.dry_run = members.Flag("dry_run", false);
  members.ForbidOthers({"scope", "user_id", "ids", "conflict", "exact", "dry_run"});
  return options;
}

FilteredDeleteRequest ReadFilters(const GivenJson& object, Faults& faults) {
  constexpr IntegerRange kLimit = {1, 10'000};
  const Members members(object, {"body", "filters"}, faults);
  FilteredDeleteRequest request;
  if (members.Has("entity_type")) {
    request.entity_type = members.Choice("entity_type", kFilteredKinds, request.entity_type);
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
  request.backup_type = members.Choice("backup_type", json::kBackupTypes, request.backup_type);
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
    list.backup_type = ReadChoice(*type, {"query", "backup_type"}, json::kBackupTypes, faults);
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
    request.scope = members.Choice("scope", kExportScopes, request.scope);
  } else {
    members.Missing("scope");
  }
  request.format = members.Choice("format", kDataFormats, request.format);
  request.user_id = members.OptionalText("user_id");
  request.conversation_id = members.OptionalText("conversation_id");
  request.date_from = members.OptionalTime("date_from");
  request.date_to = members.OptionalTime("date_to");
  request.include_metadata = members.Flag("include_metadata", true);
  request.compress = members.Flag("compress", true);
  request.encrypt = members.Flag("encrypt", false);
  request.custom_query = members.OptionalObject("custom_query");
  request.include_contents = members.Flag("include_contents", true);
  // Reported only if the request has no other fault.
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

ImportOptions ReadImportQuery(const Query& query, Faults& faults) {
  ImportOptions options;
  for (const auto& [name, value] : query) {
    const Json loc = {"query", name};
    if (name == "owner") options.owner = value;
    if (name == "generate_ids") options.generate_ids = ReadFlag(value, loc, faults).value_or(false);
    if (name == "on_conflict") options.mode = ReadChoice(value, loc, json::kImportConflicts, faults).value_or(options.mode);
    if (name == "format") options.format = ReadChoice(value, loc, json::kImportFormats, faults).value_or(options.format);
    if (name == "kind") options.kind = ReadChoice(value, loc, json::kImportKinds, faults);
  }
  return options;
}

OperationListOptions ReadOperationListQuery(const Query& query, Faults& faults) {
  constexpr IntegerRange kLimit = {1, 1000};
  OperationListOptions options;
  for (const auto& [name, value] : query) {
    const Json loc = {"query", name};
    if (name == "kind") options.kind = ReadChoice(value, loc, kOperationKinds, faults);
    if (name == "status") options.state = ReadChoice(value, loc, kOperationStates, faults);
    if (name == "after") options.after = value;
    if (name == "limit") {
      const auto limit = ReadInteger(value, loc, kLimit, faults);
      if (limit) options.limit = static_cast<std::size_t>(*limit);
    }
  }
  return options;
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
    if (options.user_id) refuse("user_id", "not allowed with scope full");
    if (options.ids && !options.ids->empty()) refuse("ids", "not allowed with scope full");
    if (!replaces) refuse("conflict", "scope full allows replace only");
    if (options.exact) refuse("exact", "scope full is always exact");
    return;
  }
  if (options.scope == RestoreScope::kUser) {
    if (!options.user_id) faults.Add({Below(loc, "user_id"), "missing", "Field required"});
    if (options.ids) refuse("ids", "not allowed with scope user");
  } else if (options.ids && options.ids->empty()) {
    // The engine would take an empty list as all records.
    refuse("ids", "must not be empty; leave it out to select all");
  }
  if (options.exact && !replaces) refuse("conflict", "exact allows replace only");
}

}  // namespace coffer::http

// GET /openapi.json: an OpenAPI 3.1 document, made from the table of routes.
#include <algorithm>
#include <map>

#include "coffer/version.h"
#include "http/calls/answers.h"
#include "http/calls/handlers.h"

namespace coffer::http {
namespace {

// A call's request and response, by the names of their schemas.
struct Shape {
  const char* operation_id;
  const char* request = nullptr;
  const char* answer = nullptr;
  int status = 200;
  const char* media_type = nullptr;  // of a response that is not JSON
};

const std::map<std::string_view, Shape>& Shapes() {
  static const std::map<std::string_view, Shape> shapes = {
      {"GET /api/v1/data/stats", {"getStorageStats", nullptr, "StorageStatsResponse"}},
      {"POST /api/v1/data/bulk/delete-conversations", {"bulkDeleteConversations", "Ids", "BulkDeleteResponse"}},
      {"POST /api/v1/data/bulk/delete-documents", {"bulkDeleteDocuments", "Ids", "BulkDeleteResponse"}},
      {"POST /api/v1/data/bulk/delete-prompts", {"bulkDeletePrompts", "Ids", "BulkDeleteResponse"}},
      {"POST /api/v1/data/bulk/delete-filtered", {"bulkDeleteFiltered", "FilteredDeleteRequest", "BulkDeleteResponse"}},
      {"POST /api/v1/data/bulk/preview", {"previewBulkDelete", "FilteredDeleteRequest", "DeletePreview"}},
      {"POST /api/v1/data/backup", {"createBackup", "BackupRequest", "BackupResponse", 202}},
      {"GET /api/v1/data/backups", {"listBackups", nullptr, "BackupListResponse"}},
      {"GET /api/v1/data/backups/{id}", {"getBackup", nullptr, "BackupResponse"}},
      {"DELETE /api/v1/data/backups/{id}", {"deleteBackup", nullptr, "BackupResponse"}},
      {"POST /api/v1/data/backups/{id}/verify", {"verifyBackup", "VerifyRequest", "Operation", 202}},
      {"GET /api/v1/data/backups/{id}/download", {"downloadBackup", nullptr, nullptr, 200, "application/x-tar"}},
      {"POST /api/v1/data/restore", {"restore", "RestoreRequest", "RestoreResponse", 202}},
      {"GET /api/v1/data/restores/{id}", {"getRestore", nullptr, "RestoreResponse"}},
      {"POST /api/v1/data/export", {"exportData", "ExportDataRequest", "ExportDataResponse", 202}},
      {"GET /api/v1/data/exports", {"listExports", nullptr, "ExportListResponse"}},
      {"GET /api/v1/data/exports/{id}", {"getExport", nullptr, "ExportDataResponse"}},
      {"GET /api/v1/data/exports/{id}/download", {"downloadExport", nullptr, nullptr, 200, "*/*"}},
      {"POST /api/v1/data/import", {"importData", nullptr, "Operation", 202}},
      {"GET /api/v1/data/operations", {"listOperations", nullptr, "OperationListResponse"}},
      {"GET /api/v1/data/operations/{id}", {"getOperation", nullptr, "Operation"}},
      {"POST /api/v1/data/operations/{id}/cancel", {"cancelOperation", nullptr, "Operation", 202}},
      {"GET /api/v1/data/operations/{id}/events", {"listenToOperation", nullptr, nullptr, 200, "text/event-stream"}},
      {"GET /healthz", {"getHealth", nullptr, "Health"}},
      {"GET /readyz", {"getReadiness", nullptr, "Health"}},
      {"GET /metrics", {"getMetrics"}},
      {"GET /openapi.json", {"getOpenApi"}},
  };
  return shapes;
}

constexpr const char* kSchemas = R"json({
"Ids":{"type":"array","items":{"type":"string"},"maxItems":10000},
"BulkDeleteResponse":{"type":"object","required":["total_requested","successful_deletions","failed_deletions","errors"],"properties":{
 "total_requested":{"type":"integer"},"successful_deletions":{"type":"integer"},"failed_deletions":{"type":"integer"},
 "errors":{"type":"array","items":{"type":"string"}}}},
"BackupType":{"type":"string","enum":["full","incremental","differential"]},
"DataFormat":{"type":"string","enum":["json","csv","xml","parquet","sql"]},
"ExportScope":{"type":"string","enum":["user","conversation","document","analytics","full","custom"]},
"OperationStatus":{"type":"string","enum":["pending","running","completed","failed","cancelled"]},
"BackupRequest":{"type":"object","properties":{"backup_type":{"$ref":"#/components/schemas/BackupType","default":"full"},
 "name":{"type":["string","null"],"maxLength":255},"description":{"type":["string","null"],"maxLength":4096},
 "include_files":{"type":"boolean","default":true},
 "include_logs":{"type":"boolean","default":false},"compress":{"type":"boolean","default":true},"encrypt":{"type":"boolean","default":true},
 "retention_days":{"type":"integer","minimum":1,"maximum":365,"default":30}}},
"BackupResponse":{"type":"object","required":["id","name","backup_type","status","created_at","encrypted","compressed","metadata"],"properties":{
 "id":{"type":"string"},"name":{"type":"string"},"description":{"type":["string","null"]},"backup_type":{"$ref":"#/components/schemas/BackupType"},
 "status":{"$ref":"#/components/schemas/OperationStatus"},"file_size":{"type":["integer","null"]},"compressed_size":{"type":["integer","null"]},
 "record_count":{"type":["integer","null"]},"created_at":{"type":"string","format":"date-time"},"completed_at":{"type":["string","null"],"format":"date-time"},
 "expires_at":{"type":["string","null"],"format":"date-time"},"encrypted":{"type":"boolean"},"compressed":{"type":"boolean"},"metadata":{"$ref":"#/components/schemas/BackupMetadata"}}},
"BackupMetadata":{"type":"object","required":["requested_type","base_id","lineage","sequence","contents_included","logs_included","reason","engine_version",
 "recipients","verified"],"properties":{"requested_type":{"$ref":"#/components/schemas/BackupType"},"base_id":{"type":["string","null"]},
 "lineage":{"type":["string","null"]},"sequence":{"type":["integer","null"]},"contents_included":{"type":"boolean"},"logs_included":{"type":"boolean"},
 "reason":{"type":"string","enum":["requested","safety"]},"engine_version":{"type":"string"},"recipients":{"type":"array","items":{"type":"string"}},
 "verified":{"type":["object","null"],"required":["level","at","ok"],"properties":{"level":{"type":"integer"},
 "at":{"type":"string","format":"date-time"},"ok":{"type":"boolean"}}},"deleted_at":{"type":"string","format":"date-time"},
 "error":{"type":["string","null"]}}},
"VerifyRequest":{"type":"object","properties":{"level":{"type":"integer","minimum":0,"maximum":5,"default":2}}},
"BackupListResponse":{"type":"object","required":["backups","total"],"properties":{
 "backups":{"type":"array","items":{"$ref":"#/components/schemas/BackupResponse"}},"total":{"type":"integer"}}},
"RestoreOptions":{"type":"object","additionalProperties":false,"properties":{
 "scope":{"type":"string","enum":["full","user","conversations","documents","prompts"],"default":"full"},"user_id":{"type":["string","null"]},
 "ids":{"type":["array","null"],"items":{"type":"string"}},"conflict":{"type":"string","enum":["replace","skip","newest"],"default":"replace"},
 "exact":{"type":"boolean","default":false},"dry_run":{"type":"boolean","default":false}}},
"RestoreRequest":{"type":"object","required":["backup_id"],"properties":{"backup_id":{"type":"string"},
 "restore_options":{"$ref":"#/components/schemas/RestoreOptions"},"create_backup_before_restore":{"type":"boolean","default":true},
 "verify_integrity":{"type":"boolean","default":true}}},
"RestoreResponse":{"type":"object","required":["restore_id","backup_id","status","progress","records_restored","started_at"],"properties":{
 "restore_id":{"type":"string"},"backup_id":{"type":"string"},"status":{"$ref":"#/components/schemas/OperationStatus"},
 "progress":{"type":"integer","minimum":0,"maximum":100},"records_restored":{"type":"integer"},"started_at":{"type":"string","format":"date-time"},
 "completed_at":{"type":["string","null"],"format":"date-time"},"error_message":{"type":["string","null"]}}},
"ExportDataRequest":{"type":"object","required":["scope"],"properties":{"scope":{"$ref":"#/components/schemas/ExportScope"},
 "format":{"$ref":"#/components/schemas/DataFormat","default":"json"},"user_id":{"type":["string","null"]},"conversation_id":{"type":["string","null"]},
 "date_from":{"type":["string","null"],"format":"date-time"},"date_to":{"type":["string","null"],"format":"date-time"},
 "include_metadata":{"type":"boolean","default":true},"compress":{"type":"boolean","default":true},"encrypt":{"type":"boolean","default":false},
 "custom_query":{"type":["object","null"]},"include_contents":{"type":"boolean","default":true}}},
"ExportDataResponse":{"type":"object","required":["export_id","status","created_at"],"properties":{"export_id":{"type":"string"},
 "status":{"$ref":"#/components/schemas/OperationStatus"},"download_url":{"type":["string","null"]},"file_size":{"type":["integer","null"]},
 "record_count":{"type":["integer","null"]},"created_at":{"type":"string","format":"date-time"},
 "completed_at":{"type":["string","null"],"format":"date-time"},"expires_at":{"type":["string","null"],"format":"date-time"}}},
"ExportListResponse":{"type":"object","required":["exports","total"],"properties":{
 "exports":{"type":"array","items":{"$ref":"#/components/schemas/ExportDataResponse"}},"total":{"type":"integer"}}},
"StorageStatsResponse":{"type":"object","required":["total_size","database_size","files_size","backups_size","exports_size","total_records",
 "total_files","total_backups","storage_by_type","storage_by_user","growth_rate_mb_per_day","projected_size_30_days","last_updated"],"properties":{
 "total_size":{"type":"integer"},"database_size":{"type":"integer"},"files_size":{"type":"integer"},"backups_size":{"type":"integer"},
 "exports_size":{"type":"integer"},"total_records":{"type":"integer"},"total_files":{"type":"integer"},"total_backups":{"type":"integer"},
 "storage_by_type":{"type":"object","additionalProperties":{"type":"integer"}},"storage_by_user":{"type":"object","additionalProperties":{"type":"integer"}},
 "growth_rate_mb_per_day":{"type":"number"},"projected_size_30_days":{"type":"integer"},"last_updated":{"type":"string","format":"date-time"},
 "records_by_type":{"type":"object","additionalProperties":{"type":"integer"}}}},
"FilteredDeleteRequest":{"type":"object","required":["filters"],"properties":{"filters":{"type":"object","required":["entity_type"],"properties":{
 "entity_type":{"type":"string","enum":["conversations","documents","prompts"]},"created_before":{"type":["string","null"],"format":"date-time"},
 "created_after":{"type":["string","null"],"format":"date-time"},"user_id":{"type":["string","null"]},"status":{"type":["string","null"]},
 "limit":{"type":"integer","minimum":1,"maximum":10000,"default":1000},"dry_run":{"type":"boolean","default":false}}}}},
"DeletePreview":{"type":"object","required":["entity_type","total_matching","sample_items","filters_applied"],"properties":{
 "entity_type":{"type":"string"},"total_matching":{"type":"integer"},"sample_items":{"type":"array","items":{"type":"object"},"maxItems":10},
 "filters_applied":{"type":"object"}}},
"Operation":{"type":"object","required":["id","kind","status","progress","created_at"],"properties":{"id":{"type":"string"},
 "kind":{"type":"string","enum":["import","bulk_delete","backup","restore","export","erase","verify","prune"]},"status":{"$ref":"#/components/schemas/OperationStatus"},
 "progress":{"type":"integer","minimum":0,"maximum":100},"records_done":{"type":"integer"},"records_expected":{"type":"integer"},
 "bytes_done":{"type":"integer"},"bytes_expected":{"type":"integer"},"principal":{"type":["string","null"]},
 "created_at":{"type":"string","format":"date-time"},"started_at":{"type":["string","null"],"format":"date-time"},
 "completed_at":{"type":["string","null"],"format":"date-time"},"request":{"type":["object","null"]},"result":{"type":["object","null"]},
 "error":{"type":["object","null"],"properties":{"code":{"type":"string"},"message":{"type":"string"}}}}},
"OperationListResponse":{"type":"object","required":["operations","next"],"properties":{
 "operations":{"type":"array","items":{"$ref":"#/components/schemas/Operation"}},"next":{"type":["string","null"]}}},
"Health":{"type":"object","required":["status"],"properties":{"status":{"type":"string"},"version":{"type":"string"}}},
"ValidationError":{"type":"object","required":["detail"],"properties":{"detail":{"type":"array","items":{"type":"object","required":["loc","msg","type"],
 "properties":{"loc":{"type":"array","items":{"type":["string","integer"]}},"msg":{"type":"string"},"type":{"type":"string"},"ctx":{"type":"object"}}}}}},
"Problem":{"type":"object","required":["type","title","status","detail","instance"],"properties":{"type":{"type":"string"},"title":{"type":"string"},
 "status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"}}}
})json";

Json SchemaBody(const char* schema, const char* content_type = "application/json") {
  return {{content_type, {{"schema", {{"$ref", std::string("#/components/schemas/") + schema}}}}}};
}

Json Parameter(const char* place, const char* name, const Json& schema) {
  return {{"in", place}, {"name", name}, {"required", std::string_view(place) == "path"}, {"schema", schema}};
}

Json ParametersOf(const Route& route) {
  Json parameters = Json::array();
  const Json text = {{"type", "string"}};
  if (route.pattern.find("{id}") != std::string_view::npos) parameters.push_back(Parameter("path", "id", text));
  if (route.pattern.ends_with("/backups")) {
    parameters.push_back(Parameter("query", "backup_type", {{"$ref", "#/components/schemas/BackupType"}}));
    parameters.push_back(Parameter("query", "status", text));
  }
  if (route.pattern.ends_with("/download")) parameters.push_back(Parameter("header", "Range", text));
  if (route.pattern.ends_with("/import")) {
    for (const char* name : {"on_conflict", "owner", "generate_ids", "kind", "format"})
      parameters.push_back(Parameter("query", name, text));
  }
  if (route.pattern.ends_with("/operations")) {
    for (const char* name : {"kind", "status", "after"}) parameters.push_back(Parameter("query", name, text));
    parameters.push_back(
        Parameter("query", "limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}, {"default", 100}}));
  }
  return parameters;
}

Json CallJson(const Route& route, const Shape& shape) {
  Json answer = {{"description", "Done or accepted"}};
  if (shape.answer != nullptr) answer["content"] = SchemaBody(shape.answer);
  if (shape.media_type != nullptr) answer["content"] = {{shape.media_type, Json::object()}};
  Json call = {{"operationId", shape.operation_id}};
  if (Json parameters = ParametersOf(route); !parameters.empty()) call["parameters"] = std::move(parameters);
  if (route.body == Body::kStream)
    call["requestBody"] = {{"required", true},
                           {"content", {{"application/x-ndjson", Json::object()}, {"application/zstd", Json::object()}}}};
  if (shape.request != nullptr) {
    call["requestBody"] = {{"required", route.body != Body::kJsonOrNone}, {"content", SchemaBody(shape.request)}};
  }
  if (route.pattern.ends_with("/download")) {
    call["responses"]["206"] = answer;
    call["responses"]["304"] = {{"description", "The file has the tag of If-None-Match"}};
  }
  call["responses"][std::to_string(shape.status)] = std::move(answer);
  if (route.body != Body::kNone || route.pattern.ends_with("/backups") || route.pattern.ends_with("/operations")) {
    call["responses"]["422"] = {{"description", "The request is not valid"}, {"content", SchemaBody("ValidationError")}};
  }
  call["responses"]["default"] = {{"description", "Any other error"},
                                  {"content", SchemaBody("Problem", "application/problem+json")}};
  if (route.access == Access::kAnybody) call["security"] = Json::array();
  if (route.access == Access::kUserOrLink) call["security"] = Json::array({{{"bearer", Json::array()}}, Json::object()});
  return call;
}

std::string Document() {
  Json document = {{"openapi", "3.1.0"},
                   {"info", {{"title", "Coffer data API"}, {"version", Version()}}},
                   {"security", Json::array({{{"bearer", Json::array()}}})}};
  for (const Route& route : AllRoutes()) {
    const auto shape = Shapes().find(std::string(route.method) + " " + std::string(route.pattern));
    if (shape == Shapes().end()) continue;
    std::string method(route.method);
    std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    document["paths"][std::string(route.pattern)][method] = CallJson(route, shape->second);
  }
  document["components"]["schemas"] = Json::parse(kSchemas);
  document["components"]["securitySchemes"]["bearer"] = {{"type", "http"}, {"scheme", "bearer"}};
  return ToText(document);
}

}  // namespace

Response ShowOpenApi(const Call& /*call*/, Service& /*service*/) {
  static const auto text = std::make_shared<const std::string>(Document());
  Response response;
  response.body = text;
  return response;
}

}  // namespace coffer::http

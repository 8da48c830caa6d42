// POST /bulk/…: deletes by ids and by filters, and the preview of a filtered delete.
#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/requests/problem.h"
#include "http/requests/request_models.h"

namespace coffer::http {
namespace {

// A user deletes only its own records; the engine checks the owner in the commit that deletes.
BulkDeleteOptions OptionsFor(const Call& call) {
  BulkDeleteOptions options;
  if (!call.is_admin()) options.owner = call.principal.user_id;
  return options;
}

Response DeleteByIds(Kind kind, const Call& call, Service& service) {
  Faults faults;
  const std::vector<std::string> ids = ReadIds(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  const auto report = service.engine.BulkDelete(kind, ids, OptionsFor(call));
  if (!report.ok()) return EngineFailure(report.status(), service, call.path);
  return JsonAnswer(200, BulkDeleteJson(*report));
}

Selection SelectionOf(const FilteredDeleteRequest& request, const Call& call) {
  Selection selection;
  selection.kind = request.entity_type;
  selection.owner = call.is_admin() ? request.user_id.value_or("") : call.principal.user_id;
  // created_after is exclusive, created_from inclusive.
  if (request.created_after) selection.created_from = Timestamp{request.created_after->microseconds + 1};
  selection.created_before = request.created_before;
  selection.status = request.status.value_or("");
  selection.limit = request.limit;
  return selection;
}

bool AsksForOthers(const FilteredDeleteRequest& request, const Call& call) {
  return !call.is_admin() && request.user_id && *request.user_id != call.principal.user_id;
}

// The only part of a selection that the engine rejects is a status that the kind does not have.
Response SelectionFailure(const Status& failure, const Call& call, Service& service) {
  if (failure.code() != StatusCode::kInvalidArgument) return EngineFailure(failure, service, call.path);
  Faults faults;
  faults.Add({{"body", "filters", "status"},
              "value_error",
              "Value error, this kind of record has no such status",
              {{"error", "this kind of record has no such status"}}});
  return faults.ToResponse();
}

// The members by which a person recognizes a record.
Json SampleItem(Engine& engine, Kind kind, const std::string& id) {
  const auto text = kind == Kind::kConversation ? engine.GetConversationJson(id, /*with_messages=*/false)
                    : kind == Kind::kDocument   ? engine.GetDocumentJson(id)
                                                : engine.GetPromptJson(id);
  Json item = {{"id", id}};
  const Json record = Json::parse(text.ok() ? *text : "null", nullptr, /*allow_exceptions=*/false);
  if (!record.is_object()) return item;  // deleted meanwhile
  for (const char* name : {"title", "filename", "name", "user_id", "owner_id", "status", "created_at", "updated_at"}) {
    if (record.contains(name)) item[name] = record[name];
  }
  return item;
}

}  // namespace

Response DeleteConversations(const Call& call, Service& service) { return DeleteByIds(Kind::kConversation, call, service); }
Response DeleteDocuments(const Call& call, Service& service) { return DeleteByIds(Kind::kDocument, call, service); }
Response DeletePrompts(const Call& call, Service& service) { return DeleteByIds(Kind::kPrompt, call, service); }

Response DeleteFiltered(const Call& call, Service& service) {
  Faults faults;
  const FilteredDeleteRequest request = ReadFilteredDeleteRequest(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  if (AsksForOthers(request, call)) return Forbidden(call.path);
  BulkDeleteOptions options = OptionsFor(call);
  options.dry_run = request.dry_run;
  const auto report = service.engine.BulkDelete(SelectionOf(request, call), options);
  if (!report.ok()) return SelectionFailure(report.status(), call, service);
  return JsonAnswer(200, BulkDeleteJson(*report));
}

Response PreviewDelete(const Call& call, Service& service) {
  Faults faults;
  const FilteredDeleteRequest request = ReadFilteredDeleteRequest(call.request->body, faults);
  if (!faults.empty()) return faults.ToResponse();
  if (AsksForOthers(request, call)) return Forbidden(call.path);
  Selection selection = SelectionOf(request, call);
  selection.limit = 0;  // the preview counts all matches; the limit applies to deletes only
  BulkDeleteOptions options = OptionsFor(call);
  options.dry_run = true;
  const auto report = service.engine.BulkDelete(selection, options);
  if (!report.ok()) return SelectionFailure(report.status(), call, service);
  Json sample = Json::array();
  for (const std::string& id : report->sample) sample.push_back(SampleItem(service.engine, selection.kind, id));
  return JsonAnswer(200, {{"entity_type", KindNamePlural(selection.kind)},
                          {"total_matching", report->deleted},
                          {"sample_items", std::move(sample)},
                          {"filters_applied", Json(request.filters)}});
}

}  // namespace coffer::http

#include "operations/delete/bulk_delete_operation.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coffer/bulk_delete.h"
#include "coffer/engine.h"
#include "coffer/limits.h"
#include "engine/bulk_delete.h"
#include "engine/internals.h"
#include "engine/selection_scan.h"
#include "engine/transaction.h"
#include "format/json/json_tree.h"
#include "format/stored/keys.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "vocabulary/check.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

// The request as the journal keeps it. The ids are in the plan.
struct Request {
  Kind kind = Kind::kConversation;
  BulkDeleteOptions options;
  std::optional<Selection> selection;  // nullopt: by ids
};

OrderedJson TimeOrNull(const std::optional<Timestamp>& time) {
  return time ? OrderedJson(FormatTimestamp(*time)) : OrderedJson(nullptr);
}

std::string RequestText(const Request& request, std::size_t ids) {
  OrderedJson json = {{"kind", KindNamePlural(request.kind)},
                      {"owner", request.options.owner},
                      {"durable", request.options.durability == Durability::kDurable}};
  if (!request.selection) {
    json["ids"] = ids;
    return ToText(json);
  }
  const Selection& selection = *request.selection;
  json["selection"] = {{"created_from", TimeOrNull(selection.created_from)},
                       {"created_before", TimeOrNull(selection.created_before)},
                       {"status", selection.status},
                       {"limit", selection.limit}};
  return ToText(json);
}

std::optional<Timestamp> ReadTime(const OrderedJson& json) {
  if (json.is_null()) return std::nullopt;
  Result<Timestamp> time = ParseTimestamp(json.get<std::string>());
  if (!time.ok()) throw std::invalid_argument("time");
  return *time;
}

Result<Request> ReadRequest(const OperationInfo& info) {
  try {
    const OrderedJson json = format::ParseJsonTree<OrderedJson>(info.request.text());
    Request request;
    request.kind = ParseKind(json.at("kind").get<std::string>()).value();
    request.options.owner = json.at("owner").get<std::string>();
    request.options.durability = json.at("durable").get<bool>() ? Durability::kDurable : Durability::kBuffered;
    if (json.contains("ids")) return request;
    const OrderedJson& from = json.at("selection");
    Selection selection;
    selection.kind = request.kind;
    selection.owner = request.options.owner;
    selection.created_from = ReadTime(from.at("created_from"));
    selection.created_before = ReadTime(from.at("created_before"));
    selection.status = from.at("status").get<std::string>();
    selection.limit = from.at("limit").get<std::size_t>();
    request.selection = std::move(selection);
    return request;
  } catch (const std::exception&) {
    return Status::Corruption("journal: the request of bulk delete " + info.id + " cannot be read");
  }
}

std::string ReportText(const BulkDeleteReport& report) {
  OrderedJson json = {{"requested", report.requested}, {"deleted", report.deleted}, {"failed", report.errors.size()}};
  json["errors"] = OrderedJson::array();
  for (const BulkDeleteError& error : report.errors) {
    if (json["errors"].size() == kBulkDeleteErrorsKeptMax) break;
    json["errors"].push_back({{"id", error.id}, {"reason", error.status.message()}});
  }
  json["sample"] = report.sample;
  return ToText(json);
}

// How far the operation has come: the row of `progress` that is committed with each batch.
struct Reached {
  std::uint64_t ids_done = 0;
  std::uint64_t deleted = 0;
  std::uint64_t missing = 0;
  std::vector<std::string> sample;
  std::vector<std::string> missing_ids;  // the first kBulkDeleteErrorsKeptMax
};

std::string Encode(const Reached& reached) {
  return ToText({{"ids_done", reached.ids_done},
                 {"deleted", reached.deleted},
                 {"missing", reached.missing},
                 {"sample", reached.sample},
                 {"missing_ids", reached.missing_ids}});
}

Result<Reached> Decode(std::string_view text) {
  try {
    const OrderedJson json = format::ParseJsonTree<OrderedJson>(text);
    Reached reached;
    reached.ids_done = json.at("ids_done").get<std::uint64_t>();
    reached.deleted = json.at("deleted").get<std::uint64_t>();
    reached.missing = json.at("missing").get<std::uint64_t>();
    reached.sample = json.at("sample").get<std::vector<std::string>>();
    reached.missing_ids = json.at("missing_ids").get<std::vector<std::string>>();
    return reached;
  } catch (const OrderedJson::exception&) {
    return Status::Corruption("progress: the row of a bulk delete is damaged");
  }
}

// Invariant: the progress row counts exactly the ids whose deletion is committed.
class BulkDeleteOperation {
 public:
  BulkDeleteOperation(engine::EngineCore& core, const Request& request, OperationContext& context)
      : core_(core),
        journal_(RunnerOf(core).journal()),
        request_(request),
        context_(context),
        progress_key_(format::OperationProgressKey(context.id())) {}

  // `refused`: the given ids that are not in the plan; unknown, and empty, when the operation resumes.
  Result<BulkDeleteReport> Run(std::vector<BulkDeleteError> refused) {
    COFFER_ASSIGN(Plan plan, TakePlan());
    context_.ExpectRecords(plan.ids);
    COFFER_TRY(ReadReached());
    context_.SetRecords(reached_.ids_done);
    BulkDeleteReport report;
    report.requested = plan.ids + plan.refused;
    report.deleted = reached_.deleted;
    report.sample = reached_.sample;
    for (const std::string& id : reached_.missing_ids) report.errors.push_back({id, Missing(id)});
    while (reached_.ids_done < plan.ids) {
      COFFER_TRY(DeleteRow(report));
    }
    for (BulkDeleteError& error : refused) report.errors.push_back(std::move(error));
    // The journal's last entry is durable, so the deletions that it reports must be durable too.
    COFFER_TRY(core_.Access()->Sync());
    return report;
  }

 private:
  Status Missing(const std::string& id) const {
    return Status::NotFound(std::string(KindName(request_.kind)) + " " + id + ": not found");
  }

  // The ids of a selection are stored first: later the same selection may match other records.
  Result<Plan> TakePlan() {
    COFFER_ASSIGN(std::optional<Plan> plan, journal_.ReadPlan(context_.id()));
    if (plan) return *plan;
    if (!request_.selection) return Status::Corruption("journal: the ids of bulk delete " + context_.id() + " are missing");
    std::optional<engine::StoreAccess> access(core_.Access());
    const engine::StorePin pin = core_.Pin();
    storage::Store& store = **access;
    const std::unique_ptr<storage::StoreSnapshot> snapshot = store.TakeSnapshot();
    access.reset();
    return WritePlan({store, snapshot.get()});
  }

  Result<Plan> WritePlan(const engine::ReadView& view) {
    Plan plan;
    std::vector<std::string> ids;
    const auto write_row = [&](bool last) {
      const std::vector<std::string_view> views(ids.begin(), ids.end());
      storage::WriteBatch batch;
      const auto row = static_cast<std::uint32_t>((plan.ids - ids.size()) / kPlanRowIdsMax);
      if (!ids.empty()) Journal::AppendPlanRow(context_.id(), row, views, batch);
      if (last) Journal::AppendPlanHead(context_.id(), plan, batch);
      ids.clear();
      return journal_.Commit(batch, last ? Durability::kDurable : Durability::kBuffered);
    };
    const auto visit = [&](std::string_view id) {
      ids.emplace_back(id);
      ++plan.ids;
      context_.ExpectRecords(plan.ids);
      if (ids.size() < kPlanRowIdsMax) return Status::Ok();
      COFFER_TRY(context_.CheckStop());
      return write_row(false);
    };
    COFFER_TRY(engine::ForEachSelected(view, *request_.selection, visit));
    COFFER_TRY(write_row(true));
    return plan;
  }

  Status ReadReached() {
    storage::PinnedValue value;
    const engine::StoreAccess access = core_.Access();
    COFFER_TRY(access->Get(storage::Family::kProgress, progress_key_, nullptr, value));
    if (!value.found()) return Status::Ok();
    COFFER_ASSIGN(Reached reached, Decode(value.view()));
    reached_ = std::move(reached);
    return Status::Ok();
  }

  // Deletes the rest of the plan row that holds the next id.
  Status DeleteRow(BulkDeleteReport& report) {
    const auto row = static_cast<std::uint32_t>(reached_.ids_done / kPlanRowIdsMax);
    COFFER_ASSIGN(std::vector<std::string> ids, journal_.ReadPlanRow(context_.id(), row));
    const std::size_t done = reached_.ids_done % kPlanRowIdsMax;
    if (done >= ids.size()) return Status::Corruption("journal: the ids of bulk delete " + context_.id() + " are incomplete");
    const std::vector<std::string_view> views(ids.begin() + static_cast<std::ptrdiff_t>(done), ids.end());
    std::span<const std::string_view> rest = views;
    while (!rest.empty()) {
      COFFER_TRY(context_.CheckStop());
      const std::size_t count = std::min(rest.size(), kDeleteBatchRecordsMax);
      COFFER_TRY(DeleteBatch(rest.first(count), report));
      rest = rest.subspan(count);
    }
    return Status::Ok();
  }

  Status DeleteBatch(std::span<const std::string_view> ids, BulkDeleteReport& report) {
    Reached next = reached_;
    const auto note = [&](engine::Transaction& transaction, const BulkDeleteReport& added) {
      next.ids_done += ids.size();
      next.deleted += added.deleted;
      next.missing += added.errors.size();
      for (const BulkDeleteError& error : added.errors) {
        if (next.missing_ids.size() < kBulkDeleteErrorsKeptMax) next.missing_ids.push_back(error.id);
      }
      if (next.sample.empty()) next.sample = added.sample;
      transaction.Note(progress_key_, Encode(next));
    };
    COFFER_ASSIGN(BulkDeleteReport added, engine::DeleteOneBatch(core_, request_.kind, ids, request_.options, note));
    COFFER_CHECK(next.ids_done == reached_.ids_done + ids.size());
    COFFER_CHECK(next.ids_done == next.deleted + next.missing);
    reached_ = std::move(next);
    engine::AddTo(std::move(added), report);
    context_.SetRecords(reached_.ids_done);
    return Status::Ok();
  }

  engine::EngineCore& core_;
  Journal& journal_;
  const Request& request_;
  OperationContext& context_;
  const std::string progress_key_;
  Reached reached_;
};

void DropProgress(engine::EngineCore& core, const std::string& id) {
  const engine::StoreAccess access = core.Access();
  storage::WriteBatch batch;
  batch.Delete(storage::Family::kProgress, format::OperationProgressKey(id));
  core.CommitToStore(access, batch, {}, Durability::kBuffered).Ignore();  // on failure the next opening sweeps it
}

OperationSpec SpecOf(engine::EngineCore& core) {
  OperationSpec spec;
  spec.kind = OperationKind::kBulkDelete;
  spec.cleanup = [&core](const std::string& id) { DropProgress(core, id); };
  return spec;
}

void AppendPlan(std::string_view id, std::span<const std::string_view> ids, std::size_t refused, storage::WriteBatch& batch) {
  for (std::size_t done = 0; done < ids.size(); done += kPlanRowIdsMax) {
    const std::size_t count = std::min(kPlanRowIdsMax, ids.size() - done);
    Journal::AppendPlanRow(id, static_cast<std::uint32_t>(done / kPlanRowIdsMax), ids.subspan(done, count), batch);
  }
  Journal::AppendPlanHead(id, {ids.size(), refused}, batch);
}

Result<OperationOf<BulkDeleteReport>> Start(engine::EngineCore& core, OperationSpec spec, Request request,
                                            std::vector<BulkDeleteError> refused) {
  const auto work = [&core, request = std::move(request), refused = std::move(refused)](OperationContext& context) {
    return BulkDeleteOperation(core, request, context).Run(refused);
  };
  return StartReporting<BulkDeleteReport>(core, std::move(spec), work, &ReportText);
}

Status CheckNoDryRun(const BulkDeleteOptions& options) {
  if (!options.dry_run) return Status::Ok();
  return Status::InvalidArgument("dry_run: a dry run deletes nothing and cannot be an operation");
}

// Whether the selection holds more records than a call deletes without an operation.
Result<bool> IsLarge(engine::EngineCore& core, Selection selection) {
  if (selection.limit != 0 && selection.limit <= kDeleteInlineRecordsMax) return false;
  selection.limit = kDeleteInlineRecordsMax + 1;
  std::optional<engine::StoreAccess> access(core.Access());
  const engine::StorePin pin = core.Pin();
  storage::Store& store = **access;
  access.reset();
  std::size_t count = 0;
  COFFER_TRY(engine::ForEachSelected({store, nullptr}, selection, [&](std::string_view) {
    ++count;
    return Status::Ok();
  }));
  return count > kDeleteInlineRecordsMax;
}

}  // namespace

Result<OperationSpec> ResumedBulkDelete(engine::EngineCore& core, const OperationInfo& info) {
  COFFER_ASSIGN(Request request, ReadRequest(info));
  OperationSpec spec = SpecOf(core);
  spec.outlives_closing = true;
  spec.work = [&core, request = std::move(request)](OperationContext& context) -> Result<std::string> {
    COFFER_ASSIGN(BulkDeleteReport report, BulkDeleteOperation(core, request, context).Run({}));
    return ReportText(report);
  };
  return spec;
}

}  // namespace operations

Result<OperationOf<BulkDeleteReport>> StartBulkDelete(Engine& engine, Kind kind, std::span<const std::string> ids,
                                                      const BulkDeleteOptions& options, StartOptions start) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  COFFER_TRY(operations::CheckNoDryRun(options));
  COFFER_TRY(engine::CheckBulkDelete(core, kind, ids.size(), options));
  engine::DistinctIds sorted = engine::SortOutIds(kind, ids);
  operations::Request request{kind, options, std::nullopt};
  operations::OperationSpec spec = operations::SpecOf(core);
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(request, ids.size());
  // Called before this function returns, while `ids` is valid.
  spec.first_rows = [planned = std::move(sorted.ids), refused = sorted.refused.size()](const std::string& id,
                                                                                       storage::WriteBatch& batch) {
    operations::AppendPlan(id, planned, refused, batch);
  };
  return operations::Start(core, std::move(spec), std::move(request), std::move(sorted.refused));
} catch (...) {
  return StatusOfException();
}

Result<OperationOf<BulkDeleteReport>> StartBulkDelete(Engine& engine, const Selection& selection,
                                                      const BulkDeleteOptions& options, StartOptions start) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  COFFER_TRY(operations::CheckNoDryRun(options));
  COFFER_ASSIGN(Selection effective, engine::CheckBulkDelete(core, selection, options));
  operations::Request request{effective.kind, options, std::move(effective)};
  request.options.owner = request.selection->owner;
  operations::OperationSpec spec = operations::SpecOf(core);
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(request, 0);
  return operations::Start(core, std::move(spec), std::move(request), {});
} catch (...) {
  return StatusOfException();
}

Result<BulkDeleteReport> Engine::BulkDelete(Kind kind, std::span<const std::string> ids, const BulkDeleteOptions& options) try {
  if (options.dry_run || ids.size() <= kDeleteInlineRecordsMax) return engine::BulkDeleteIds(*core_, kind, ids, options);
  COFFER_ASSIGN(OperationOf<BulkDeleteReport> operation, StartBulkDelete(*this, kind, ids, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

Result<BulkDeleteReport> Engine::BulkDelete(const Selection& selection, const BulkDeleteOptions& options) try {
  if (options.dry_run) return engine::BulkDeleteSelected(*core_, selection, options);
  COFFER_ASSIGN(Selection effective, engine::CheckBulkDelete(*core_, selection, options));
  COFFER_ASSIGN(bool large, operations::IsLarge(*core_, effective));
  if (!large) return engine::BulkDeleteSelected(*core_, selection, options);
  COFFER_ASSIGN(OperationOf<BulkDeleteReport> operation, StartBulkDelete(*this, selection, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

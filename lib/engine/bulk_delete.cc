#include "engine/bulk_delete.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "coffer/limits.h"
#include "engine/selection_scan.h"
#include "engine/transaction.h"
#include "format/records/record_codec.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

constexpr std::size_t kSampleMax = 10;

Status CheckKind(Kind kind) {
  if (kind != Kind::kMessage && kind != Kind::kContent) return Status::Ok();
  return Status::InvalidArgument("kind: " + std::string(KindName(kind)) + " cannot be deleted in bulk");
}

// The status of an id that is malformed or occurs twice: the same as of a missing record.
Status NotThere(Kind kind, const std::string& id) {
  return Status::NotFound(std::string(KindName(kind)) + " " + id + ": not found");
}

// Deletes the distinct ids of one commit and adds the outcome to `report`.
Status DeleteSome(EngineCore& core, Kind kind, std::span<const std::string_view> ids, const BulkDeleteOptions& options,
                  BulkDeleteReport& report) {
  COFFER_ASSIGN(BulkDeleteReport added, DeleteOneBatch(core, kind, ids, options, nullptr));
  AddTo(std::move(added), report);
  return Status::Ok();
}

}  // namespace

void AddTo(BulkDeleteReport added, BulkDeleteReport& report) {
  report.deleted += added.deleted;
  for (BulkDeleteError& error : added.errors) report.errors.push_back(std::move(error));
  for (std::string& id : added.sample) {
    if (report.sample.size() < kSampleMax) report.sample.push_back(std::move(id));
  }
}

Result<BulkDeleteReport> DeleteOneBatch(EngineCore& core, Kind kind, std::span<const std::string_view> ids,
                                        const BulkDeleteOptions& options, const BatchNote& note) {
  BulkDeleteReport report;
  if (ids.empty()) return report;
  {
    const StoreAccess access = core.Access();
    Transaction transaction(core, access);
    COFFER_ASSIGN(std::vector<Status> statuses, transaction.DeleteByIds(kind, ids, options.owner));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!statuses[i].ok()) {
        report.errors.push_back({std::string(ids[i]), std::move(statuses[i])});
        continue;
      }
      ++report.deleted;
      if (report.sample.size() < kSampleMax) report.sample.emplace_back(ids[i]);
    }
    if (note) note(transaction, report);
    if (!options.dry_run) {
      COFFER_TRY(transaction.Commit(options.durability));
    }
  }
  // As after every commit: a failure closes the latch, and the next write returns it.
  Guarded([&] { return core.RebaseCountersIfDue(); }).Ignore();
  return report;
}

Result<Selection> CheckBulkDelete(const EngineCore& core, const Selection& selection, const BulkDeleteOptions& options) {
  COFFER_TRY(CheckKind(selection.kind));
  if (Status status = core.CheckWritable(); !status.ok() && !options.dry_run) return status;
  if (!options.owner.empty() && !selection.owner.empty() && options.owner != selection.owner) {
    return Status::InvalidArgument("owner: the selection and the options name different owners");
  }
  COFFER_TRY(CheckSelection(selection));
  Selection effective = selection;
  if (effective.owner.empty()) effective.owner = options.owner;
  return effective;
}

Status CheckBulkDelete(const EngineCore& core, Kind kind, std::size_t ids, const BulkDeleteOptions& options) {
  COFFER_TRY(CheckKind(kind));
  if (ids > kBulkDeleteIdsMax) return Status::InvalidArgument("ids: more than " + std::to_string(kBulkDeleteIdsMax));
  return options.dry_run ? Status::Ok() : core.CheckWritable();
}

DistinctIds SortOutIds(Kind kind, std::span<const std::string> ids) {
  DistinctIds sorted;
  std::unordered_set<std::string_view> seen;
  for (const std::string& id : ids) {
    if (seen.insert(id).second && format::CheckId("id", id).ok()) {
      sorted.ids.push_back(id);
    } else {
      sorted.refused.push_back({id, NotThere(kind, id)});
    }
  }
  return sorted;
}

Result<BulkDeleteReport> BulkDeleteIds(EngineCore& core, Kind kind, std::span<const std::string> ids,
                                       const BulkDeleteOptions& options) {
  COFFER_TRY(CheckBulkDelete(core, kind, ids.size(), options));
  BulkDeleteReport report;
  report.requested = ids.size();
  DistinctIds sorted = SortOutIds(kind, ids);
  std::span<const std::string_view> rest = sorted.ids;
  while (!rest.empty()) {
    const std::size_t count = std::min(rest.size(), kDeleteBatchRecordsMax);
    COFFER_TRY(DeleteSome(core, kind, rest.first(count), options, report));
    rest = rest.subspan(count);
  }
  for (BulkDeleteError& refused : sorted.refused) report.errors.push_back(std::move(refused));
  return report;
}

Result<BulkDeleteReport> BulkDeleteSelected(EngineCore& core, const Selection& selection, const BulkDeleteOptions& options) {
  COFFER_ASSIGN(Selection effective, CheckBulkDelete(core, selection, options));
  BulkDeleteOptions checked = options;
  checked.owner = effective.owner;

  std::optional<StoreAccess> access(core.Access());
  const StorePin pin = core.Pin();
  storage::Store& store = **access;
  const std::unique_ptr<storage::StoreSnapshot> snapshot = store.TakeSnapshot();
  access.reset();

  BulkDeleteReport report;
  std::vector<std::string> ids;
  const auto delete_pending = [&] {
    const std::vector<std::string_view> views(ids.begin(), ids.end());
    Status status = DeleteSome(core, effective.kind, views, checked, report);
    ids.clear();
    return status;
  };
  Status status = ForEachSelected({store, snapshot.get()}, effective, [&](std::string_view id) {
    ++report.requested;
    ids.emplace_back(id);
    return ids.size() < kDeleteBatchRecordsMax ? Status::Ok() : delete_pending();
  });
  if (status.ok() && !ids.empty()) status = delete_pending();
  if (!status.ok()) return status;
  return report;
}

}  // namespace coffer::engine

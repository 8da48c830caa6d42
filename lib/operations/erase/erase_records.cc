#include "operations/erase/erase_records.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/limits.h"
#include "engine/selection_scan.h"
#include "engine/transaction.h"
#include "format/json/json_tree.h"
#include "format/stored/keys.h"
#include "operations/runner/journal_json.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;
using storage::Family;

// The figures of a row; rows of earlier versions end after the contents.
enum Figure : std::size_t { kConversations, kMessages, kDocuments, kPrompts, kContents, kRecordsDone, kExports, kFigures };
constexpr std::size_t kFiguresMin = kContents + 1;

std::string Encode(const EraseProgress& progress) {
  const ErasedCounts& counts = progress.counts;
  return ToText({counts.conversations, counts.messages, counts.documents, counts.prompts, counts.contents,
                 std::uint64_t{progress.records_done}, progress.exports_removed});
}

Result<EraseProgress> Decode(std::string_view text) {
  const Status damaged = Status::Corruption("progress: the row of an erasure is damaged");
  try {
    auto figures = format::ParseJsonTree<OrderedJson>(text).get<std::vector<std::uint64_t>>();
    if (figures.size() < kFiguresMin) return damaged;
    figures.resize(kFigures);
    return EraseProgress{
        {figures[kConversations], figures[kMessages], figures[kDocuments], figures[kPrompts], figures[kContents]},
        figures[kRecordsDone] != 0,
        figures[kExports]};
  } catch (const OrderedJson::exception&) {
    return damaged;
  }
}

// Deletes in batches. Each batch waits for the next one, so that the last one can take the mark into its commit.
class RecordEraser {
 public:
  RecordEraser(engine::EngineCore& core, const LedgerEntry& entry, const std::atomic<bool>& stop, EraseProgress& progress)
      : core_(core), entry_(entry), stop_(stop), progress_(progress) {}

  Status Run() {
    if (entry_.kind) {
      for (const std::string& id : entry_.ids) {
        COFFER_TRY(Add(*entry_.kind, id, {}));
      }
    } else {
      for (const std::string& user : entry_.ids) {
        COFFER_TRY(AddOwned(user));
      }
    }
    return CommitBatch(/*last=*/true);
  }

 private:
  // All kinds at one snapshot: what the owner writes meanwhile stays.
  Status AddOwned(const std::string& user) {
    std::optional<engine::StoreAccess> access(core_.Access());
    const engine::StorePin pin = core_.Pin();
    storage::Store& store = **access;
    const std::unique_ptr<storage::StoreSnapshot> snapshot = store.TakeSnapshot();
    access.reset();
    for (Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
      Selection owned;
      owned.kind = kind;
      owned.owner = user;
      const auto add = [&](std::string_view id) { return Add(kind, id, user); };
      COFFER_TRY(engine::ForEachSelected({store, snapshot.get()}, owned, add));
    }
    return Status::Ok();
  }

  Status Add(Kind kind, std::string_view id, std::string_view owner) {
    const bool fits = kind == kind_ && owner == owner_ && ids_.size() < kDeleteBatchRecordsMax;
    if (!ids_.empty() && !fits) {
      COFFER_TRY(CommitBatch(/*last=*/false));
    }
    kind_ = kind;
    owner_ = owner;
    ids_.emplace_back(id);
    return Status::Ok();
  }

  Status CommitBatch(bool last) {
    if (stop_.load()) return Status::Cancelled("the erasure was stopped");
    EraseProgress next = progress_;
    next.records_done = last;
    {
      const engine::StoreAccess access = core_.Access();
      engine::Transaction transaction(core_, access);
      if (!ids_.empty()) {
        const std::vector<std::string_view> views(ids_.begin(), ids_.end());
        COFFER_ASSIGN(std::vector<Status> statuses, transaction.DeleteByIds(kind_, views, owner_));
        AddTo(statuses, transaction.change(), next.counts);
      }
      transaction.Note(format::OperationProgressKey(entry_.id), Encode(next));
      // A lost batch is deleted again, because the ledger's entry is durable. A lost mark would delete what came later.
      COFFER_TRY(transaction.Commit(last ? Durability::kDurable : Durability::kBuffered));
    }
    progress_ = next;
    ids_.clear();
    return core_.RebaseCountersIfDue();
  }

  // The messages of deleted conversations are taken from the change of the counters.
  void AddTo(const std::vector<Status>& statuses, const engine::CounterChange& change, ErasedCounts& counts) const {
    std::uint64_t& records = kind_ == Kind::kConversation ? counts.conversations
                             : kind_ == Kind::kDocument   ? counts.documents
                                                          : counts.prompts;
    records += static_cast<std::uint64_t>(std::ranges::count_if(statuses, [](const Status& s) { return s.ok(); }));
    for (const auto& [owner, tallies] : change.by_owner()) {
      counts.messages -= tallies[Kind::kMessage].count;  // a change: removed records are negative
      counts.contents -= tallies[Kind::kContent].count;
    }
  }

  engine::EngineCore& core_;
  const LedgerEntry& entry_;
  const std::atomic<bool>& stop_;
  EraseProgress& progress_;
  Kind kind_ = Kind::kConversation;
  std::string owner_;
  std::vector<std::string> ids_;
};

}  // namespace

Result<EraseProgress> ReadEraseProgress(storage::Store& store, std::string_view erase_id) {
  storage::PinnedValue value;
  COFFER_TRY(store.Get(Family::kProgress, format::OperationProgressKey(erase_id), nullptr, value));
  return value.found() ? Decode(value.view()) : EraseProgress();
}

Status WriteEraseProgress(engine::EngineCore& core, std::string_view erase_id, const EraseProgress& progress) {
  storage::WriteBatch batch;
  batch.Put(Family::kProgress, format::OperationProgressKey(erase_id), Encode(progress));
  return core.CommitToStore(core.Access(), batch, {}, Durability::kBuffered);
}

Status DropEraseProgress(engine::EngineCore& core, std::string_view erase_id) {
  storage::WriteBatch batch;
  batch.Delete(Family::kProgress, format::OperationProgressKey(erase_id));
  return core.CommitToStore(core.Access(), batch, {}, Durability::kBuffered);
}

Result<EraseProgress> EraseRecords(engine::EngineCore& core, const LedgerEntry& entry, const std::atomic<bool>& stop) {
  COFFER_ASSIGN(EraseProgress progress, ReadEraseProgress(*core.Access(), entry.id));
  if (!progress.records_done) {
    COFFER_TRY(RecordEraser(core, entry, stop, progress).Run());
  }
  if (entry.kind) return progress;
  for (const std::string& user : entry.ids) {
    COFFER_TRY(core.ForgetOwner(user));
  }
  return progress;
}

std::span<const Family> FamiliesTouched(std::optional<Kind> kind) {
  static constexpr std::array kAll = {Family::kConversations, Family::kMessages, Family::kDocuments, Family::kContents,
                                      Family::kPrompts,       Family::kByOwner,  Family::kCounters,  Family::kProgress};
  static constexpr std::array kConversations = {Family::kConversations, Family::kMessages, Family::kByOwner, Family::kCounters};
  static constexpr std::array kDocuments = {Family::kDocuments, Family::kContents, Family::kByOwner, Family::kCounters};
  static constexpr std::array kPrompts = {Family::kPrompts, Family::kByOwner, Family::kCounters};
  if (kind == Kind::kConversation) return kConversations;
  if (kind == Kind::kDocument) return kDocuments;
  if (kind == Kind::kPrompt) return kPrompts;
  return kAll;
}

}  // namespace coffer::operations

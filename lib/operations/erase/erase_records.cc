#include "operations/erase/erase_records.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "coffer/limits.h"
#include "engine/selection_scan.h"
#include "engine/transaction.h"
#include "format/json/json_tree.h"
#include "operations/runner/journal_json.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;
using storage::Family;

std::string Encode(const ErasedCounts& counts) {
  return ToText({counts.conversations, counts.messages, counts.documents, counts.prompts, counts.contents});
}

Result<ErasedCounts> Decode(std::string_view text) {
  try {
    const auto figures = format::ParseJsonTree<OrderedJson>(text).get<std::array<std::uint64_t, 5>>();
    return ErasedCounts{figures[0], figures[1], figures[2], figures[3], figures[4]};
  } catch (const OrderedJson::exception&) {
    return Status::Corruption("progress: the row of an erasure is damaged");
  }
}

class RecordEraser {
 public:
  RecordEraser(engine::EngineCore& core, const std::string& progress_key, const std::atomic<bool>& stop, ErasedCounts& counts)
      : core_(core), progress_key_(progress_key), stop_(stop), counts_(counts) {}

  Status ReadCounts() {
    if (progress_key_.empty()) return Status::Ok();
    storage::PinnedValue value;
    const engine::StoreAccess access = core_.Access();
    COFFER_TRY(access->Get(Family::kProgress, progress_key_, nullptr, value));
    if (!value.found()) return Status::Ok();
    COFFER_ASSIGN(ErasedCounts counts, Decode(value.view()));
    counts_ = counts;
    return Status::Ok();
  }

  Status EraseUser(const std::string& user) {
    for (Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
      COFFER_TRY(EraseOwned(kind, user));
    }
    return core_.ForgetOwner(user);
  }

  Status EraseIds(Kind kind, std::span<const std::string> ids, std::string_view owner) {
    for (std::size_t done = 0; done < ids.size(); done += kDeleteBatchRecordsMax) {
      const auto batch = ids.subspan(done, std::min(kDeleteBatchRecordsMax, ids.size() - done));
      if (stop_.load()) return Status::Cancelled("the erasure was stopped");
      COFFER_TRY(EraseBatch(kind, batch, owner));
    }
    return Status::Ok();
  }

 private:
  Status EraseOwned(Kind kind, const std::string& user) {
    std::optional<engine::StoreAccess> access(core_.Access());
    const engine::StorePin pin = core_.Pin();
    storage::Store& store = **access;
    const std::unique_ptr<storage::StoreSnapshot> snapshot = store.TakeSnapshot();
    access.reset();
    Selection owned;
    owned.kind = kind;
    owned.owner = user;
    std::vector<std::string> ids;
    Status status = engine::ForEachSelected({store, snapshot.get()}, owned, [&](std::string_view id) {
      ids.emplace_back(id);
      if (ids.size() < kDeleteBatchRecordsMax) return Status::Ok();
      Status erased = EraseIds(kind, ids, user);
      ids.clear();
      return erased;
    });
    return status.ok() ? EraseIds(kind, ids, user) : status;
  }

  // The messages of deleted conversations are taken from the change of the counters.
  ErasedCounts CountsWith(Kind kind, const std::vector<Status>& statuses, const engine::CounterChange& change) const {
    ErasedCounts counts = counts_;
    std::uint64_t& records = kind == Kind::kConversation ? counts.conversations
                             : kind == Kind::kDocument   ? counts.documents
                                                         : counts.prompts;
    records +=
        static_cast<std::uint64_t>(std::count_if(statuses.begin(), statuses.end(), [](const Status& s) { return s.ok(); }));
    for (const auto& [owner, tallies] : change.by_owner()) {
      counts.messages -= tallies[Kind::kMessage].count;  // a change: removed records are negative
      counts.contents -= tallies[Kind::kContent].count;
    }
    return counts;
  }

  Status EraseBatch(Kind kind, std::span<const std::string> ids, std::string_view owner) {
    if (ids.empty()) return Status::Ok();
    const std::vector<std::string_view> views(ids.begin(), ids.end());
    {
      const engine::StoreAccess access = core_.Access();
      engine::Transaction transaction(core_, access);
      COFFER_ASSIGN(std::vector<Status> statuses, transaction.DeleteByIds(kind, views, owner));
      const ErasedCounts counts = CountsWith(kind, statuses, transaction.change());
      if (!progress_key_.empty()) transaction.Note(progress_key_, Encode(counts));
      // Buffered: the ledger's entry is durable, and a lost batch is deleted again.
      COFFER_TRY(transaction.Commit(Durability::kBuffered));
      counts_ = counts;
    }
    return core_.RebaseCountersIfDue();
  }

  engine::EngineCore& core_;
  const std::string& progress_key_;
  const std::atomic<bool>& stop_;
  ErasedCounts& counts_;
};

}  // namespace

Status EraseRecords(engine::EngineCore& core, const LedgerEntry& entry, const std::string& progress_key,
                    const std::atomic<bool>& stop, ErasedCounts& counts) {
  RecordEraser eraser(core, progress_key, stop, counts);
  COFFER_TRY(eraser.ReadCounts());
  if (entry.kind) return eraser.EraseIds(*entry.kind, entry.ids, {});
  for (const std::string& user : entry.ids) {
    COFFER_TRY(eraser.EraseUser(user));
  }
  return Status::Ok();
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

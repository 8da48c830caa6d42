#include "operations/restore/restore_switch.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "format/json/json_tree.h"
#include "format/stored/keys.h"
#include "operations/repository/catalogue.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr auto kFamily = storage::Family::kBackups;
constexpr std::string_view kSwitchKey = "R";
constexpr std::string_view kAdoptedPrefix = "A";

std::string AdoptedKey(std::string_view erase_id) { return std::string(kAdoptedPrefix) + std::string(erase_id); }

std::unique_ptr<storage::Scan> ScanAdopted(engine::EngineCore& core) {
  return core.control()->NewScan(kFamily, kAdoptedPrefix, format::PrefixEnd(std::string(kAdoptedPrefix)), {});
}

Status DropRows(engine::EngineCore& core, storage::WriteBatch& batch) {
  batch.Delete(kFamily, kSwitchKey);
  const std::unique_ptr<storage::Scan> scan = ScanAdopted(core);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) batch.Delete(kFamily, scan->key());
  return scan->status();
}

}  // namespace

Status WriteSwitch(engine::EngineCore& core, const RestoreSwitch& restore, const std::vector<DueErasure>& erasures) {
  storage::WriteBatch batch;
  COFFER_TRY(DropRows(core, batch));
  for (const DueErasure& erasure : erasures) {
    if (!erasure.adopted) continue;
    LedgerEntry entry = erasure.entry;
    entry.completed_at = restore.completed_at;
    batch.Put(kFamily, AdoptedKey(entry.id), EncodeLedgerEntry(entry));
  }
  batch.Put(kFamily, kSwitchKey,
            ToText({{"restore_id", restore.restore_id},
                    {"generation", restore.generation},
                    {"with_ledger", restore.with_ledger},
                    {"completed_at", restore.completed_at.microseconds},
                    {"report", format::ParseJsonTree<OrderedJson>(restore.report)}}));
  return core.control()->Commit(batch, Durability::kDurable).WithContext("control");
}

Result<std::optional<RestoreSwitch>> ReadSwitch(engine::EngineCore& core) {
  storage::PinnedValue value;
  COFFER_TRY(core.control()->Get(kFamily, kSwitchKey, nullptr, value));
  if (!value.found()) return std::optional<RestoreSwitch>();
  try {
    const auto json = format::ParseJsonTree<OrderedJson>(value.view());
    RestoreSwitch restore;
    restore.restore_id = json.at("restore_id").get<std::string>();
    restore.generation = json.at("generation").get<std::uint64_t>();
    restore.with_ledger = json.at("with_ledger").get<bool>();
    restore.completed_at.microseconds = json.at("completed_at").get<std::int64_t>();
    restore.report = ToText(json.at("report"));
    return std::optional(std::move(restore));
  } catch (const OrderedJson::exception&) {
    return Status::Corruption("control: the row of the last restore is damaged");
  }
}

Status FinishSwitch(engine::EngineCore& core, const RestoreSwitch& restore) {
  const std::unique_ptr<storage::Scan> scan = ScanAdopted(core);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    COFFER_ASSIGN(LedgerEntry entry, DecodeLedgerEntry(scan->value()));
    // Later erasures must have greater ids, even if this machine's clock is slow.
    RunnerOf(core).BeginIdsBehind(entry.id);
    storage::WriteBatch batch;
    Ledger::AppendTo(entry, batch);
    batch.Delete(kFamily, scan->key());
    COFFER_TRY(core.control()->Commit(batch, Durability::kDurable));
  }
  COFFER_TRY(scan->status());
  return restore.with_ledger ? Catalogue(core).SetErasedThroughMax(std::nullopt) : Status::Ok();
}

Status ForgetSwitch(engine::EngineCore& core, std::string_view restore_id) {
  COFFER_ASSIGN(std::optional<RestoreSwitch> restore, ReadSwitch(core));
  if (!restore || restore->restore_id != restore_id) return Status::Ok();
  storage::WriteBatch batch;
  COFFER_TRY(DropRows(core, batch));
  return core.control()->Commit(batch, Durability::kBuffered);
}

}  // namespace coffer::operations

#include "operations/repository/catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "format/json/json_tree.h"
#include "operations/runner/journal_json.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr auto kFamily = storage::Family::kBackups;
constexpr std::string_view kLineageKey = "L";
constexpr std::string_view kErasedThroughKey = "E";

std::string VerificationKey(std::string_view backup_id) { return "V" + std::string(backup_id); }

// The row of a backup. -1: no such check.
struct CheckRow {
  BackupVerification last;
  int bad_level = -1;    // of the deepest failed check that no later one has refuted
  int sound_level = -1;  // of the deepest successful check since the last failed one
};

Status Damaged(const std::string& what) { return Status::Corruption("control: the row of " + what + " is damaged"); }

// Nullopt: no such row.
Result<std::optional<CheckRow>> ReadRow(engine::EngineCore& core, std::string_view backup_id) {
  std::optional<CheckRow> row;
  if (core.control() == nullptr) return row;
  storage::PinnedValue value;
  COFFER_TRY(core.control()->Get(kFamily, VerificationKey(backup_id), nullptr, value));
  if (!value.found()) return row;
  try {
    const auto json = format::ParseJsonTree<OrderedJson>(value.view());
    row.emplace();
    row->last.level = json.at("level").get<int>();
    row->last.at.microseconds = json.at("at").get<std::int64_t>();
    row->last.ok = json.at("ok").get<bool>();
    row->bad_level = json.value("bad_level", row->last.ok ? -1 : row->last.level);
    row->sound_level = json.value("sound_level", row->last.ok ? row->last.level : -1);
  } catch (const OrderedJson::exception&) {
    return Damaged("backup " + std::string(backup_id));
  }
  return row;
}

}  // namespace

Result<std::string> Catalogue::Lineage() {
  const std::uint64_t generation = core_.folder().generation();
  storage::PinnedValue value;
  COFFER_TRY(core_.control()->Get(kFamily, kLineageKey, nullptr, value));
  if (value.found()) {
    const auto json = format::ParseJsonTreeOrDiscard<OrderedJson>(value.view());
    if (!json.is_object() || !json.contains("lineage") || !json["lineage"].is_string()) return Damaged("the lineage");
    if (json.contains("generation") && json["generation"] == generation) return json["lineage"].get<std::string>();
  }
  const std::string lineage = core_.NewId();
  storage::WriteBatch batch;
  batch.Put(kFamily, kLineageKey, ToText({{"lineage", lineage}, {"generation", generation}}));
  COFFER_TRY(core_.control()->Commit(batch, Durability::kDurable));
  return lineage;
}

Result<std::optional<BackupVerification>> Catalogue::Verification(std::string_view backup_id) {
  COFFER_ASSIGN(std::optional<CheckRow> row, ReadRow(core_, backup_id));
  if (!row) return std::optional<BackupVerification>();
  // A shallower check does not override the result of a deeper one.
  BackupVerification verification = row->last;
  if (row->bad_level >= 0) {
    verification.level = row->bad_level;
    verification.ok = false;
  } else {
    verification.level = std::max(verification.level, row->sound_level);
  }
  return std::optional(verification);
}

Result<BackupStanding> Catalogue::Standing(std::string_view backup_id) {
  COFFER_ASSIGN(std::optional<CheckRow> row, ReadRow(core_, backup_id));
  BackupStanding standing;
  if (!row) return standing;
  standing.bad = row->bad_level >= 0;
  standing.verified = !standing.bad && row->sound_level >= kVerifiedLevelMin;
  return standing;
}

Status Catalogue::KeepVerification(std::string_view backup_id, const BackupVerification& verification) {
  COFFER_ASSIGN(std::optional<CheckRow> kept, ReadRow(core_, backup_id));
  CheckRow row = kept.value_or(CheckRow());
  if (!verification.ok) {
    row.bad_level = std::max(row.bad_level, verification.level);
    row.sound_level = -1;
  } else {
    if (verification.level >= row.bad_level) row.bad_level = -1;
    row.sound_level = std::max(row.sound_level, verification.level);
  }
  storage::WriteBatch batch;
  batch.Put(kFamily, VerificationKey(backup_id),
            ToText({{"level", verification.level},
                    {"at", verification.at.microseconds},
                    {"ok", verification.ok},
                    {"bad_level", row.bad_level},
                    {"sound_level", row.sound_level}}));
  return core_.control()->Commit(batch, Durability::kDurable);
}

Result<std::optional<std::string>> Catalogue::ErasedThroughMax() {
  storage::PinnedValue value;
  COFFER_TRY(core_.control()->Get(kFamily, kErasedThroughKey, nullptr, value));
  return value.found() ? std::optional(std::string(value.view())) : std::nullopt;
}

Status Catalogue::SetErasedThroughMax(const std::optional<std::string>& erased_through) {
  storage::WriteBatch batch;
  if (erased_through) {
    batch.Put(kFamily, kErasedThroughKey, *erased_through);
  } else {
    batch.Delete(kFamily, kErasedThroughKey);
  }
  return core_.control()->Commit(batch, Durability::kDurable);
}

Status Catalogue::Forget(std::string_view backup_id) {
  storage::WriteBatch batch;
  batch.Delete(kFamily, VerificationKey(backup_id));
  return core_.control()->Commit(batch, Durability::kBuffered);
}

}  // namespace coffer::operations

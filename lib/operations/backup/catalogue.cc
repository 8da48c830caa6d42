#include "operations/backup/catalogue.h"

#include <nlohmann/json.hpp>

#include "operations/runner/report_text.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr auto kFamily = storage::Family::kBackups;
constexpr std::string_view kLineageKey = "L";
constexpr std::string_view kErasedThroughKey = "E";

std::string VerificationKey(std::string_view backup_id) { return "V" + std::string(backup_id); }

// Nothing: it is not there, or no number.
template <typename Number>
std::optional<Number> NumberIn(const OrderedJson& json, const char* name) {
  const auto member = json.find(name);
  return member != json.end() && member->is_number_integer() ? std::optional(member->get<Number>()) : std::nullopt;
}

Status Damaged(const std::string& what) { return Status::Corruption("control: the row of " + what + " is damaged"); }

}  // namespace

Result<std::string> Catalogue::Lineage() {
  const std::uint64_t generation = core_.folder().generation();
  storage::PinnedValue value;
  if (Status status = core_.control()->Get(kFamily, kLineageKey, nullptr, value); !status.ok()) return status;
  if (value.found()) {
    const auto json = OrderedJson::parse(value.view(), nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("lineage") || !json["lineage"].is_string()) return Damaged("the lineage");
    if (NumberIn<std::uint64_t>(json, "generation") == generation) return json["lineage"].get<std::string>();
  }
  const std::string lineage = core_.NewId();
  storage::WriteBatch batch;
  batch.Put(kFamily, kLineageKey, ToText({{"lineage", lineage}, {"generation", generation}}));
  if (Status status = core_.control()->Commit(batch, Durability::kDurable); !status.ok()) return status;
  return lineage;
}

Result<std::optional<BackupVerification>> Catalogue::Verification(std::string_view backup_id) {
  std::optional<BackupVerification> verification;
  if (core_.control() == nullptr) return verification;
  storage::PinnedValue value;
  if (Status status = core_.control()->Get(kFamily, VerificationKey(backup_id), nullptr, value); !status.ok()) return status;
  if (!value.found()) return verification;
  const auto json = OrderedJson::parse(value.view(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Damaged("backup " + std::string(backup_id));
  verification.emplace();
  verification->level = NumberIn<int>(json, "level").value_or(0);
  verification->at.microseconds = NumberIn<std::int64_t>(json, "at").value_or(0);
  verification->ok = json.contains("ok") && json["ok"] == true;
  return verification;
}

Status Catalogue::KeepVerification(std::string_view backup_id, const BackupVerification& verification) {
  Result<std::optional<BackupVerification>> known = Verification(backup_id);
  if (!known.ok()) return std::move(known).status();
  if (verification.ok && *known && verification.level < (*known)->level) return Status::Ok();
  storage::WriteBatch batch;
  batch.Put(kFamily, VerificationKey(backup_id),
            ToText({{"level", verification.level}, {"at", verification.at.microseconds}, {"ok", verification.ok}}));
  return core_.control()->Commit(batch, Durability::kDurable);
}

Result<std::optional<std::string>> Catalogue::ErasedThroughMax() {
  storage::PinnedValue value;
  if (Status status = core_.control()->Get(kFamily, kErasedThroughKey, nullptr, value); !status.ok()) return status;
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

#include "operations/backup/catalogue.h"

#include <nlohmann/json.hpp>

#include "operations/runner/report_text.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr auto kFamily = storage::Family::kBackups;
constexpr std::string_view kLineageKey = "L";

std::string VerificationKey(std::string_view backup_id) { return "V" + std::string(backup_id); }

Status Damaged(const std::string& what) { return Status::Corruption("control: the row of " + what + " is damaged"); }

}  // namespace

Result<std::string> Catalogue::Lineage() {
  const std::uint64_t generation = core_.folder().generation();
  storage::PinnedValue value;
  if (Status status = core_.control()->Get(kFamily, kLineageKey, nullptr, value); !status.ok()) return status;
  if (value.found()) {
    const auto json = OrderedJson::parse(value.view(), nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("lineage") || !json["lineage"].is_string()) return Damaged("the lineage");
    if (json.value("generation", std::uint64_t{0}) == generation) return json["lineage"].get<std::string>();
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
  verification->level = json.value("level", 0);
  verification->at.microseconds = json.value("at", std::int64_t{0});
  verification->ok = json.value("ok", false);
  return verification;
}

Status Catalogue::KeepVerification(std::string_view backup_id, const BackupVerification& verification) {
  storage::WriteBatch batch;
  batch.Put(kFamily, VerificationKey(backup_id),
            ToText({{"level", verification.level}, {"at", verification.at.microseconds}, {"ok", verification.ok}}));
  return core_.control()->Commit(batch, Durability::kDurable);
}

Status Catalogue::Forget(std::string_view backup_id) {
  storage::WriteBatch batch;
  batch.Delete(kFamily, VerificationKey(backup_id));
  return core_.control()->Commit(batch, Durability::kBuffered);
}

}  // namespace coffer::operations

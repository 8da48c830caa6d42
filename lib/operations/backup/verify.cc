// Verifies a backup. Each level checks more; a finding names the backups and owners that it affects.
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/integrity_check.h"
#include "engine/internals.h"
#include "operations/backup/create_backup.h"
#include "operations/repository/catalogue.h"
#include "operations/repository/object_codec.h"
#include "operations/repository/open_backup.h"
#include "operations/restore/restore_build.h"
#include "operations/restore/touched_owners.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "storage/durable_file.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;
constexpr std::string_view kNextObject =
    "keep this backup for what it still holds; take a full backup of the live store now, and verify it";
constexpr std::string_view kNextManifest = "take a full backup of the live store now; move this one to the trash";
constexpr std::string_view kNextStore = "verify the live store before relying on any backup of it";

class Verifier {
 public:
  Verifier(engine::EngineCore& core, BackupManifest manifest, const VerifyOptions& options, OperationContext& context)
      : core_(core),
        repository_(core.files(), core.repository()),
        manifest_(std::move(manifest)),
        options_(options),
        context_(context) {}

  Result<VerifyReport> Run() {
    report_.backup_id = manifest_.info.id;
    report_.level = options_.level;
    report_.started_at = core_.Now();
    COFFER_ASSIGN(std::vector<format::AgeIdentity> identities, IdentitiesFor(core_, options_.identity_file));
    identities_ = std::move(identities);
    COFFER_TRY(Look());
    report_.ok = report_.findings_total == 0;
    report_.completed_at = core_.Now();
    COFFER_TRY(Keep());
    return std::move(report_);
  }

 private:
  // Records the result, and for all backups that share a damaged object: no backup may share with them or rely on them any
  // more.
  Status Keep() {
    if (core_.options().read_only) return Status::Ok();
    std::set<std::string> damaged;
    for (const VerifyFinding& finding : report_.findings) damaged.insert(finding.backups.begin(), finding.backups.end());
    damaged.erase(report_.backup_id);
    Catalogue catalogue(core_);
    for (const std::string& id : damaged) {
      COFFER_TRY(catalogue.KeepVerification(id, {report_.level, report_.completed_at, false}));
    }
    return catalogue.KeepVerification(report_.backup_id, {report_.level, report_.completed_at, report_.ok});
  }

  Status Look() {
    report_.depth = VerifyDepth::kManifest;
    COFFER_TRY(CheckManifest());
    if (options_.level == 0) return Status::Ok();
    report_.depth = VerifyDepth::kPresence;
    COFFER_TRY(CheckPresence());
    if (options_.level == 1) return AttributeFindings();
    COFFER_TRY(CheckObjects());
    COFFER_TRY(AttributeFindings());
    if (sealed_known_ && options_.level >= 3) {
      COFFER_TRY(CheckValues());
      if (options_.level == kVerifyLevelMax) return CheckRestore();
    }
    return Status::Ok();
  }

  // An error that stored bytes can cause is a finding; a failing device is not.
  static bool IsFinding(const Status& status) {
    return status.code() == StatusCode::kCorruption || status.code() == StatusCode::kUnavailable ||
           status.code() == StatusCode::kNotFound || status.code() == StatusCode::kResourceExhausted;
  }

  void Find(const std::string& object, std::string problem, std::string_view next, std::vector<std::string> owners = {"*"}) {
    ++report_.findings_total;
    if (report_.findings.size() >= kVerifyFindingsMax) return;
    report_.findings.push_back({object, std::move(problem), {manifest_.info.id}, std::move(owners), std::string(next)});
  }

  // Checks the sealed part; the plain part was read at the start.
  Status CheckManifest() {
    Result<SealedManifest> sealed = repository_.ReadSealed(manifest_, identities_);
    if (sealed.ok()) {
      sealed_ = std::move(*sealed);
      sealed_known_ = true;
      return Status::Ok();
    }
    if (sealed.status().code() == StatusCode::kPermissionDenied) {
      return options_.level > 2 ? std::move(sealed).status() : Status::Ok();
    }
    if (!IsFinding(sealed.status())) return std::move(sealed).status();
    Find(Repository::ManifestName(manifest_.info.id), sealed.status().ToString(), kNextManifest);
    return Status::Ok();
  }

  Status CheckPresence() {
    for (const StoredObject& object : manifest_.objects) {
      const std::string name = Repository::ObjectName(object.id);
      Result<std::uint64_t> size = repository_.objects().Size(name);
      if (!size.ok() && !IsFinding(size.status())) return std::move(size).status();
      ++report_.objects;
      if (!size.ok()) {
        FindObject(object, "is missing");
      } else if (*size != object.stored_bytes) {
        FindObject(object,
                   "has " + std::to_string(*size) + " bytes, but the manifest says " + std::to_string(object.stored_bytes));
      }
    }
    if (report_.objects == 0) Find(Repository::ManifestName(manifest_.info.id), "nothing was read", kNextManifest);
    return Status::Ok();
  }

  void FindObject(const StoredObject& object, std::string problem) {
    if (!damaged_.insert(object.id).second) return;
    const std::size_t before = report_.findings.size();
    Find(Repository::ObjectName(object.id), std::move(problem), kNextObject);
    if (report_.findings.size() > before) object_findings_.push_back(before);
  }

  Status CheckObjects() {
    report_.depth = sealed_known_ ? VerifyDepth::kPlainBytes : VerifyDepth::kStoredBytes;
    std::uint64_t bytes = 0;
    for (const StoredObject& object : manifest_.objects) bytes += object.stored_bytes;
    context_.ExpectBytes(bytes);
    for (std::size_t i = 0; i < manifest_.objects.size(); ++i) {
      if (damaged_.contains(manifest_.objects[i].id)) continue;
      Status status = CheckStoredBytes(manifest_.objects[i]);
      if (status.ok() && sealed_known_) status = CheckPlainBytes(i);
      if (status.ok()) continue;
      if (!IsFinding(status)) return status;
      FindObject(manifest_.objects[i], std::string(status.message()));
    }
    if (report_.bytes == 0) Find(Repository::ManifestName(manifest_.info.id), "nothing was read", kNextManifest);
    return Status::Ok();
  }

  Status CheckStoredBytes(const StoredObject& object) {
    COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, repository_.objects().Open(Repository::ObjectName(object.id)));
    format::Sha256 hash;
    std::string piece(kReadBytes, '\0');
    for (std::uint64_t offset = 0; offset < object.stored_bytes;) {
      COFFER_ASSIGN(std::size_t got, file->Read(offset, piece.size(), piece.data()));
      if (got == 0) break;
      hash.Update(std::string_view(piece).substr(0, got));
      offset += got;
      report_.bytes += got;
      context_.AddBytes(got);
      COFFER_TRY(context_.CheckStop());
    }
    if (format::HexText(hash.Finish()) == object.stored_sha256) return Status::Ok();
    return Status::Corruption("its stored bytes are damaged: their SHA-256 differs from the manifest's");
  }

  Status CheckPlainBytes(std::size_t object) {
    COFFER_ASSIGN(std::unique_ptr<ObjectReader> reader, repository_.OpenObject(manifest_, object, identities_));
    format::Sha256 hash;
    COFFER_TRY(reader->ReadAll([&](std::string_view bytes) {
      hash.Update(bytes);
      return context_.CheckStop();
    }));
    const std::string digest = format::HexText(hash.Finish());
    for (const BackupFile& file : sealed_.files) {
      if (file.object != object) continue;
      if (file.sha256 != digest || file.size_bytes != reader->size_bytes()) {
        return Status::Corruption("its plain bytes differ from those of " + file.name +
                                  ": their SHA-256 or size differs from the manifest's");
      }
    }
    return Status::Ok();
  }

  // Adds to each finding the other backups that name the damaged object, and the owners whose records cannot be read.
  Status AttributeFindings() {
    if (object_findings_.empty()) return Status::Ok();
    COFFER_ASSIGN(std::vector<std::string> ids, repository_.Ids());
    for (const std::string& id : ids) {
      Result<BackupManifest> other = repository_.Read(id);
      if (!other.ok() || id == manifest_.info.id) continue;  // a damaged manifest has its own findings
      std::set<std::string> named;
      for (const StoredObject& object : other->objects) named.insert(Repository::ObjectName(object.id));
      for (const std::size_t finding : object_findings_) {
        if (named.contains(report_.findings[finding].object)) report_.findings[finding].backups.push_back(id);
      }
    }
    for (const std::size_t finding : object_findings_) std::ranges::sort(report_.findings[finding].backups);
    if (!sealed_known_) return Status::Ok();
    const std::vector<std::string> owners = OwnersTouched();
    for (const std::size_t finding : object_findings_) report_.findings[finding].owners = owners;
    return Status::Ok();
  }

  // "*" if the store does not open or its index of owners cannot be read.
  std::vector<std::string> OwnersTouched() {
    Result<std::unique_ptr<Engine>> opened = OpenInPlace(core_.options(), repository_, manifest_, identities_);
    if (!opened.ok()) return {"*"};
    Result<std::vector<std::string>> owners = FindTouchedOwners(**opened, context_);
    return owners.ok() ? std::move(*owners) : std::vector<std::string>{"*"};
  }

  Status CheckValues() {
    report_.depth = VerifyDepth::kValues;
    Result<std::unique_ptr<Engine>> opened = OpenInPlace(core_.options(), repository_, manifest_, identities_);
    if (!opened.ok() && !IsFinding(opened.status())) return std::move(opened).status();
    const std::string name = Repository::ManifestName(manifest_.info.id);
    if (!opened.ok()) {
      Find(name, "does not open: " + opened.status().ToString(), kNextObject);
      return Status::Ok();
    }
    Result<std::uint64_t> values = CountValues(engine::CoreOf(**opened), context_);
    if (!values.ok() && !IsFinding(values.status())) return std::move(values).status();
    if (!values.ok()) Find(name, "a value cannot be read: " + values.status().ToString(), kNextObject, OwnersTouched());
    report_.values = values.ok() ? *values : 0;
    if (values.ok() && *values == 0 && manifest_.info.record_count > 0) Find(name, "no value was read", kNextObject);
    return options_.level >= 4 ? CheckRecords(**opened) : Status::Ok();
  }

  // Counts the records again to check the counters, and compares these with the manifest's.
  Status CheckRecords(Engine& opened) {
    report_.depth = VerifyDepth::kRecords;
    const std::string name = Repository::ManifestName(manifest_.info.id);
    Result<IntegrityReport> integrity = opened.CheckIntegrity();
    if (!integrity.ok() && !IsFinding(integrity.status())) return std::move(integrity).status();
    if (!integrity.ok()) {
      Find(name, integrity.status().ToString(), kNextObject);
      return Status::Ok();
    }
    for (const IntegrityFinding& finding : integrity->findings) Find(name, finding.object + ": " + finding.problem, kNextStore);
    Status same = CompareTallies(engine::CoreOf(opened).totals().Copy().by_owner, sealed_.by_owner);
    if (!same.ok()) Find(name, std::string(same.message()), kNextStore);
    return context_.CheckStop();
  }

  // Restores into a temporary folder next to the generations, which is swept after a crash.
  Status CheckRestore() {
    report_.depth = VerifyDepth::kRestored;
    const std::string scratch = core_.folder().StagingPath("verify-" + context_.id());
    const auto begin = std::chrono::steady_clock::now();
    Status status = RestoreAndCheck(scratch);
    report_.restore_ms = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
    storage::RemoveRecursively(core_.files(), scratch).Ignore();  // on failure the next opening sweeps it
    if (status.ok() || !IsFinding(status) || status.code() == StatusCode::kResourceExhausted) return status;
    Find(Repository::ManifestName(manifest_.info.id), "does not restore: " + status.ToString(), kNextObject);
    return Status::Ok();
  }

  Status RestoreAndCheck(const std::string& scratch) {
    COFFER_ASSIGN(std::uint64_t free, core_.files().FreeBytes(core_.folder().root()));
    // The live store is on the same device.
    COFFER_TRY(CheckFreeBytes(core_.folder().root(), manifest_.info.file_bytes, free));
    COFFER_TRY(BuildGeneration(core_, repository_, manifest_, sealed_, identities_, scratch, context_));
    COFFER_ASSIGN(std::unique_ptr<engine::EngineCore> opened, core_.OpenApart(scratch, core_.SmallStoreOptions()));
    const engine::StoreAccess access = opened->Access();
    const std::unique_ptr<storage::StoreSnapshot> snapshot = access->TakeSnapshot();
    COFFER_ASSIGN(IntegrityReport integrity, engine::CheckIntegrity(*access, snapshot.get()));
    return integrity.ok ? Status::Ok()
                        : Status::Corruption(integrity.findings.front().object + ": " + integrity.findings.front().problem);
  }

  engine::EngineCore& core_;
  const Repository repository_;
  const BackupManifest manifest_;
  const VerifyOptions& options_;
  OperationContext& context_;
  std::vector<format::AgeIdentity> identities_;
  SealedManifest sealed_;
  bool sealed_known_ = false;
  std::set<std::string, std::less<>> damaged_;  // ids of objects
  std::vector<std::size_t> object_findings_;    // places in report_.findings
  VerifyReport report_;
};

Result<VerifyReport> DamagedManifest(engine::EngineCore& core, const std::string& id, int level, const Status& damage) {
  VerifyReport report;
  report.backup_id = id;
  report.level = level;
  report.depth = VerifyDepth::kManifest;
  report.started_at = report.completed_at = core.Now();
  report.findings.push_back(
      {Repository::ManifestName(id), std::string(damage.message()), {id}, {"*"}, std::string(kNextManifest)});
  report.findings_total = 1;
  if (core.options().read_only) return report;
  COFFER_TRY(Catalogue(core).KeepVerification(id, {level, report.completed_at, false}));
  return report;
}

std::string ReportText(const VerifyReport& report) {
  nlohmann::ordered_json json = {{"backup_id", report.backup_id},
                                 {"level", report.level},
                                 {"ok", report.ok},
                                 {"depth", VerifyDepthName(report.depth)},
                                 {"objects", report.objects},
                                 {"bytes", report.bytes},
                                 {"values", report.values}};
  json["findings"] = nlohmann::ordered_json::array();
  for (const VerifyFinding& finding : report.findings) {
    json["findings"].push_back({{"object", finding.object},
                                {"problem", finding.problem},
                                {"backups", finding.backups},
                                {"owners", finding.owners},
                                {"next", finding.next}});
  }
  json["findings_total"] = report.findings_total;
  json["restore_ms"] = report.restore_ms;
  json["started_at"] = FormatTimestamp(report.started_at);
  json["completed_at"] = FormatTimestamp(report.completed_at);
  return ToText(json);
}

}  // namespace
}  // namespace operations

Result<OperationOf<VerifyReport>> StartVerifyBackup(Engine& engine, std::string_view backup_id, const VerifyOptions& options,
                                                    StartOptions start) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  const std::string what = "verify backup " + std::string(backup_id);
  if (options.level < 0 || options.level > kVerifyLevelMax) {
    return Status::InvalidArgument(what + ": level: 0 to " + std::to_string(kVerifyLevelMax));
  }
  if (engine.read_only() && options.level == kVerifyLevelMax) {
    return Status::PermissionDenied(what + ": level 5 writes, but the store is opened read-only");
  }
  Result<operations::BackupManifest> manifest = operations::Repository(core.files(), core.repository()).Find(backup_id);
  // A damaged manifest is a finding of level 0, not an error.
  const bool damaged =
      !manifest.ok() && manifest.status().code() == StatusCode::kCorruption && backup_id != operations::kLatest;
  if (!manifest.ok() && !damaged) return std::move(manifest).status().WithContext(what);
  const std::string id = damaged ? std::string(backup_id) : manifest->info.id;
  operations::OperationSpec spec;
  spec.kind = OperationKind::kVerify;
  spec.principal = std::move(start.principal);
  spec.request = operations::ToText({{"backup_id", id}, {"level", options.level}});
  const auto work = [&core, id, manifest = std::move(manifest), options, what](operations::OperationContext& context) {
    Result<VerifyReport> report = manifest.ok() ? operations::Verifier(core, *manifest, options, context).Run()
                                                : operations::DamagedManifest(core, id, options.level, manifest.status());
    return report.ok() ? std::move(report) : Result<VerifyReport>(std::move(report).status().WithContext(what));
  };
  return operations::StartReporting<VerifyReport>(core, std::move(spec), work, &operations::ReportText);
} catch (...) {
  return StatusOfException();
}

Result<VerifyReport> RunVerifyBackup(Engine& engine, std::string_view backup_id, const VerifyOptions& options) try {
  COFFER_ASSIGN(OperationOf<VerifyReport> operation, StartVerifyBackup(engine, backup_id, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

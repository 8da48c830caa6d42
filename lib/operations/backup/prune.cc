// Prune: moves expired backups that no rule keeps to the trash, and removes those whose grace period in the trash has passed.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/backup/create_backup.h"
#include "operations/backup/retention.h"
#include "operations/repository/catalogue.h"
#include "operations/repository/repository.h"
#include "operations/repository/repository_session.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

constexpr std::uint64_t kGraceMicroseconds = std::uint64_t{kTrashGraceDays} * 86'400 * 1'000'000;

class Pruner {
 public:
  Pruner(engine::EngineCore& core, const PruneOptions& options, OperationContext& context)
      : core_(core), options_(options), context_(context), repository_(core.files(), core.repository()) {}

  Result<PruneReport> Run() {
    now_ = options_.as_of.value_or(core_.Now());
    // Before anything is read, so that nothing changes between the decision and its execution. A plan begins no session: a
    // session sweeps and writes a lease, and a plan changes nothing.
    if (!options_.plan) {
      COFFER_ASSIGN(std::unique_ptr<RepositorySession> session, RepositorySession::Begin(core_, repository_));
      session_ = std::move(session);
    }
    COFFER_TRY(Read());
    COFFER_ASSIGN(bool jumped, HasClockJumped());
    report_.clock_jumped = jumped;
    COFFER_TRY(Decide());
    COFFER_TRY(options_.plan ? Plan() : Apply());
    return std::move(report_);
  }

 private:
  Status Read() {
    COFFER_ASSIGN(std::vector<BackupManifest> manifests, repository_.List());
    manifests_ = std::move(manifests);
    COFFER_ASSIGN(std::vector<Repository::TrashEntry> trash, repository_.Trash());
    trash_ = std::move(trash);
    return Status::Ok();
  }

  // Compares the time with the newest recorded operation: backups by their manifests, everything else by the journal. Prunes do
  // not count: a plan or a prune at a wrong time must not prove to the next one that this time is right.
  Result<bool> HasClockJumped() {
    if (options_.as_of) return false;
    std::optional<Timestamp> newest;
    const auto consider = [&newest](Timestamp at) { newest = newest ? std::max(*newest, at) : at; };
    for (const BackupManifest& manifest : manifests_) consider(manifest.info.created_at);
    Journal& journal = RunnerOf(core_).journal();
    for (const std::string& id : journal.Ids()) {
      COFFER_ASSIGN(std::optional<OperationInfo> info, journal.Read(id));
      if (info && info->kind != OperationKind::kPrune) consider(info->created_at);
    }
    return newest && ClockJumped(*newest, now_);
  }

  Status Decide() {
    Catalogue catalogue(core_);
    std::vector<RetainedBackup> backups;
    for (const BackupManifest& manifest : manifests_) {
      const BackupInfo& info = manifest.info;
      COFFER_ASSIGN(BackupStanding standing, catalogue.Standing(info.id));
      backups.push_back({info.id, info.sequence, info.lineage, info.created_at, info.expires_at,
                         info.reason == BackupReason::kSafety, standing.verified, standing.bad});
    }
    RetentionPlan plan = DecideRetention(std::move(backups), options_.policy, now_);
    report_.keep = std::move(plan.keep);
    report_.drop = std::move(plan.drop);
    if (!report_.clock_jumped) return Status::Ok();
    for (RetentionDecision& decision : report_.drop) {
      decision.reasons = {"the clock has jumped: nothing is dropped unless the time is given explicitly"};
      report_.keep.push_back(std::move(decision));
    }
    report_.drop.clear();
    return Status::Ok();
  }

  // Whether the grace period of a deleted backup has passed. Never by a clock that cannot be trusted.
  bool IsDue(const Repository::TrashEntry& entry) const {
    if (report_.clock_jumped || now_ <= entry.deleted_at) return false;
    // Unsigned, because a name may hold any time.
    const std::uint64_t since =
        static_cast<std::uint64_t>(now_.microseconds) - static_cast<std::uint64_t>(entry.deleted_at.microseconds);
    return since > kGraceMicroseconds;
  }

  Status Plan() {
    std::vector<std::string> due;
    for (const Repository::TrashEntry& entry : trash_) {
      if (IsDue(entry)) due.push_back(entry.id);
    }
    report_.purged = due;
    COFFER_ASSIGN(std::uint64_t freed, BytesFreedWithout(due));
    report_.freed_bytes = freed;
    return Status::Ok();
  }

  Result<std::uint64_t> BytesFreedWithout(const std::vector<std::string>& due) const {
    COFFER_ASSIGN(std::vector<BackupManifest> trash, repository_.ListTrash());
    std::vector<BackupManifest> named = manifests_;
    for (BackupManifest& manifest : trash) {
      if (std::ranges::find(due, manifest.info.id) == due.end()) named.push_back(std::move(manifest));
    }
    return UnnamedBytes(repository_, named);
  }

  Status Apply() {
    // By name alone, so that damaged manifests go too; otherwise they would keep the repository from ever being swept.
    for (const Repository::TrashEntry& entry : trash_) {
      if (!IsDue(entry)) continue;
      COFFER_TRY(session_->Purge(entry));
      Catalogue(core_).Forget(entry.id).Ignore();  // on failure an unused row stays
      report_.purged.push_back(entry.id);
    }
    // Everything else depends on all manifests: one that cannot be read may name any object.
    if (!session_->damage().ok()) return session_->damage();
    for (const RetentionDecision& decision : report_.drop) {
      COFFER_TRY(context_.CheckStop());
      // The later of the two times, so that a past `as_of` does not shorten the grace period.
      COFFER_TRY(session_->MoveToTrash(decision.id, std::max(now_, core_.Now())));
    }
    COFFER_ASSIGN(std::uint64_t freed, session_->SweepObjects());
    report_.freed_bytes = session_->swept_bytes() + freed;
    return Status::Ok();
  }

  engine::EngineCore& core_;
  const PruneOptions& options_;
  OperationContext& context_;
  const Repository repository_;
  Timestamp now_;
  std::unique_ptr<RepositorySession> session_;
  std::vector<BackupManifest> manifests_;
  std::vector<Repository::TrashEntry> trash_;
  PruneReport report_;
};

nlohmann::ordered_json DecisionsJson(const std::vector<RetentionDecision>& decisions) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const RetentionDecision& decision : decisions) json.push_back({{"id", decision.id}, {"reasons", decision.reasons}});
  return json;
}

std::string ReportText(const PruneReport& report) {
  nlohmann::ordered_json json;
  json["keep"] = DecisionsJson(report.keep);
  json["drop"] = DecisionsJson(report.drop);
  json["purged"] = report.purged;
  json["freed_bytes"] = report.freed_bytes;
  json["clock_jumped"] = report.clock_jumped;
  return ToText(json);
}

std::string RequestText(const PruneOptions& options) {
  return ToText({{"keep_last", options.policy.keep_last},
                 {"keep_daily", options.policy.keep_daily},
                 {"keep_weekly", options.policy.keep_weekly},
                 {"keep_monthly", options.policy.keep_monthly},
                 {"plan", options.plan},
                 {"as_of", options.as_of ? nlohmann::ordered_json(FormatTimestamp(*options.as_of)) : nullptr}});
}

}  // namespace
}  // namespace operations

Result<OperationOf<PruneReport>> StartPrune(Engine& engine, const PruneOptions& options, StartOptions start) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  if (engine.read_only() && !options.plan) return Status::PermissionDenied("prune: the store is opened read-only");
  operations::OperationSpec spec;
  spec.kind = OperationKind::kPrune;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(options);
  const auto work = [&core, options](operations::OperationContext& context) {
    Result<PruneReport> report = operations::Pruner(core, options, context).Run();
    if (!options.plan) operations::CountRepository(core);
    return report.ok() ? std::move(report) : Result<PruneReport>(std::move(report).status().WithContext("prune"));
  };
  return operations::StartReporting<PruneReport>(core, std::move(spec), work, &operations::ReportText);
} catch (...) {
  return StatusOfException();
}

Result<PruneReport> RunPrune(Engine& engine, const PruneOptions& options) try {
  COFFER_ASSIGN(OperationOf<PruneReport> operation, StartPrune(engine, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

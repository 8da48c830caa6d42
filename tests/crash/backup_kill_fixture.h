// Shared by the crash tests of backups: what each backup must hold, and which files must not be left in a repository.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "crash/crash_fixture.h"
#include "engine/internals.h"
#include "operations/repository/repository.h"
#include "operations/repository/repository_session.h"
#include "support/repository_leftovers.h"

namespace coffer::crash {

class RepositoryKillTest : public CrashTest {
 protected:
  void Begin(std::uint64_t test) {
    seed_ = SeedFor(test);
    lane_.seed = seed_;
  }
  // The store's state after so many steps.
  const State& StateBehind(std::uint64_t steps) {
    for (; states_.size() <= steps; states_.push_back(replay_.ToState())) {
      if (!states_.empty()) replay_.Apply(MakeStep(seed_, 0, states_.size() - 1));
    }
    return states_[steps];
  }
  std::vector<Step> Steps(std::uint64_t count) const {
    std::vector<Step> steps;
    for (std::uint64_t number = 0; number < count; ++number) steps.push_back(MakeStep(seed_, 0, number));
    return steps;
  }
  std::string repository() const { return store() + "/backups"; }
  std::string identity() const { return store() + "/keys/identity.txt"; }

  // Restores the backup into a store of its own that shares the repository.
  State StateOfBackup(const std::string& id) {
    const std::string folder = directory_.File("restored");
    std::filesystem::remove_all(folder);
    OpenOptions options;
    options.repository = repository();
    const Result<std::unique_ptr<Engine>> engine = Engine::Open(folder, options);
    EXPECT_OK(engine);
    RestoreOptions restore;
    restore.safety_backup = false;
    restore.identity_file = identity();
    EXPECT_OK(RunRestore(**engine, id, restore));
    const Result<IntegrityReport> report = (*engine)->CheckIntegrity();
    EXPECT_TRUE(report.ok() && report->ok);
    return StateOf(**engine);
  }
  State StateInPlace(const std::string& id) {
    const Result<std::unique_ptr<Engine>> opened = OpenBackupIn(repository(), id, {.identity_file = identity()});
    EXPECT_OK(opened);
    return opened.ok() ? StateOf(**opened) : State();
  }
  static std::set<std::string> IdsOf(const Result<std::vector<BackupInfo>>& backups) {
    EXPECT_OK(backups);
    std::set<std::string> ids;
    if (!backups.ok()) return ids;
    for (const BackupInfo& info : *backups) ids.insert(info.id);
    return ids;
  }

  void ExpectNoLeftovers() const {
    for (const std::string& path : LeftoversIn(store(), repository())) ADD_FAILURE() << path << " was left";
  }
  // The next session removes the temporary files that a crash left in the repository.
  void ExpectTheNextSessionToSweep(Engine& engine) const {
    const operations::Repository taken(PosixFileSystem(), repository());
    ASSERT_OK(operations::RepositorySession::Begin(engine::CoreOf(engine), taken));
    ExpectNoLeftovers();
  }

  Lane lane_;

 private:
  Model replay_;
  std::vector<State> states_;
};

}  // namespace coffer::crash

// Reads are checked against the history of commits: in rounds of a second or two, with backups restored in some of them.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "consistency/library_store.h"
#include "consistency/workload.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer::consistency {
namespace {

constexpr auto kRound = std::chrono::milliseconds(1200);
constexpr int kRestoreEvery = 3;  // rounds

// COFFER_CONSISTENCY_SECONDS, or 12: with opening, backups and the check of the checker about 15.
std::chrono::seconds Duration() {
  const char* const seconds = std::getenv("COFFER_CONSISTENCY_SECONDS");
  return std::chrono::seconds(seconds != nullptr ? std::atoi(seconds) : 12);
}

class ConsistencyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    OpenOptions options;
    options.write_buffer_bytes = std::size_t{4} << 20;  // flushes and compactions happen meanwhile
    Result<std::unique_ptr<Engine>> opened = Engine::Open(directory_.File("store"), options);
    ASSERT_OK(opened);
    engine_ = *std::move(opened);
  }

  static void Sleep(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

  // The store becomes the backup while readers read. A switch needs a moment without content readers and snapshots.
  void RestoreUnderReaders(const std::string& backup, Workload& workload, History& history) {
    workload.may_pin = false;
    CommitEvent event = {.began = Now(), .is_common = true};
    RestoreOptions options;
    options.safety_backup = false;
    Result<RestoreReport> report = Status::Busy("not tried yet");
    while (report.status().code() == StatusCode::kBusy) report = RunRestore(*engine_, backup, options);
    ASSERT_OK(report);
    event.returned = Now();
    for (std::size_t writer = 0; writer < kWriters; ++writer) {
      event.set.clear();
      for (std::size_t i = 0; i < history.registers.size(); ++i) {
        if (history.registers[i].writer == writer) event.set.push_back({i, history.registers[i].initial});
      }
      history.writers[writer].push_back(event);
    }
    workload.may_pin = true;
    ++restores_;
  }

  void Round(int number) {
    const bool restores = number % kRestoreEvery == kRestoreEvery - 1;
    const Model before = model_;
    History history = model_.Begin();
    std::string backup;
    if (restores) {
      Result<BackupInfo> made = RunBackup(*engine_);
      ASSERT_OK(made);
      backup = made->id;
    }
    const std::unique_ptr<WatchedStore> store = WatchLibrary(*engine_);
    Workload workload(*store, model_, history, static_cast<std::uint64_t>(number));
    workload.Start();
    Sleep(kRound);
    workload.StopWriters();
    if (restores) {
      RestoreUnderReaders(backup, workload, history);
      model_ = before;
      Sleep(kRound / 4);
    }
    workload.StopReaders();
    Check(history);
  }

  void Check(const History& history) {
    for (const auto& commits : history.writers) commits_ += commits.size();
    for (const auto& reads : history.readers) reads_ += reads.size();
    const std::vector<std::string> anomalies = AnomaliesOf(history);
    for (const std::string& anomaly : anomalies) ADD_FAILURE() << anomaly;
  }

  TempDirectory directory_;
  std::unique_ptr<Engine> engine_;
  Model model_;
  std::size_t commits_ = 0;
  std::size_t reads_ = 0;
  int restores_ = 0;
};

TEST_F(ConsistencyTest, EveryReadOfTheLibraryShowsOneMoment) {
  const auto end = std::chrono::steady_clock::now() + Duration();
  for (int round = 0; std::chrono::steady_clock::now() < end && !HasFailure(); ++round) Round(round);
  const Result<IntegrityReport> report = engine_->CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok);
  std::printf("consistency of the library: %zu operations checked (%zu reads, %zu commits) under %d restores\n",
              reads_ + commits_, reads_, commits_, restores_);
}

}  // namespace
}  // namespace coffer::consistency

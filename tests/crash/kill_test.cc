// A process killed at any moment of its work leaves a store that opens, is sound, and holds every acknowledged write entirely and
// the one under way entirely or not at all. The moment comes from a seed: so many acknowledgements, then a while of spinning.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "coffer/backup.h"
#include "coffer/import.h"
#include "crash/crash_steps.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

struct KillMoment {
  std::uint64_t acknowledgements = 0;
  std::uint64_t spin_microseconds = 0;
};

// Starts the worker, kills it at the moment and answers all it had acknowledged.
std::vector<std::string> RunUntilKilled(const std::vector<std::string>& words, const KillMoment& moment) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    std::vector<char*> arguments{const_cast<char*>("crash_worker")};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(COFFER_CRASH_WORKER, arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string text;
  std::uint64_t lines = 0;
  char byte = 0;
  while (lines < moment.acknowledgements && ::read(ends[0], &byte, 1) == 1) {
    text.push_back(byte);
    if (byte == '\n') ++lines;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(moment.spin_microseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
  ::kill(process, SIGKILL);
  while (::read(ends[0], &byte, 1) == 1) text.push_back(byte);
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(process, &status, 0), process);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the worker ended by itself with " << WEXITSTATUS(status);
  std::vector<std::string> acknowledged;
  for (std::size_t begin = 0, at = 0; (at = text.find('\n', begin)) != std::string::npos; begin = at + 1) {
    acknowledged.push_back(text.substr(begin, at - begin));
  }
  return acknowledged;
}

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    options_.clock = &clock_;
    options_.write_buffer_bytes = std::size_t{4} << 20;
  }
  std::string Folder() const { return directory_.File("killed"); }
  std::unique_ptr<Engine> Open(const std::string& folder) {
    Result<std::unique_ptr<Engine>> engine = Engine::Open(folder, options_);
    EXPECT_OK(engine);
    return engine.ok() ? *std::move(engine) : nullptr;
  }

  // Kills the work `kills` times, each time going on in the store that the kill before left.
  void KillSteps(CrashWork work, const std::string& name, std::uint64_t seed, int kills, std::uint64_t acknowledgements_max);
  // What a backup holds is the state of its step; `reference` is at a step behind it.
  void CheckBackups(Engine& engine, std::uint64_t seed, std::uint64_t steps);

  TempDirectory directory_;
  ManualClock clock_;
  OpenOptions options_;
};

void KillTest::KillSteps(CrashWork work, const std::string& name, std::uint64_t seed, int kills,
                         std::uint64_t acknowledgements_max) {
  const std::unique_ptr<RandomSource> random = SeededRandom(seed);
  const std::unique_ptr<Engine> reference = Open(directory_.File("reference"));
  ASSERT_NE(reference, nullptr);
  std::uint64_t done = 0;
  const auto do_reference_step = [&] {
    ASSERT_OK(DoCrashStep(*reference, clock_, work, seed, done, Durability::kBuffered));
    ++done;
  };
  for (int kill = 0; kill < kills; ++kill) {
    const KillMoment moment{random->Next() % (acknowledgements_max + 1), random->Next() % 30'000};
    SCOPED_TRACE(name + " seed " + std::to_string(seed) + " kill " + std::to_string(kill) + " at step " + std::to_string(done) + "+" +
                 std::to_string(moment.acknowledgements));
    const std::vector<std::string> acknowledged =
        RunUntilKilled({name, Folder(), std::to_string(seed), std::to_string(done)}, moment);
    for (const std::string& step : acknowledged) {
      ASSERT_EQ(step, std::to_string(done));
      do_reference_step();
    }
    const std::unique_ptr<Engine> engine = Open(Folder());
    ASSERT_NE(engine, nullptr);
    ExpectHealthy(*engine);
    const Dump left = DumpOf(*engine);
    if (left != DumpOf(*reference)) {
      do_reference_step();
      ASSERT_EQ(DifferenceOf(left, DumpOf(*reference)), "") << "neither the state before the step under way nor the one behind it";
    }
    if (work == CrashWork::kBackups) CheckBackups(*engine, seed, done);
    ASSERT_OK(engine->Close());
  }
}

void KillTest::CheckBackups(Engine& engine, std::uint64_t seed, std::uint64_t steps) {
  const Result<std::vector<BackupInfo>> backups = ListBackups(engine);
  ASSERT_OK(backups);
  std::map<std::string, const BackupInfo*> by_name;
  for (const BackupInfo& backup : *backups) by_name[backup.name] = &backup;
  std::uint64_t newest = 0;
  for (std::uint64_t step = 2; step < steps; step += 3) {
    EXPECT_TRUE(by_name.contains(CrashBackupName(step))) << "acknowledged backup of step " << step;
    newest = step;
  }
  if (newest == 0 || !by_name.contains(CrashBackupName(newest))) return;
  // Restored elsewhere, so that the work goes on where it was.
  const std::string copy = directory_.File("restored-" + std::to_string(steps));
  const std::string fresh = directory_.File("fresh-" + std::to_string(steps));
  OpenOptions options = options_;
  options.repository = engine.repository();
  const Result<std::unique_ptr<Engine>> restored = Engine::Open(copy, options);
  ASSERT_OK(restored);
  RestoreOptions restore;
  restore.safety_backup = false;
  ASSERT_OK(Restore(**restored, by_name.at(CrashBackupName(newest))->id, restore));
  ExpectHealthy(**restored);
  const std::unique_ptr<Engine> again = Open(fresh);
  ASSERT_NE(again, nullptr);
  for (std::uint64_t step = 0; step < newest; ++step) {
    if (step % 3 == 2) continue;
    ASSERT_OK(DoCrashStep(*again, clock_, CrashWork::kBackups, seed, step, Durability::kBuffered));
  }
  EXPECT_EQ(DifferenceOf(DumpOf(**restored), DumpOf(*again)), "");
}

TEST_F(KillTest, KilledWritesAreThereEntirelyOrNotAtAllSeed1) { KillSteps(CrashWork::kWrites, "writes", 1, 6, 12); }
TEST_F(KillTest, KilledWritesAreThereEntirelyOrNotAtAllSeed2) { KillSteps(CrashWork::kWrites, "writes", 2, 6, 40); }
TEST_F(KillTest, KilledWritesAreThereEntirelyOrNotAtAllSeed3) { KillSteps(CrashWork::kWrites, "writes", 3, 6, 3); }
TEST_F(KillTest, KilledBackupsAreThereEntirelyOrNotAtAllSeed4) { KillSteps(CrashWork::kBackups, "backups", 4, 6, 6); }
TEST_F(KillTest, KilledBackupsAreThereEntirelyOrNotAtAllSeed5) { KillSteps(CrashWork::kBackups, "backups", 5, 6, 3); }
TEST_F(KillTest, KilledRestoreLeavesTheOldStateOrTheNewSeed6) { KillSteps(CrashWork::kRestores, "restores", 6, 6, 6); }
TEST_F(KillTest, KilledRestoreLeavesTheOldStateOrTheNewSeed7) { KillSteps(CrashWork::kRestores, "restores", 7, 6, 4); }
TEST_F(KillTest, KilledCreationOfAStoreIsTakenUpAgain) {
  for (std::uint64_t spin = 0; spin < 60'000; spin += 10'000) {
    const std::string folder = directory_.File("new-" + std::to_string(spin));
    RunUntilKilled({"writes", folder, "8", "0"}, {0, spin});
    const std::unique_ptr<Engine> engine = Open(folder);
    ASSERT_NE(engine, nullptr) << spin;
    ExpectHealthy(*engine);
  }
}

TEST_F(KillTest, KilledImportLeavesWholeRecordsAndASecondRunCompletesIt) {
  constexpr int kTalks = 4000;
  const std::string file = directory_.File("talks.ndjson");
  {
    std::ofstream lines(file);
    for (int i = 0; i < kTalks; ++i) {
      lines << R"({"type":"conversation","id":"talk-)" << i << R"(","user_id":"ada","title":"T",)"
            << R"("created_at":"2026-01-01T00:00:00Z","messages":[)";
      for (int m = 0; m < 3 + i % 5; ++m) {
        lines << (m > 0 ? "," : "") << R"({"id":"m)" << m << R"(","role":"user","content":")" << std::string(300, 'x')
              << R"(","created_at":"2026-01-01T00:00:00Z"})";
      }
      lines << "]}\n";
    }
  }
  const std::unique_ptr<Engine> reference = Open(directory_.File("reference"));
  ASSERT_NE(reference, nullptr);
  ASSERT_OK(ImportFiles(*reference, {file}));
  const Dump whole = DumpOf(*reference);
  const std::unique_ptr<RandomSource> random = SeededRandom(9);
  for (int kill = 0; kill < 8; ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    const std::string folder = directory_.File("import-" + std::to_string(kill));
    const std::vector<std::string> acknowledged =
        RunUntilKilled({"import", folder, file}, {random->Next() % 5, 5'000 + random->Next() % 60'000});
    const std::unique_ptr<Engine> engine = Open(folder);
    ASSERT_NE(engine, nullptr);
    ExpectHealthy(*engine);
    if (!acknowledged.empty()) {
      EXPECT_GE(engine->Statistics()->total_records, std::stoull(acknowledged.back()));
    }
    for (const auto& [name, text] : DumpOf(*engine)) ASSERT_TRUE(whole.at(name) == text) << name;
    const Result<ImportReport> second = ImportFiles(*engine, {file});
    ASSERT_OK(second);
    EXPECT_EQ(second->errors_total, 0U);
    EXPECT_EQ(DifferenceOf(DumpOf(*engine), whole), "");
    ExpectHealthy(*engine);
  }
}

TEST_F(KillTest, KilledBulkDeleteLeavesWholeCommitsAndASecondRunCompletesIt) {
  const std::string original = directory_.File("original");
  constexpr std::uint64_t kTalks = 4000;
  {
    const std::unique_ptr<Engine> engine = Open(original);
    ASSERT_NE(engine, nullptr);
    Batch batch(*engine);
    for (std::uint64_t i = 0; i < kTalks; ++i) {
      ASSERT_OK(batch.PutConversation(MakeConversation("talk-" + std::to_string(i), "ada"), MakeMessages(i % 500 == 0 ? 300 : 4)));
      ASSERT_OK(batch.PutConversation(MakeConversation("keep-" + std::to_string(i % 100), "bob"), MakeMessages(2)));
    }
    ASSERT_OK(engine->Commit(batch));
    ASSERT_OK(engine->Close());
  }
  const std::unique_ptr<RandomSource> random = SeededRandom(10);
  for (int kill = 0; kill < 10; ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    const std::string folder = directory_.File("delete-" + std::to_string(kill));
    std::filesystem::copy(original, folder, std::filesystem::copy_options::recursive);
    const std::vector<std::string> acknowledged = RunUntilKilled({"delete", folder, "ada"}, {1, random->Next() % 90'000});
    const std::unique_ptr<Engine> engine = Open(folder);
    ASSERT_NE(engine, nullptr);
    ExpectHealthy(*engine);
    const std::uint64_t left = engine->Statistics()->records_by_kind["conversations"] - 100;
    EXPECT_EQ(left % 500, 0U);
    if (acknowledged.back() == "deleted") {
      EXPECT_EQ(left, 0U);
    }
    Selection selection;
    selection.owner = "ada";
    const Result<BulkDeleteReport> second = engine->BulkDelete(selection);
    ASSERT_OK(second);
    EXPECT_EQ(second->deleted, left);
    EXPECT_EQ(engine->Statistics()->records_by_kind["messages"], 200U);
    ExpectHealthy(*engine);
  }
}

}  // namespace
}  // namespace coffer

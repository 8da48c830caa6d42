// What the crash tests share: a worker that is killed, and what must be true of every store that it leaves behind.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coffer/engine.h"
#include "crash/crash_workload.h"
#include "crash/killing_file_system.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer::crash {

// What a worker said, a list of words for each line, and how it ended.
struct WorkerRun {
  std::vector<std::vector<std::string>> said;
  bool killed = false;
  int exit_status = -1;

  // The lines that begin with `word`, without it.
  std::vector<std::vector<std::string>> Said(const std::string& word) const;
  // The number behind `word` on the last such line; 0 where there is none.
  std::uint64_t LastNumber(const std::string& word) const;
  // Where it died, and what it had said before; for messages.
  std::string LastWords() const;
};

class CrashTest : public ::testing::Test {
 protected:
  // So that a report tells how many there were.
  void TearDown() override { RecordProperty("kills", kills_); }

  // The test's number, or with COFFER_CRASH_SEED in the environment one that follows from both.
  static std::uint64_t SeedFor(std::uint64_t test);

  std::string store() const { return directory_.File("store"); }
  // Where a picture of a store is kept.
  std::string kept() const { return directory_.File("kept"); }
  // Replaces `to` with a copy of the folder `from`.
  static void CopyFolder(const std::string& from, const std::string& to);

  // Lets a worker end by itself. A failure of its own fails the test.
  WorkerRun Work(const std::vector<std::string>& words);
  WorkerRun WorkAndDie(std::vector<std::string> words, const Death& death);
  // Lets a worker work on the operating system's files, and kills it from outside when it has said `lines` lines.
  WorkerRun WorkUntilKilled(std::vector<std::string> words, std::uint64_t lines);
  // Deaths spread over the calls from `first` to `last`, each at a place in its part that the seed chooses, in any order.
  std::vector<Death> DeathsBetween(std::uint64_t first, std::uint64_t last, std::uint64_t count) const;
  // The same over all that a whole run does behind its opening.
  std::vector<Death> DeathsIn(const WorkerRun& whole, std::uint64_t count) const;
  // A death before and one behind each of a worker's calls that contain `only` (Death).
  std::vector<Death> DeathsAtEachCall(std::vector<std::string> words, const std::string& only);
  // For messages.
  std::string Describe(const Death& death) const;

  // Opens a store that a worker left and holds it against what is true of every store: nothing half-made lies about, Verify
  // finds nothing, and statistics are what it counted. Null after a failure.
  std::unique_ptr<Engine> OpenAndCheck(const std::string& folder);
  static State StateOf(Engine& engine);
  // Makes a store at kept() with these steps in it.
  void KeepStoreWith(const std::vector<Step>& steps);

  TempDirectory directory_;
  std::uint64_t seed_ = 0;  // set by the test

 private:
  WorkerRun Run(std::vector<std::string> words, std::uint64_t kill_after_lines);

  int kills_ = 0;
};

// "name=value".
std::string Word(const std::string& name, std::uint64_t value);

// One lane of steps: what is known to be done, and the step that comes next.
struct Lane {
  int number = 0;
  std::uint64_t seed = 0;
  std::uint64_t next = 0;
  Model model;

  // Takes over what a worker said it did; each step must have been answered as the model answers it.
  void TakeOver(const WorkerRun& run);
  // Looks at the store after a kill: it must hold all that is known to be done, and the next step in whole or not at all.
  void Settle(const State& found);
};

}  // namespace coffer::crash

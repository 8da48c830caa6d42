// Shared by the crash tests: a worker that is killed, and the checks of the store that it leaves.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coffer/engine.h"
#include "coffer/operation.h"
#include "crash/crash_workload.h"
#include "crash/killing_file_system.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer::crash {

// The lines of a worker, each a list of words, and how it ended.
struct WorkerRun {
  std::vector<std::vector<std::string>> said;
  bool killed = false;
  int exit_status = -1;

  // The lines that begin with `word`, without it.
  std::vector<std::vector<std::string>> Said(const std::string& word) const;
  // The number after `word` on the last such line; 0 if there is no such line.
  std::uint64_t LastNumber(const std::string& word) const;
  // Where it died, and its last lines; for messages.
  std::string LastWords() const;
};

class CrashTest : public ::testing::Test {
 protected:
  void TearDown() override { RecordProperty("kills", kills_); }

  // The test's number, or, if COFFER_CRASH_SEED is set, a number derived from both.
  static std::uint64_t SeedFor(std::uint64_t test);

  std::string store() const { return directory_.File("store"); }
  // The folder for a copy of a store.
  std::string kept() const { return directory_.File("kept"); }
  // Replaces `to` with a copy of the folder `from`.
  static void CopyFolder(const std::string& from, const std::string& to);

  // Lets a worker run to its end. If it fails, the test fails.
  WorkerRun Work(const std::vector<std::string>& words);
  WorkerRun WorkAndDie(std::vector<std::string> words, const Death& death);
  // Lets a worker use the operating system's files, and kills it from outside after `lines` lines.
  WorkerRun WorkUntilKilled(std::vector<std::string> words, std::uint64_t lines);
  // Deaths spread over the calls from `first` to `last`, each at a random place in its part, in any order.
  std::vector<Death> DeathsBetween(std::uint64_t first, std::uint64_t last, std::uint64_t count) const;
  // The same for all calls of a whole run after its opening.
  std::vector<Death> DeathsIn(const WorkerRun& whole, std::uint64_t count) const;
  // A death before and one after each of a worker's calls that contain `only` (Death).
  std::vector<Death> DeathsAtEachCall(std::vector<std::string> words, const std::string& only);
  // For messages.
  std::string Describe(const Death& death) const;

  // Opens a store that a worker left and checks it: no temporary files, CheckIntegrity finds nothing, and statistics match its
  // counts. Null after a failure.
  std::unique_ptr<Engine> OpenAndCheck(const std::string& folder);
  static State StateOf(Engine& engine);
  // The operations of a kind, the newest first.
  static std::vector<OperationInfo> OperationsOf(Engine& engine, OperationKind kind);
  // Makes a store at kept() with these steps.
  void KeepStoreWith(const std::vector<Step>& steps);

  TempDirectory directory_;
  std::uint64_t seed_ = 0;  // set by the test

 private:
  WorkerRun Run(std::vector<std::string> words, std::uint64_t kill_after_lines);

  int kills_ = 0;
};

// "name=value".
std::string Word(const std::string& name, std::uint64_t value);

// One lane of steps: the state after the acknowledged ones, and the next step.
struct Lane {
  int number = 0;
  std::uint64_t seed = 0;
  std::uint64_t next = 0;
  Model model;

  // Applies the steps that a worker reports; each must have the status that the model returns.
  void TakeOver(const WorkerRun& run);
  // Checks the store after a kill: it must hold all acknowledged steps, and the next step in whole or not at all.
  void Settle(const State& found);
};

}  // namespace coffer::crash

#include "crash/crash_fixture.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>
#include <thread>

#include "coffer/operation.h"
#include "coffer/random_source.h"
#include "engine/core.h"
#include "engine/internals.h"

namespace coffer::crash {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNeverKill = std::numeric_limits<std::uint64_t>::max();

std::vector<std::string> WordsOf(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// Starts the worker with `says_to` as its descriptor 3.
pid_t Start(std::vector<std::string> words, int says_to) {
  words.insert(words.begin(), COFFER_CRASH_WORKER);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, says_to, 3);
  pid_t process = 0;
  const int failure = ::posix_spawn(&process, COFFER_CRASH_WORKER, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(failure, 0) << COFFER_CRASH_WORKER;
  return failure == 0 ? process : -1;
}

// Reads lines until the worker ends, and kills it after `kill_after_lines` lines.
void Listen(int hears_from, pid_t process, std::uint64_t kill_after_lines, WorkerRun& run) {
  std::string rest;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = ::read(hears_from, piece.data(), piece.size());
    if (got <= 0) return;
    rest.append(piece.data(), static_cast<std::size_t>(got));
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      run.said.push_back(WordsOf(rest.substr(0, end)));
      rest.erase(0, end + 1);
      if (run.said.size() == kill_after_lines) ::kill(process, SIGKILL);
    }
  }
}

}  // namespace

std::vector<std::vector<std::string>> WorkerRun::Said(const std::string& word) const {
  std::vector<std::vector<std::string>> lines;
  for (const std::vector<std::string>& line : said) {
    if (!line.empty() && line.front() == word) lines.emplace_back(line.begin() + 1, line.end());
  }
  return lines;
}

std::uint64_t WorkerRun::LastNumber(const std::string& word) const {
  const std::vector<std::vector<std::string>> lines = Said(word);
  return lines.empty() ? 0 : std::stoull(lines.back().at(0));
}

std::string WorkerRun::LastWords() const {
  std::string text = "last words:";
  for (std::size_t i = said.size() > 3 ? said.size() - 3 : 0; i < said.size(); ++i) {
    text += "\n ";
    for (const std::string& word : said[i]) text += " " + word;
  }
  return text;
}

std::string Word(const std::string& name, std::uint64_t value) { return name + "=" + std::to_string(value); }

std::uint64_t CrashTest::SeedFor(std::uint64_t test) {
  const char* given = std::getenv("COFFER_CRASH_SEED");
  return given == nullptr ? test : std::strtoull(given, nullptr, 10) * 1000 + test;
}

void CrashTest::CopyFolder(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

WorkerRun CrashTest::Run(std::vector<std::string> words, std::uint64_t kill_after_lines) {
  WorkerRun run;
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const pid_t process = Start(std::move(words), pipe[1]);
  ::close(pipe[1]);
  if (process > 0) {
    Listen(pipe[0], process, kill_after_lines, run);
    int status = 0;
    EXPECT_EQ(::waitpid(process, &status, 0), process);
    run.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    kills_ += run.killed ? 1 : 0;
    if (WIFEXITED(status)) run.exit_status = WEXITSTATUS(status);
  }
  ::close(pipe[0]);
  return run;
}

WorkerRun CrashTest::Work(const std::vector<std::string>& words) {
  WorkerRun run = Run(words, kNeverKill);
  EXPECT_EQ(run.exit_status, 0) << "the worker failed";
  return run;
}

WorkerRun CrashTest::WorkAndDie(std::vector<std::string> words, const Death& death) {
  words.push_back(Word("kill_at", death.call));
  words.push_back("only=" + death.only);
  if (death.behind) words.emplace_back("behind");
  WorkerRun run = Run(std::move(words), kNeverKill);
  EXPECT_TRUE(run.killed) << "the worker ended with status " << run.exit_status;
  return run;
}

WorkerRun CrashTest::WorkUntilKilled(std::vector<std::string> words, std::uint64_t lines) {
  words.push_back("own_files");
  WorkerRun run = Run(std::move(words), lines);
  EXPECT_TRUE(run.killed) << "the worker ended with status " << run.exit_status;
  return run;
}

std::vector<Death> CrashTest::DeathsBetween(std::uint64_t first, std::uint64_t last, std::uint64_t count) const {
  const std::unique_ptr<RandomSource> random = SeededRandom(seed_);
  std::vector<Death> deaths;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t begin = first + (last - first) * i / count;
    const std::uint64_t end = std::max(begin + 1, first + (last - first) * (i + 1) / count);
    deaths.push_back({.call = begin + random->Next() % (end - begin), .behind = random->Next() % 2 == 1});
  }
  for (std::size_t i = deaths.size(); i > 1; --i) std::swap(deaths[i - 1], deaths[random->Next() % i]);
  return deaths;
}

std::vector<Death> CrashTest::DeathsIn(const WorkerRun& whole, std::uint64_t count) const {
  const std::uint64_t first = whole.LastNumber("opened") + 1;
  const std::uint64_t last = whole.LastNumber("calls") + 1;
  // The long suite multiplies them, as far as there are calls to die at.
  if (const char* const factor = std::getenv("COFFER_KILLS_FACTOR")) {
    count = std::min(count * std::max<std::uint64_t>(1, std::strtoull(factor, nullptr, 10)), last - first - 1);
  }
  EXPECT_GT(last, first + count) << "too few calls for so many deaths";
  return DeathsBetween(first, std::max(first, last), count);
}

std::vector<Death> CrashTest::DeathsAtEachCall(std::vector<std::string> words, const std::string& only) {
  words.push_back("only=" + only);
  const std::uint64_t calls = Work(words).LastNumber("calls");
  EXPECT_GT(calls, 2U) << "there are no calls with " << only;
  std::vector<Death> deaths;
  for (std::uint64_t call = 1; call <= calls; ++call) {
    deaths.push_back({.call = call, .behind = false, .only = only});
    deaths.push_back({.call = call, .behind = true, .only = only});
  }
  return deaths;
}

std::string CrashTest::Describe(const Death& death) const {
  return "seed " + std::to_string(seed_) + ", killed " + (death.behind ? "behind" : "before") + " call " +
         std::to_string(death.call) + (death.only.empty() ? "" : " of those with \"" + death.only + "\"");
}

namespace {

// The operations of a killed process have ended: completed by the next opening, which continues them in the background, or
// failed as interrupted.
void ExpectEndedOperations(Engine& engine) {
  constexpr std::chrono::seconds kPatience(60);
  constexpr std::chrono::milliseconds kBetweenLooks(2);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  OperationListOptions options;
  options.limit = kOperationsRememberedMax;
  const Result<Page<OperationInfo>> operations = ListOperations(engine, options);
  ASSERT_OK(operations);
  for (const OperationInfo& operation : operations->items) {
    Result<OperationInfo> now = operation;
    while (now.ok() && now->state < OperationState::kCompleted && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kBetweenLooks);
      now = GetOperation(engine, operation.id);
    }
    ASSERT_OK(now);
    const bool interrupted = now->error.message().find("interrupted") != std::string_view::npos;
    EXPECT_TRUE(now->state == OperationState::kCompleted || (now->state == OperationState::kFailed && interrupted))
        << OperationKindName(now->kind) << " is " << OperationStateName(now->state) << ": " << now->error.ToString();
  }
}

}  // namespace

std::unique_ptr<Engine> CrashTest::OpenAndCheck(const std::string& folder) {
  Result<std::unique_ptr<Engine>> engine = Engine::Open(folder);
  EXPECT_OK(engine);
  if (!engine.ok()) return nullptr;
  ExpectEndedOperations(**engine);

  int generations = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    generations += name.starts_with("gen-") ? 1 : 0;
    EXPECT_FALSE(name.ends_with(".partial") || name.ends_with(".tmp")) << name;
  }
  EXPECT_EQ(generations, 1);
  if (fs::exists(folder + "/exports")) {
    for (const auto& entry : fs::directory_iterator(folder + "/exports")) EXPECT_NE(entry.path().extension(), ".partial");
  }

  const Result<IntegrityReport> report = (*engine)->CheckIntegrity();
  EXPECT_OK(report);
  if (!report.ok()) return nullptr;
  EXPECT_TRUE(report->ok);
  for (std::size_t i = 0; i < report->findings.size() && i < 5; ++i) {
    ADD_FAILURE() << report->findings[i].object << ": " << report->findings[i].problem;
  }
  const Result<StorageStatistics> statistics = (*engine)->Statistics();
  EXPECT_OK(statistics);
  if (!statistics.ok()) return nullptr;
  {
    const engine::StoreAccess access = engine::CoreOf(**engine).Access();
    const std::unique_ptr<storage::Scan> unfinished = access->NewScan(storage::Family::kProgress, {}, {}, {});
    unfinished->SeekToFirst();
    EXPECT_FALSE(unfinished->valid()) << "unfinished contents were not swept";
  }
  for (const auto& [kind, count] : report->counts) {
    EXPECT_EQ(kind == "contents" ? statistics->total_contents : statistics->records_by_kind.at(kind), count) << kind;
  }
  return *std::move(engine);
}

State CrashTest::StateOf(Engine& engine) {
  Result<State> state = ReadState(engine);
  EXPECT_OK(state);
  return state.ok() ? *std::move(state) : State();
}

std::vector<OperationInfo> CrashTest::OperationsOf(Engine& engine, OperationKind kind) {
  OperationListOptions options;
  options.kind = kind;
  options.limit = kOperationsRememberedMax;
  Result<Page<OperationInfo>> operations = ListOperations(engine, options);
  EXPECT_OK(operations);
  return operations.ok() ? std::move(operations->items) : std::vector<OperationInfo>();
}

void CrashTest::KeepStoreWith(const std::vector<Step>& steps) {
  fs::remove_all(kept());
  OpenOptions options;
  options.write_buffer_bytes = kWorkerWriteBufferBytes;
  Result<std::unique_ptr<Engine>> engine = Engine::Open(kept(), options);
  ASSERT_OK(engine);
  for (const Step& step : steps) {
    const Status status = CommitStep(**engine, step, Durability::kBuffered);
    ASSERT_TRUE(status.ok() || status.code() == StatusCode::kNotFound) << status.ToString();
  }
  ASSERT_OK((*engine)->Close());
}

void Lane::TakeOver(const WorkerRun& run) {
  for (const std::vector<std::string>& line : run.Said("step")) {
    if (line.at(0) != std::to_string(number)) continue;
    ASSERT_EQ(line.at(1), std::to_string(next)) << "lane " << number;
    EXPECT_EQ(line.at(2), StatusCodeName(model.Apply(MakeStep(seed, number, next)))) << "lane " << number << " step " << next;
    ++next;
  }
}

void Lane::Settle(const State& found) {
  State ours;
  for (const auto& [key, value] : found) {
    const std::string id = key.substr(key.find(' ') + 1);
    if (id.starts_with(LanePrefix(number))) ours.emplace(key, value);
  }
  const State known = model.ToState();
  if (ours == known) return;
  Model further = model;
  further.Apply(MakeStep(seed, number, next));
  const State and_next = further.ToState();
  EXPECT_TRUE(ours == and_next) << "lane " << number << " holds neither the steps below " << next << ":\n"
                                << DifferenceOf(ours, known) << "nor those and the next one:\n"
                                << DifferenceOf(ours, and_next);
  model = std::move(further);
  ++next;
}

}  // namespace coffer::crash

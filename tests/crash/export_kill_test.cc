// A process is killed during an export: a file under a final name is complete.
#include "coffer/export.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "crash/crash_fixture.h"
#include "format/records/sha256.h"
#include "operations/operations_fixture.h"

namespace coffer::crash {
namespace {

namespace fs = std::filesystem;

using operations::ReadBytes;

class ExportKillTest : public CrashTest {
 protected:
  void MakeStore(std::uint64_t test);
  void Die(const Death& death);
  std::string output() const { return directory_.File("named.json"); }
  bool HasExportOf(const std::string& id) const {
    if (!fs::exists(store() + "/exports")) return false;
    const fs::directory_iterator exports(store() + "/exports");
    return std::any_of(begin(exports), end(exports), [&](const fs::directory_entry& entry) {
      return entry.path().filename().string().find(id) != std::string::npos;
    });
  }
  std::vector<std::string> Words() const { return {"export", store(), "output=" + output()}; }

  State expected_;
};

std::string HashOf(const std::string& bytes) {
  format::Sha256 hash;
  hash.Update(bytes);
  return format::HexText(hash.Finish());
}

// A truncated export is not valid JSON, or a tar without its end.
void ExpectWhole(const std::string& path, const State& state) {
  constexpr std::size_t kTarEndBytes = 1024;
  const std::string bytes = ReadBytes(path);
  const std::string text = path.ends_with(".zst") ? operations::Decompress(bytes) : bytes;
  if (path.ends_with(".tar.zst")) {
    EXPECT_TRUE(text.ends_with(std::string(kTarEndBytes, '\0'))) << path << " is not complete";
    EXPECT_NE(text.find("prompts.csv"), std::string::npos) << path;
    return;
  }
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(json.is_object() && json.contains("counts")) << path << " is not complete";
  std::size_t records = 0;
  for (const char* kind : {"conversations", "documents", "prompts"}) records += json.at(kind).size();
  EXPECT_EQ(records, state.size()) << path;
}

void ExportKillTest::MakeStore(std::uint64_t test) {
  seed_ = SeedFor(test);
  std::vector<Step> steps;
  Model model;
  for (std::uint64_t number = 0; number < 40; ++number) {
    steps.push_back(MakeStep(seed_, 0, number));
    model.Apply(steps.back());
  }
  KeepStoreWith(steps);
  expected_ = model.ToState();
  CopyFolder(kept(), store());
}

void ExportKillTest::Die(const Death& death) {
  CopyFolder(kept(), store());
  fs::remove(output());
  SCOPED_TRACE(Describe(death));
  const WorkerRun run = WorkAndDie(Words(), death);
  SCOPED_TRACE(run.LastWords());
  for (const auto& line : run.Said("exported")) EXPECT_EQ(HashOf(ReadBytes(line.at(0))), line.at(1)) << line.at(0);

  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  EXPECT_EQ(DifferenceOf(StateOf(*engine), expected_), "");
  std::uint64_t bytes = 0;
  if (fs::exists(store() + "/exports")) {
    for (const auto& entry : fs::directory_iterator(store() + "/exports")) {
      ExpectWhole(entry.path().string(), expected_);
      bytes += entry.file_size();
    }
  }
  EXPECT_EQ(engine->Statistics()->exports_bytes, bytes);
  for (const OperationInfo& operation : OperationsOf(*engine, OperationKind::kExport)) {
    const bool named = operation.request.text().find("named.json") != std::string_view::npos;
    const bool there = named ? fs::exists(output()) : HasExportOf(operation.id);
    EXPECT_EQ(operation.state == OperationState::kCompleted, there) << operation.error.ToString();
  }
  if (fs::exists(output())) ExpectWhole(output(), expected_);
  // The temporary file of a killed export does not block another one.
  fs::remove(output());
  ExportOptions options;
  options.output = output();
  const Result<ExportReport> report = RunExport(*engine, options);
  ASSERT_OK(report);
  EXPECT_EQ(HashOf(ReadBytes(output())), report->sha256);
  EXPECT_FALSE(fs::exists(output() + ".partial"));
}

TEST_F(ExportKillTest, FileUnderAFinalNameIsWholeAndNothingElseStays) {
  MakeStore(51);
  for (const Death& death : DeathsIn(Work(Words()), 12)) {
    Die(death);
    if (HasFailure()) return;
  }
}

TEST_F(ExportKillTest, KilledAtAnyCallOnTheNamedFileItIsWholeOrNotThere) {
  MakeStore(52);
  std::vector<Death> deaths = DeathsAtEachCall(Words(), "/named.json");
  // The many appends in the middle are alike.
  if (deaths.size() > 12) deaths.erase(deaths.begin() + 4, deaths.end() - 8);
  for (const Death& death : deaths) {
    Die(death);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace coffer::crash

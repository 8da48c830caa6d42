// A process is killed during an import: whole batches are there, and a second import completes them.
#include "coffer/import.h"

#include <algorithm>
#include <filesystem>

#include "coffer/record_json.h"
#include "crash/crash_fixture.h"
#include "format/age/base64.h"
#include "operations/operations_fixture.h"

namespace coffer::crash {
namespace {

namespace fs = std::filesystem;

using operations::WriteBytes;

class ImportKillTest : public CrashTest {
 protected:
  // An input of several batches, and the record of each line.
  void MakeInput();
  std::vector<std::string> ImportWords(bool buffered) const;
  // How many of the first lines make `records` records. Fails if the last of them would be there in part.
  std::size_t LinesThatMake(std::uint64_t records) const;
  State StateWith(std::uint64_t records) const;
  // Lets an import die, and returns how many records there are then: those of the first whole lines, all acknowledged ones, and
  // at most one more batch.
  std::uint64_t Die(const Death& death, bool buffered, std::uint64_t records_before);
  void ImportTheRest(const State& all);
  void ImportAndDie(std::uint64_t test, std::uint64_t kills, bool second_dies_too);

  std::string input() const { return directory_.File("input.ndjson"); }
  std::string contents() const { return directory_.File("contents"); }

  std::vector<Change> lines_;
};

std::string LineOf(std::string_view type, const std::string& json, const std::string& more) {
  return "{\"type\":\"" + std::string(type) + "\"," + json.substr(1, json.size() - 2) + more + "}\n";
}

void ImportKillTest::MakeInput() {
  fs::create_directory(contents());
  std::string text;
  for (const Step& step : MakeStock(seed_)) {
    for (const Change& change : step) {
      if (const auto* talk = std::get_if<PutTalk>(&change)) {
        std::string messages;
        for (const Message& message : talk->messages.value_or(std::vector<Message>())) {
          messages += (messages.empty() ? "" : ",") + ToJson(message).value();
        }
        text += LineOf("conversation", ToJson(talk->conversation).value(),
                       talk->messages ? ",\"messages\":[" + messages + "]" : "");
        lines_.push_back(change);
        if (lines_.size() % 4 > 0) continue;
        Message apart;
        apart.id = "apart";
        apart.conversation_id = talk->conversation.id;
        apart.sequence_number = 5000;
        apart.content = "a message on a line of its own";
        apart.created_at = talk->conversation.updated_at;
        text += LineOf("message", ToJson(apart).value(), "");
        lines_.emplace_back(AddMessage{apart.conversation_id, apart});
      } else if (const auto* prompt = std::get_if<Prompt>(&change)) {
        text += LineOf("prompt", ToJson(*prompt).value(), "");
        lines_.push_back(change);
      } else {
        PutFile file = std::get<PutFile>(change);
        file.document.filename = file.document.id;
        file.document.original_filename = file.document.id;
        if (!file.content) file.content = ContentRecipe{lines_.size() % 97, lines_.size()};
        const std::string bytes = MakeContent(*file.content);
        std::string more;
        if (lines_.size() % 3 == 0) {
          more = ",\"content_base64\":\"";
          format::AppendBase64(bytes, more);
          more += "\"";
        } else {
          WriteBytes(contents() + "/" + file.document.id, bytes);
          if (lines_.size() % 3 == 1) more = ",\"content_path\":\"contents/" + file.document.id + "\"";
        }
        text += LineOf("document", ToJson(file.document).value(), more);
        lines_.emplace_back(std::move(file));
      }
    }
  }
  WriteBytes(input(), text);
}

std::vector<std::string> ImportKillTest::ImportWords(bool buffered) const {
  std::vector<std::string> words = {"import", store(), "file=" + input(), "contents=" + contents()};
  if (buffered) words.emplace_back("buffered");
  return words;
}

std::size_t ImportKillTest::LinesThatMake(std::uint64_t records) const {
  std::size_t lines = 0;
  std::uint64_t made = 0;
  for (; made < records && lines < lines_.size(); ++lines) {
    const auto* talk = std::get_if<PutTalk>(&lines_[lines]);
    made += 1 + (talk != nullptr && talk->messages ? talk->messages->size() : 0);
  }
  EXPECT_EQ(made, records) << "a line was stored in part";
  return lines;
}

State ImportKillTest::StateWith(std::uint64_t records) const {
  Model model;
  const std::size_t lines = LinesThatMake(records);
  for (std::size_t i = 0; i < lines; ++i) model.Apply({lines_[i]});
  return model.ToState();
}

std::uint64_t RecordsIn(Engine& engine) {
  const Result<StorageStatistics> statistics = engine.Statistics();
  EXPECT_OK(statistics);
  return statistics.ok() ? statistics->total_records : 0;
}

std::uint64_t ImportKillTest::Die(const Death& death, bool buffered, std::uint64_t records_before) {
  SCOPED_TRACE(Describe(death) + (buffered ? ", buffered" : ""));
  const WorkerRun run = WorkAndDie(ImportWords(buffered), death);
  SCOPED_TRACE(run.LastWords());
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  if (engine == nullptr) return 0;
  const std::uint64_t records = RecordsIn(*engine);
  const std::uint64_t acknowledged = records_before + run.LastNumber("imported");
  EXPECT_GE(records, acknowledged);
  EXPECT_EQ(DifferenceOf(StateOf(*engine), StateWith(records)), "");
  return records;
}

void ImportKillTest::ImportTheRest(const State& all) {
  {
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    ImportOptions options;
    options.contents = contents();
    const Result<ImportReport> report = RunImport(*engine, {input()}, options);
    ASSERT_OK(report);
    EXPECT_EQ(report->errors_total, 0U);
    EXPECT_EQ(DifferenceOf(StateOf(*engine), all), "");
  }
  OpenAndCheck(store());
}

void ImportKillTest::ImportAndDie(std::uint64_t test, std::uint64_t kills, bool second_dies_too) {
  seed_ = SeedFor(test);
  MakeInput();
  const WorkerRun whole = Work(ImportWords(false));
  const State all = StateWith(whole.LastNumber("imported"));

  bool buffered = false;
  for (Death death : DeathsIn(whole, kills)) {
    fs::remove_all(store());
    buffered = !buffered;
    const std::uint64_t records = Die(death, buffered, 0);
    if (HasFailure()) return;
    if (second_dies_too) {
      death.call = death.call / 2 + 1;  // it finds less to do
      Die(death, buffered, records);
    }
    ImportTheRest(all);
    if (HasFailure()) return;
  }
}

TEST_F(ImportKillTest, WholeBatchesAreThereAndASecondImportCompletesThem) { ImportAndDie(11, 12, false); }
TEST_F(ImportKillTest, SecondImportThatIsKilledTooIsCompletedByTheThird) { ImportAndDie(12, 4, true); }

}  // namespace
}  // namespace coffer::crash

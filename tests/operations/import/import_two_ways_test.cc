// Ordinary lines, read whole and read as streams: records, counters and messages must be the same.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core.h"
#include "engine/internals.h"
#include "long_lines_fixture.h"

namespace coffer::operations {
namespace {

// What a store holds and what an import reported, for comparison.
struct Outcome {
  std::string state;
  std::string report;
  std::vector<std::uint64_t> failed_lines;
  engine::CounterState counters;
};

class TwoWaysTest : public ImportLongLinesTest {
 protected:
  // Imports the same inputs, one after the other, into a new store.
  Outcome Run(const std::string& name, const std::vector<std::string>& inputs, const ImportOptions& options,
              std::size_t line_bytes_max, std::size_t step = 4096) {
    OpenAt(name);
    Outcome outcome;
    for (const std::string& input : inputs) {
      const ImportReport report = Imported(input, options, line_bytes_max, step);
      outcome.report += std::to_string(report.imported.conversations) + " " + std::to_string(report.imported.messages) + " " +
                        std::to_string(report.imported.documents) + " " + std::to_string(report.imported.prompts) + " " +
                        std::to_string(report.contents) + " " + std::to_string(report.skipped) + " " +
                        std::to_string(report.failed) + "\n";
      for (const ImportError& error : report.errors) {
        outcome.report += std::to_string(error.line) + ": " + error.reason + "\n";
        outcome.failed_lines.push_back(error.line);
      }
    }
    ExpectSound();
    outcome.state = WholeState(engine());
    outcome.counters = engine::CoreOf(engine()).totals().Copy();
    // A document's stored value names its content by a random id.
    for (auto& [owner, tallies] : outcome.counters.by_owner) tallies[Kind::kDocument].digest = {};
    return outcome;
  }

  void ExpectSameBothWays(const std::vector<std::string>& inputs, const ImportOptions& options = {}) {
    const Outcome whole = Run("whole" + std::to_string(round_), inputs, options, kImportLineBytesMax);
    for (const std::size_t step : {std::size_t{1}, std::size_t{13}, std::size_t{4096}}) {
      SCOPED_TRACE(step);
      const Outcome streamed = Run("streamed" + std::to_string(round_++), inputs, options, kTinyLineBytes, step);
      EXPECT_EQ(streamed.state, whole.state);
      EXPECT_EQ(streamed.report, whole.report);
      EXPECT_TRUE(streamed.counters.by_owner == whole.counters.by_owner);
      EXPECT_TRUE(streamed.counters.by_day == whole.counters.by_day);
    }
  }

  int round_ = 0;
};

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST_F(TwoWaysTest, GoodLinesAreTheSameRecords) {
  ExpectSameBothWays({Lines({
      ConversationLine("plain", ""),
      ConversationLine("none", R"(,"messages":[])"),
      ConversationLine("null", R"(,"messages":null)"),
      ConversationLine("few", R"(,"messages":[)" + Item("a") + "," + Item("b") + " , " + Item("c") + "]"),
      R"({"messages":[)" + Item("a") +
          R"(],"tags":["x","messages"],"title":"t","user_id":"u2","id":"behind","type":"conversation"})",
      "  \t" + ConversationLine("blanks", R"( , "messages" : [ )" + Item("a") + " ,\t" + Item("b") + R"( ] , "odd" : 1.50 )") +
          "\t\r",
      ConversationLine("gaps", R"(,"messages":[)" + Item("a", R"(,"sequence_number":7)") + "," + Item("b") + "," +
                                   Item("c", R"(,"sequence_number":3)") + "," + Item("d") + "]"),
      ConversationLine("escapes", R"(,"odd\"name":"}]\"\\","mess\u0061ges":[)" +
                                      Item("a", R"(,"extra_metadata":{"k":"]}\"[{\\","\ud83d\ude00":[[],{}]})") + "]"),
      ConversationLine("named", R"(,"messages":[)" + Item("a", R"(,"conversation_id":"named")") + "]"),
      ConversationLine("nested", R"(,"extra_metadata":{"messages":[1,{"content_base64":"%"}],"content_base64":"*"})"),
      ConversationLine("utf8", ",\"odd\":\"\xF0\x9F\x98\x80\",\"messages\":[" + Item("a", ",\"odd\":\"\xC3\xBC\"") + "]"),
      DocumentLine("d0", R"(,"content_base64":"")"),
      DocumentLine("d1", R"(,"content_base64":"aGVsbG8=")"),
      DocumentLine("d2", R"(,"content_base64":null,"status":"archived")"),
      R"({"content_base64":"aGVsbG8h","filename":"f.md","owner_id":"u","id":"d3","type":"document","file_size":6})",
      DocumentLine("d4", R"(,"content_base64":"\/\/\u002b\u002fAA==")"),
      DocumentLine("d5", R"(,"c\u006fntent_base64":"aGk=","tags":[])"),
      DocumentLine("d6", ""),
      R"({"type":"message","id":"m","conversation_id":"few","sequence_number":3,"role":"user","content":"x"})",
      R"({"type":"prompt","id":"p","owner_id":"u","name":"n","content":"x","odd":[1,null,{"messages":[{}]}]})",
      ConversationLine("last", R"(,"messages":[)" + Item("a", R"(,"created_at":"2025-01-01T00:00:00Z")") + "]"),
  })});
}

TEST_F(TwoWaysTest, BadLinesAreRefusedInTheSameWords) {
  const std::string item = Item("a");
  const auto with = [](const std::string& items) { return ConversationLine("x", R"(,"messages":[)" + items + "]"); };
  std::string deep = Item("a", R"(,"odd":)" + std::string(300, '[') + std::string(300, ']'));
  ExpectSameBothWays({Lines({
      with(item + "," + Item("b", R"(,"odd":nul)")),
      with(item + "," + Item("b", R"(,"odd":01)")),
      with(item + "," + Item("b", R"(,"odd":"\ud800")")),
      with(item + "," + Item("b", R"(,"odd":1,"odd":2)")),
      with(item + "," + Item("b", ",\"odd\":\"\xC3\x28\"")).substr(0),
      with(item + "," + deep),
      with(item + R"(,{"id":"b","role":"robot","content":""})"),
      with(item + R"(,{"id":"b","content":""})"),
      with(item + R"(,{"id":"a b","role":"user","content":""})"),
      with(item + R"(,{"role":"user","content":""})"),
      with(item + ",7"),
      with(item + R"(,"text")"),
      with(item + ",null"),
      with(item + ",[" + item + "]"),
      with(item + ",{}"),
      with(item + ","),
      with("," + item),
      with(item + item),
      with(item + ",," + item),
      with(item + " 7"),
      with(item + ":" + item),
      with(Item("a", R"(,"sequence_number":4)") + "," + Item("b", R"(,"sequence_number":4)")),
      with(Item("a", R"(,"sequence_number":18446744073709551615)")),
      with(Item("a", R"(,"conversation_id":"y")")),
      with(Item("a", R"(,"conversation_id":"x")") + "," + Item("b", R"(,"conversation_id":"y")")),
      with(Item("a", R"(,"messages":[])")),
      ConversationLine("x", R"(,"messages":{})"),
      ConversationLine("x", R"(,"messages":"")"),
      ConversationLine("x", R"(,"messages":[)" + item + R"(],"messages":[)" + item + "]"),
      ConversationLine("x", R"(,"messages":[)" + item + R"(],"odd":01)"),
      ConversationLine("x", R"(,"messages":[)" + item + R"(],"status":"gone")"),
      ConversationLine("x", R"(,"messages":[)" + item + R"(],"content_base64":"aGk=")"),
      R"({"type":"conversation","user_id":"u","title":"t","messages":[)" + item + "]}",
      R"({"type":"conversation","id":"x","title":"t","messages":[)" + item + "]}",
      R"({"type":"prompt","id":"x","owner_id":"u","name":"n","content":"x","messages":[)" + item + "]}",
      R"({"id":"x","title":"t","user_id":"u","messages":[)" + item + "]}",
      R"([{"messages":[1,2]}])",
      R"("messages": [1,2])",
      R"({"messages" [)" + item + "]}",
      R"({"odd":"never closed )",
      R"({"odd":[1,2,{"a":3}]}}})",
      "}{\"messages\":[]",
      DocumentLine("x", R"(,"content_base64":"a*aa")"),
      DocumentLine("x", R"(,"content_base64":"aaaaa")"),
      DocumentLine("x", R"(,"content_base64":"aa==aa==")"),
      DocumentLine("x", R"(,"content_base64":"aGVsbG9=")"),
      DocumentLine("x", R"(,"content_base64":"aGVs bG8=")"),
      DocumentLine("x", R"(,"content_base64":7)"),
      DocumentLine("x", R"(,"content_base64":"aGVsbG8=","file_size":9)"),
      DocumentLine("x", R"(,"content_base64":"aGVsbG8=","file_hash":")" + std::string(64, 'a') + "\""),
      DocumentLine("x", R"(,"content_base64":"aGVsbG8=","content_path":"f")"),
      DocumentLine("x", R"(,"content_base64":"aGVsbG8=","content_base64":"aGVsbG8=")"),
      DocumentLine("x", R"(,"content_base64":"aGVsbG8=","status":"gone")"),
      DocumentLine("x", R"(,"messages":[])"),
      ConversationLine("good", R"(,"messages":[)" + item + "]"),
  })});
}

// A line with a few bytes changed, removed or added; most results are invalid in unexpected ways.
std::string Damaged(std::string line, std::mt19937& random) {
  constexpr std::string_view kBytes = "{}[]:,\"\\ 0e-nt/\x01\xC3=";
  for (std::size_t change = 0; change < 1 + random() % 2; ++change) {
    const std::size_t at = random() % line.size();
    const char byte = kBytes[random() % kBytes.size()];
    switch (random() % 4) {
      case 0:
        line[at] = byte;
        break;
      case 1:
        line.insert(at, 1, byte);
        break;
      case 2:
        line.erase(at, 1 + random() % 3);
        break;
      default:
        std::swap(line[at], line[random() % line.size()]);
    }
  }
  return line;
}

TEST_F(TwoWaysTest, DamagedLinesAreJudgedTheSame) {
  std::mt19937 random(7);
  std::vector<std::string> lines;
  for (int i = 0; i < 1200; ++i) {
    const std::string id = "x" + std::to_string(i);
    const std::string messages = R"("messages":[)" + Item("a", R"(,"odd":["]",{"k":"}\"\\"}])") + ", " +
                                 Item("b", R"(,"sequence_number":)" + std::to_string(i % 3)) + "]";
    const std::string line = i % 3 == 0 ? ConversationLine(id, "," + messages + R"(,"tags":[])")
                             : i % 3 == 1
                                 ? "{" + messages + R"(,"type":"conversation","id":")" + id + R"(","user_id":"u","title":"t"})"
                                 : DocumentLine(id, R"(,"content_base64":"aGVs\/G8hISE=","title":"t")");
    lines.push_back(Damaged(line, random));
  }
  const Outcome whole = Run("whole", {Lines(lines)}, {}, kImportLineBytesMax);
  const Outcome streamed = Run("streamed", {Lines(lines)}, {}, kTinyLineBytes);
  EXPECT_EQ(streamed.state, whole.state);
  EXPECT_EQ(streamed.failed_lines, whole.failed_lines);
  EXPECT_GT(whole.failed_lines.size(), lines.size() / 2);
  EXPECT_LT(whole.failed_lines.size(), lines.size() - 50);
  EXPECT_TRUE(streamed.counters.by_owner == whole.counters.by_owner);
}

TEST_F(TwoWaysTest, PoliciesDecideTheSame) {
  const auto line = [](const std::string& day, const std::string& id, const std::string& items) {
    return ConversationLine(id, R"(,"created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-)" + day +
                                    R"(T00:00:00Z","messages":[)" + items + "]");
  };
  const auto document = [](const std::string& day, const std::string& content) {
    return DocumentLine("d", R"(,"created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-)" + day +
                                 R"(T00:00:00Z","content_base64":")" + content + "\"");
  };
  const std::string first = Lines({line("10", "c", Item("a") + "," + Item("b") + "," + Item("c", R"(,"sequence_number":9)")),
                                   line("10", "e", Item("a")), ConversationLine("f", ""), document("10", "aGVsbG8=")});
  const std::string second = Lines({line("09", "c", Item("x")), line("11", "e", Item("y") + "," + Item("z")),
                                    line("11", "f", Item("y")), document("09", "b2xk"), document("12", "bmV3"),
                                    line("12", "e", ""), line("13", "g", Item("y")), line("14", "g", Item("z"))});
  const std::string third =
      Lines({line("20", "c", Item("b", R"(,"sequence_number":1)") + "," + Item("n", R"(,"sequence_number":20)"))});
  for (const PutMode policy : {PutMode::kKeepExisting, PutMode::kUpsert, PutMode::kNewest, PutMode::kInsert}) {
    SCOPED_TRACE(static_cast<int>(policy));
    ImportOptions options;
    options.mode = policy;
    ExpectSameBothWays({first, second, third}, options);
  }
}

TEST_F(TwoWaysTest, KindAndOwnerFillWhatLinesLeaveOut) {
  ImportOptions options;
  options.kind = Kind::kConversation;
  options.owner = "someone";
  ExpectSameBothWays({Lines({R"({"id":"c","title":"t","messages":[)" + Item("a") + "]}",
                             R"({"messages":[)" + Item("a") + R"(],"id":"d","title":"t"})"})},
                     options);
}

TEST_F(TwoWaysTest, AConversationIsTheSameAsItsMessagesLineByLine) {
  std::string items;
  std::string apart = ConversationLine("c", R"(,"created_at":"2025-01-01T00:00:00Z")") + "\n";
  for (int i = 0; i < 3000; ++i) {
    const std::string id = "m" + std::to_string(i);
    items += (i == 0 ? "" : ",") + Item(id);
    apart +=
        R"({"type":"message","conversation_id":"c","sequence_number":)" + std::to_string(i) + "," + Item(id).substr(1) + "\n";
  }
  const Outcome inside =
      Run("inside", {ConversationLine("c", R"(,"created_at":"2025-01-01T00:00:00Z","messages":[)" + items + "]")}, {},
          kTinyLineBytes);
  const Outcome lines = Run("lines", {apart}, {}, kImportLineBytesMax);
  EXPECT_EQ(inside.state, lines.state);
  EXPECT_TRUE(inside.counters.by_owner == lines.counters.by_owner) << "digests among them";
}

}  // namespace
}  // namespace coffer::operations

// The command line as scripts use it: exit statuses, JSON members, and where failures are reported.
#include <unistd.h>

#include "cli/command_line.h"
#include "coffer/engine.h"

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;
using testing::Test;

TEST_F(CommandLine, MistakesInTheWordsAreUsageErrors) {
  const std::vector<std::vector<std::string>> mistakes = {
      {},
      {"frobnicate"},
      {"import"},
      {"get", "conversation"},
      {"get", "thing", "x"},
      {"list", "message"},
      {"list", "conversation", "--limit", "0"},
      {"list", "conversation", "--limit", "many"},
      {"stats", "extra"},
      {"import", "x", "--on-conflict", "guess"},
      {"import", "x", "--format", "doc"},
      {"backup"},
      {"backup", "create", "--retention-days", "366"},
      {"backup", "create", "--type", "partial"},
      {"backup", "create", "--rate-limit", "5 parrots"},
      {"backup", "verify"},
      {"backup", "verify", "x", "--level", "6"},
      {"backup", "delete"},
      {"backup", "prune", "--as-of", "yesterday"},
      {"backup", "prune", "--keep-last", "-1"},
      {"restore"},
      {"restore", "latest", "--scope", "user"},
      {"restore", "latest", "--scope", "everything"},
      {"restore", "latest", "--ids", "c1"},
      {"restore", "latest", "--exact"},
      {"restore", "latest", "--scope", "prompts", "--ids", ","},
      {"restore", "latest", "--scope", "prompts", "--conflict", "fail"},
      {"restore", "latest", "--scope", "prompts", "--conflict", "skip", "--exact"},
      {"restore", "latest", "--scope", "user", "--user", "anna", "--ids", "c1"},
      {"key"},
      {"--no-such-option", "stats"},
      {"get", "prompt", "p1", "--content-out", "x"}};
  for (const auto& words : mistakes) {
    const Answer answer = Run(words);
    EXPECT_EQ(answer.status, 2) << testing::PrintToString(words) << answer.err;
    EXPECT_EQ(answer.out, "");
    EXPECT_NE(answer.err.find("coffer: "), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(folder_ / "data")) << "a usage error must not create a store";
}

TEST_F(CommandLine, AnUnknownWordIsRefusedWithThoseThatAreKnown) {
  const Answer answer = Run({"import", "x", "--format", "excel"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_NE(answer.err.find("coffer-parquet, chatgpt"), std::string::npos) << answer.err;
}

TEST_F(CommandLine, HelpShowsWhatIsServed) {
  const Answer answer = Run({"import", "--help"});
  EXPECT_EQ(answer.status, 0);
  for (const char* word : {"--format", "coffer-parquet", "chatgpt", "open-webui", "librechat"}) {
    EXPECT_NE(answer.out.find(word), std::string::npos) << word;
  }
  EXPECT_NE(Run({"--help"}).out.find("doctor"), std::string::npos);
  EXPECT_EQ(Run({"--version"}).status, 0);
}

TEST_F(CommandLine, UsageErrorIsJsonWhereJsonIsAskedFor) {
  const Answer answer = Run({"--json", "get", "conversation"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_EQ(answer.json()["error"]["code"], "usage");
}

TEST_F(CommandLine, SharedOptionsMayStandAnywhere) {
  ImportSample();
  const std::string data = Path("data");
  const std::vector<std::vector<std::string>> orders = {{"--data", data, "--json", "--read-only", "backup", "list"},
                                                        {"backup", "--data", data, "--json", "list", "--read-only"},
                                                        {"backup", "list", "--read-only", "--json", "--data", data}};
  for (const auto& words : orders) {
    const Answer answer = RunBare(words);
    EXPECT_EQ(answer.status, 0) << answer.err;
    EXPECT_EQ(answer.json()["total"], 0);
  }
  EXPECT_EQ(RunBare({"get", "prompt", "p1", "--data", data, "--json"}).json()["id"], "p1");
}

TEST_F(CommandLine, DataFolderComesFromTheEnvironmentElseItIsCofferData) {
  const std::string line = Write("one.ndjson", ConversationLine("c9", "anna", "2025-01-01T00:00:00Z"));
  EXPECT_EQ(RunBare({"import", line}, {"COFFER_DATA=" + Path("named")}).status, 0);
  EXPECT_TRUE(fs::exists(folder_ / "named/CURRENT"));
  EXPECT_EQ(RunBare({"import", line}).status, 0);
  EXPECT_TRUE(fs::exists(folder_ / "coffer-data/CURRENT"));
  EXPECT_EQ(RunBare({"get", "conversation", "c9"}, {"COFFER_DATA=" + Path("elsewhere")}).status, 4);
}

TEST_F(CommandLine, FolderHeldByAnotherProcessIsBusyAndNamesIt) {
  ImportSample();
  const auto engine = Engine::Open(Path("data"));
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  const Answer answer = Run({"--json", "stats"});
  EXPECT_EQ(answer.status, 6);
  EXPECT_EQ(answer.json()["error"]["code"], "busy");
  EXPECT_NE(answer.err.find(std::to_string(getpid())), std::string::npos) << answer.err;
}

TEST_F(CommandLine, FolderThatHoldsOtherThingsIsLeftAlone) {
  Write("data/letter.txt", "Dear Anna");
  const Answer answer = Run({"stats"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_NE(answer.err.find(Path("data")), std::string::npos) << answer.err;
  EXPECT_EQ(Read("data/letter.txt"), "Dear Anna");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "data"), {}), 1);
}

TEST_F(CommandLine, ReadOnlyServesReadsAndSaysWhyNotToWrites) {
  EXPECT_EQ(Run({"--read-only", "stats"}).status, 4) << "no store, and reading must not make one";
  ImportSample();
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"stats"},
                                                                                     {"verify"},
                                                                                     {"backup", "list"},
                                                                                     {"list", "prompt"},
                                                                                     {"get", "document", "d1"},
                                                                                     {"export", "--output", Path("out.json")},
                                                                                     {"delete", "prompt", "p1", "--dry-run"}}) {
    std::vector<std::string> all = {"--read-only"};
    all.insert(all.end(), words.begin(), words.end());
    const Answer answer = Run(all);
    EXPECT_EQ(answer.status, 0) << testing::PrintToString(words) << answer.err;
  }
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"import", Path("sample.ndjson")},
                                                                                     {"delete", "prompt", "p1"},
                                                                                     {"reclaim"},
                                                                                     {"backup", "create"},
                                                                                     {"restore", "latest"}}) {
    std::vector<std::string> all = words;
    all.emplace_back("--read-only");
    const Answer answer = Run(all);
    EXPECT_EQ(answer.status, 1) << testing::PrintToString(words);
    EXPECT_NE(answer.err.find("--read-only"), std::string::npos) << answer.err;
  }
  EXPECT_EQ(Run({"get", "prompt", "p1"}).status, 0);
}

TEST_F(CommandLine, ImportCountsWhatItStored) {
  const Answer answer = Run({"import", Write("a.ndjson", kSampleRecords), "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const Json report = answer.json();
  EXPECT_EQ(report["imported"], (Json{{"conversations", 2}, {"messages", 3}, {"documents", 1}, {"prompts", 1}}));
  EXPECT_EQ(report["contents"], 1);
  EXPECT_EQ(report["skipped"], 0);
  EXPECT_EQ(report["failed"], 0);
  EXPECT_EQ(report["errors"], Json::array());
  EXPECT_EQ(report["errors_total"], 0);
}

TEST_F(CommandLine, ImportOfWhatIsThereSkipsIt) {
  ImportSample();
  const Answer answer = Run({"import", Path("sample.ndjson"), "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["imported"]["conversations"], 0);
  EXPECT_GE(answer.json()["skipped"], 4);
}

TEST_F(CommandLine, ImportReadsZstdAndStandardInput) {
  const std::string packed = Write("a.ndjson.zst", ZstdCompressed(kSampleRecords));
  EXPECT_EQ(Run({"import", packed}).status, 0);
  const Answer answer = Run({"import", "-", "--json"}, ConversationLine("c3", "eva", "2025-01-01T00:00:00Z"));
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["imported"]["conversations"], 1);
  EXPECT_EQ(Run({"get", "conversation", "c3"}).status, 0);
}

TEST_F(CommandLine, BadLinesAreListedWithFileAndLineAndTheRestIsStored) {
  const std::string good = ConversationLine("ok1", "anna", "2025-01-01T00:00:00Z");
  const std::string file = Write("mixed.ndjson", good + "{\"type\":\"conversation\",}\n" +
                                                     R"({"type":"prompt","id":"p","owner_id":"a","name":"n"})" + "\n\n" +
                                                     "{\"type\":\"conversation\",\"id\":\"\xff\"}\n" +
                                                     R"({"type":"conversation","user_id":"anna","title":"no id"})" + "\n" +
                                                     ConversationLine("ok2", "anna", "2025-01-01T00:00:00Z"));
  const Answer answer = Run({"import", file, "--json"});
  EXPECT_EQ(answer.status, 3);
  const Json report = answer.json();
  EXPECT_EQ(report["imported"]["conversations"], 2);
  EXPECT_EQ(report["failed"], 4);
  EXPECT_EQ(report["errors_total"], 4);
  std::vector<int> lines;
  for (const Json& error : report["errors"]) {
    lines.push_back(error["line"]);
    EXPECT_EQ(error["file"], file);
    EXPECT_FALSE(error["reason"].get<std::string>().empty());
  }
  EXPECT_EQ(lines, (std::vector<int>{2, 3, 5, 6}));
  EXPECT_NE(Run({"import", file}).err.find(file + ":2: "), std::string::npos);
}

TEST_F(CommandLine, LinesWithoutTypeNeedTheirKindByName) {
  const std::string file = Write("p.ndjson", R"({"id":"p1","owner_id":"a","name":"n","content":"c"})"
                                             "\n");
  EXPECT_EQ(Run({"import", file}).status, 3);
  EXPECT_EQ(Run({"import", file, "--kind", "prompts"}).status, 0);
  EXPECT_EQ(Run({"get", "prompt", "p1"}).status, 0);
}

TEST_F(CommandLine, OwnerAndIdsAreGivenToRecordsThatHaveNone) {
  const std::string file = Write("p.ndjson", R"({"type":"prompt","name":"n","content":"c"})"
                                             "\n");
  EXPECT_EQ(Run({"import", file}).status, 3);
  EXPECT_EQ(Run({"import", file, "--owner", "eva", "--generate-ids"}).status, 0);
  const Json items = Run({"list", "prompts", "--owner", "eva", "--json"}).json()["items"];
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0]["id"].get<std::string>().size(), 26U);
}

TEST_F(CommandLine, MissingFileIsNotFoundAndNamed) {
  const Answer answer = Run({"import", Path("gone.ndjson"), "--json"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_NE(answer.err.find("gone.ndjson"), std::string::npos);
  EXPECT_EQ(answer.json()["errors_total"], 1);
}

TEST_F(CommandLine, TruncatedZstdIsCorruptionAndNamesTheFile) {
  const std::string packed = ZstdCompressed(kSampleRecords);
  const std::string file = Write("cut.ndjson.zst", packed.substr(0, packed.size() - 20));
  const Answer answer = Run({"import", file});
  EXPECT_EQ(answer.status, 5);
  EXPECT_NE(answer.err.find("cut.ndjson.zst"), std::string::npos) << answer.err;
}

TEST_F(CommandLine, PutModeDecidesAboutWhatIsThere) {
  ImportSample();
  const std::string file = Write("new.ndjson", R"({"type":"prompt","id":"p1","owner_id":"ben","name":"New","content":"c"})"
                                               "\n");
  EXPECT_EQ(Run({"import", file, "--on-conflict", "fail"}).status, 3);
  EXPECT_EQ(Run({"get", "prompt", "p1"}).json()["name"], "Sum");
  EXPECT_EQ(Run({"import", file, "--on-conflict", "replace"}).status, 0);
  EXPECT_EQ(Run({"get", "prompt", "p1"}).json()["name"], "New");
}

TEST_F(CommandLine, GetPrintsARecordWithItsDigitsAndMessages) {
  ImportSample();
  const Answer whole = Run({"get", "conversation", "c1", "--json"});
  EXPECT_EQ(whole.status, 0);
  EXPECT_NE(whole.out.find("\"total_cost\":0.10"), std::string::npos) << whole.out;
  EXPECT_EQ(whole.json()["messages"].size(), 2U);
  EXPECT_FALSE(Run({"get", "conversations", "c1", "--no-messages"}).json().contains("messages"));
  EXPECT_EQ(Run({"get", "message", "c2/7"}).json()["content"], "Later");
  EXPECT_EQ(Run({"get", "document", "d1"}).json()["file_size"], kSampleContent.size());
}

TEST_F(CommandLine, WhatIsNotThereIsNotFound) {
  ImportSample();
  for (const auto& [kind, id] : std::vector<std::pair<std::string, std::string>>{
           {"conversation", "gone"}, {"message", "c1/99"}, {"message", "gone/0"}, {"document", "c1"}, {"prompt", "gone"}}) {
    const Answer answer = Run({"get", kind, id, "--json"});
    EXPECT_EQ(answer.status, 4) << kind << ' ' << id << answer.err;
    EXPECT_EQ(answer.json()["error"]["code"], "not_found");
  }
  EXPECT_EQ(Run({"get", "message", "c1"}).status, 2);
  EXPECT_EQ(Run({"get", "message", "c1/first"}).status, 2);
}

TEST_F(CommandLine, ContentIsWrittenWholeOrNotAtAll) {
  ImportSample();
  EXPECT_EQ(Run({"get", "document", "d1", "--content-out", Path("out.bin")}).status, 0);
  EXPECT_EQ(Read("out.bin"), kSampleContent);
  EXPECT_EQ(Run({"get", "document", "d1", "--content-out", Path("no/such/folder/out.bin")}).status, 1);
  Write("bare.ndjson", R"({"type":"document","id":"d2","owner_id":"anna","filename":"b"})"
                       "\n");
  ASSERT_EQ(Run({"import", Path("bare.ndjson")}).status, 0);
  EXPECT_EQ(Run({"get", "document", "d2", "--content-out", Path("none.bin")}).status, 4);
  EXPECT_FALSE(fs::exists(folder_ / "none.bin"));
}

TEST_F(CommandLine, ContentsComeFromAFolderByFilename) {
  Write("files/sub/a.txt", "from a folder");
  const std::string file = Write("d.ndjson", R"({"type":"document","id":"d5","owner_id":"anna","filename":"sub/a.txt"})"
                                             "\n");
  const Answer answer = Run({"import", file, "--contents", Path("files"), "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err << answer.out;
  EXPECT_EQ(answer.json()["contents"], 1);
  EXPECT_EQ(Run({"get", "document", "d5", "--content-out", Path("out.txt")}).status, 0);
  EXPECT_EQ(Read("out.txt"), "from a folder");
}

TEST_F(CommandLine, ListGoesOnWhereThePageBeforeEnded) {
  std::string lines;
  for (int i = 0; i < 5; ++i) lines += ConversationLine("c" + std::to_string(i), "anna", "2025-01-01T00:00:00Z");
  ASSERT_EQ(Run({"import", Write("l.ndjson", lines)}).status, 0);
  std::vector<std::string> ids;
  std::vector<std::string> words = {"list", "conversations", "--limit", "2", "--json"};
  for (;;) {
    const Json page = Run(words).json();
    for (const Json& item : page["items"]) ids.push_back(item["id"]);
    if (page["next"].is_null()) break;
    words = {"list", "conversations", "--limit", "2", "--json", "--after", page["next"]};
    ASSERT_LE(ids.size(), 5U);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"c0", "c1", "c2", "c3", "c4"}));
  EXPECT_EQ(Run({"list", "conversation", "--owner", "nobody", "--json"}).json()["items"], Json::array());
  EXPECT_EQ(Run({"list", "conversation", "--after", "no cursor"}).status, 2);
}

TEST_F(CommandLine, DeleteAnswersForEachId) {
  ImportSample();
  const Answer answer = Run({"delete", "conversation", "c1", "gone", "c1", "--json"});
  EXPECT_EQ(answer.status, 3);
  const Json report = answer.json();
  EXPECT_EQ(report["total_requested"], 3);
  EXPECT_EQ(report["successful_deletions"], 1);
  EXPECT_EQ(report["failed_deletions"], 2);
  ASSERT_EQ(report["errors"].size(), 2U);
  EXPECT_NE(report["errors"][0].get<std::string>().find("gone"), std::string::npos);
  EXPECT_EQ(Run({"get", "message", "c1/0"}).status, 4) << "messages go with their conversation";
  EXPECT_EQ(Run({"delete", "conversation", "gone"}).status, 4);
}

TEST_F(CommandLine, DeleteOfAnothersRecordSaysWhatItSaysOfAMissingOne) {
  ImportSample();
  const Json report = Run({"delete", "conversation", "c2,gone", "--owner", "anna", "--json"}).json();
  ASSERT_EQ(report["failed_deletions"], 2);
  std::string others = report["errors"][0];
  others.replace(others.find("c2"), 2, "gone");
  EXPECT_EQ(others, report["errors"][1].get<std::string>());
  EXPECT_EQ(Run({"get", "conversation", "c2"}).status, 0);
}

TEST_F(CommandLine, DeleteReadsIdsFromAFile) {
  ImportSample();
  EXPECT_EQ(Run({"delete", "conversations", "--ids-file", Write("ids", "c1\r\n\nc2\n")}).status, 0);
  EXPECT_EQ(Run({"delete", "prompts", "--ids-file", "-"}, "p1\n").status, 0);
  EXPECT_EQ(Run({"delete", "prompts", "--ids-file", Path("gone")}).status, 4);
  EXPECT_EQ(Run({"stats", "--json"}).json()["total_records"], 1);
}

TEST_F(CommandLine, DeleteOfAMessageLeavesTheOthers) {
  ImportSample();
  EXPECT_EQ(Run({"delete", "message", "c1/0", "--json"}).json()["successful_deletions"], 1);
  EXPECT_EQ(Run({"delete", "message", "c1/0"}).status, 4);
  EXPECT_EQ(Run({"get", "conversation", "c1"}).json()["messages"].size(), 1U);
}

TEST_F(CommandLine, SelectionInAPipeNeedsYes) {
  ImportSample();
  const std::string where = R"({"created_before":"2025-03-01T00:00:00Z"})";
  const Answer refused = Run({"delete", "conversations", "--where", where});
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("--yes"), std::string::npos);
  const Json plan = Run({"delete", "conversations", "--where", where, "--dry-run", "--json"}).json();
  EXPECT_EQ(plan["successful_deletions"], 1);
  EXPECT_EQ(plan["sample"], Json::array({"c1"}));
  EXPECT_EQ(Run({"get", "conversation", "c1"}).status, 0);
  EXPECT_EQ(Run({"delete", "conversations", "--where", where, "--yes", "--json"}).json()["successful_deletions"], 1);
  EXPECT_EQ(Run({"get", "conversation", "c1"}).status, 4);
  EXPECT_EQ(Run({"get", "conversation", "c2"}).status, 0);
}

TEST_F(CommandLine, TimesOfASelectionAreExclusive) {
  ASSERT_EQ(Run({"import", Write("t.ndjson", ConversationLine("t1", "a", "2025-01-01T00:00:00Z") +
                                                 ConversationLine("t2", "a", "2025-01-01T00:00:00.000001Z") +
                                                 ConversationLine("t3", "a", "2025-01-01T00:00:00.000002Z"))})
                .status,
            0);
  const std::string where =
      R"({"created_after":"2025-01-01T00:00:00Z","created_before":"2025-01-01T00:00:00.000002Z","status":"active"})";
  EXPECT_EQ(Run({"delete", "conversations", "--where", where, "--dry-run", "--json"}).json()["sample"], Json::array({"t2"}));
}

TEST_F(CommandLine, SelectionThatCannotBeReadDeletesNothing) {
  ImportSample();
  for (const std::string where : {"[]", "{", R"({"created_befor":"2025-03-01T00:00:00Z"})", R"({"created_before":"yesterday"})",
                                  R"({"limit":0})", R"({"limit":-1})", R"({"status":1})", R"({"status":"asleep"})"}) {
    EXPECT_EQ(Run({"delete", "conversations", "--where", where, "--yes"}).status, 2) << where;
  }
  EXPECT_EQ(Run({"delete", "conversations", "--yes"}).status, 2) << "an empty selection must not mean everything";
  EXPECT_EQ(Run({"delete", "conversations", "c1", "--where", "{}", "--yes"}).status, 2);
  EXPECT_EQ(Run({"stats", "--json"}).json()["records_by_type"]["conversations"], 2);
}

}  // namespace
}  // namespace coffer::cli_test

// The command line on the whole store: statistics, verify, reclaim, export.
#include <openssl/evp.h>

#include <array>
#include <fstream>

#include "cli/command_line.h"

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::string text;
  for (const unsigned char byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST_F(CommandLine, StatisticsHaveTheMembersOfTheContract) {
  ImportSample();
  const Answer answer = Run({"stats", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const Json statistics = answer.json();
  EXPECT_EQ(statistics["total_records"], 7);
  EXPECT_EQ(statistics["total_files"], 1);
  EXPECT_EQ(statistics["total_backups"], 0);
  EXPECT_EQ(statistics["records_by_type"], (Json{{"conversations", 2}, {"messages", 3}, {"documents", 1}, {"prompts", 1}}));
  EXPECT_EQ(statistics["total_size"],
            statistics["database_size"].get<std::uint64_t>() + statistics["files_size"].get<std::uint64_t>() +
                statistics["backups_size"].get<std::uint64_t>() + statistics["exports_size"].get<std::uint64_t>());
  const Json& by_type = statistics["storage_by_type"];
  EXPECT_EQ(by_type.size(), 7U);
  std::uint64_t logical = 0;
  for (const char* type : {"conversations", "messages", "documents", "contents", "prompts"})
    logical += by_type[type].get<std::uint64_t>();
  EXPECT_EQ(by_type["contents"], kSampleContent.size());
  EXPECT_EQ(by_type["backups"], 0);
  EXPECT_EQ(by_type["exports"], 0);
  std::uint64_t by_user = 0;
  for (const Json& bytes : statistics["storage_by_user"]) by_user += bytes.get<std::uint64_t>();
  EXPECT_EQ(by_user, logical);
  EXPECT_EQ(statistics["storage_by_user"].size(), 2U);
  EXPECT_TRUE(statistics["growth_rate_mb_per_day"].is_number());
  EXPECT_TRUE(statistics["projected_size_30_days"].is_number_integer());
  EXPECT_TRUE(statistics["last_updated"].get<std::string>().ends_with("Z"));
}

TEST_F(CommandLine, VerifyRecounts) {
  ImportSample();
  const Answer answer = Run({"verify", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["ok"], true);
  EXPECT_EQ(answer.json()["findings"], Json::array());
  EXPECT_EQ(answer.json()["counts"],
            (Json{{"conversations", 2}, {"messages", 3}, {"documents", 1}, {"prompts", 1}, {"contents", 1}}));
}

TEST_F(CommandLine, VerifyOfADamagedStoreSaysSo) {
  ImportSample();
  ASSERT_EQ(Run({"reclaim"}).status, 0) << "moves everything into sorted files";
  int damaged = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "data")) {
    if (entry.path().string().find("/gen-") == std::string::npos || entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(10);
    file.write("\xde\xad\xbe\xef", 4);
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  EXPECT_EQ(Run({"verify", "--json"}).status, 5);
}

TEST_F(CommandLine, ReclaimTellsBothSizes) {
  ImportSample();
  ASSERT_EQ(Run({"delete", "conversation", "c1"}).status, 0);
  const Answer answer = Run({"reclaim", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(answer.json()["bytes_before"].is_number_unsigned());
  EXPECT_TRUE(answer.json()["bytes_after"].is_number_unsigned());
}

TEST_F(CommandLine, ExportTellsWhereTheFileIsAndItsDigest) {
  ImportSample();
  const Answer answer = Run({"export", "--no-compress", "--output", Path("all.json"), "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const Json report = answer.json();
  for (const char* member : {"export_id", "status", "download_url", "created_at", "completed_at", "expires_at"}) {
    EXPECT_TRUE(report.contains(member)) << member;
  }
  EXPECT_EQ(report["path"], Path("all.json"));
  EXPECT_EQ(report["record_count"], 7);
  const std::string bytes = Read("all.json");
  EXPECT_EQ(report["file_size"], bytes.size());
  EXPECT_EQ(report["sha256"], Sha256(bytes));
  const Json exported = Json::parse(bytes);
  EXPECT_EQ(exported["conversations"].size(), 2U);
  EXPECT_EQ(exported["documents"][0]["content_base64"], "AAECIGJ5dGVz");
  EXPECT_EQ(Run({"export", "--output", Path("all.json")}).status, 1) << "an existing file stays";
  EXPECT_EQ(Read("all.json"), bytes);
}

TEST_F(CommandLine, ExportWithoutAPlaceGoesIntoTheDataFolder) {
  ImportSample();
  const Json report = Run({"export", "--no-contents", "--json"}).json();
  EXPECT_TRUE(report["path"].get<std::string>().ends_with(".json.zst"));
  EXPECT_TRUE(fs::exists(report["path"].get<std::string>()) || fs::exists(folder_ / report["path"].get<std::string>()));
  EXPECT_GT(Run({"stats", "--json"}).json()["exports_size"], 0);
}

TEST_F(CommandLine, ExportsOfEveryLayoutComeBackByImport) {
  ImportSample();
  const auto exported = [&](const std::string& name, std::vector<std::string> words) {
    words.insert(words.begin(), {"export", "--output", Path(name), "--json"});
    const Answer answer = Run(words);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.json();
  };
  const Json json = exported("a.json.zst", {"--format", "json"});
  const Json csv = exported("a.csv.tar.zst", {"--format", "csv"});
  EXPECT_EQ(json["record_count"], csv["record_count"]);
  EXPECT_TRUE(json["expires_at"].is_null()) << "a file outside the data folder is kept";
  for (const char* form : {"sql", "xml", "ndjson"}) exported(std::string("a.") + form, {"--format", form, "--no-metadata"});
  for (const auto& [name, form] : {std::pair("a.json.zst", "coffer-json"), std::pair("a.csv.tar.zst", "coffer-csv"),
                                   std::pair("a.csv.tar.zst", "auto"), std::pair("a.ndjson", "auto")}) {
    const Answer back =
        RunBare({"--data", Path(std::string("back-") + name + form), "import", "--format", form, Path(name), "--json"});
    EXPECT_EQ(back.status, 0) << back.err;
    const Json imported = back.json()["imported"];
    std::uint64_t records = 0;
    for (const auto& [kind, count] : imported.items()) records += count.get<std::uint64_t>();
    EXPECT_EQ(records, json["record_count"]) << name;
  }
}

TEST_F(CommandLine, ChatsOfOtherProgramsComeWithAReportByField) {
  const std::string chatgpt = Write("conversations.json",
                                    R"([{"id":"g","title":"T","create_time":1700000000,"mapping":{"m":{"message":{"id":"m",
    "author":{"role":"critic"},"content":{"content_type":"text","parts":["hi"]}}}}}])");
  const std::string librechat =
      Write("l.json", R"({"conversationId":"l","title":"L","messages":[{"sender":"User","text":"A"}]})");
  const Answer words = Run({"import", "--owner", "anna", chatgpt, librechat});
  EXPECT_EQ(words.status, 0) << words.err;
  EXPECT_NE(words.out.find("imported 2 conversations, 2 messages"), std::string::npos) << words.out;
  EXPECT_NE(words.out.find("mapping[].message.author.role (1): unknown role: stored as tool"), std::string::npos) << words.out;
  const Json report = Run({"import", "--owner", "anna", "--format", "chatgpt", chatgpt, "--json"}).json();
  EXPECT_EQ(report["skipped"], 1);
  EXPECT_EQ(report["losses_total"], 1);
  EXPECT_EQ(report["losses"][0]["field"], "mapping[].message.author.role");
  EXPECT_EQ(report["losses"][0]["count"], 1);
  EXPECT_EQ(Run({"get", "conversation", "g", "--json"}).json()["user_id"], "anna");
  EXPECT_EQ(Run({"import", chatgpt}).status, 3) << "without an owner";
}

TEST_F(CommandLine, ExportIsNarrowedByItsOptions) {
  ImportSample();
  const auto records = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"export", "--json"});
    const Answer answer = Run(words);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.json()["record_count"];
  };
  EXPECT_EQ(records({"--scope", "user", "--user", "nobody"}), 0);
  EXPECT_EQ(records({"--from", "9999-01-01T00:00:00Z"}), 0);
  EXPECT_EQ(records({"--scope", "custom", "--query", R"({"entity":"conversations","limit":1})"}), 1);
  EXPECT_EQ(Run({"export", "--scope", "user"}).status, 2) << "whose";
  const Answer bad = Run({"export", "--scope", "custom", "--query", R"({"entity":"prompts","where":{"nope":{"eq":1}}})"});
  EXPECT_EQ(bad.status, 2);
  EXPECT_NE(bad.err.find("where.nope"), std::string::npos) << bad.err;
  EXPECT_EQ(Run({"export", "--from", "yesterday"}).status, 2);
  EXPECT_EQ(Run({"export", "--scope", "conversation", "--conversation", "missing"}).status, 4);
}

}  // namespace
}  // namespace coffer::cli_test

// The records of an export by scope, owner and time, and its files.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "coffer/export.h"
#include "operations/import/input/byte_sources.h"
#include "operations/import/input/tar_reader.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

class ExportScopesTest : public OperationsTest {
 protected:
  void SetUp() override {
    Open();
    for (int day = 1; day <= 4; ++day) {
      const std::string date = "2026-01-0" + std::to_string(day) + "T00:00:00Z";
      const std::string owner = day % 2 == 0 ? "even" : "odd";
      const std::string id = std::to_string(9 - day);  // ids are in reverse order of time
      Conversation conversation;
      conversation.id = "c" + id;
      conversation.user_id = owner;
      conversation.title = "title";
      conversation.extra_metadata = Json::Parse(R"({"a":1})").value();
      conversation.created_at = *ParseTimestamp(date);
      ASSERT_OK(conversation.unknown_members.Add("unknown", Json()));
      std::vector<Message> messages(2);
      for (std::size_t i = 0; i < messages.size(); ++i) {
        messages[i].id = "m" + std::to_string(i);
        messages[i].content = "content";
        messages[i].role = i == 0 ? Role::kUser : Role::kAssistant;
        messages[i].created_at = *ParseTimestamp("2026-06-01T00:00:00Z");
        messages[i].total_tokens = JsonNumber(day * 10);
        messages[i].cost = JsonNumber::Parse("0.10").value();
        if (i == 1) messages[i].model_used = "model-" + owner;
        messages[i].extra_metadata = Json::Parse("{}").value();
      }
      ASSERT_OK(engine().PutConversationWithMessages(conversation, messages));
      Document document;
      document.id = "d" + id;
      document.owner_id = owner;
      document.filename = "f";
      document.created_at = *ParseTimestamp(date);
      Result<ContentWriter> content = engine().NewContent();
      ASSERT_OK(content->Append("content " + id));
      ASSERT_OK(engine().PutDocument(document, std::move(*content)));
      Prompt prompt;
      prompt.id = "p" + id;
      prompt.owner_id = owner;
      prompt.name = "n";
      prompt.content = "c";
      prompt.created_at = *ParseTimestamp(date);
      ASSERT_OK(engine().PutPrompt(prompt));
    }
  }

  std::string Exported(ExportOptions options) {
    options.output = directory_.File("out" + std::to_string(exports_++));
    options.compress = false;
    report_ = RunExport(engine(), options);
    EXPECT_OK(report_);
    return report_.ok() ? ReadBytes(options.output) : "{}";
  }

  // "c8 c6 d8 …": the ids in their order.
  std::string Ids(const ExportOptions& options) {
    const OrderedJson json = OrderedJson::parse(Exported(options));
    std::string ids;
    for (const char* kind : {"conversations", "documents", "prompts"}) {
      if (!json.contains(kind)) ids += "- ";
      for (const OrderedJson& record : json.value(kind, OrderedJson::array())) ids += record.at("id").get<std::string>() + " ";
    }
    return ids;
  }

  // Names of a tar's entries, in order, and the bytes of one of them.
  std::string Entries(const std::string& bytes, const std::string& wanted = {}) {
    TextSource source(bytes, 10'000);
    TarReader tar(source, "tar");
    TarEntry entry;
    std::string names;
    while (tar.Next(entry).value()) {
      names += entry.path + " ";
      char buffer[4096];
      while (const std::size_t got = tar.Read(buffer, sizeof buffer).value()) {
        if (entry.path == wanted) found_.append(buffer, got);
      }
    }
    return names;
  }

  int exports_ = 0;
  Result<ExportReport> report_ = Status::NotFound("none yet");
  std::string found_;
};

TEST_F(ExportScopesTest, AUserScopeHoldsWhatThatUserOwnsByIdAndNothingElse) {
  ExportOptions options;
  options.scope = ExportScope::kUser;
  EXPECT_CODE(RunExport(engine(), options), kInvalidArgument);
  options.owner = "odd";
  EXPECT_EQ(Ids(options), "c6 c8 d6 d8 p6 p8 ");
  options.owner = "nobody";
  EXPECT_EQ(Ids(options), "");
}

TEST_F(ExportScopesTest, KindsOutsideTheScopeAreAbsent) {
  ExportOptions options;
  options.scope = ExportScope::kConversation;
  EXPECT_EQ(Ids(options), "c5 c6 c7 c8 - - ");
  EXPECT_EQ(OrderedJson::parse(Exported(options)).at("counts").dump(), R"({"conversations":4,"messages":8})");
  options.scope = ExportScope::kDocument;
  EXPECT_EQ(Ids(options), "- d5 d6 d7 d8 - ");
  EXPECT_EQ(OrderedJson::parse(Exported(options)).at("counts").dump(), R"({"documents":4,"contents":4})");
}

TEST_F(ExportScopesTest, OneConversationIsExportedAloneAndAMissingOneIsTold) {
  ExportOptions options;
  options.scope = ExportScope::kConversation;
  options.conversation_id = "c7";
  EXPECT_EQ(Ids(options), "c7 - - ");
  options.conversation_id = "c1";
  EXPECT_CODE(RunExport(engine(), options), kNotFound);
  options.scope = ExportScope::kFull;
  EXPECT_CODE(RunExport(engine(), options), kInvalidArgument);
}

TEST_F(ExportScopesTest, DatesAreHalfOpenAndAConversationBringsAllItsMessages) {
  ExportOptions options;
  options.created_from = *ParseTimestamp("2026-01-02T00:00:00Z");
  EXPECT_EQ(Ids(options), "c5 c6 c7 d5 d6 d7 p5 p6 p7 ");
  options.created_before = *ParseTimestamp("2026-01-04T00:00:00Z");
  EXPECT_EQ(Ids(options), "c6 c7 d6 d7 p6 p7 ");
  EXPECT_EQ(report_->messages, 4U);
  options.owner = "odd";
  EXPECT_EQ(Ids(options), "c6 d6 p6 ");
  std::swap(options.created_from, options.created_before);
  EXPECT_EQ(Ids(options), "");
}

TEST_F(ExportScopesTest, TheHeaderTellsScopeAndFilters) {
  ExportOptions options;
  options.scope = ExportScope::kUser;
  options.owner = "odd";
  options.created_from = *ParseTimestamp("2026-01-02T00:00:00Z");
  const OrderedJson header = OrderedJson::parse(Exported(options)).at("coffer_export");
  EXPECT_EQ(header.at("scope"), "user");
  EXPECT_EQ(header.at("filters").dump(), R"({"user_id":"odd","date_from":"2026-01-02T00:00:00.000000Z"})");
}

TEST_F(ExportScopesTest, MetadataMayBeLeftOutInEveryLayout) {
  for (ExportFormat format :
       {ExportFormat::kJson, ExportFormat::kNdjson, ExportFormat::kXml, ExportFormat::kSql, ExportFormat::kCsv}) {
    ExportOptions options;
    options.format = format;
    EXPECT_NE(Exported(options).find("extra_metadata"), std::string::npos);
    options.include_metadata = false;
    const std::string bytes = Exported(options);
    for (const char* word : {"extra_metadata", "unknown"}) EXPECT_EQ(bytes.find(word), std::string::npos) << word;
    EXPECT_NE(bytes.find("title"), std::string::npos);
  }
}

TEST_F(ExportScopesTest, CsvIsATarOfTablesWithContentsAheadOfThem) {
  ExportOptions options;
  options.format = ExportFormat::kCsv;
  const std::string bytes = Exported(options);
  EXPECT_EQ(Entries(bytes, "documents.csv"),
            "contents/d5 contents/d6 contents/d7 contents/d8 conversations.csv messages.csv documents.csv prompts.csv ");
  EXPECT_TRUE(found_.starts_with("id,owner_id,filename,original_filename,title,")) << found_;
  EXPECT_TRUE(found_.substr(0, found_.find('\n')).ends_with(",created_at,updated_at,_unknown\r")) << found_;
  options.scope = ExportScope::kDocument;
  options.include_contents = false;
  EXPECT_TRUE(Exported(options).starts_with("id,owner_id,")) << "a single file is not a tar";
}

TEST_F(ExportScopesTest, AContentAboveTheLimitMakesATarOfJson) {
  PutDocument("large", std::string(kExportInlineContentBytesMax + 1, 'x'));
  PutDocument("..", "two dots");
  PutDocument("limit", std::string(kExportInlineContentBytesMax, 'y'));
  const std::string bytes = Exported({});
  EXPECT_EQ(Entries(bytes, "export.json"), "contents/large export.json ");
  const OrderedJson exported = OrderedJson::parse(found_);
  for (const OrderedJson& document : exported.at("documents")) {
    EXPECT_EQ(document.contains("content_path"), document.at("id") == "large");
    EXPECT_EQ(document.contains("content_base64"), document.at("id") != "large");
  }
  Result<ExportReport> named = RunExport(engine());
  ASSERT_OK(named);
  EXPECT_TRUE(named->path.ends_with(named->export_id + ".tar.zst")) << named->path;
  ExportOptions csv;
  csv.format = ExportFormat::kCsv;
  csv.scope = ExportScope::kDocument;
  EXPECT_NE(Entries(Exported(csv)).find("contents/%2E%2E "), std::string::npos) << "no entry may leave its folder";
}

TEST_F(ExportScopesTest, AnalyticsAddUpExactly) {
  ExportOptions options;
  options.scope = ExportScope::kAnalytics;
  const OrderedJson json = OrderedJson::parse(Exported(options));
  const OrderedJson& totals = json.at("totals").at(0);
  EXPECT_EQ(totals.at("conversations"), 4);
  EXPECT_EQ(totals.at("messages"), 8);
  EXPECT_EQ(totals.at("total_tokens"), 200);
  EXPECT_EQ(totals.at("cost").dump(), "0.8");
  EXPECT_EQ(totals.at("unsummed"), 0);
  ASSERT_EQ(json.at("by_day").size(), 5U);
  EXPECT_EQ(json["by_day"][0]["day"], "2026-01-01");
  EXPECT_EQ(json["by_day"][0]["conversations"], 1);
  EXPECT_EQ(json["by_day"][4]["messages"], 8);
  ASSERT_EQ(json.at("by_user").size(), 2U);
  EXPECT_EQ(json["by_user"][0]["user_id"], "even");
  EXPECT_EQ(json["by_user"][0]["prompts"], 2);
  EXPECT_EQ(json.at("by_role").size(), 2U);
  ASSERT_EQ(json.at("by_model").size(), 3U);
  EXPECT_FALSE(json["by_model"][0].contains("model")) << "messages without a model";
  EXPECT_EQ(json["by_model"][1]["model"], "model-even");
  EXPECT_EQ(json["by_model"][1]["total_tokens"], 60);
  std::uint64_t bytes = 0;
  for (const OrderedJson& type : json.at("storage_by_type")) bytes += type.at("bytes").get<std::uint64_t>();
  EXPECT_EQ(totals.at("bytes"), bytes);
  const StorageStatistics statistics = engine().Statistics().value();
  for (const OrderedJson& user : json["by_user"]) {
    EXPECT_EQ(user.at("bytes"), statistics.logical_bytes_by_owner.at(user.at("user_id").get<std::string>()))
        << "equal to the counters";
  }
  EXPECT_EQ(json.at("counts").at("rows"), report_->rows);
}

TEST_F(ExportScopesTest, AnalyticsAreTablesInEveryLayout) {
  ExportOptions options;
  options.scope = ExportScope::kAnalytics;
  options.format = ExportFormat::kCsv;
  EXPECT_EQ(Entries(Exported(options), "by_model.csv"),
            "totals.csv by_day.csv by_user.csv by_role.csv by_model.csv storage_by_type.csv ");
  EXPECT_TRUE(found_.starts_with("model,messages,prompt_tokens,completion_tokens,total_tokens,cost\r\n,4,0,0,100,0.4\r\n"))
      << found_;
  options.format = ExportFormat::kSql;
  EXPECT_NE(Exported(options).find("CREATE TABLE \"by_model\""), std::string::npos);
  options.format = ExportFormat::kXml;
  EXPECT_NE(Exported(options).find("<by_role>\n<row><role>assistant</role>"), std::string::npos);
  options.format = ExportFormat::kNdjson;
  EXPECT_NE(Exported(options).find("{\"type\":\"by_day\",\"day\":\"2026-01-01\""), std::string::npos);
}

}  // namespace
}  // namespace coffer::operations

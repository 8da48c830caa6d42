#include "format/records/record_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "coffer/limits.h"
#include "coffer/record_json.h"
#include "format/records/document_type.h"

namespace coffer::format {
namespace {

constexpr std::string_view kConversation =
    R"({"id":"c","user_id":"u","title":"t","description":"d","status":"archived","llm_provider":"p","llm_model":"m",)"
    R"("temperature":0.70,"max_tokens":1E3,"system_prompt":"s","tags":["a","b"],"extra_metadata":{"k":[1]},)"
    R"("message_count":0,"total_tokens":5,"total_cost":-0.10,"created_at":"2026-01-02T03:04:05.000006Z",)"
    R"("updated_at":"2026-01-02T03:04:05.600000Z","z":1,"y":null})";
constexpr std::string_view kMessage =
    R"({"id":"m","conversation_id":"c","sequence_number":7,"role":"tool","content":"x\u0000y","tool_calls":[{}],)"
    R"("tool_call_id":"t","prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"model_used":"m","provider_used":"p",)"
    R"("finish_reason":"stop","response_time_ms":1.5,"cost":0.001,"rating":5,"extra_metadata":{},)"
    R"("created_at":"0001-01-01T00:00:00.000000Z","u":{}})";
constexpr std::string_view kDocument =
    R"({"id":"d","owner_id":"u","filename":"f.md","original_filename":"g","title":"t","description":"d","mime_type":"m",)"
    R"("document_type":"markdown","status":"failed","file_size":9,)"
    R"("file_hash":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","extracted_text":"e","tags":[],)"
    R"("extra_metadata":{},"version":2,"parent_document_id":"e","is_public":true,)"
    R"("created_at":"9999-12-31T23:59:59.999999Z","updated_at":"1970-01-01T00:00:00.000000Z","u":[]})";
constexpr std::string_view kPrompt =
    R"({"id":"p","owner_id":"u","name":"n","description":"d","prompt_type":"chain","category":"coding","content":"c",)"
    R"("variables":["v"],"template_format":"jinja2","input_schema":{},"output_schema":{},"examples":[],"version":3,)"
    R"("is_latest":false,"is_public":true,"rating":4.5,"usage_count":8,"tags":["x"],"extra_metadata":{"a":1},)"
    R"("created_at":"2026-01-02T03:04:05.000006Z","updated_at":"2026-01-02T03:04:05.000006Z","u":1})";

template <typename Record>
void ExpectRoundTrip(std::string_view text, Result<Record> (*parse)(std::string_view)) {
  const Result<Record> record = parse(text);
  ASSERT_TRUE(record.ok()) << record.status().ToString();
  const Result<std::string> written = ToJson(*record);
  ASSERT_TRUE(written.ok()) << written.status().ToString();
  EXPECT_EQ(*written, text);
  EXPECT_EQ(*parse(*written), *record);
}

TEST(RecordText, EveryMemberComesBackInCanonicalOrder) {
  ExpectRoundTrip<Conversation>(kConversation, ParseConversation);
  ExpectRoundTrip<Message>(kMessage, ParseMessage);
  ExpectRoundTrip<Document>(kDocument, ParseDocument);
  ExpectRoundTrip<Prompt>(kPrompt, ParsePrompt);
}

TEST(RecordText, ShuffledMembersBecomeTheSameText) {
  const auto message =
      ParseMessage(R"( {"content":"a","u":2,"created_at":"2026-11-22t12:00:00+02:00","role":"user","id":"m"} )");
  EXPECT_EQ(*ToJson(*message), R"({"id":"m","role":"user","content":"a","created_at":"2026-11-22T10:00:00.000000Z","u":2})");
}

TEST(RecordText, StoredTextLeavesRoomForWhatTheEngineKnows) {
  Conversation conversation = *ParseConversation(kConversation);
  std::string out = "before";
  ConversationText place;
  ASSERT_TRUE(AppendConversation(conversation, out, place).ok());
  std::string count;
  std::string last;
  AppendMessageCount(0, count);
  AppendLastMessageAt(*conversation.created_at, last);
  std::string text = out.substr(6);
  text.insert(place.last_message_at_offset, last).insert(place.message_count_offset, count);
  conversation.last_message_at = conversation.created_at;
  EXPECT_EQ(text, *ToJson(conversation));

  const Message message = *ParseMessage(kMessage);
  std::size_t offset = 0;
  out.clear();
  ASSERT_TRUE(AppendMessage(message, out, offset).ok());
  std::string where;
  where += MessagePlaceText("c") + "7";
  EXPECT_EQ(out.insert(offset, where), kMessage);
}

TEST(RecordText, RefusesARecordThatCouldNotBeReadBack) {
  const auto fault = [](const Prompt& prompt) {
    std::string out = "kept";
    const Status status = AppendPrompt(prompt, out);
    EXPECT_EQ(out, "kept");
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  const Prompt good = *ParsePrompt(kPrompt);
  Prompt bad = good;
  bad.content = "ab\xFF";
  EXPECT_EQ(fault(bad), "content: byte 2: invalid UTF-8");
  bad = good;
  bad.owner_id.clear();
  EXPECT_EQ(fault(bad), "owner_id: empty");
  bad = good;
  bad.category = static_cast<PromptCategory>(99);
  EXPECT_EQ(fault(bad), "category: unknown value 99");
  bad = good;
  bad.created_at = Timestamp{INT64_MAX};
  EXPECT_EQ(fault(bad), "created_at: outside the years 1 to 9999");
  bad = good;
  EXPECT_TRUE(bad.unknown_members.Add("name", Json()).ok());
  EXPECT_EQ(fault(bad), "name: a known member in unknown_members");
  bad = good;
  EXPECT_TRUE(bad.unknown_members.Add("type", Json()).ok());
  EXPECT_EQ(fault(bad), "type: reserved for interchange files, not a member of a record");
  bad = good;
  bad.examples = *Json::Parse(std::string(kJsonDepthMax, '[') + std::string(kJsonDepthMax, ']'));
  EXPECT_EQ(fault(bad), "examples: nested deeper than 256 levels");
}

TEST(RecordText, CheckIdNamesWhatIsWrong) {
  EXPECT_TRUE(CheckId("id", "!~\"\\").ok());
  for (const std::string bad : {"", "a b", "a/b", "\x7F", "\xC3\xA9", "a\n"}) EXPECT_FALSE(CheckId("id", bad).ok()) << bad;
  EXPECT_EQ(CheckId("owner", "").message(), "owner: empty");
}

TEST(DocumentTypes, AreGuessedFromTypeThenNameThenOther) {
  EXPECT_EQ(GuessDocumentType("Application/PDF; q=1", "a.txt"), DocumentType::kPdf);
  EXPECT_EQ(GuessDocumentType("application/octet-stream", "a.DOCX"), DocumentType::kDocx);
  EXPECT_EQ(GuessDocumentType(std::nullopt, "a.csv"), DocumentType::kCsv);
  EXPECT_EQ(GuessDocumentType("text/x-python", "a.py"), DocumentType::kText);
  EXPECT_EQ(GuessDocumentType(std::nullopt, "README"), DocumentType::kOther);
}

}  // namespace
}  // namespace coffer::format

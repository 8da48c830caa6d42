#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coffer/limits.h"
#include "coffer/record_json.h"
#include "format/records/record_codec.h"

namespace coffer::format {
namespace {

struct Bad {
  std::string given;
  std::string reason;
};

std::string Conversation1(const std::string& members) { return R"({"user_id":"u","title":"t")" + members + "}"; }
std::string Message1(const std::string& members) { return R"({"role":"user","content":"")" + members + "}"; }
std::string Document1(const std::string& members) { return R"({"owner_id":"u","filename":"f")" + members + "}"; }
std::string Prompt1(const std::string& members) { return R"({"owner_id":"u","name":"n","content":"c")" + members + "}"; }

TEST(RecordReader, NamesTheMemberOfAConversationThatBreaksARule) {
  const std::string title256(256, 'x');
  const std::vector<Bad> cases = {
      {R"({"title":"t"})", "user_id: missing"},
      {R"({"user_id":"u"})", "title: missing"},
      {R"({"user_id":null,"title":"t"})", "user_id: null"},
      {R"({"user_id":"u","title":""})", "title: empty"},
      {R"({"user_id":"u","title":")" + title256 + "\"}", "title: 256 characters, above 255"},
      {R"({"user_id":"u v","title":"t"})", "user_id: a character is not printable ASCII or is a space or '/'"},
      {Conversation1(R"(,"id":"")"), "id: empty"},
      {Conversation1(R"(,"id":")" + std::string(129, 'i') + "\""), "id: 129 bytes, above 128"},
      {Conversation1(R"(,"id":7)"), "id: not a string"},
      {Conversation1(R"(,"status":"open")"), "status: unknown value \"open\""},
      {Conversation1(R"(,"temperature":2.0000000000000000000000001)"), "temperature: not within 0..2"},
      {Conversation1(R"(,"temperature":-1e-400)"), "temperature: not within 0..2"},
      {Conversation1(R"(,"max_tokens":0)"), "max_tokens: not a whole number above 0"},
      {Conversation1(R"(,"max_tokens":1.5)"), "max_tokens: not a whole number above 0"},
      {Conversation1(R"(,"tags":["a",null])"), "tags: item 1 is not a string"},
      {Conversation1(R"(,"extra_metadata":[])"), "extra_metadata: not an object"},
      {Conversation1(R"(,"total_tokens":-1)"), "total_tokens: not a whole number, 0 or more"},
      {Conversation1(R"(,"title":"again")"), "byte 27: duplicate member \"title\""},
      {Conversation1(R"(,"unknown":[1,truex])"), "byte 40: bad token"},
      {Conversation1(R"(,"message_count":1x)"), "byte 43: bad number"},
      {Conversation1(R"(,"messages":[])"), "messages: reserved for interchange files, not a member of this record"},
      {Conversation1(R"(,"type":"conversation")"), "type: reserved for interchange files, not a member of this record"},
      {"[]", "record: not an object"},
  };
  for (const Bad& one : cases) EXPECT_EQ(ParseConversation(one.given).status().message(), one.reason) << one.given;
}

TEST(RecordReader, NamesTheMemberOfOtherKindsThatBreaksARule) {
  EXPECT_EQ(ParseMessage(R"({"content":""})").status().message(), "role: missing");
  EXPECT_EQ(ParseMessage(R"({"role":"user"})").status().message(), "content: missing");
  EXPECT_EQ(ParseMessage(Message1(R"(,"rating":5.1)")).status().message(), "rating: not within 0..5");
  EXPECT_FALSE(ParseMessage(Message1(R"(,"sequence_number":-1)")).ok());
  EXPECT_FALSE(ParseMessage(Message1(R"(,"sequence_number":1.0)")).ok());
  EXPECT_FALSE(ParseMessage(Message1(R"(,"response_time_ms":-0.1)")).ok());
  EXPECT_TRUE(ParseMessage(Message1(R"(,"response_time_ms":-0,"cost":-3,"prompt_tokens":12.0,"rating":5.000)")).ok());
  EXPECT_FALSE(ParseMessage(Message1(R"(,"created_at":"2026-02-30T00:00:00Z")")).ok());
  EXPECT_EQ(ParseDocument(Document1(R"(,"version":0)")).status().message(), "version: not above 0");
  EXPECT_FALSE(ParseDocument(Document1(R"(,"file_hash":")" + std::string(64, 'A') + "\"")).ok());
  EXPECT_TRUE(ParseDocument(Document1(R"(,"file_hash":")" + std::string(64, 'a') + "\"")).ok());
  EXPECT_FALSE(ParseDocument(Document1(R"(,"parent_document_id":"a/b")")).ok());
  EXPECT_FALSE(ParseDocument(Document1(R"(,"is_public":1)")).ok());
  EXPECT_FALSE(ParsePrompt(R"({"owner_id":"u","name":"n","content":""})").ok());
  EXPECT_FALSE(ParsePrompt(Prompt1(R"(,"category":"x")")).ok());
  EXPECT_FALSE(ParsePrompt(Prompt1(R"(,"usage_count":18446744073709551616)")).ok());
}

TEST(RecordReader, TakesEveryLimitAtItsEdge) {
  std::string title;
  for (std::size_t i = 0; i < kTitleCharactersMax; ++i) title += "\xF0\x9F\x98\x80";
  EXPECT_TRUE(ParseConversation(R"({"user_id":"u","title":")" + title + "\"}").ok());
  EXPECT_FALSE(ParseConversation(R"({"user_id":"u","title":"x)" + title + "\"}").ok());
  EXPECT_TRUE(ParseConversation(Conversation1(R"(,"id":")" + std::string(kIdBytesMax, 'i') + "\"")).ok());

  const auto tags = [](std::size_t count) {
    std::string text = R"(,"tags":["")";
    for (std::size_t i = 1; i < count; ++i) text += ",\"\"";
    return Conversation1(text + "]");
  };
  EXPECT_TRUE(ParseConversation(tags(kTagsMax)).ok());
  EXPECT_FALSE(ParseConversation(tags(kTagsMax + 1)).ok());

  const auto deep = [](std::size_t depth) {
    return Conversation1(",\"x\":" + std::string(depth, '[') + std::string(depth, ']'));
  };
  EXPECT_TRUE(ParseConversation(deep(kJsonDepthMax - 1)).ok());
  EXPECT_FALSE(ParseConversation(deep(kJsonDepthMax)).ok());

  const auto content = [](std::size_t bytes) { return R"({"role":"user","content":")" + std::string(bytes, 'c') + "\"}"; };
  EXPECT_TRUE(ParseMessage(content(kMessageContentBytesMax)).ok());
  EXPECT_FALSE(ParseMessage(content(kMessageContentBytesMax + 1)).ok());
  const std::string frame = R"({"owner_id":"u","filename":"f","version":1,"is_public":false,"x":""})";
  const auto record = [&](std::size_t bytes) {
    return frame.substr(0, frame.size() - 2) + std::string(bytes - frame.size(), 'x') + "\"}";
  };
  EXPECT_TRUE(ParseDocument(record(kRecordBytesMax)).ok());
  EXPECT_EQ(ParseDocument(record(kRecordBytesMax + 1)).status().message(), "record: 67108865 bytes, above 67108864");
}

TEST(RecordReader, TakesNullAsAbsenceAndKeepsAnUnknownNull) {
  const auto conversation =
      ParseConversation(Conversation1(R"(,"status":null,"tags":null,"created_at":null,"message_count":"?","mine":null)"));
  ASSERT_TRUE(conversation.ok()) << conversation.status().ToString();
  EXPECT_EQ(conversation->status, ConversationStatus::kActive);
  EXPECT_FALSE(conversation->tags || conversation->created_at);
  EXPECT_EQ(conversation->unknown_members.text(), "\"mine\":null");
}

TEST(RecordReader, FindsTheTypeAnywhereInTheLine) {
  RecordReader reader;
  const auto prompt = reader.ReadLine(Prompt1(R"(,"x":{"type":"message"},"\u0074ype":"prompt")"), std::nullopt, "");
  ASSERT_TRUE(prompt.ok()) << prompt.status().ToString();
  EXPECT_EQ(std::get<Prompt>(prompt->record).unknown_members.text(), R"("x":{"type":"message"})");
  EXPECT_TRUE(std::holds_alternative<Prompt>(reader.ReadLine(Prompt1(R"(,"type":"prompt")"), Kind::kMessage, "")->record));
  EXPECT_EQ(reader.ReadLine(Prompt1(""), std::nullopt, "").status().message(), "type: missing");
  EXPECT_EQ(reader.ReadLine(R"({"type":"bot"})", Kind::kPrompt, "").status().message(), "type: unknown value \"bot\"");
  EXPECT_EQ(reader.ReadLine(R"({"type":1})", Kind::kPrompt, "").status().message(), "type: not a string");
  EXPECT_EQ(reader.ReadLine(R"({"a":1 x})", std::nullopt, "").status().message(), "byte 7: expected ',' or '}' after a member");
  EXPECT_FALSE(reader.ReadLine("{}", Kind::kContent, "").ok());
}

TEST(RecordReader, ReadsMessagesInsideAConversation) {
  RecordReader reader;
  const auto line = reader.ReadLine(
      R"({"messages":[{"role":"user","content":"a"},{"role":"tool","content":"b","conversation_id":"c"}],"id":"c","title":"t"})",
      Kind::kConversation, "owner");
  ASSERT_TRUE(line.ok()) << line.status().ToString();
  EXPECT_EQ(std::get<Conversation>(line->record).user_id, "owner");
  ASSERT_EQ(line->messages->size(), 2U);
  EXPECT_EQ((*line->messages)[0].conversation_id, "c");
  EXPECT_FALSE((*line->messages)[0].sequence_number);

  const auto fault = [&](const std::string& messages) {
    const auto bad = reader.ReadLine(R"({"id":"c","title":"t","messages":)" + messages + "}", Kind::kConversation, "o");
    return std::string(bad.status().message());
  };
  EXPECT_EQ(fault(R"([{"role":"user","content":""},{"role":"bot"}])"), "messages[1].role: unknown value \"bot\"");
  EXPECT_EQ(fault(R"([{"role":"user"}])"), "messages[0].content: missing");
  EXPECT_EQ(fault("[1]"), "messages[0]: not an object");
  EXPECT_EQ(fault("{}"), "messages: not an array");
  EXPECT_EQ(fault(R"([{"role":"user","content":"","conversation_id":"d"}])"),
            "messages[0].conversation_id: differs from the conversation's id");
  EXPECT_EQ(fault("null"), "");
}

TEST(RecordReader, ReadsTheContentOfADocument) {
  RecordReader reader;
  const auto line = reader.ReadLine(Document1(R"(,"content_base64":"Zm9v\/w==")"), Kind::kDocument, "");
  ASSERT_TRUE(line.ok()) << line.status().ToString();
  EXPECT_EQ(line->content, "foo\xFF");
  EXPECT_EQ(reader.ReadLine(Document1(R"(,"content_path":"a.txt")"), Kind::kDocument, "")->content_path, "a.txt");
  EXPECT_FALSE(reader.ReadLine(Document1(R"(,"content_base64":"Zm9=x")"), Kind::kDocument, "").ok());
  EXPECT_FALSE(reader.ReadLine(Document1(R"(,"content_path":"a","content_base64":"")"), Kind::kDocument, "").ok());
  EXPECT_FALSE(reader.ReadLine(Prompt1(R"(,"content_path":"a")"), Kind::kPrompt, "").ok());
}

}  // namespace
}  // namespace coffer::format

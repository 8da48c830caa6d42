// Conversations of LibreChat, in its three export shapes.
#include <gtest/gtest.h>

#include "chat_fixture.h"

namespace coffer::operations {
namespace {

constexpr const char* kTree = R"json({"conversationId": "lc-1", "endpoint": "openAI", "title": "Fuel",
  "exportAt": "16:33:32 GMT+0200 (Central European Summer Time)", "branches": true, "recursive": true,
  "options": {"model": "gpt-4o", "temperature": 1, "promptPrefix": "Be exact.", "maxOutputTokens": 100},
  "messagesTree": [{"_id": "1", "messageId": "q", "conversationId": "lc-1", "createdAt": "2024-04-09T14:32:05.230Z", "endpoint": "openAI",
    "error": false, "isCreatedByUser": true, "model": null, "parentMessageId": "00000000-0000-0000-0000-000000000000",
    "sender": "User", "text": "How much?", "tokenCount": 9, "updatedAt": "2024-04-09T14:32:05.230Z", "children": [
      {"_id": "2", "messageId": "a", "conversationId": "lc-1", "createdAt": "2024-04-09T14:32:06.000Z", "endpoint": "openAI",
       "isCreatedByUser": false, "model": "gpt-4o", "parentMessageId": "q", "sender": "GPT-4", "text": "Much.", "tokenCount": 2,
       "finish_reason": "stop", "feedback": {"rating": "thumbsUp"}, "updatedAt": "2024-04-09T15:00:00.000Z", "children": []},
      {"_id": "3", "messageId": "b", "conversationId": "lc-1", "createdAt": "2024-04-09T14:33:06.000Z", "isCreatedByUser": false,
       "parentMessageId": "q", "sender": "Agent", "text": "", "content": [{"type": "think", "think": "hm"},
         {"type": "text", "text": {"value": "It is"}}, {"type": "tool_call", "tool_call": {"id": "t", "name": "f", "args": "{}"}},
         {"type": "text", "text": "8 litres."}], "attachments": [{"file_id": "f"}], "children": []}]}]})json";

class ImportLibreChatTest : public ChatImportTest {};

TEST_F(ImportLibreChatTest, ATreeStandsAtItsNewestAnswer) {
  const Result<ImportReport> report = ImportText(kTree);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report), "messages[].attachments: files not in the export: their description is kept (1)\n");
  EXPECT_EQ(Contents("lc-1"), "How much?|It is\n\n8 litres.");
  EXPECT_EQ(Contents("lc-1.a"), "Much.");
  const Result<Conversation> conversation = engine().GetConversation("lc-1");
  ASSERT_OK(conversation);
  EXPECT_EQ(conversation->title, "Fuel");
  EXPECT_EQ(conversation->llm_provider, "openAI");
  EXPECT_EQ(conversation->llm_model, "gpt-4o");
  EXPECT_EQ(conversation->system_prompt, "Be exact.");
  EXPECT_EQ(conversation->max_tokens->text(), "100");
  EXPECT_EQ(FormatTimestamp(*conversation->created_at), "2024-04-09T14:32:05.230000Z");
  EXPECT_EQ(FormatTimestamp(*conversation->updated_at), "2024-04-09T14:33:06.000000Z");
  const Result<Message> question = engine().GetMessage("lc-1", 0);
  ASSERT_OK(question);
  EXPECT_EQ(question->role, Role::kUser);
  EXPECT_EQ(question->prompt_tokens->text(), "9");
  EXPECT_EQ(question->extra_metadata->text(),
            R"({"librechat":{"_id":"1","endpoint":"openAI","error":false,"model":null,"sender":"User"}})");
  EXPECT_EQ(engine().GetMessage("lc-1", 1)->tool_calls->text(), R"([{"id":"t","name":"f","args":"{}"}])");
  const Result<Message> answer = engine().GetMessage("lc-1.a", 0);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->rating->text(), "5");
  EXPECT_EQ(answer->finish_reason, "stop");
  EXPECT_EQ(answer->model_used, "gpt-4o");
  EXPECT_EQ(answer->completion_tokens->text(), "2");
  const std::string state = WholeState(engine());
  EXPECT_EQ(ImportText(kTree)->skipped, 2U);
  EXPECT_EQ(WholeState(engine()), state);
}

TEST_F(ImportLibreChatTest, AListWithBranchesNamesParentsAndMayHaveSeveralFirstMessages) {
  const std::string none = "00000000-0000-0000-0000-000000000000";
  const Result<ImportReport> report = ImportText(
      R"({"conversationId":"l","endpoint":"azureOpenAI","title":"Story","exportAt":"08:12","branches":true,"recursive":false,"messages":[
        {"messageId":"a","parentMessageId":")" +
      none + R"(","isCreatedByUser":true,"text":"A","createdAt":"2024-05-28T18:08:55Z"},
        {"messageId":"b","parentMessageId":"a","isCreatedByUser":false,"text":"B","createdAt":"2024-05-28T18:08:56Z"},
        {"messageId":"c","parentMessageId":")" +
      none + R"(","isCreatedByUser":true,"text":"C","createdAt":"2024-05-28T18:08:57Z"},
        {"messageId":"d","parentMessageId":"c","isCreatedByUser":false,"text":"D","createdAt":"2024-05-28T18:08:58Z"},
        {"messageId":"d","parentMessageId":"lost","isCreatedByUser":false,"text":"D2","createdAt":"2024-05-28T18:08:01Z"}]})");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            "messages[].parentMessageId: does not name another node: the message starts a branch (1)\n"
            "messages[].parentMessageId: names an id that two messages have: the first is used (1)\n");
  EXPECT_EQ(Contents("l"), "C|D");
  EXPECT_EQ(Contents("l.a"), "A|B");
  EXPECT_EQ(Contents("l.d"), "D2");
  EXPECT_NE(engine().GetConversation("l.d")->extra_metadata->text().find(R"("missing_parent":"lost")"), std::string::npos);
}

TEST_F(ImportLibreChatTest, AListWithoutLinksIsOneAfterTheOther) {
  const Result<ImportReport> report = ImportText(
      R"([{"conversationId":"l","messages":[{"sender":"User","text":"A"},{"sender":"GPT","text":"B"},7,{"sender":"User","text":"C",
        "createdAt":{"$date":"2024-05-28T18:08:55Z"},"tokenCount":-1}]}])");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            "messages[]: not a message (1)\n"
            "messages[].tokenCount: not a number that a record can have: kept in extra_metadata (1)\n");
  EXPECT_EQ(Contents("l"), "A|B|C");
  EXPECT_EQ(engine().GetMessage("l", 1)->role, Role::kAssistant);
  EXPECT_EQ(FormatTimestamp(*engine().GetMessage("l", 2)->created_at), "2024-05-28T18:08:55.000000Z");
}

TEST_F(ImportLibreChatTest, ATreeMayBeDeeperThanARecordMayBe) {
  constexpr int kDeep = 5000;
  std::string text = R"({"conversationId":"deep","messagesTree":[)";
  for (int i = 0; i < kDeep; ++i) text += R"({"messageId":"m)" + std::to_string(i) + R"(","text":"x","children":[)";
  for (int i = 0; i < kDeep; ++i) text += "]}";
  const Result<ImportReport> report = ImportText(text + "]}");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report) + Losses(*report), "");
  EXPECT_EQ(engine().GetConversation("deep")->message_count, static_cast<std::uint64_t>(kDeep));
  EXPECT_EQ(engine().GetMessage("deep", kDeep - 1)->id, "m4999");

  const std::string odd =
      R"({"conversationId":"odd","messages":[{"text":"x","y":)" + std::string(300, '[') + std::string(300, ']') + "}]}";
  EXPECT_NE(Errors(*ImportText(odd)).find("deeper than 256"), std::string::npos);
}

TEST_F(ImportLibreChatTest, WhatIsNoConversationIsRefusedAndTheNextOneRead) {
  std::string many = R"({"conversationId":"many","messages":[{})";
  for (std::size_t i = 0; i < kImportChatNodesMax; ++i) many += ",{}";
  TextSource source(R"([{"title":"x"},{"conversationId":"l","messages":[{"text":tru}]},)" + many +
                        R"(]},{"conversationId":"k","messages":[{"text":"K"}]}])",
                    std::size_t{1} << 16);
  const Result<ImportReport> report = ImportWithLineLimit(engine(), source, "input", Options(ImportFormat::kLibreChat));
  ASSERT_OK(report);
  EXPECT_EQ(report->failed, 3U);
  EXPECT_NE(Errors(*report).find("not a LibreChat conversation"), std::string::npos);
  EXPECT_NE(Errors(*report).find("more than 100000 messages"), std::string::npos) << Errors(*report);
  EXPECT_EQ(Contents("k"), "K");
}

}  // namespace
}  // namespace coffer::operations

// Chats of Open WebUI in the shapes of its versions.
#include <gtest/gtest.h>

#include "chat_fixture.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {
namespace {

constexpr const char* kOf2025 = R"([{
  "id": "0f3b", "user_id": "u-1", "title": "Weather",
  "chat": {
    "id": "", "title": "Weather", "models": ["llama3.1:latest", "gpt-4o"], "params": {"system": "Be kind.", "temperature": 0.70},
    "history": {"messages": {
      "q": {"id": "q", "parentId": null, "childrenIds": ["x", "y"], "role": "user", "content": "Rain?", "timestamp": 1700000000,
        "models": ["llama3.1:latest", "gpt-4o"],
        "files": [{"type": "image", "url": "data:image/png;base64,cG5n"},
                  {"type": "file", "id": "f-1", "name": "a.pdf", "file": {"id": "f-1", "filename": "a.pdf",
                   "data": {"content": "the text", "status": "done"}, "meta": {"content_type": "application/pdf"}, "created_at": 1699999999}}]},
      "x": {"id": "x", "parentId": "q", "childrenIds": [], "role": "assistant", "content": "No.", "model": "llama3.1:latest",
        "modelName": "Llama", "modelIdx": 0, "timestamp": 1700000001, "done": true,
        "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}, "annotation": {"rating": -1, "comment": "wrong"}},
      "y": {"id": "y", "parentId": "q", "childrenIds": [], "role": "assistant", "content": "Yes.", "model": "gpt-4o",
        "modelName": "GPT", "modelIdx": 1, "timestamp": 1700000002, "info": {"eval_count": 3, "prompt_eval_count": 8}}
    }, "currentId": "y"},
    "messages": [
      {"id": "q", "parentId": null, "childrenIds": ["x", "y"], "role": "user", "content": "Rain?", "timestamp": 1700000000,
        "models": ["llama3.1:latest", "gpt-4o"],
        "files": [{"type": "image", "url": "data:image/png;base64,cG5n"},
                  {"type": "file", "id": "f-1", "name": "a.pdf", "file": {"id": "f-1", "filename": "a.pdf",
                   "data": {"content": "the text", "status": "done"}, "meta": {"content_type": "application/pdf"}, "created_at": 1699999999}}]},
      {"id": "y", "parentId": "q", "childrenIds": [], "role": "assistant", "content": "Yes!", "model": "gpt-4o"}],
    "tags": ["sky"], "timestamp": 1700000000123, "files": []
  },
  "updated_at": 1700000005, "created_at": 1700000000, "share_id": null, "archived": true, "pinned": true,
  "meta": {"tags": ["rain", "sky"]}, "folder_id": "fold"}])";

// Before accounts existed: the chat alone, its time in milliseconds, its messages as a list.
constexpr const char* kOf2023 = R"([{"id": "old", "title": "", "models": ["llama2"], "system": "You are old.",
  "options": {"temperature": 5}, "timestamp": 1690000000123, "messages": [
    {"role": "user", "content": "one"}, {"role": "assistant", "content": "two", "model": "llama2"},
    {"role": "critic", "content": [{"type": "text", "text": "three"}, {"type": "image_url", "image_url": {"url": "u"}}]}]}])";

class ImportOpenWebUiTest : public ChatImportTest {};

TEST_F(ImportOpenWebUiTest, AChatOf2025ComesWithItsOtherAnswerItsFilesAndItsSettings) {
  const Result<ImportReport> report = ImportText(kOf2025);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            "chat.messages[]: differs from the message with this id in history: that one is used (1)\n"
            "messages[].files[]: bytes of the file not in the export (1)\n");
  EXPECT_EQ(Contents("0f3b"), "Rain?|Yes.");
  EXPECT_EQ(Contents("0f3b.x"), "No.");
  const Result<Conversation> chat = engine().GetConversation("0f3b");
  ASSERT_OK(chat);
  EXPECT_EQ(chat->user_id, "anna");
  EXPECT_EQ(chat->title, "Weather");
  EXPECT_EQ(chat->status, ConversationStatus::kArchived);
  EXPECT_EQ(chat->llm_model, "llama3.1:latest");
  EXPECT_EQ(chat->system_prompt, "Be kind.");
  EXPECT_EQ(chat->temperature->text(), "0.70");
  EXPECT_EQ(*chat->tags, (std::vector<std::string>{"sky", "rain"}));
  EXPECT_EQ(FormatTimestamp(*chat->created_at), "2023-11-14T22:13:20.000000Z");
  EXPECT_EQ(FormatTimestamp(*chat->updated_at), "2023-11-14T22:13:25.000000Z");
  EXPECT_EQ(
      chat->extra_metadata->text(),
      R"({"open_webui":{"user_id":"u-1","share_id":null,"pinned":true,"meta":{"tags":["rain","sky"]},"folder_id":"fold"},)"
      R"("open_webui_chat":{"id":"","models":["llama3.1:latest","gpt-4o"],"params":{"system":"Be kind.","temperature":0.70},)"
      R"("tags":["sky"],"timestamp":1700000000123,"files":[]}})");
  const Result<Message> wrong = engine().GetMessage("0f3b.x", 0);
  ASSERT_OK(wrong);
  EXPECT_EQ(wrong->rating->text(), "1");
  EXPECT_EQ(wrong->total_tokens->text(), "9");
  EXPECT_EQ(wrong->model_used, "llama3.1:latest");
  EXPECT_EQ(engine().GetMessage("0f3b", 1)->completion_tokens->text(), "3");
  EXPECT_EQ(engine().GetMessage("0f3b", 1)->prompt_tokens->text(), "8");

  const std::string picture = IdFromForeign("open-webui-file", "/png");
  EXPECT_EQ(ContentOf(engine(), picture), "png");
  EXPECT_EQ(engine().GetDocument(picture)->filename, "image.png");
  EXPECT_EQ(engine().GetDocument("f-1")->extracted_text, "the text");
  const std::string metadata = engine().GetMessage("0f3b", 0)->extra_metadata->text();
  EXPECT_NE(metadata.find(R"("url":"document:)" + picture + "\""), std::string::npos) << metadata;
  EXPECT_NE(metadata.find(R"("documents":[")" + picture + R"(","f-1"])"), std::string::npos) << metadata;
  EXPECT_EQ(metadata.find("the text"), std::string::npos);

  const std::string state = WholeState(engine());
  EXPECT_EQ(ImportText(kOf2025)->skipped, 4U);
  EXPECT_EQ(WholeState(engine()), state);
}

TEST_F(ImportOpenWebUiTest, ABareChatOf2023IsAListOfMessages) {
  const Result<ImportReport> report = ImportText(kOf2023, Options(ImportFormat::kOpenWebUi));
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report), "history.messages[].role: unknown role: stored as tool (1)\n");
  EXPECT_EQ(Contents("old"), "one|two|three");
  const Result<Conversation> chat = engine().GetConversation("old");
  ASSERT_OK(chat);
  EXPECT_EQ(chat->title, "Untitled");
  EXPECT_EQ(chat->system_prompt, "You are old.");
  EXPECT_FALSE(chat->temperature) << "beyond what a record may have, and still in extra_metadata";
  EXPECT_NE(chat->extra_metadata->text().find("\"temperature\":5"), std::string::npos);
  EXPECT_EQ(FormatTimestamp(*chat->created_at), "2023-07-22T04:26:40.123000Z");
  EXPECT_EQ(engine().GetMessage("old", 2)->role, Role::kTool);
}

TEST_F(ImportOpenWebUiTest, ADumpOfTheTableHasTheChatAsText) {
  const Result<ImportReport> report = ImportText(
      R"([{"id":"d","user_id":"u","title":"T","chat":"{\"history\":{\"messages\":{\"m\":{\"id\":\"m\",\"role\":\"user\",\"content\":\"hi\"}},\"currentId\":\"m\"}}",)"
      R"("created_at":1700000000}])");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report) + Losses(*report), "");
  EXPECT_EQ(Contents("d"), "hi");
}

TEST_F(ImportOpenWebUiTest, MessagesOfTheListThatTheTreeLacksAreNotLost) {
  const Result<ImportReport> report = ImportText(
      R"([{"id":"c","chat":{"history":{"messages":{"a":{"id":"a","parentId":"b","childrenIds":["zz"],"role":"user","content":"A"},
        "b":{"id":"b","parentId":"a","role":"assistant","content":"B"}},"currentId":"q"},
        "messages":[{"id":"n","parentId":"b","role":"user","content":"N"},{"role":"user","content":{"odd":1}}]}}])");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(report->imported.messages, 4U);
  EXPECT_EQ(Losses(*report),
            "chat.messages[]: not in history: the message starts a branch (2)\n"
            "history.currentId: names a missing node: the newest message is used (1)\n"
            "history.messages[].childrenIds: names a missing node (1)\n"
            "history.messages[].content: not text: kept in extra_metadata (1)\n"
            "history.messages[].parentId: closes a cycle: the message starts a branch (1)\n");
}

TEST_F(ImportOpenWebUiTest, WhatIsNoChatIsRefused) {
  const Result<ImportReport> report =
      ImportText(R"([{"id":"x"},{"id":"y","chat":"{"},{"id":"z","chat":{}}])", Options(ImportFormat::kOpenWebUi));
  ASSERT_OK(report);
  EXPECT_EQ(report->failed, 2U);
  EXPECT_NE(Errors(*report).find("1: conversation at byte 1: not an Open WebUI chat"), std::string::npos);
  EXPECT_NE(Errors(*report).find("2: conversation at byte 12: chat: byte "), std::string::npos) << Errors(*report);
  EXPECT_EQ(Losses(*report), "chat.history: missing: the conversation has no messages (1)\n");
  EXPECT_OK(engine().GetConversation("z"));
}

}  // namespace
}  // namespace coffer::operations

// ChatGPT exports of several years, valid and damaged, in the shapes that were published.
#include <gtest/gtest.h>

#include <array>

#include "chat_fixture.h"
#include "coffer/limits.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {
namespace {

// The first exports: no default model, no channel, the conversation's id under "id" only.
constexpr const char* kOf2023 = R"([{
  "title": "Sorting", "create_time": 1681000000.25, "update_time": 1681000060.5,
  "mapping": {
    "r": {"id": "r", "message": null, "parent": null, "children": ["s"]},
    "s": {"id": "s", "message": {"id": "s", "author": {"role": "system", "name": null, "metadata": {}}, "create_time": 1681000000.25,
      "update_time": null, "content": {"content_type": "text", "parts": [""]}, "status": "finished_successfully",
      "end_turn": true, "weight": 1.0, "metadata": {}, "recipient": "all"}, "parent": "r", "children": ["u1"]},
    "u1": {"id": "u1", "message": {"id": "u1", "author": {"role": "user", "name": null, "metadata": {"timestamp_": "absolute"}},
      "create_time": 1681000001.123456, "update_time": null, "content": {"content_type": "text", "parts": ["How to sort?"]},
      "end_turn": null, "weight": 1.0, "metadata": {}, "recipient": "all"}, "parent": "s", "children": ["a1", "a2"]},
    "a1": {"id": "a1", "message": {"id": "a1", "author": {"role": "assistant", "name": null, "metadata": {}},
      "create_time": 1681000002, "update_time": null, "content": {"content_type": "text", "parts": ["By hand."]},
      "end_turn": true, "weight": 1.0, "metadata": {"model_slug": "text-davinci-002-render-sha",
      "finish_details": {"type": "stop", "stop": "<|im_end|>"}}, "recipient": "all"}, "parent": "u1", "children": []},
    "a2": {"id": "a2", "message": {"id": "a2", "author": {"role": "assistant", "name": null, "metadata": {}},
      "create_time": 1681000050, "update_time": null, "content": {"content_type": "text", "parts": ["With std::sort."]},
      "end_turn": true, "weight": 1.0, "metadata": {"model_slug": "gpt-4", "finish_details": {"type": "max_tokens"}},
      "recipient": "all"}, "parent": "u1", "children": []}
  },
  "moderation_results": [], "current_node": "a2", "plugin_ids": null, "id": "11111111-aaaa-4bbb-8ccc-000000000001"}])";

// The newest ones: nodes name only their parents, and the conversation has many members.
constexpr const char* kOf2026 = R"([{
  "conversation_id": "22222222-aaaa-4bbb-8ccc-000000000001", "create_time": 1780000000.0, "update_time": 1780000100.0,
  "current_node": "a1", "default_model_slug": "gpt-5-thinking", "id": "22222222-aaaa-4bbb-8ccc-000000000001",
  "is_archived": true, "is_starred": null, "memory_scope": "global_enabled", "pinned_time": null, "voice": null,
  "mapping": {
    "client-created-root": {"id": "client-created-root", "message": null, "parent": null},
    "ctx": {"id": "ctx", "parent": "client-created-root", "message": {"id": "ctx", "author": {"role": "user"}, "create_time": null,
      "content": {"content_type": "user_editable_context", "user_profile": "I teach.", "user_instructions": "Be brief."},
      "metadata": {"is_visually_hidden_from_conversation": true, "is_user_system_message": true}}},
    "u1": {"id": "u1", "parent": "ctx", "message": {"id": "u1", "author": {"role": "user"}, "create_time": 1780000001.0,
      "content": {"content_type": "multimodal_text", "parts": [
        {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_00aa", "width": 10, "height": 20},
        "What is this?"]},
      "metadata": {"attachments": [{"id": "file_00aa", "name": "photo.png", "mime_type": "image/png", "size": 5}]}}},
    "th": {"id": "th", "parent": "u1", "message": {"id": "th", "author": {"role": "assistant"}, "create_time": 1780000002.0,
      "content": {"content_type": "thoughts", "thoughts": [{"summary": "Looking", "content": "A cat it is.", "finished": true}]},
      "metadata": {"model_slug": "gpt-5-thinking"}}},
    "rr": {"id": "rr", "parent": "th", "message": {"id": "rr", "author": {"role": "assistant"}, "create_time": 1780000003.0,
      "content": {"content_type": "reasoning_recap", "content": "Thought for 3 seconds"}, "metadata": {}}},
    "a1": {"id": "a1", "parent": "rr", "message": {"id": "a1", "author": {"role": "assistant"}, "create_time": 1780000004.0,
      "content": {"content_type": "text", "parts": ["A cat."]}, "metadata": {}}}
  },
  "title": "Cat"}])";

class ImportChatGptTest : public ChatImportTest {};

// A conversation of text messages, given as "id<parent:text" items; the last one is the current node.
std::string Tree(const std::string& id, const std::vector<std::array<std::string, 3>>& nodes, const std::string& current) {
  std::string mapping;
  for (const auto& [node, parent, text] : nodes) {
    if (!mapping.empty()) mapping += ",";
    mapping += "\"" + node + "\":{\"id\":\"" + node + "\",\"parent\":" + (parent.empty() ? "null" : "\"" + parent + "\"") +
               ",\"children\":[],\"message\":{\"id\":\"" + node +
               R"(","author":{"role":"user"},"content":{"content_type":"text","parts":[")" + text + "\"]}}}";
  }
  return R"({"id":")" + id + R"(","title":"T","create_time":1700000000,"current_node":")" + current + R"(","mapping":{)" +
         mapping + "}}";
}

TEST_F(ImportChatGptTest, AConversationOf2023BecomesItsMainPathWithTheOtherAnswerBesideIt) {
  const Result<ImportReport> report = ImportText(kOf2023);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report) + Losses(*report), "");
  EXPECT_EQ(report->imported.conversations, 2U);
  EXPECT_EQ(report->imported.messages, 4U);

  const std::string id = "11111111-aaaa-4bbb-8ccc-000000000001";
  const Result<Conversation> main = engine().GetConversation(id);
  ASSERT_OK(main);
  EXPECT_EQ(main->user_id, "anna");
  EXPECT_EQ(main->title, "Sorting");
  EXPECT_EQ(main->llm_provider, "openai");
  EXPECT_EQ(main->llm_model, "gpt-4") << "of the last answer, as the conversation names none";
  EXPECT_EQ(FormatTimestamp(*main->created_at), "2023-04-09T00:26:40.250000Z");
  EXPECT_EQ(FormatTimestamp(*main->updated_at), "2023-04-09T00:27:40.500000Z");
  EXPECT_EQ(main->extra_metadata->text(), R"({"chatgpt":{"moderation_results":[],"current_node":"a2","plugin_ids":null}})");
  EXPECT_EQ(Contents(id), "|How to sort?|With std::sort.");

  const Result<Message> question = engine().GetMessage(id, 1);
  ASSERT_OK(question);
  EXPECT_EQ(question->id, "u1");
  EXPECT_EQ(FormatTimestamp(*question->created_at), "2023-04-09T00:26:41.123456Z");
  EXPECT_EQ(question->extra_metadata->text(),
            R"({"chatgpt":{"author":{"role":"user","name":null,"metadata":{"timestamp_":"absolute"}},"update_time":null,)"
            R"("end_turn":null,"weight":1.0,"metadata":{},"recipient":"all"}})");
  const Result<Message> answer = engine().GetMessage(id, 2);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->role, Role::kAssistant);
  EXPECT_EQ(answer->model_used, "gpt-4");
  EXPECT_EQ(answer->provider_used, "openai");
  EXPECT_EQ(answer->finish_reason, "max_tokens");

  const Result<Conversation> branch = engine().GetConversation(id + ".a1");
  ASSERT_OK(branch);
  EXPECT_EQ(branch->title, "Sorting (branch 1)");
  EXPECT_EQ(
      branch->extra_metadata->text(),
      R"({"branch_of":{"conversation_id":"11111111-aaaa-4bbb-8ccc-000000000001","message_id":"u1","sequence_number":1}})");
  EXPECT_EQ(Contents(id + ".a1"), "By hand.") << "only the main conversation has the shared messages";
}

TEST_F(ImportChatGptTest, AConversationOf2026IsReadByItsParentsAlone) {
  const Result<ImportReport> report = ImportText(kOf2026);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report), "mapping[].message: files: file not in the export: its name is kept in extra_metadata (1)\n");
  EXPECT_EQ(report->losses.front().first, "input, item 1, u1, file_00aa");
  const std::string id = "22222222-aaaa-4bbb-8ccc-000000000001";
  EXPECT_EQ(Contents(id), "I teach.\n\nBe brief.|What is this?|Looking\n\nA cat it is.|Thought for 3 seconds|A cat.");
  const Result<Conversation> conversation = engine().GetConversation(id);
  ASSERT_OK(conversation);
  EXPECT_EQ(conversation->status, ConversationStatus::kArchived);
  EXPECT_EQ(conversation->llm_model, "gpt-5-thinking");
  EXPECT_EQ(engine().GetMessage(id, 0)->created_at, conversation->created_at)
      << "a message without a time gets the previous one";
  EXPECT_NE(engine().GetMessage(id, 0)->extra_metadata->text().find("is_visually_hidden_from_conversation"), std::string::npos);
  EXPECT_NE(engine().GetMessage(id, 1)->extra_metadata->text().find("\"width\":10"), std::string::npos);
  EXPECT_EQ(engine().GetMessage(id, 3)->extra_metadata->text(),
            R"({"chatgpt":{"metadata":{},"content":{"content_type":"reasoning_recap"}}})");
}

TEST_F(ImportChatGptTest, ASecondImportFindsEveryRecordAndAReplacingOneMakesTheSame) {
  const std::string bytes = kOf2023;
  ASSERT_OK(ImportText(bytes));
  const std::string state = WholeState(engine());
  const Result<ImportReport> again = ImportText(bytes);
  ASSERT_OK(again);
  EXPECT_EQ(again->imported.conversations, 0U);
  EXPECT_EQ(again->skipped, 2U);
  ImportOptions replacing = Options();
  replacing.mode = PutMode::kUpsert;
  ASSERT_OK(ImportText(bytes, replacing));
  EXPECT_EQ(WholeState(engine()), state);
}

TEST_F(ImportChatGptTest, EachLeafIsAConversationThatNamesWhereItBegins) {
  const std::string tree = Tree(
      "c",
      {{"a", "", "A"}, {"b", "a", "B"}, {"c", "b", "C"}, {"d", "a", "D"}, {"e", "d", "E"}, {"f", "d", "F"}, {"g", "c", "G"}},
      "c");
  const Result<ImportReport> report = ImportText("[" + tree + "]");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report) + Losses(*report), "");
  EXPECT_EQ(report->imported.conversations, 4U);
  EXPECT_EQ(report->imported.messages, 7U);
  EXPECT_EQ(Contents("c"), "A|B|C");
  EXPECT_EQ(Contents("c.d"), "D|F");
  EXPECT_EQ(Contents("c.g"), "G") << "messages after the current node";
  EXPECT_EQ(Contents("c.e"), "E");
  EXPECT_EQ(engine().GetConversation("c.e")->extra_metadata->text(),
            R"({"branch_of":{"conversation_id":"c.d","message_id":"d","sequence_number":0}})");
}

TEST_F(ImportChatGptTest, BrokenLinksLoseNoMessage) {
  const std::string lost = Tree("lost", {{"a", "", "A"}, {"b", "gone", "B"}, {"c", "b", "C"}}, "nowhere");
  const std::string circle = Tree("circle", {{"a", "c", "A"}, {"b", "a", "B"}, {"c", "b", "C"}, {"d", "d", "D"}}, "c");
  const Result<ImportReport> report = ImportText("[" + lost + "," + circle + "]");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            "current_node: names a missing node: the newest message is used (1)\n"
            "mapping[].parent: closes a cycle: the message starts a branch (1)\n"
            "mapping[].parent: does not name another node: the message starts a branch (2)\n");
  EXPECT_EQ(report->imported.messages, 7U);
  EXPECT_EQ(Contents("lost"), "B|C");
  EXPECT_EQ(Contents("lost.a"), "A");
  EXPECT_EQ(engine().GetConversation("lost.a")->extra_metadata->text(),
            R"({"branch_of":{"conversation_id":"lost","message_id":null,"sequence_number":null}})");
  EXPECT_EQ(Contents("circle"), "A|B|C");
  EXPECT_EQ(Contents("circle.d"), "D");
}

TEST_F(ImportChatGptTest, ChildrenAreTakenWhereNoParentIsNamed) {
  const Result<ImportReport> report = ImportText(
      R"([{"id":"c","title":"T","create_time":1,"current_node":"b","mapping":{
        "a":{"children":["b","x"],"message":{"id":"a","author":{"role":"user"},"content":{"content_type":"text","parts":["A"]}}},
        "b":{"children":["a"],"message":{"id":"b","author":{"role":"user"},"content":{"content_type":"text","parts":["B"]}}}}}])");
  ASSERT_OK(report);
  EXPECT_EQ(Losses(*report),
            "mapping[].children: names a missing node (1)\n"
            "mapping[].parent: closes a cycle: the message starts a branch (1)\n");
  EXPECT_EQ(Contents("c"), "A|B");
}

TEST_F(ImportChatGptTest, EveryTypeOfContentGivesItsTextAndKeepsTheRest) {
  const auto text_of = [&](const std::string& content) {
    static int number = 0;
    const std::string id = "t" + std::to_string(++number);
    const Result<ImportReport> report = ImportText(
        R"([{"id":")" + id + R"(","create_time":1,"mapping":{"m":{"message":{"id":"m","author":{"role":"tool"},"content":)" +
        content + "}}}}]");
    EXPECT_OK(report);
    EXPECT_EQ(Errors(*report), "");
    const Result<Message> message = engine().GetMessage(id, 0);
    EXPECT_OK(message);
    return message->content + " " + (message->extra_metadata ? message->extra_metadata->text() : "") + " " + Losses(*report);
  };
  EXPECT_EQ(text_of(R"({"content_type":"code","language":"python","text":"1+1"})"),
            R"(1+1 {"chatgpt":{"content":{"content_type":"code","language":"python"}}} )");
  EXPECT_EQ(text_of(R"({"content_type":"execution_output","text":"2"})"),
            R"(2 {"chatgpt":{"content":{"content_type":"execution_output"}}} )");
  EXPECT_EQ(text_of(R"({"content_type":"tether_quote","url":"u","domain":"d","text":"q","title":"t"})"),
            R"(q {"chatgpt":{"content":{"content_type":"tether_quote","url":"u","domain":"d","title":"t"}}} )");
  EXPECT_EQ(text_of(R"({"content_type":"tether_browsing_display","result":"r","summary":null})"),
            R"(r {"chatgpt":{"content":{"content_type":"tether_browsing_display","summary":null}}} )");
  EXPECT_EQ(text_of(R"({"content_type":"text","parts":["one","two"]})"),
            "one\n\ntwo {\"chatgpt\":{\"content\":{\"content_type\":\"text\",\"parts\":[\"one\",\"two\"]}}} ");
  EXPECT_EQ(
      text_of(R"({"content_type":"multimodal_text","parts":[{"content_type":"audio_transcription","text":"said"}]})"),
      R"(said {"chatgpt":{"content":{"content_type":"multimodal_text","parts":[{"content_type":"audio_transcription","text":"said"}]}}} )");
  EXPECT_EQ(text_of(R"({"content_type":"of_tomorrow","text":"x","y":[1]})"),
            "x {\"chatgpt\":{\"content\":{\"content_type\":\"of_tomorrow\",\"text\":\"x\",\"y\":[1]}}} "
            "mapping[].message.content: unknown type: kept in extra_metadata (1)\n");
  EXPECT_EQ(text_of("null"),
            " {\"chatgpt\":{\"content\":null}} mapping[].message.content: unknown type: kept in extra_metadata (1)\n");
}

TEST_F(ImportChatGptTest, WhatHasNoPlaceIsKeptAndWhatDoesNotFitIsTold) {
  const std::string title(300, 't');
  const Result<ImportReport> report = ImportText(R"([{"conversation_id":"not an id","title":")" + title +
                                                 R"(","create_time":1e300,"update_time":"soon","novelty":{"a":[1.50]},
        "mapping":{"n 1":{"extra":1,"message":{"id":"m","author":{"role":"critic"},"create_time":1700000000.1234567,
        "content":{"content_type":"text","parts":["x"]},"feedback":0}},"n2":{"odd":1}}}])");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            "create_time: not a time in the years 1 to 9999: kept in extra_metadata (1)\n"
            "mapping[]: has members but no message to keep them in (1)\n"
            "mapping[].message.author.role: unknown role: stored as tool (1)\n"
            "title: longer than 255 characters: kept whole in extra_metadata (1)\n"
            "update_time: not a time in the years 1 to 9999: kept in extra_metadata (1)\n");
  const std::string id = IdFromForeign("chatgpt", "not an id");
  const Result<Conversation> conversation = engine().GetConversation(id);
  ASSERT_OK(conversation);
  EXPECT_EQ(conversation->title, title.substr(0, 255));
  EXPECT_EQ(conversation->extra_metadata->text(), R"({"chatgpt":{"conversation_id":"not an id","title":")" + title +
                                                      R"(","create_time":1e300,"update_time":"soon","novelty":{"a":[1.50]}}})");
  EXPECT_EQ(
      engine().GetMessage(id, 0)->extra_metadata->text(),
      R"({"chatgpt":{"author":{"role":"critic"},"create_time":1700000000.1234567,"feedback":0},"node":"n 1","of_node":{"extra":1}})");
}

TEST_F(ImportChatGptTest, AChatThatCannotBeReadIsToldAndTheOthersAreStored) {
  const std::string good = Tree("good", {{"a", "", "A"}}, "a");
  const std::string deep = R"({"mapping":{"a":)" + std::string(300, '[') + std::string(300, ']') + "}}";
  const Result<ImportReport> report = ImportText("[ {\"mapping\":{\"a\":{}, \"a\":{}}} , 7,{\"uuid\":\"of another program\"}," +
                                                     deep + ",{\"mapping\":trux}," + good + "]",
                                                 Options(ImportFormat::kChatGpt));
  ASSERT_OK(report);
  EXPECT_EQ(report->failed, 5U);
  EXPECT_EQ(Errors(*report),
            "1: conversation at byte 2: byte 20: duplicate member \"a\"\n"
            "2: conversation at byte 33: not a ChatGPT conversation: it has neither mapping nor create_time\n"
            "3: conversation at byte 35: not a ChatGPT conversation: it has neither mapping nor create_time\n"
            "4: conversation at byte 65: byte 270: nested deeper than 256 levels\n"
            "5: conversation at byte 684: byte 11: bad token\n");
  EXPECT_EQ(Contents("good"), "A");
}

TEST_F(ImportChatGptTest, ADamagedArrayIsAnErrorThatNamesTheByteAndWhatIsBeforeItStays) {
  const std::string good = Tree("good", {{"a", "", "A"}}, "a");
  for (const auto& [rest, reason] :
       std::vector<std::pair<std::string, std::string>>{{",", "the array is cut off"},
                                                        {" " + good, "expected ',' or ']' after an item"},
                                                        {",,", "expected an item"},
                                                        {",]", "expected an item"},
                                                        {"]]", "unexpected text after the array"},
                                                        {",{\"mapp", "is cut off"}}) {
    const Result<ImportReport> report = ImportText("[" + good + rest);
    EXPECT_CODE(report, kCorruption) << rest;
    EXPECT_NE(report.status().ToString().find(reason), std::string::npos) << rest << ": " << report.status().ToString();
    EXPECT_EQ(Contents("good"), "A");
  }
}

TEST_F(ImportChatGptTest, LinesOfAKindThatIsNamedAreNoChats) {
  ImportOptions options = Options();
  options.kind = Kind::kConversation;
  const Result<ImportReport> report = ImportText(R"({"id":"c","title":"T","mapping":{"a":1}})", options);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report) + Losses(*report), "");
  EXPECT_EQ(engine().GetConversation("c")->unknown_members.text(), R"("mapping":{"a":1})");
}

TEST_F(ImportChatGptTest, HalfAnEmojiIsReplacedAndTold) {
  const std::string tree = Tree("c", {{"a", "", R"(\ud83d\ude00 \uD83D \udE00 \\ud83d \ud83d\ud83d\ude00)"}}, "a");
  const Result<ImportReport> report = ImportText("[" + tree + "]");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report), "(text): lone surrogates are replaced by U+FFFD (1)\n");
  EXPECT_EQ(Contents("c"), "\xF0\x9F\x98\x80 \xEF\xBF\xBD \xEF\xBF\xBD \\ud83d \xEF\xBF\xBD\xF0\x9F\x98\x80");
}

TEST_F(ImportChatGptTest, NoOwnerIsAnErrorOfTheFile) {
  ImportOptions options;
  const Result<ImportReport> report = ImportText(kOf2023, options);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "0: chats of another program: an owner is required\n");
}

TEST_F(ImportChatGptTest, MoreNodesThanTheLimitAreRefused) {
  std::string mapping;
  for (std::size_t i = 0; i <= kImportChatNodesMax; ++i) mapping += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  const Result<ImportReport> report = ImportText(R"([{"id":"c","mapping":{)" + mapping + "}}]");
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "1: conversation at byte 1: mapping: 100001 nodes, more than 100000\n");
}

TEST_F(ImportChatGptTest, ALongerConversationThanTheLimitIsRefusedAndTheNextOneRead) {
  const std::string good = Tree("good", {{"a", "", "A"}}, "a");
  const std::string long_one = Tree("long", {{"a", "", std::string(kImportChatBytesMax, 'x')}}, "a");
  TextSource source("[" + long_one + "," + good + "]", std::size_t{1} << 20);
  const Result<ImportReport> report = ImportWithLineLimit(engine(), source, "input", Options());
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "1: conversation at byte 1: longer than 33554432 bytes\n");
  EXPECT_EQ(Contents("good"), "A");
}

}  // namespace
}  // namespace coffer::operations

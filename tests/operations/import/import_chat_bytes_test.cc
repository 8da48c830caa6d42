// Chats damaged at random, and exports of any length.
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "chat_fixture.h"
#include "operations/import/chats/chatgpt_chat.h"
#include "operations/import/chats/libre_chat_chat.h"
#include "operations/import/chats/open_webui_chat.h"
#include "support/chat_bytes.h"

namespace coffer::operations {
namespace {

constexpr const char* kChatGptSeed =
    R"([{"id":"c","title":"T","create_time":1.5,"update_time":null,"current_node":"a","is_archived":false,"mapping":{"r":{"id":"r","message":null,
"parent":null,"children":["u"]},"u":{"id":"u","message":{"id":"u","author":{"role":"user","name":null,"metadata":{}},"create_time":1700000000.1,
"content":{"content_type":"multimodal_text","parts":[{"asset_pointer":"file-service://file-A1"},"q\ud83d\ude00"]},"metadata":{"attachments":[
{"id":"file-A1","name":"n"}]}},"parent":"r","children":["a","b"]},"a":{"message":{"author":{"role":"assistant"},"content":{"content_type":
"thoughts","thoughts":[{"summary":"s","content":"c"}]},"metadata":{"model_slug":"m","finish_details":{"type":"stop"}}},"parent":"u"},
"b":{"message":{"author":{"role":"tool"},"content":{"content_type":"code","text":"1"}},"parent":"u","children":[]}}}])";
constexpr const char* kOpenWebUiSeed =
    R"([{"id":"c","user_id":"u","title":"T","chat":{"title":"T","models":["m"],"params":{"temperature":1},"history":{"currentId":"b","messages":{
"a":{"id":"a","parentId":null,"childrenIds":["b"],"role":"user","content":"q","timestamp":1700000000,"files":[{"type":"image","url":
"data:image/png;base64,cG5n"},{"file":{"id":"f","data":{"content":"x"},"meta":{}}}]},"b":{"id":"b","parentId":"a","role":"assistant","content":[
{"type":"text","text":"z"}],"usage":{"total_tokens":3},"annotation":{"rating":1}}}},"messages":[{"id":"a"},{"role":"user","content":"n"}],
"tags":["t",{"name":"s"}]},"created_at":1700000000,"updated_at":1700000000123,"archived":true,"meta":{"tags":[]}}])";
constexpr const char* kLibreChatSeed =
    R"({"conversationId":"c","endpoint":"e","title":"T","options":{"model":"m","temperature":0.5},"messagesTree":[{"messageId":"a","text":"q",
"isCreatedByUser":true,"createdAt":"2024-04-09T14:32:05.230Z","parentMessageId":"00000000-0000-0000-0000-000000000000","tokenCount":9,"children":
[{"messageId":"b","parentMessageId":"a","text":"","content":[{"type":"text","text":{"value":"v"}},{"type":"tool_call","tool_call":{"id":"t"}}],
"feedback":{"rating":"thumbsUp"},"children":[]},{"messageId":"c","children":[{"text":"deep"}]}]}],"tags":["x"]})";

// Half of them are damaged in their JSON, the others only in names and values, so that they get past the JSON parser.
std::string Spoiled(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const std::string_view values[] = {
      "null", "0", "-1", "1e400", "\"\"", "[]", "{}", "true", "\"a\"", "[{\"id\":\"a\"}]", "1700000000.1234567"};
  const std::string_view bytes = "{}[]\",:\\u0d8 \xff\x80";
  for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
    const std::size_t at = below(text.size());
    const std::size_t colon = text.find(':', at);
    switch (below(4)) {
      case 0:
        text[at] = bytes[below(bytes.size())];
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        if (colon == std::string::npos || colon + 1 >= text.size()) break;
        if (const std::size_t end = text.find_first_of(",}]", colon); end != std::string::npos) {
          text.replace(colon + 1, end - colon - 1, values[below(std::size(values))]);
        }
        break;
      default:
        if (const std::size_t a = text.find("\"a\"", at); a != std::string::npos)
          text[a + 1] = static_cast<char>('a' + below(3));
        break;
    }
    if (text.empty()) return text;
  }
  return text;
}

TEST(ImportChatBytesTest, SpoiledChatsAreRefusedOrReadAndNothingElse) {
  const auto of_chatgpt = [](std::string_view json, FieldLosses& losses) {
    ChatGptArchive archive;
    archive.assets.Add("file-A1-photo.png");
    return ReadChatGptChat(json, "anna", archive, losses);
  };
  const auto of_open_webui = [](std::string_view json, FieldLosses& losses) { return ReadOpenWebUiChat(json, "anna", losses); };
  const auto of_librechat = [](std::string_view json, FieldLosses& losses) { return ReadLibreChatChat(json, "anna", losses); };
  const std::pair<const char*, ReadChat> formats[] = {
      {kChatGptSeed, of_chatgpt}, {kOpenWebUiSeed, of_open_webui}, {kLibreChatSeed, of_librechat}};
  std::mt19937 random(20251125);
  for (const auto& [seed, read] : formats) {
    ChatJudge whole;
    JudgeChats(seed, read, whole, 3);
    EXPECT_GE(whole.records(), 1U) << seed;
    EXPECT_EQ(whole.refusals(), 0U) << seed;
    ChatJudge judge;
    for (int i = 0; i < 4000 && judge.fault().empty(); ++i) {
      const std::string text = Spoiled(seed, random);
      JudgeChats(text, read, judge, 1 + text.size() % 97);
      EXPECT_EQ(judge.fault(), "") << text;
    }
    EXPECT_GT(judge.records(), 1000U);
    EXPECT_GT(judge.refusals(), 300U);
  }
}

// Conversations generated while they are read.
class EndlessExport final : public ByteSource {
 public:
  EndlessExport(std::uint64_t bytes, std::size_t conversation_bytes) : bytes_(bytes), filler_(conversation_bytes, 'x') {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (taken_ == piece_.size() && !ended_) Make();
    const std::size_t count = piece_.copy(buffer, length, taken_);
    taken_ += count;
    return count;
  }

 private:
  void Make() {
    made_ += piece_.size();
    taken_ = 0;
    ended_ = made_ >= bytes_;
    piece_ =
        ended_
            ? "]"
            : R"({"id":"c)" + std::to_string(number_) + R"(","title":"T","create_time":1700000000,"mapping":{"m":{"message":)" +
                  R"({"id":"m","author":{"role":"user"},"content":{"content_type":"text","parts":[")" + filler_ + "\"]}}}}}";
    if (!ended_) piece_.insert(0, number_++ == 0 ? "[" : ",");
  }

  const std::uint64_t bytes_;
  const std::string filler_;
  std::string piece_;
  std::size_t taken_ = 0;
  std::uint64_t made_ = 0;
  std::uint64_t number_ = 0;
  bool ended_ = false;
};

std::uint64_t MemoryKilobytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != name + ":") continue;
    std::uint64_t kilobytes = 0;
    status >> kilobytes;
    return kilobytes;
  }
  return 0;
}

class ImportChatMemoryTest : public ChatImportTest {};

TEST_F(ImportChatMemoryTest, TheLengthOfAnExportTakesNoMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep freed memory";
#endif
  constexpr std::uint64_t kExportBytes = std::uint64_t{200} << 20;
  constexpr std::uint64_t kKilobytesMax = 160 << 10;  // the whole process was at 100 MB, most of it the store
  std::ofstream("/proc/self/clear_refs") << "5";      // resets the peak
  const std::uint64_t before = MemoryKilobytes("VmRSS");
  ASSERT_GT(before, 0U);
  EndlessExport source(kExportBytes, 40'000);
  const Result<ImportReport> report = ImportWithLineLimit(engine(), source, "input", Options());
  ASSERT_OK(report);
  EXPECT_GT(report->imported.messages, 5000U);
  EXPECT_EQ(report->errors_total, 0U);
  EXPECT_LT(MemoryKilobytes("VmHWM") - before, kKilobytesMax);
}

}  // namespace
}  // namespace coffer::operations

// Checks an import of any bytes as chats against its guarantees.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "coffer/record_json.h"
#include "operations/import/chats/chat_branches.h"
#include "operations/import/chats/chat_import.h"

namespace coffer {

// Checks records instead of storing them. Keeps the first fault.
class ChatJudge final : public operations::ChatSink {
 public:
  Status PutChatRecord(format::InterchangeRecord record, std::uint64_t) override {
    ++records_;
    if (const auto* document = std::get_if<Document>(&record.record)) {
      JudgeJson(document->extra_metadata);
      JudgeText(ToJson(*document));
      return Status::Ok();
    }
    const Conversation& conversation = std::get<Conversation>(record.record);
    JudgeJson(conversation.extra_metadata);
    JudgeText(ToJson(conversation));
    std::uint64_t place = 0;
    for (const Message& message : record.messages.value_or(std::vector<Message>())) {
      if (message.sequence_number != place++) fault_ = "a message without its place";
      JudgeJson(message.extra_metadata);
      JudgeJson(message.tool_calls);
      JudgeText(ToJson(message));
    }
    return Status::Ok();
  }
  Status PutChatDocument(const Document&, ByteSource&) override { return Status::Ok(); }
  Status RefuseChat(std::uint64_t, std::string reason) override {
    ++refusals_;
    if (reason.empty()) fault_ = "refused without a reason";
    return Status::Ok();
  }
  Status NoteFileProblem(std::string, std::string) override { return Status::Ok(); }

  const std::string& fault() const { return fault_; }
  std::size_t records() const { return records_; }
  std::size_t refusals() const { return refusals_; }

 private:
  // Text put together from pieces is canonical.
  void JudgeJson(const std::optional<Json>& json) {
    if (!json) return;
    const Result<Json> again = Json::Parse(json->text());
    if (!again.ok() || *again != *json) fault_ = "not canonical: " + json->text();
  }
  // A record may be refused, but only because of a value in the export.
  void JudgeText(const Result<std::string>& text) {
    if (!text.ok() && text.status().code() != StatusCode::kInvalidArgument) fault_ = text.status().ToString();
  }

  std::string fault_;
  std::size_t records_ = 0;
  std::size_t refusals_ = 0;
};

// Bytes in memory, a few at a time.
class PiecesOfBytes final : public ByteSource {
 public:
  explicit PiecesOfBytes(std::string_view bytes, std::size_t step) : rest_(bytes), step_(step) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    const std::size_t count = rest_.copy(buffer, std::min(length, step_));
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t step_;
};

// Reads the bytes to their end, or to the damage.
inline void JudgeChats(std::string_view bytes, const operations::ReadChat& read, ChatJudge& judge, std::size_t step = 4096) {
  PiecesOfBytes source(bytes, step);
  operations::FieldLosses losses;
  (void)operations::ImportChats(source, "bytes", "", read, judge, losses);
}

}  // namespace coffer

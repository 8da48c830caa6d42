#include "operations/import/chats/libre_chat_messages.h"

#include "coffer/import.h"
#include "format/json/json_text.h"

namespace coffer::operations {
namespace {

void AppendMember(std::string_view name, std::string& object) {
  object += object.empty() ? '{' : ',';
  format::AppendJsonString(name, object);
  object += ':';
}

class TreeWalk {
 public:
  explicit TreeWalk(LibreChatText& text) : text_(text) {}

  bool Read(std::string_view json) { return reader_.Start(json) && ReadConversation() && reader_.Finish(); }
  const std::string& fault() const { return reader_.fault(); }

 private:
  // An open list of messages or message; the reader is inside it.
  struct Level {
    bool is_list = false;
    std::optional<std::size_t> message;  // for a list: the message that encloses it
    CanonicalReader::Scope scope;
    int outer_depth = 0;
  };

  bool ReadConversation() {
    CanonicalReader::Scope scope;
    if (!reader_.OpenObject(scope)) return false;
    std::string_view name;
    while (reader_.NextMember(scope, name)) {
      const bool is_messages = (name == "messages" || name == "messagesTree") && reader_.Peek() == '[';
      if (is_messages) {
        text_.has_messages = true;
        if (!OpenList(std::nullopt) || !ReadLevels()) return false;
        continue;
      }
      AppendMember(name, text_.conversation);
      if (!reader_.AppendValue(text_.conversation)) return false;
    }
    text_.conversation += text_.conversation.empty() ? "{}" : "}";
    return !reader_.failed();
  }

  bool ReadLevels() {
    while (!levels_.empty()) {
      if (!(levels_.back().is_list ? ReadList() : ReadMessage())) return false;
    }
    return true;
  }

  bool OpenList(std::optional<std::size_t> around) {
    Level level{true, around, {}, 0};
    if (!reader_.OpenArray(level.scope)) return false;
    level.outer_depth = reader_.SetDepth(1) - 1;
    levels_.push_back(level);
    return true;
  }

  bool OpenMessage(std::optional<std::size_t> around) {
    if (text_.messages.size() >= kImportChatNodesMax) {
      return reader_.Fail(reader_.offset(), "more than " + std::to_string(kImportChatNodesMax) + " messages");
    }
    Level level{false, text_.messages.size(), {}, 0};
    if (!reader_.OpenObject(level.scope)) return false;
    level.outer_depth = reader_.SetDepth(1) - 1;
    text_.messages.push_back({{}, around});
    levels_.push_back(level);
    return true;
  }

  bool Close() {
    reader_.SetDepth(levels_.back().outer_depth);
    levels_.pop_back();
    return !reader_.failed();
  }

  // Reads up to the next message or the end.
  bool ReadList() {
    while (reader_.NextItem(levels_.back().scope)) {
      if (reader_.Peek() == '{') return OpenMessage(levels_.back().message);
      ++text_.no_messages;
      std::string unread;
      if (!reader_.AppendValue(unread)) return false;
    }
    return Close();
  }

  // Reads up to the nested messages or the end.
  bool ReadMessage() {
    const std::size_t index = *levels_.back().message;
    std::string_view name;
    while (reader_.NextMember(levels_.back().scope, name)) {
      if (name == "children" && reader_.Peek() == '[') return OpenList(index);
      AppendMember(name, text_.messages[index].json);
      if (!reader_.AppendValue(text_.messages[index].json)) return false;
    }
    std::string& json = text_.messages[index].json;
    json += json.empty() ? "{}" : "}";
    return Close();
  }

  LibreChatText& text_;
  CanonicalReader reader_;
  std::vector<Level> levels_;
};

}  // namespace

Result<LibreChatText> ReadLibreChatText(std::string_view json) {
  LibreChatText text;
  TreeWalk walk(text);
  if (!walk.Read(json)) return Status::InvalidArgument(walk.fault());
  return text;
}

}  // namespace coffer::operations

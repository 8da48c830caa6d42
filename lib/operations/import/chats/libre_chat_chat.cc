#include "operations/import/chats/libre_chat_chat.h"

#include <algorithm>

#include "coffer/limits.h"
#include "format/json/json_text.h"
#include "operations/import/chats/foreign_json.h"
#include "operations/import/chats/libre_chat_messages.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using format::CanonicalItems;
using format::CanonicalObject;
using format::CanonicalText;
using format::CanonicalWriter;
using format::Rule;

constexpr std::string_view kSource = "librechat";
// The parent id of a first message.
constexpr std::string_view kNoParent = "00000000-0000-0000-0000-000000000000";

// The text of a part is a string, or {"value":…} in exports of assistants.
std::string TextOfPart(const CanonicalObject& part) {
  const std::string_view text = part.Find("text");
  return CanonicalText(text).value_or(CanonicalObject(text).Text("value").value_or(""));
}

class LibreChatReader {
 public:
  LibreChatReader(const LibreChatText& text, const std::string& owner, FieldLosses& losses)
      : text_(text), conversation_(text.conversation), owner_(owner), losses_(losses) {}

  Chat Read() {
    ReadId();
    chat_.parent_field = "messages[].parentMessageId";
    chat_.children_field = "messages[].children";
    chat_.current_field = "messages[]";
    chat_.has_messages = text_.has_messages;
    if (!text_.has_messages) losses_.Note("messages", "missing: the conversation has no messages", "");
    if (text_.no_messages > 0) losses_.Note("messages[]", "not a message", "");
    ReadMessages();
    ReadConversation();
    return std::move(chat_);
  }

 private:
  void ReadMessages() {
    // A plain list without branches may omit parents.
    const bool linked = std::ranges::any_of(text_.messages, [](const LibreChatMessage& message) {
      return message.within || !CanonicalObject(message.json).Find("parentMessageId").empty();
    });
    chat_.nodes.reserve(text_.messages.size());
    for (const LibreChatMessage& message : text_.messages) {
      ChatNode node;
      ForeignObject object(message.json);
      const std::size_t index = chat_.nodes.size();
      node.id = object.Text("messageId").value_or("");
      if (node.id.empty()) node.id = "message-" + std::to_string(index);
      node.parent = object.Text("parentMessageId").value_or("");
      if (node.parent == kNoParent) node.parent.clear();
      if (message.within) node.parent = chat_.nodes[*message.within].id;
      if (!linked && index > 0) node.parent = chat_.nodes.back().id;
      node.message = std::make_unique<Message>();
      ReadMessage(object, node.id, *node.message);
      chat_.nodes.push_back(std::move(node));
    }
  }

  void ReadMessage(ForeignObject& object, const std::string& id, Message& message) {
    message.id = IdFromForeign(kSource, id);
    if (object.Text("messageId") == message.id) object.MarkCarried("messageId");
    object.MarkCarried("parentMessageId");
    if (object.Text("conversationId") == chat_.conversation.id) object.MarkCarried("conversationId");
    ReadRole(object, message);
    const std::string_view created_at = object.Find("createdAt");
    message.created_at = object.TakeTime("createdAt", "messages[].createdAt", id, losses_);
    NoteTime(message.created_at);
    if (message.created_at && object.Find("updatedAt") == created_at) object.MarkCarried("updatedAt");
    message.model_used = object.TakeText("model");
    if (message.role == Role::kAssistant) message.provider_used = object.TakeText("endpoint");
    message.finish_reason = object.TakeText("finish_reason");
    std::optional<JsonNumber> tokens = object.TakeNumber("tokenCount", Rule::kWhole, "messages[].tokenCount", id, losses_);
    (message.role == Role::kUser ? message.prompt_tokens : message.completion_tokens) = std::move(tokens);
    message.rating = RatingOfThumb(CanonicalObject(object.Find("feedback")).Text("rating").value_or(""));
    ReadContent(object, message);
    for (std::string_view name : {"files", "attachments"}) {
      if (CanonicalItems(object.Find(name)).empty()) continue;
      losses_.Note("messages[]." + std::string(name), "files not in the export: their description is kept", id);
    }
    message.extra_metadata = MetadataOf(kSource, object.Rest());
  }

  void ReadRole(ForeignObject& object, Message& message) {
    const std::string_view by_user = object.Find("isCreatedByUser");
    const std::string sender = object.Text("sender").value_or("");
    const bool is_user = by_user.empty() ? sender == "User" || sender == "user" : by_user == "true";
    message.role = is_user ? Role::kUser : Role::kAssistant;
    if (by_user == "true" || by_user == "false") object.MarkCarried("isCreatedByUser");
  }

  // An agent's answer has parts: texts, thoughts, tool calls. It is also kept whole.
  void ReadContent(ForeignObject& object, Message& message) {
    message.content = object.TakeText("text").value_or("");
    const bool has_text = !message.content.empty();
    std::string calls;
    for (std::string_view item : CanonicalItems(object.Find("content"))) {
      const CanonicalObject part(item);
      if (!has_text) AppendParagraph(TextOfPart(part), message.content);
      const std::string_view call = part.Find("tool_call");
      if (call.starts_with('{')) calls.append(calls.empty() ? "[" : ",").append(call);
    }
    if (!calls.empty()) message.tool_calls = CanonicalReader::MakeJson(calls + "]");
  }

  void NoteTime(std::optional<Timestamp> time) {
    if (time && (!last_time_ || *time > *last_time_)) last_time_ = time;
  }

  void ReadId() {
    const std::string foreign = conversation_.Text("conversationId").value_or("");
    chat_.conversation.id = IdFromForeign(kSource, foreign.empty() ? "/" + FirstMessage() : foreign);
    if (foreign == chat_.conversation.id) conversation_.MarkCarried("conversationId");
  }

  std::string FirstMessage() const {
    return text_.messages.empty() ? std::string() : CanonicalObject(text_.messages.front().json).Text("messageId").value_or("");
  }

  void ReadConversation() {
    Conversation& conversation = chat_.conversation;
    conversation.user_id = owner_;
    conversation.title = conversation_.Text("title").value_or("");
    const bool untitled = conversation.title.empty();
    if (!MakeTitle(conversation.title)) {
      conversation_.MarkCarried("title");
    } else if (!untitled) {
      losses_.Note("title", "longer than " + std::to_string(kTitleCharactersMax) + " characters: kept whole in extra_metadata",
                   "");
    }
    conversation.created_at = conversation_.TakeTime("createdAt", "createdAt", "", losses_);
    conversation.updated_at = conversation_.TakeTime("updatedAt", "updatedAt", "", losses_);
    if (!conversation.updated_at) conversation.updated_at = last_time_;
    if (conversation_.IsTrue("isArchived")) conversation.status = ConversationStatus::kArchived;
    conversation.llm_provider = conversation_.TakeText("endpoint");
    ReadTags();
    ReadSettings(CanonicalObject(conversation_.Find("options")));
    ReadSettings(conversation_.object());
    conversation.extra_metadata = MetadataOf(kSource, conversation_.Rest());
  }

  void ReadTags() {
    std::vector<std::string> tags;
    for (std::string_view item : CanonicalItems(conversation_.Find("tags"))) {
      if (std::optional<std::string> tag = CanonicalText(item)) tags.push_back(std::move(*tag));
    }
    if (tags.size() > kTagsMax) {
      losses_.Note("tags", "more than " + std::to_string(kTagsMax) + ": kept in extra_metadata", "");
    } else if (!tags.empty()) {
      chat_.conversation.tags = std::move(tags);
    }
  }

  // They are also kept whole in extra_metadata.
  void ReadSettings(const CanonicalObject& settings) {
    Conversation& conversation = chat_.conversation;
    if (!conversation.llm_model) conversation.llm_model = settings.Text("model");
    if (!conversation.temperature) conversation.temperature = NumberOf(settings.Find("temperature"), Rule::kUpToTwo);
    for (std::string_view name : {"max_tokens", "maxOutputTokens", "maxTokens"}) {
      if (!conversation.max_tokens) conversation.max_tokens = NumberOf(settings.Find(name), Rule::kPositiveWhole);
    }
    for (std::string_view name : {"promptPrefix", "system", "instructions"}) {
      if (!conversation.system_prompt) conversation.system_prompt = settings.Text(name);
    }
  }

  const LibreChatText& text_;
  ForeignObject conversation_;
  const std::string& owner_;
  FieldLosses& losses_;
  Chat chat_;
  std::optional<Timestamp> last_time_;
};

}  // namespace

Result<Chat> ReadLibreChatChat(std::string_view json, const std::string& owner, FieldLosses& losses) {
  COFFER_ASSIGN(LibreChatText text, ReadLibreChatText(json));
  if (!text.has_messages && CanonicalObject(text.conversation).Find("conversationId").empty()) {
    return Status::InvalidArgument("not a LibreChat conversation: it has neither conversationId nor messages");
  }
  return LibreChatReader(text, owner, losses).Read();
}

}  // namespace coffer::operations

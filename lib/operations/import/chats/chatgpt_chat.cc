#include "operations/import/chats/chatgpt_chat.h"

#include <algorithm>
#include <set>

#include "coffer/limits.h"
#include "operations/import/chats/chatgpt_content.h"
#include "operations/import/chats/foreign_json.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using format::CanonicalItems;
using format::CanonicalMember;
using format::CanonicalObject;
using format::CanonicalText;
using format::CanonicalWriter;
using format::EpochUnit;

constexpr std::string_view kSource = "chatgpt";
constexpr std::string_view kProvider = "openai";

std::optional<Role> RoleOf(std::string_view word) {
  if (word == "user") return Role::kUser;
  if (word == "assistant") return Role::kAssistant;
  if (word == "system") return Role::kSystem;
  if (word == "tool") return Role::kTool;
  return std::nullopt;
}

// An author with a null name and empty metadata says nothing but the role.
bool SaysMoreThanRole(const CanonicalObject& author) {
  return std::ranges::any_of(author.members(), [](const CanonicalMember& member) {
    return member.name != "role" && !(member.name == "name" && member.value == "null") &&
           !(member.name == "metadata" && member.value == "{}");
  });
}

class ChatGptReader {
 public:
  ChatGptReader(std::string_view canonical, const std::string& owner, ChatGptArchive& archive, FieldLosses& losses)
      : conversation_(canonical), owner_(owner), archive_(archive), losses_(losses) {}

  Result<Chat> Read() {
    const std::string_view mapping = conversation_.Find("mapping");
    if (mapping.starts_with('{')) {
      COFFER_TRY(ReadNodes(mapping));
    } else {
      chat_.has_messages = false;
      losses_.Note("mapping", "missing: the conversation has no messages", "");
    }
    ReadConversation();
    return std::move(chat_);
  }

 private:
  Status ReadNodes(std::string_view mapping) {
    const CanonicalObject nodes(mapping);
    if (nodes.members().size() > kImportChatNodesMax) {
      return Status::InvalidArgument("mapping: " + std::to_string(nodes.members().size()) + " nodes, more than " +
                                     std::to_string(kImportChatNodesMax));
    }
    conversation_.MarkCarried("mapping");
    ReadId(nodes);
    chat_.nodes.reserve(nodes.members().size());
    for (const CanonicalMember& member : nodes.members()) ReadNode(member.Name(), member.value);
    return Status::Ok();
  }

  // The oldest exports have no conversation id: the first node and the time identify the conversation.
  void ReadId(const CanonicalObject& nodes) {
    std::string foreign = conversation_.Text("conversation_id").value_or("");
    if (foreign.empty()) foreign = conversation_.Text("id").value_or("");
    if (foreign.empty()) {
      foreign = "/" + std::string(conversation_.Find("create_time"));
      if (!nodes.members().empty()) foreign += "/" + nodes.members().front().Name();
    }
    chat_.conversation.id = IdFromForeign(kSource, foreign);
    for (std::string_view name : {"conversation_id", "id"}) {
      if (conversation_.Text(name) == chat_.conversation.id) conversation_.MarkCarried(name);
    }
  }

  void ReadNode(std::string name, std::string_view canonical) {
    ChatNode node;
    ForeignObject object(canonical);
    node.id = std::move(name);
    node.parent = object.Text("parent").value_or("");
    for (std::string_view child : CanonicalItems(object.Find("children"))) {
      if (std::optional<std::string> id = CanonicalText(child)) node.children.push_back(std::move(*id));
    }
    for (std::string_view known : {"id", "parent", "children", "message"}) object.MarkCarried(known);
    const std::string_view message = object.Find("message");
    const CanonicalWriter rest = object.Rest();
    if (message.starts_with('{')) {
      ReadMessage(message, rest, node);
    } else if (!rest.empty()) {
      losses_.Note("mapping[]", "has members but no message to keep them in", node.id);
    }
    chat_.nodes.push_back(std::move(node));
  }

  void ReadMessage(std::string_view canonical, const CanonicalWriter& of_node, ChatNode& node) {
    node.message = std::make_unique<Message>();
    Message& message = *node.message;
    ForeignObject object(canonical);
    const std::string foreign = object.Text("id").value_or(node.id);
    message.id = IdFromForeign(kSource, foreign);
    if (object.Text("id") == message.id) object.MarkCarried("id");
    message.created_at =
        object.TakeEpoch("create_time", EpochUnit::kSeconds, "mapping[].message.create_time", foreign, losses_);
    ReadAuthor(object, foreign, message);
    ReadMetadata(CanonicalObject(object.Find("metadata")), message);
    ChatGptContent content = ReadChatGptContent(object.Find("content"), foreign, losses_);
    message.content = std::move(content.text);
    object.MarkCarried("content");

    CanonicalWriter rest = object.Rest();
    if (!content.rest.empty()) rest.Add("content", content.rest);
    // Next to the rest, not inside it, since a member of the export could have the same name.
    CanonicalWriter beside;
    if (node.id != message.id) beside.AddText("node", node.id);
    if (!of_node.empty()) beside.Add("of_node", of_node.Finish());
    AddFeedback(foreign, message, beside);
    AddAttachments(CanonicalObject(object.Find("metadata")).Find("attachments"), content.files);
    AddDocuments(content.files, foreign, message, beside);
    message.extra_metadata = MetadataOf(kSource, rest, beside);
  }

  void ReadAuthor(ForeignObject& object, const std::string& foreign, Message& message) {
    const CanonicalObject author(object.Find("author"));
    const std::optional<Role> role = RoleOf(author.Text("role").value_or(""));
    if (!role) losses_.Note("mapping[].message.author.role", "unknown role: stored as tool", foreign);
    message.role = role.value_or(Role::kTool);
    if (role && !SaysMoreThanRole(author)) object.MarkCarried("author");
  }

  // The metadata is also kept whole in extra_metadata.
  void ReadMetadata(const CanonicalObject& metadata, Message& message) {
    if (message.role == Role::kAssistant) message.provider_used = kProvider;
    message.model_used = metadata.Text("model_slug");
    if (message.model_used) last_model_ = message.model_used;
    message.finish_reason = CanonicalObject(metadata.Find("finish_details")).Text("type");
  }

  void AddFeedback(const std::string& foreign, Message& message, CanonicalWriter& beside) {
    const auto feedback = archive_.feedback.find(foreign);
    if (feedback == archive_.feedback.end()) return;
    feedback->second.taken = true;
    beside.Add("feedback", feedback->second.json);
    const std::optional<std::string> thumb = CanonicalObject(feedback->second.json).Text("rating");
    message.rating = RatingOfThumb(thumb.value_or(""));
    if (!message.rating) losses_.Note("message_feedback.json: rating", "not a thumb: kept in extra_metadata", foreign);
  }

  // Adds the attachments of the message after the files in its text. Their names and types go to the documents.
  void AddAttachments(std::string_view attachments, std::vector<std::string>& files) {
    for (std::string_view item : CanonicalItems(attachments)) {
      const CanonicalObject attachment(item);
      std::string file = attachment.Text("id").value_or("");
      if (file.empty()) continue;
      if (ChatGptAsset* asset = archive_.assets.Find(file)) {
        if (asset->name.empty()) asset->name = attachment.Text("name").value_or("");
        for (std::string_view name : {"mimeType", "mime_type"}) {
          if (asset->mime_type.empty()) asset->mime_type = attachment.Text(name).value_or("");
        }
      }
      files.push_back(std::move(file));
    }
  }

  // "documents": the ids of the files whose content is in the archive.
  void AddDocuments(const std::vector<std::string>& files, const std::string& foreign, const Message& message,
                    CanonicalWriter& beside) {
    std::vector<std::string> ids;
    std::set<std::string_view> seen;
    for (const std::string& file : files) {
      if (!seen.insert(file).second) continue;
      ChatGptAsset* asset = archive_.assets.Find(file);
      if (asset == nullptr) {
        losses_.Note("mapping[].message: files", "file not in the export: its name is kept in extra_metadata",
                     foreign + ", " + file);
        continue;
      }
      if (asset->message_id.empty()) {
        asset->conversation_id = chat_.conversation.id;
        asset->message_id = message.id;
        asset->created_at = message.created_at;
      }
      ids.push_back(asset->document_id);
    }
    if (!ids.empty()) beside.Add("documents", format::CanonicalTexts(ids));
  }

  void ReadConversation() {
    Conversation& conversation = chat_.conversation;
    if (conversation.id.empty()) ReadId(CanonicalObject(""));
    conversation.user_id = owner_;
    conversation.title = conversation_.Text("title").value_or("");
    const bool untitled = conversation.title.empty();
    if (!MakeTitle(conversation.title)) {
      conversation_.MarkCarried("title");
    } else if (!untitled) {
      losses_.Note("title", "longer than " + std::to_string(kTitleCharactersMax) + " characters: kept whole in extra_metadata",
                   "");
    }
    conversation.created_at = conversation_.TakeEpoch("create_time", EpochUnit::kSeconds, "create_time", "", losses_);
    conversation.updated_at = conversation_.TakeEpoch("update_time", EpochUnit::kSeconds, "update_time", "", losses_);
    if (conversation_.IsTrue("is_archived")) conversation.status = ConversationStatus::kArchived;
    const std::string_view archived = conversation_.Find("is_archived");
    if (archived == "true" || archived == "false") conversation_.MarkCarried("is_archived");
    conversation.llm_provider = kProvider;
    conversation.llm_model = conversation_.TakeText("default_model_slug");
    if (!conversation.llm_model) conversation.llm_model = last_model_;
    chat_.current = conversation_.Text("current_node").value_or("");
    chat_.parent_field = "mapping[].parent";
    chat_.children_field = "mapping[].children";
    chat_.current_field = "current_node";
    conversation.extra_metadata = MetadataOf(kSource, conversation_.Rest());
  }

  ForeignObject conversation_;
  const std::string& owner_;
  ChatGptArchive& archive_;
  FieldLosses& losses_;
  Chat chat_;
  std::optional<std::string> last_model_;
};

}  // namespace

Result<Chat> ReadChatGptChat(std::string_view json, const std::string& owner, ChatGptArchive& archive, FieldLosses& losses) {
  COFFER_ASSIGN(std::string canonical, CanonicalOf(json));
  const CanonicalObject object(canonical);
  if (object.Find("mapping").empty() && object.Find("create_time").empty()) {
    return Status::InvalidArgument("not a ChatGPT conversation: it has neither mapping nor create_time");
  }
  return ChatGptReader(canonical, owner, archive, losses).Read();
}

}  // namespace coffer::operations

#include "operations/import/chats/open_webui_chat.h"

#include <algorithm>
#include <map>

#include "coffer/limits.h"
#include "operations/import/chats/foreign_json.h"
#include "operations/import/chats/open_webui_files.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using format::CanonicalItems;
using format::CanonicalMember;
using format::CanonicalObject;
using format::CanonicalText;
using format::CanonicalWriter;
using format::Rule;

constexpr std::string_view kSource = "open_webui";
constexpr std::string_view kIdPrefix = "open-webui";

std::optional<Role> RoleOf(std::string_view word) {
  if (word == "user") return Role::kUser;
  if (word == "assistant") return Role::kAssistant;
  if (word == "system") return Role::kSystem;
  if (word == "tool") return Role::kTool;
  return std::nullopt;
}

// Reads tags: strings, or an object {"name":…} each. Stops after the first one over the limit.
std::vector<std::string> TagsOf(std::string_view canonical) {
  std::vector<std::string> tags;
  for (std::string_view item : CanonicalItems(canonical)) {
    if (tags.size() > kTagsMax) break;
    std::optional<std::string> tag = CanonicalText(item);
    if (!tag) tag = CanonicalObject(item).Text("name");
    if (tag && std::ranges::find(tags, *tag) == tags.end()) tags.push_back(std::move(*tag));
  }
  return tags;
}

class OpenWebUiReader {
 public:
  // `chat`: the member "chat"; if absent, the whole object is the chat.
  OpenWebUiReader(std::string_view row, std::string_view chat, const std::string& owner, FieldLosses& losses)
      : row_(row), body_(chat), owner_(owner), losses_(losses) {
    row_.MarkCarried("chat");
  }

  Result<Chat> Read() {
    COFFER_TRY(ReadNodes());
    ReadConversation();
    ReadSettings();
    CanonicalWriter beside;
    const CanonicalWriter of_chat = body_.Rest();
    if (!of_chat.empty()) beside.Add("open_webui_chat", of_chat.Finish());
    chat_.conversation.extra_metadata = MetadataOf(kSource, row_.Rest(), beside);
    return std::move(chat_);
  }

 private:
  Status ReadNodes() {
    chat_.parent_field = "history.messages[].parentId";
    chat_.children_field = "history.messages[].childrenIds";
    chat_.current_field = "history.currentId";
    const CanonicalObject history(body_.Find("history"));
    const std::string_view tree = history.Find("messages");
    const std::vector<std::string_view> list = CanonicalItems(body_.Find("messages"));
    const CanonicalObject nodes(tree);
    if (nodes.members().size() + list.size() > kImportChatNodesMax) {
      return Status::InvalidArgument("more than " + std::to_string(kImportChatNodesMax) + " messages");
    }
    for (const CanonicalMember& member : nodes.members()) {
      chat_.nodes.push_back(ReadNode(member.Name(), member.value));
      texts_.insert({chat_.nodes.back().id, member.value});
    }
    chat_.current = history.Text("currentId").value_or(history.Text("current_id").value_or(""));
    KeepHistory(history);
    chat_.nodes.empty() ? ReadList(list) : CompareCopies(list);
    body_.MarkCarried("messages");
    chat_.has_messages = !tree.empty() || !body_.Find("messages").empty();
    if (!chat_.has_messages) losses_.Note("chat.history", "missing: the conversation has no messages", "");
    return Status::Ok();
  }

  // Besides the tree, history holds only the current message.
  void KeepHistory(const CanonicalObject& history) {
    const bool known = std::ranges::all_of(history.members(), [](const CanonicalMember& member) {
      return member.name == "messages" || member.name == "currentId" || member.name == "current_id";
    });
    if (!known) losses_.Note("chat.history", "has members other than messages and currentId", "");
    body_.MarkCarried("history");
  }

  // Exports without branches or without the tree: a linear list.
  void ReadList(const std::vector<std::string_view>& list) {
    std::string last;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const CanonicalObject object(list[i]);
      ChatNode node = ReadNode(object.Text("id").value_or("message-" + std::to_string(i)), list[i]);
      if (object.Find("parentId").empty()) node.parent = last;
      last = node.id;
      chat_.nodes.push_back(std::move(node));
    }
  }

  // The list repeats the current path.
  void CompareCopies(const std::vector<std::string_view>& list) {
    for (std::string_view item : list) {
      const CanonicalObject copy(item);
      const std::string id = copy.Text("id").value_or("");
      const auto text = texts_.find(id);
      if (text == texts_.end()) {
        ChatNode node = ReadNode(id.empty() ? "message-" + std::to_string(chat_.nodes.size()) : id, item);
        losses_.Note("chat.messages[]", "not in history: the message starts a branch", id);
        chat_.nodes.push_back(std::move(node));
      } else if (text->second != item) {
        losses_.Note("chat.messages[]", "differs from the message with this id in history: that one is used", id);
      }
    }
  }

  ChatNode ReadNode(std::string name, std::string_view canonical) {
    ChatNode node;
    ForeignObject object(canonical);
    node.id = std::move(name);
    node.parent = object.Text("parentId").value_or("");
    for (std::string_view child : CanonicalItems(object.Find("childrenIds"))) {
      if (std::optional<std::string> id = CanonicalText(child)) node.children.push_back(std::move(*id));
    }
    if (!canonical.starts_with('{')) {
      losses_.Note("history.messages[]", "not a message", node.id);
      return node;
    }
    node.message = std::make_unique<Message>();
    ReadMessage(object, node.id, *node.message);
    return node;
  }

  void ReadMessage(ForeignObject& object, const std::string& id, Message& message) {
    message.id = IdFromForeign(kIdPrefix, id);
    for (std::string_view link : {"parentId", "childrenIds"}) object.MarkCarried(link);
    if (object.Text("id") == message.id) object.MarkCarried("id");
    ReadRole(object, id, message);
    message.created_at = object.TakeEpoch("timestamp", std::nullopt, "history.messages[].timestamp", id, losses_);
    message.model_used = object.TakeText("model");
    ReadUsage(object, message);
    ReadRating(CanonicalObject(object.Find("annotation")), message);
    CanonicalWriter beside;
    ReadContent(object, id, message);
    if (object.Find("files").starts_with('[')) {
      OpenWebUiFiles files = ReadOpenWebUiFiles(object.Find("files"), owner_, id, chat_, losses_);
      beside.Add("files", files.rest);
      object.MarkCarried("files");
      if (!files.documents.empty()) beside.Add("documents", format::CanonicalTexts(files.documents));
    }
    message.extra_metadata = MetadataOf(kSource, object.Rest(), beside);
  }

  void ReadRole(ForeignObject& object, const std::string& id, Message& message) {
    const std::optional<Role> role = RoleOf(object.Text("role").value_or(""));
    if (role) object.MarkCarried("role");
    if (!role) losses_.Note("history.messages[].role", "unknown role: stored as tool", id);
    message.role = role.value_or(Role::kTool);
  }

  // A text, or the parts of a request: [{"type":"text","text"},{"type":"image_url",…}]. Parts are also kept whole.
  void ReadContent(ForeignObject& object, const std::string& id, Message& message) {
    if (std::optional<std::string> text = object.TakeText("content")) {
      message.content = std::move(*text);
    } else if (object.Find("content").starts_with('[')) {
      for (std::string_view part : CanonicalItems(object.Find("content"))) {
        AppendParagraph(CanonicalObject(part).Text("text").value_or(""), message.content);
      }
    } else {
      losses_.Note("history.messages[].content", "not text: kept in extra_metadata", id);
    }
  }

  // Three generations of exports use different names. Usage is also kept whole in extra_metadata.
  static void ReadUsage(const ForeignObject& object, Message& message) {
    for (std::string_view name : {"usage", "info"}) {
      CanonicalObject usage(object.Find(name));
      const auto take = [&usage](std::optional<JsonNumber>& number, std::initializer_list<std::string_view> words) {
        for (std::string_view word : words) {
          if (!number) number = NumberOf(usage.Find(word), Rule::kWhole);
        }
      };
      take(message.prompt_tokens, {"prompt_tokens", "input_tokens", "prompt_eval_count"});
      take(message.completion_tokens, {"completion_tokens", "output_tokens", "eval_count"});
      take(message.total_tokens, {"total_tokens"});
    }
  }

  static void ReadRating(const CanonicalObject& annotation, Message& message) {
    const std::string_view rating = annotation.Find("rating");
    if (rating == "1") message.rating = RatingOfThumb("thumbsUp");
    if (rating == "-1") message.rating = RatingOfThumb("thumbsDown");
  }

  void ReadConversation() {
    Conversation& conversation = chat_.conversation;
    ReadId(conversation);
    conversation.user_id = owner_;
    conversation.title = row_.Text("title").value_or(body_.Text("title").value_or(""));
    const std::string whole = conversation.title;
    if (MakeTitle(conversation.title) && !whole.empty()) {
      losses_.Note("title", "longer than " + std::to_string(kTitleCharactersMax) + " characters: kept whole in extra_metadata",
                   "");
    }
    for (ForeignObject* object : {&row_, &body_}) {
      if (object->Text("title") == conversation.title) object->MarkCarried("title");
    }
    conversation.created_at = row_.TakeEpoch("created_at", std::nullopt, "created_at", "", losses_);
    conversation.updated_at = row_.TakeEpoch("updated_at", std::nullopt, "updated_at", "", losses_);
    if (!conversation.created_at) {
      conversation.created_at = body_.TakeEpoch("timestamp", std::nullopt, "chat.timestamp", "", losses_);
    }
    if (row_.IsTrue("archived")) conversation.status = ConversationStatus::kArchived;
    if (row_.IsTrue("archived") || row_.Find("archived") == "false") row_.MarkCarried("archived");
    ReadTags(conversation);
  }

  // A bare chat may have no id: the first message and the time identify it.
  void ReadId(Conversation& conversation) {
    std::string foreign = row_.Text("id").value_or("");
    if (foreign.empty()) foreign = body_.Text("id").value_or("");
    if (foreign.empty()) {
      foreign = "/" + std::string(body_.Find("timestamp")) + "/" + body_.Text("title").value_or("");
      if (!chat_.nodes.empty()) foreign += "/" + chat_.nodes.front().id;
    }
    conversation.id = IdFromForeign(kIdPrefix, foreign);
    for (ForeignObject* object : {&row_, &body_}) {
      if (object->Text("id") == conversation.id) object->MarkCarried("id");
    }
  }

  void ReadTags(Conversation& conversation) {
    std::vector<std::string> tags = TagsOf(body_.Find("tags"));
    for (std::string& tag : TagsOf(CanonicalObject(row_.Find("meta")).Find("tags"))) {
      if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
    }
    if (tags.size() > kTagsMax) {
      losses_.Note("tags", "more than " + std::to_string(kTagsMax) + ": kept in extra_metadata", "");
    } else if (!tags.empty()) {
      conversation.tags = std::move(tags);
    }
  }

  // They are also kept whole in extra_metadata.
  void ReadSettings() {
    Conversation& conversation = chat_.conversation;
    const std::vector<std::string_view> models = CanonicalItems(body_.Find("models"));
    if (!models.empty()) conversation.llm_model = CanonicalText(models.front());
    if (conversation.llm_model && conversation.llm_model->empty()) conversation.llm_model.reset();
    for (std::string_view name : {"params", "options"}) {
      const CanonicalObject params(body_.Find(name));
      if (!conversation.system_prompt) conversation.system_prompt = params.Text("system");
      if (!conversation.temperature) conversation.temperature = NumberOf(params.Find("temperature"), Rule::kUpToTwo);
      if (!conversation.max_tokens) conversation.max_tokens = NumberOf(params.Find("max_tokens"), Rule::kPositiveWhole);
    }
    const std::optional<std::string> system = body_.Text("system");
    if (!conversation.system_prompt && system && !system->empty()) conversation.system_prompt = system;
  }

  ForeignObject row_;
  ForeignObject body_;
  const std::string& owner_;
  FieldLosses& losses_;
  Chat chat_;
  std::map<std::string, std::string_view> texts_;  // texts of the messages in the tree, by id
};

}  // namespace

Result<Chat> ReadOpenWebUiChat(std::string_view json, const std::string& owner, FieldLosses& losses) {
  COFFER_ASSIGN(std::string canonical, CanonicalOf(json));
  const CanonicalObject row(canonical);
  const std::string_view chat = row.Find("chat");
  if (chat.starts_with('{')) return OpenWebUiReader(canonical, chat, owner, losses).Read();
  // A dump of the database table has the chat as a JSON text.
  if (const std::optional<std::string> text = CanonicalText(chat)) {
    COFFER_ASSIGN_CONTEXT(std::string inner, CanonicalOf(*text), "chat");
    return OpenWebUiReader(canonical, inner, owner, losses).Read();
  }
  if (row.Find("history").empty() && row.Find("messages").empty()) {
    return Status::InvalidArgument("not an Open WebUI chat: it has neither chat, history nor messages");
  }
  return OpenWebUiReader("{}", canonical, owner, losses).Read();
}

}  // namespace coffer::operations

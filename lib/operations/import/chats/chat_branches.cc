#include "operations/import/chats/chat_branches.h"

#include <algorithm>
#include <map>
#include <set>

#include "coffer/limits.h"
#include "format/json/canonical_object.h"
#include "format/json/json_text.h"
#include "operations/import/chats/chat_tree.h"

namespace coffer::operations {
namespace {

// A placed message, after which a branch may start.
struct MessagePlace {
  std::string conversation_id;
  std::optional<std::string> message_id;  // nothing: the branch starts before the first message
  std::uint64_t sequence_number = 0;
  std::optional<Timestamp> created_at;
};

// A node whose path down is not yet a conversation.
struct Start {
  std::size_t node = 0;
  MessagePlace behind;
};

class BranchSplitter {
 public:
  BranchSplitter(Chat& chat, FieldLosses& losses) : chat_(chat), losses_(losses), tree_(chat, losses) {}

  std::vector<format::InterchangeRecord> Split() {
    const std::vector<std::size_t> main = tree_.MainPath(losses_);
    Conversation& conversation = chat_.conversation;
    if (!conversation.created_at) conversation.created_at = FirstTime(main);
    MessagePlace place{conversation.id, std::nullopt, 0, conversation.created_at};
    for (std::size_t root : tree_.roots()) {
      if (main.empty() || root != main.front()) starts_.push_back({root, place});
    }
    std::vector<Message> messages = TakePath(main, place);
    records_.push_back({conversation, std::nullopt, std::nullopt, std::nullopt});
    if (chat_.has_messages) records_.back().messages = std::move(messages);
    for (std::size_t next = 0; next < starts_.size(); ++next) AddBranch(std::move(starts_[next]));
    return std::move(records_);
  }

 private:
  std::optional<Timestamp> FirstTime(const std::vector<std::size_t>& path) const {
    for (std::size_t node : path) {
      const Message* message = chat_.nodes[node].message.get();
      if (message != nullptr && message->created_at) return message->created_at;
    }
    return std::nullopt;
  }

  // Numbers the messages of the path and queues its branches.
  std::vector<Message> TakePath(const std::vector<std::size_t>& path, MessagePlace place) {
    std::vector<Message> messages;
    for (std::size_t i = 0; i < path.size(); ++i) {
      std::unique_ptr<Message>& message = chat_.nodes[path[i]].message;
      if (message) {
        message->sequence_number = messages.size();
        if (!message->created_at) message->created_at = place.created_at;
        place.message_id = message->id;
        place.sequence_number = messages.size();
        place.created_at = message->created_at;
        messages.push_back(std::move(*message));
        message.reset();
      }
      const std::size_t next = i + 1 < path.size() ? path[i + 1] : path[i];
      for (std::size_t child : tree_.children(path[i])) {
        if (child != next) starts_.push_back({child, place});
      }
    }
    return messages;
  }

  void AddBranch(Start start) {
    const std::vector<std::size_t> path = tree_.PathDown(start.node);
    const auto first = std::ranges::find_if(path, [this](std::size_t node) { return chat_.nodes[node].message != nullptr; });
    // A path without messages is not a conversation; its branches start where it does.
    MessagePlace place = start.behind;
    Conversation branch;
    if (first != path.end()) {
      branch = BranchOf(start, *chat_.nodes[*first].message);
      place = {branch.id, std::nullopt, 0, start.behind.created_at};
    }
    std::vector<Message> messages = TakePath(path, place);
    if (messages.empty()) return;
    branch.created_at = messages.front().created_at;
    records_.push_back({std::move(branch), std::move(messages), std::nullopt, std::nullopt});
  }

  Conversation BranchOf(const Start& start, const Message& first) {
    const Conversation& whole = chat_.conversation;
    Conversation branch;
    branch.id = IdOf(first);
    branch.user_id = whole.user_id;
    branch.title = TitleOf(++branches_);
    branch.status = whole.status;
    branch.llm_provider = whole.llm_provider;
    branch.llm_model = whole.llm_model;
    branch.system_prompt = whole.system_prompt;
    branch.tags = whole.tags;
    branch.updated_at = whole.updated_at;
    branch.extra_metadata = CanonicalReader::MakeJson(BranchMetadata(start));
    return branch;
  }

  // Named after its first message, so that a second import finds it. Branches with the same first message id are numbered.
  std::string IdOf(const Message& first) {
    const std::string plain = chat_.conversation.id + "." + first.id;
    std::size_t& count = counts_[plain];
    for (;;) {
      std::string id = IdFromForeign("branch", ++count == 1 ? plain : plain + "." + std::to_string(count));
      if (ids_.insert(id).second) return id;
    }
  }

  std::string TitleOf(std::size_t number) const {
    const std::string mark = " (branch " + std::to_string(number) + ")";
    std::string title = chat_.conversation.title + mark;
    if (!MakeTitle(title)) return title;
    // Leaves room for the mark in bytes, and drops a character that the cut has split.
    title = chat_.conversation.title.substr(0, kTitleCharactersMax - mark.size());
    while (!title.empty() && !format::IsUtf8(title)) title.pop_back();
    return title + mark;
  }

  std::string BranchMetadata(const Start& start) const {
    format::CanonicalWriter place;
    place.AddText("conversation_id", start.behind.conversation_id);
    if (start.behind.message_id) {
      place.AddText("message_id", *start.behind.message_id);
      place.Add("sequence_number", std::to_string(start.behind.sequence_number));
    } else {
      place.Add("message_id", "null");
      place.Add("sequence_number", "null");
    }
    const std::string& named = chat_.nodes[start.node].parent;
    if (!tree_.has_parent(start.node) && !named.empty()) place.AddText("missing_parent", named);
    format::CanonicalWriter metadata;
    metadata.Add(kBranchOfName, place.Finish());
    return metadata.Finish();
  }

  Chat& chat_;
  FieldLosses& losses_;
  const ChatTree tree_;
  std::vector<Start> starts_;
  std::size_t branches_ = 0;
  std::set<std::string> ids_;
  std::map<std::string, std::size_t> counts_;
  std::vector<format::InterchangeRecord> records_;
};

}  // namespace

std::vector<format::InterchangeRecord> SplitBranches(Chat& chat, FieldLosses& losses) {
  return BranchSplitter(chat, losses).Split();
}

}  // namespace coffer::operations

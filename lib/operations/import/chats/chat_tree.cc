#include "operations/import/chats/chat_tree.h"

#include <algorithm>

namespace coffer::operations {

ChatTree::ChatTree(const Chat& chat, FieldLosses& losses)
    : chat_(chat), parents_(chat.nodes.size(), kNone), children_(chat.nodes.size()) {
  IndexIds(losses);
  LinkParents(losses);
  AdoptListedChildren(losses);
  CutCircles(losses);
  OrderChildren();
}

void ChatTree::IndexIds(FieldLosses& losses) {
  ids_.reserve(chat_.nodes.size());
  for (std::size_t i = 0; i < chat_.nodes.size(); ++i) ids_.emplace_back(chat_.nodes[i].id, i);
  std::ranges::sort(ids_);
  for (std::size_t i = 1; i < ids_.size(); ++i) {
    if (ids_[i].first != ids_[i - 1].first || ids_[i].first.empty()) continue;
    losses.Note(chat_.parent_field, "names an id that two messages have: the first is used", ids_[i].first);
  }
}

// The first node with the id.
std::size_t ChatTree::Find(std::string_view id) const {
  const auto found = std::ranges::lower_bound(ids_, std::pair<std::string_view, std::size_t>(id, 0));
  return found == ids_.end() || found->first != id ? kNone : found->second;
}

void ChatTree::LinkParents(FieldLosses& losses) {
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    const ChatNode& node = chat_.nodes[i];
    if (node.parent.empty()) continue;
    const std::size_t parent = Find(node.parent);
    if (parent != kNone && parent != i) {
      parents_[i] = parent;
    } else {
      losses.Note(chat_.parent_field, "does not name another node: the message starts a branch", node.id);
    }
  }
}

void ChatTree::AdoptListedChildren(FieldLosses& losses) {
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    for (const std::string& id : chat_.nodes[i].children) {
      const std::size_t child = Find(id);
      if (child == kNone) {
        losses.Note(chat_.children_field, "names a missing node", id);
      } else if (parents_[child] == kNone && child != i) {
        parents_[child] = i;
      } else if (parents_[child] != i) {
        losses.Note(chat_.children_field, "names a node with another parent: that parent is used", id);
      }
    }
  }
}

// Cuts each cycle at the node that comes first in the export's order.
void ChatTree::CutCircles(FieldLosses& losses) {
  constexpr std::size_t kUnseen = 0;
  std::vector<std::size_t> seen_in_walk(parents_.size(), kUnseen);
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    const std::size_t walk = i + 1;
    std::size_t at = i;
    while (at != kNone && seen_in_walk[at] == kUnseen) {
      seen_in_walk[at] = walk;
      at = parents_[at];
    }
    if (at == kNone || seen_in_walk[at] != walk) continue;
    losses.Note(chat_.parent_field, "closes a cycle: the message starts a branch", chat_.nodes[at].id);
    parents_[at] = kNone;
  }
}

void ChatTree::OrderChildren() {
  std::vector<bool> placed(parents_.size(), false);
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    for (const std::string& id : chat_.nodes[i].children) {
      const std::size_t child = Find(id);
      if (child == kNone || parents_[child] != i || placed[child]) continue;
      children_[i].push_back(child);
      placed[child] = true;
    }
  }
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    if (parents_[i] == kNone) {
      roots_.push_back(i);
    } else if (!placed[i]) {
      children_[parents_[i]].push_back(i);
    }
  }
}

std::vector<std::size_t> ChatTree::PathTo(std::size_t node) const {
  std::vector<std::size_t> path;
  for (std::size_t at = node; at != kNone; at = parents_[at]) path.push_back(at);
  std::ranges::reverse(path);
  return path;
}

std::vector<std::size_t> ChatTree::PathDown(std::size_t node) const {
  std::vector<std::size_t> path = {node};
  while (!children_[path.back()].empty()) path.push_back(children_[path.back()].back());
  return path;
}

// With equal or missing times, the later one in the export.
std::size_t ChatTree::NewestMessage() const {
  std::size_t newest = kNone;
  for (std::size_t i = 0; i < chat_.nodes.size(); ++i) {
    const Message* message = chat_.nodes[i].message.get();
    if (message == nullptr) continue;
    if (newest == kNone || message->created_at >= chat_.nodes[newest].message->created_at) newest = i;
  }
  return newest;
}

std::vector<std::size_t> ChatTree::MainPath(FieldLosses& losses) const {
  const std::size_t current = chat_.current.empty() ? kNone : Find(chat_.current);
  if (current == kNone && !chat_.current.empty()) {
    losses.Note(chat_.current_field, "names a missing node: the newest message is used", chat_.current);
  }
  std::vector<std::size_t> path = PathTo(current);
  const auto has_message = [this](std::size_t node) { return chat_.nodes[node].message != nullptr; };
  if (std::ranges::any_of(path, has_message)) return path;
  const std::size_t newest = NewestMessage();
  if (newest == kNone) return path;
  path = PathTo(newest);
  const std::vector<std::size_t> below = PathDown(newest);
  path.insert(path.end(), below.begin() + 1, below.end());
  return path;
}

}  // namespace coffer::operations

// ChatTree: the repaired links between the nodes of a chat: every node has exactly one path to a root.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/import/chats/chat.h"

namespace coffer::operations {

// Nodes are indexes into Chat::nodes; the chat must outlive it. The parent that a node names has priority over the children
// that others list, since the newest exports name only parents. A link to a missing node or in a cycle is noted and dropped:
// the node becomes a root.
class ChatTree {
 public:
  ChatTree(const Chat& chat, FieldLosses& losses);

  // First those that the parent lists, in its order, then those that only name the parent.
  const std::vector<std::size_t>& children(std::size_t node) const { return children_[node]; }
  const std::vector<std::size_t>& roots() const { return roots_; }
  bool has_parent(std::size_t node) const { return parents_[node] != kNone; }

  // From a root to the current node; if that path has no message, to the newest message and the last leaf below it. Empty
  // without nodes.
  std::vector<std::size_t> MainPath(FieldLosses& losses) const;
  // From the node down to a leaf, always through the last child, which is the newest.
  std::vector<std::size_t> PathDown(std::size_t node) const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void IndexIds(FieldLosses& losses);
  void LinkParents(FieldLosses& losses);
  void AdoptListedChildren(FieldLosses& losses);
  void CutCircles(FieldLosses& losses);
  void OrderChildren();
  std::size_t Find(std::string_view id) const;
  std::vector<std::size_t> PathTo(std::size_t node) const;
  std::size_t NewestMessage() const;

  const Chat& chat_;
  std::vector<std::pair<std::string_view, std::size_t>> ids_;  // sorted: immune to ids chosen to collide in a hash table
  std::vector<std::size_t> parents_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> roots_;
};

}  // namespace coffer::operations

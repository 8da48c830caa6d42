// ChatTree: the links between the nodes of a chat, made whole: every node has one way up to a root, whatever the export says.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/import/chats/chat.h"

namespace coffer::operations {

// Nodes are told by their places in the chat, which must outlive it. The parent that a node names goes before what others list
// as their children, as the newest exports name parents alone. A link to a node that is not there, or that closes a circle, is
// noted and left out: the node becomes a root.
class ChatTree {
 public:
  ChatTree(const Chat& chat, FieldLosses& losses);

  // In the order in which the parent lists them, then those that only name it.
  const std::vector<std::size_t>& children(std::size_t node) const { return children_[node]; }
  const std::vector<std::size_t>& roots() const { return roots_; }
  bool has_parent(std::size_t node) const { return parents_[node] != kNone; }

  // From a root to the node at which the chat stands; where that has no message on its way, to the newest message, and on to
  // the last leaf below it. Empty where there are no nodes.
  std::vector<std::size_t> MainPath(FieldLosses& losses) const;
  // From the node down to a leaf, always by the last child, which is the newest.
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
  std::vector<std::pair<std::string_view, std::size_t>> ids_;  // sorted: ids that collide by design cannot make it slow
  std::vector<std::size_t> parents_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> roots_;
};

}  // namespace coffer::operations

// Chat: one conversation of another program with all its branches, its messages already as ours.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/conversation.h"
#include "coffer/document.h"
#include "operations/import/input/field_losses.h"

namespace coffer::operations {

// A place in the tree of a chat. Some carry no message and only hold others together.
struct ChatNode {
  std::string id;
  std::string parent;  // empty: none is named
  // Empty, or ids in the order in which the export lists them; they count where the children name no parent.
  std::vector<std::string> children;
  std::unique_ptr<Message> message;  // null: none
};

// A file that came within the chat's own text.
struct ChatDocument {
  Document document;
  std::optional<std::string> content;
};

struct Chat {
  Conversation conversation;
  bool has_messages = true;  // false: the export tells of none, so that those of a stored conversation stay
  std::vector<ChatNode> nodes;
  std::string current;  // the node at which the conversation stands; empty: none is named
  // What losses call the links: "mapping[].parent", "mapping[].children", "current_node".
  std::string_view parent_field;
  std::string_view children_field;
  std::string_view current_field;
  std::vector<ChatDocument> documents;
  std::set<std::string> document_ids;  // of these
};

// An id of another program as one of ours: as it is where that is possible, else `prefix`-<digest of it>, so that the next
// import of the same export makes the same one.
std::string IdFromForeign(std::string_view prefix, std::string_view foreign);

// A title of at most kTitleCharactersMax characters, cut where it is longer; "Untitled" where it is empty. True: it was
// changed.
bool MakeTitle(std::string& title);

}  // namespace coffer::operations

// Chat: one conversation of another program with all its branches, its messages converted.
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

// A node in the tree of a chat. Some nodes have no message and only connect others.
struct ChatNode {
  std::string id;
  std::string parent;  // empty: not given
  // The ids that the export lists; used for children that name no parent.
  std::vector<std::string> children;
  std::unique_ptr<Message> message;  // may be null
};

// A file whose bytes are in the chat's text.
struct ChatDocument {
  Document document;
  std::optional<std::string> content;
};

struct Chat {
  Conversation conversation;
  bool has_messages = true;  // false: the export lists none; a stored conversation keeps its messages
  std::vector<ChatNode> nodes;
  std::string current;  // the current node; empty: not given
  // Names of the links in losses: "mapping[].parent", "mapping[].children", "current_node".
  std::string_view parent_field;
  std::string_view children_field;
  std::string_view current_field;
  std::vector<ChatDocument> documents;
  std::set<std::string> document_ids;  // of the files
};

// Converts an id of another program: unchanged if it is a valid id, else `prefix`-<digest of it>. The result depends on the id
// alone, so a second import finds the same record.
std::string IdFromForeign(std::string_view prefix, std::string_view foreign);

// Cuts a title to kTitleCharactersMax characters and sets "Untitled" if it is empty. True: the title was changed.
bool MakeTitle(std::string& title);

}  // namespace coffer::operations

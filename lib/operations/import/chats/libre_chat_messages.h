// LibreChatMessages: a LibreChat conversation with its tree of messages as a flat list, of any depth.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"

namespace coffer::operations {

// A message without the messages nested in it.
struct LibreChatMessage {
  std::string json;                   // canonical
  std::optional<std::size_t> within;  // index of the enclosing message
};

struct LibreChatText {
  std::string conversation;  // canonical, without its messages
  bool has_messages = false;
  std::vector<LibreChatMessage> messages;  // each after the message that encloses it
  std::size_t no_messages = 0;             // items that are not messages
};

// Does not recurse. kInvalidArgument: not JSON, not an object, or more than kImportChatNodesMax messages.
Result<LibreChatText> ReadLibreChatText(std::string_view json);

}  // namespace coffer::operations

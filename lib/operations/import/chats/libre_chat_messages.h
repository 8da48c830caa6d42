// LibreChatMessages: a conversation of LibreChat with its tree of messages laid flat, however deep it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"

namespace coffer::operations {

// A message as it stands, without the messages within it.
struct LibreChatMessage {
  std::string json;                   // canonical
  std::optional<std::size_t> within;  // the message around it, by its place in the list
};

struct LibreChatText {
  std::string conversation;  // canonical, without its messages
  bool has_messages = false;
  std::vector<LibreChatMessage> messages;  // each behind the one around it
  std::size_t no_messages = 0;             // items of the lists that are none
};

// Walks without recursion. kInvalidArgument: not JSON, not an object, or more than kImportChatNodesMax messages.
Result<LibreChatText> ReadLibreChatText(std::string_view json);

}  // namespace coffer::operations

// Reads one conversation of a LibreChat export into a Chat.
#pragma once

#include <string>
#include <string_view>

#include "coffer/result.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {

// Messages are a list with parents ("messages") or nested ("messagesTree"), up to kImportChatNodesMax deep; the JSON depth
// limit applies to each message on its own. Members without a counterpart in our records are kept in extra_metadata.librechat.
// kInvalidArgument: not JSON, or not a conversation.
Result<Chat> ReadLibreChatChat(std::string_view json, const std::string& owner, FieldLosses& losses);

}  // namespace coffer::operations

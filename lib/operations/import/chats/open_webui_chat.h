// Reads one chat of an Open WebUI export into a Chat.
#pragma once

#include <string>
#include <string_view>

#include "coffer/result.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {

// Accepts an exported database row ({"id","user_id","title","chat":{…},…}) and the bare "chat" of older exports. Members
// without a counterpart in our records are kept in extra_metadata.open_webui. Files whose bytes or text are in the chat become
// documents; extra_metadata.documents has their ids. kInvalidArgument: not JSON, or not a chat.
Result<Chat> ReadOpenWebUiChat(std::string_view json, const std::string& owner, FieldLosses& losses);

}  // namespace coffer::operations

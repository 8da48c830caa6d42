// One conversation of a LibreChat export, read into a Chat.
#pragma once

#include <string>
#include <string_view>

#include "coffer/result.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {

// Messages may stand in a list that names parents ("messages"), or within each other ("messagesTree"), up to
// kImportChatNodesMax deep, which is why depth counts anew in each. The members that have no place in our records are kept
// under extra_metadata.librechat. kInvalidArgument: the text is not JSON, or no conversation.
Result<Chat> ReadLibreChatChat(std::string_view json, const std::string& owner, FieldLosses& losses);

}  // namespace coffer::operations

// One chat of an Open WebUI export, read into a Chat.
#pragma once

#include <string>
#include <string_view>

#include "coffer/result.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {

// Takes a row of its database as it is exported ({"id","user_id","title","chat":{…},…}), and the bare "chat" of before there
// was one. The members that have no place in our records are kept under extra_metadata.open_webui; files whose bytes or text
// stand in the chat become documents, and extra_metadata.documents has their ids. kInvalidArgument: the text is not JSON, or no
// chat.
Result<Chat> ReadOpenWebUiChat(std::string_view json, const std::string& owner, FieldLosses& losses);

}  // namespace coffer::operations

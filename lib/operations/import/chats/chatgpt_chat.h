// Reads one conversation of a ChatGPT export into a Chat.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "operations/import/chats/chat.h"
#include "operations/import/chats/chatgpt_assets.h"

namespace coffer::operations {

// What the other files of an archive say about its conversations; empty without an archive.
struct ChatGptArchive {
  struct Feedback {
    std::string json;  // as in the archive
    bool taken = false;
  };
  ChatGptAssets assets;
  std::map<std::string, Feedback, std::less<>> feedback;  // by message id
};

// Members without a counterpart in our records are kept in extra_metadata.chatgpt; extra_metadata.documents has the ids of the
// documents whose content is in the archive. kInvalidArgument: not JSON, or not a conversation.
Result<Chat> ReadChatGptChat(std::string_view json, const std::string& owner, ChatGptArchive& archive, FieldLosses& losses);

}  // namespace coffer::operations

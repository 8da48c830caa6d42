// One conversation of a ChatGPT export, read into a Chat.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "operations/import/chats/chat.h"
#include "operations/import/chats/chatgpt_assets.h"

namespace coffer::operations {

// What the other files of an archive tell of its conversations; empty for conversations.json alone.
struct ChatGptArchive {
  struct Feedback {
    std::string json;  // as it stands there
    bool taken = false;
  };
  ChatGptAssets assets;
  std::map<std::string, Feedback, std::less<>> feedback;  // by the id of the message
};

// The members that have no place in our records are kept under extra_metadata.chatgpt; extra_metadata.documents has the ids of
// the documents whose content the archive holds. kInvalidArgument: the text is not JSON, or no conversation.
Result<Chat> ReadChatGptChat(std::string_view json, const std::string& owner, ChatGptArchive& archive, FieldLosses& losses);

}  // namespace coffer::operations

// Any bytes as a ChatGPT export.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "operations/import/chats/chatgpt_chat.h"
#include "support/chat_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace coffer;
  const auto read = [](std::string_view json, operations::FieldLosses& losses) {
    operations::ChatGptArchive archive;
    archive.assets.Add("file-A1-photo.png");
    return operations::ReadChatGptChat(json, "owner", archive, losses);
  };
  ChatJudge judge;
  JudgeChats({reinterpret_cast<const char*>(data), size}, read, judge);
  if (!judge.fault().empty()) {
    std::fputs(judge.fault().c_str(), stderr);
    std::abort();
  }
  return 0;
}

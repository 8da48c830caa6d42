#include "operations/import/chats/chat_import.h"

#include <utility>

#include "operations/import/chats/chat_branches.h"
#include "operations/import/chats/lone_surrogates.h"
#include "operations/import/input/json_items.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

Status PutChat(Chat& chat, std::uint64_t number, ChatSink& sink, FieldLosses& losses) {
  for (ChatDocument& document : chat.documents) {
    format::InterchangeRecord record{std::move(document.document), std::nullopt, std::move(document.content), std::nullopt};
    COFFER_TRY(sink.PutChatRecord(std::move(record), number));
  }
  for (format::InterchangeRecord& record : SplitBranches(chat, losses)) {
    COFFER_TRY(sink.PutChatRecord(std::move(record), number));
  }
  return Status::Ok();
}

}  // namespace

Status ImportChats(ByteSource& bytes, const std::string& name, const std::string& place, const ReadChat& read, ChatSink& sink,
                   FieldLosses& losses) {
  const std::string before = place.empty() ? "" : place + ": ";
  JsonItems items(bytes, name, kImportChatBytesMax);
  JsonItem item;
  for (;;) {
    COFFER_ASSIGN(bool more, items.Next(item));
    if (!more) return Status::Ok();
    const std::string at = before + "conversation at byte " + std::to_string(item.offset) + ": ";
    losses.SetPlace(name + ", item " + std::to_string(item.number));
    Status done;
    if (item.too_long) {
      done = sink.RefuseChat(item.number, at + "longer than " + std::to_string(kImportChatBytesMax) + " bytes");
    } else {
      if (ReplaceLoneSurrogates(item.text) > 0) losses.Note("(text)", "lone surrogates are replaced by U+FFFD", "");
      Result<Chat> chat = read(item.text, losses);
      item.text = std::string();  // frees memory: `chat` has copies
      done = chat.ok() ? PutChat(*chat, item.number, sink, losses)
                       : sink.RefuseChat(item.number, at + std::string(chat.status().message()));
    }
    COFFER_TRY(std::move(done));
  }
}

}  // namespace coffer::operations

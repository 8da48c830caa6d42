// ChatImport: the conversations of another program's export, one by one, to where records go.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "coffer/document.h"
#include "coffer/import.h"
#include "coffer/result.h"
#include "format/records/record_codec.h"
#include "operations/import/chats/chat.h"
#include "operations/import/input/field_losses.h"

namespace coffer::operations {

// Where what is read goes. `number` is the place of the conversation in its file. A failed Status ends the import.
class ChatSink {
 public:
  virtual ~ChatSink() = default;
  virtual Status PutChatRecord(format::InterchangeRecord record, std::uint64_t number) = 0;
  // Reads `content` to its end if the document is to be stored.
  virtual Status PutChatDocument(const Document& document, ByteSource& content) = 0;
  virtual Status RefuseChat(std::uint64_t number, std::string reason) = 0;
  virtual Status NoteFileProblem(std::string file, std::string reason) = 0;
};

// One item of an export as a chat. kInvalidArgument: why it is none.
using ReadChat = std::function<Result<Chat>(std::string_view json, FieldLosses& losses)>;

// Reads an array of chats, or chats one after the other, of any number and each of at most kImportChatBytesMax. One that cannot
// be read is refused, and the next one taken up. `place` stands before what is said of one, and may be empty. Fails with
// kCorruption where the array itself is damaged or cut off, and with the failures of source and sink.
Status ImportChats(ByteSource& bytes, const std::string& name, const std::string& place, const ReadChat& read, ChatSink& sink,
                   FieldLosses& losses);

}  // namespace coffer::operations

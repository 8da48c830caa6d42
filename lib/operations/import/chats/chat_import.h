// ChatImport: reads the conversations of another program's export and passes the records to a sink.
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

// Receives the records. `number`: of the conversation in its file, from 1. A failed Status ends the import.
class ChatSink {
 public:
  virtual ~ChatSink() = default;
  virtual Status PutChatRecord(format::InterchangeRecord record, std::uint64_t number) = 0;
  // Reads `content` to its end if the document is stored.
  virtual Status PutChatDocument(const Document& document, ByteSource& content) = 0;
  virtual Status RefuseChat(std::uint64_t number, std::string reason) = 0;
  virtual Status NoteFileProblem(std::string file, std::string reason) = 0;
};

// Reads one item of an export. kInvalidArgument: not a chat.
using ReadChat = std::function<Result<Chat>(std::string_view json, FieldLosses& losses)>;

// Reads an array or a sequence of chats, any number, each of at most kImportChatBytesMax. A chat that cannot be read is
// refused, and the import continues with the next one. `place`: prefix of the messages about a chat; may be empty. Fails with
// the failures of source and sink, and with kCorruption: the array is damaged or truncated.
Status ImportChats(ByteSource& bytes, const std::string& name, const std::string& place, const ReadChat& read, ChatSink& sink,
                   FieldLosses& losses);

}  // namespace coffer::operations

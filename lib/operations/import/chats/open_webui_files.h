// Reads the files of an Open WebUI message. Files whose bytes or text are in the chat become documents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operations/import/chats/chat.h"

namespace coffer::operations {

struct OpenWebUiFiles {
  std::string rest;                    // the array, with "document:<id>" in place of the bytes of a document
  std::vector<std::string> documents;  // ids, in the order of the files
};

// `files`: a canonical array of {"type":"image","url":"data:…"}, {"type":"file","file":{"id","filename","data":{"content"},…}}
// … A file without its content is noted as a loss. Adds new documents to `chat`.
OpenWebUiFiles ReadOpenWebUiFiles(std::string_view files, const std::string& owner, std::string_view message_id, Chat& chat,
                                  FieldLosses& losses);

}  // namespace coffer::operations

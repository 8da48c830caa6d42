// The files of an Open WebUI message: those whose bytes or text stand in the chat itself become documents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operations/import/chats/chat.h"

namespace coffer::operations {

struct OpenWebUiFiles {
  std::string rest;                    // the array again, with "document:<id>" where the bytes of a document were
  std::vector<std::string> documents;  // ids, in the order of the files
};

// `files` is a canonical array: {"type":"image","url":"data:…"}, {"type":"file","file":{"id","filename","data":{"content"},…}}
// …; a file whose content is elsewhere is noted. New documents go to `chat`.
OpenWebUiFiles ReadOpenWebUiFiles(std::string_view files, const std::string& owner, std::string_view message_id, Chat& chat,
                                  FieldLosses& losses);

}  // namespace coffer::operations

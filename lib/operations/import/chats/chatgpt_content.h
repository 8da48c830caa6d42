// The "content" of a ChatGPT message: its text, the files it points to, and what neither of them says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operations/import/input/field_losses.h"

namespace coffer::operations {

struct ChatGptContent {
  std::string text;
  std::string rest;                // an object without what `text` says word for word; empty: `text` says it all
  std::vector<std::string> files;  // ids of the files it points to, in their order; one may come again
};

// `content` is a canonical value, or empty. A type that is not known gives the text of the members in which known ones have
// theirs, and is noted; all of it stays in `rest`.
ChatGptContent ReadChatGptContent(std::string_view content, std::string_view message_id, FieldLosses& losses);

// The id in "file-service://file-abc" or "sediment://file_abc#page"; as it is where it is no such pointer.
std::string FileOfPointer(std::string_view pointer);

}  // namespace coffer::operations

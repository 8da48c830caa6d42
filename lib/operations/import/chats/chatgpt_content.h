// Reads the "content" of a ChatGPT message: its text, the files it references, and the rest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operations/import/input/field_losses.h"

namespace coffer::operations {

struct ChatGptContent {
  std::string text;
  std::string rest;                // the object without what `text` holds exactly; empty: nothing is left
  std::vector<std::string> files;  // ids of the files it references, in order; may repeat
};

// `content`: a canonical value, or empty. For an unknown type, the text is taken from the members that known types use; the
// type is noted as a loss and all of it stays in `rest`.
ChatGptContent ReadChatGptContent(std::string_view content, std::string_view message_id, FieldLosses& losses);

// The id in "file-service://file-abc" or "sediment://file_abc#page"; other texts are returned unchanged.
std::string FileOfPointer(std::string_view pointer);

}  // namespace coffer::operations

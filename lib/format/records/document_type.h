// What type a document has when its record does not say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coffer/document.h"

namespace coffer::format {

// From the MIME type (its parameters ignored), else from the file name's ending, else kOther.
DocumentType GuessDocumentType(const std::optional<std::string>& mime_type, std::string_view filename);

}  // namespace coffer::format

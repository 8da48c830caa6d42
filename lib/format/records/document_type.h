// The type of a document whose record has no document_type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coffer/document.h"

namespace coffer::format {

// From the MIME type without its parameters, else from the file name extension, else kOther.
DocumentType GuessDocumentType(const std::optional<std::string>& mime_type, std::string_view filename);

}  // namespace coffer::format

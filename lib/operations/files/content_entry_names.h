// The names that the contents of documents have in a tar.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coffer::operations {

// "contents/<id>". An id that cannot be a file's name ("." and "..") or begins with '%' has its dots and percent signs written as
// %2E and %25.
std::string ContentEntryPath(std::string_view document_id);
// The id in such a name; nothing if `path` is not one.
std::optional<std::string> DocumentOfEntry(std::string_view path);

}  // namespace coffer::operations

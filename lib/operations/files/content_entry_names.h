// The names of document contents in a tar.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coffer::operations {

// "contents/<id>". In an id that is not a valid file name ("." and "..") or begins with '%', dots and percent signs are written
// as %2E and %25.
std::string ContentEntryPath(std::string_view document_id);
// The id in such a name; nullopt if `path` is not one.
std::optional<std::string> DocumentOfEntry(std::string_view path);

}  // namespace coffer::operations

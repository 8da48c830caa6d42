#include "operations/files/content_entry_names.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kContentsFolder = "contents/";

}  // namespace

std::string ContentEntryPath(std::string_view document_id) {
  std::string path(kContentsFolder);
  const bool encoded = document_id == "." || document_id == ".." || document_id.starts_with('%');
  for (char c : document_id) {
    if (encoded && c == '.') {
      path += "%2E";
    } else if (encoded && c == '%') {
      path += "%25";
    } else {
      path.push_back(c);
    }
  }
  return path;
}

std::optional<std::string> DocumentOfEntry(std::string_view path) {
  if (!path.starts_with(kContentsFolder)) return std::nullopt;
  path.remove_prefix(kContentsFolder.size());
  if (!path.starts_with('%')) return std::string(path);
  std::string id;
  while (!path.empty()) {
    const bool dot = path.starts_with("%2E");
    const bool encoded = dot || path.starts_with("%25");
    id.push_back(dot ? '.' : encoded ? '%' : path.front());
    path.remove_prefix(encoded ? 3 : 1);
  }
  return id;
}

}  // namespace coffer::operations

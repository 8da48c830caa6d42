#include "format/records/document_type.h"

#include <algorithm>
#include <array>
#include <utility>

namespace coffer::format {
namespace {

using Entry = std::pair<std::string_view, DocumentType>;

constexpr std::array kByMimeType = {
    Entry{"application/pdf", DocumentType::kPdf},
    Entry{"text/plain", DocumentType::kText},
    Entry{"text/x-rst", DocumentType::kText},
    Entry{"text/markdown", DocumentType::kMarkdown},
    Entry{"text/x-markdown", DocumentType::kMarkdown},
    Entry{"text/html", DocumentType::kHtml},
    Entry{"application/xhtml+xml", DocumentType::kHtml},
    Entry{"application/msword", DocumentType::kDoc},
    Entry{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", DocumentType::kDocx},
    Entry{"application/rtf", DocumentType::kRtf},
    Entry{"text/rtf", DocumentType::kRtf},
    Entry{"application/vnd.oasis.opendocument.text", DocumentType::kOdt},
    Entry{"text/csv", DocumentType::kCsv},
    Entry{"text/tab-separated-values", DocumentType::kCsv},
    Entry{"application/json", DocumentType::kJson},
    Entry{"application/xml", DocumentType::kXml},
    Entry{"text/xml", DocumentType::kXml},
};

constexpr std::array kByEnding = {
    Entry{"pdf", DocumentType::kPdf},      Entry{"txt", DocumentType::kText},          Entry{"text", DocumentType::kText},
    Entry{"log", DocumentType::kText},     Entry{"rst", DocumentType::kText},          Entry{"md", DocumentType::kMarkdown},
    Entry{"mdx", DocumentType::kMarkdown}, Entry{"markdown", DocumentType::kMarkdown}, Entry{"html", DocumentType::kHtml},
    Entry{"htm", DocumentType::kHtml},     Entry{"xhtml", DocumentType::kHtml},        Entry{"doc", DocumentType::kDoc},
    Entry{"docx", DocumentType::kDocx},    Entry{"rtf", DocumentType::kRtf},           Entry{"odt", DocumentType::kOdt},
    Entry{"csv", DocumentType::kCsv},      Entry{"tsv", DocumentType::kCsv},           Entry{"json", DocumentType::kJson},
    Entry{"xml", DocumentType::kXml},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

template <typename Table>
std::optional<DocumentType> Find(const Table& table, std::string_view word) {
  for (const Entry& entry : table) {
    if (entry.first == word) return entry.second;
  }
  return std::nullopt;
}

}  // namespace

DocumentType GuessDocumentType(const std::optional<std::string>& mime_type, std::string_view filename) {
  std::string mime = mime_type ? Lower(std::string_view(*mime_type).substr(0, 128)) : std::string();
  mime.resize(std::min(mime.size(), mime.find(';')));
  while (!mime.empty() && mime.back() == ' ') mime.pop_back();
  if (const auto type = Find(kByMimeType, mime)) return *type;
  const std::size_t dot = filename.rfind('.');
  if (dot != std::string_view::npos && filename.size() - dot <= 16) {
    if (const auto type = Find(kByEnding, Lower(filename.substr(dot + 1)))) return *type;
  }
  // Program source and similar: text/x-python and other text types.
  return mime.starts_with("text/") ? DocumentType::kText : DocumentType::kOther;
}

}  // namespace coffer::format

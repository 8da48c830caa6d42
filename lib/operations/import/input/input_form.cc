#include "operations/import/input/input_form.h"

#include <algorithm>

#include "format/parquet/parquet_format.h"
#include "operations/import/input/chat_layout.h"
#include "operations/import/input/csv_lines.h"
#include "operations/import/input/json_export_source.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kTarMagicOffset = 257;
constexpr std::string_view kTarMagic = "ustar";
// The head of the first entry. Formats that are ZIP files below begin so too, and are told by what is in them.
constexpr std::string_view kZipMagic = "PK\x03\x04";

bool LooksLikeTar(std::string_view first_bytes) {
  return first_bytes.size() > kTarMagicOffset && first_bytes.substr(kTarMagicOffset).starts_with(kTarMagic);
}

std::string WhyNotReadable(std::string_view first_bytes) {
  struct Magic {
    std::string_view bytes;
    std::string_view what;
  };
  constexpr Magic kMagics[] = {
      {"\x1f\x8b", "a gzip file"},
      {"BZh", "a bzip2 file"},
      {"\xfd"
       "7zXZ",
       "an xz file"},
      {"SQLite format 3", "an SQLite database"},
      {"%PDF-", "a PDF file"},
      {"\x89PNG", "a PNG image"},
      {"\xff\xfe", "text in UTF-16"},
      {"\xfe\xff", "text in UTF-16"},
      {"age-encryption.org/", "age-encrypted, which is read from a file alone, not from a stream or within another"},
      {"-- A Coffer export", "an SQL export, which databases read"},
      {"<?xml", "XML"},
  };
  for (const Magic& magic : kMagics) {
    if (first_bytes.starts_with(magic.bytes)) {
      return "is " + std::string(magic.what) + "; what is read is NDJSON, and JSON, CSV and Parquet exports, plain or zstd";
    }
  }
  const std::size_t first = first_bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && first_bytes[first] != '{' && first_bytes.find('\0') != std::string_view::npos) {
    return "is no text; NDJSON, and JSON, CSV and Parquet exports, plain or zstd, are read";
  }
  return {};
}

InputForm Recognised(std::string_view first_bytes) {
  InputForm form;
  if (LooksLikeTar(first_bytes)) {
    form.layout = InputLayout::kTar;
  } else if (LooksLikeJsonExport(first_bytes)) {
    form.layout = InputLayout::kJsonExport;
  } else if (first_bytes.starts_with(format::kParquetMagic)) {
    form.layout = InputLayout::kParquet;
  } else if (first_bytes.starts_with(kZipMagic)) {
    form.layout = InputLayout::kZip;
  } else if (form.kind = KindOfCsv(first_bytes); form.kind) {
    form.layout = InputLayout::kCsv;
  } else if (const std::optional<InputLayout> chats = ChatLayoutOf(first_bytes)) {
    form.layout = *chats;
  } else {
    form.problem = WhyNotReadable(first_bytes);
  }
  return form;
}

// An empty array, or one whose first conversation begins in some other way, is for the reader of chats to judge.
void BecomeChats(InputLayout layout, InputForm& form) {
  if (!form.problem.empty()) return;
  if (form.layout != InputLayout::kNdjson && !IsChats(form.layout)) {
    form.problem = "is an export of Coffer, and no chats of another program";
  }
  form.layout = layout;
}

}  // namespace

InputForm FormOf(std::string_view first_bytes, ImportFormat wanted, std::optional<Kind> kind) {
  InputForm form = Recognised(first_bytes);
  if (form.layout == InputLayout::kZip) {
    if (wanted == ImportFormat::kAuto || wanted == ImportFormat::kChatGpt) return form;
    form.problem = "is a ZIP file; what is read of one is a ChatGPT export";
    return form;
  }
  const bool is_tar = form.layout == InputLayout::kTar;
  const bool is_parquet = form.layout == InputLayout::kParquet;
  switch (wanted) {
    case ImportFormat::kAuto:
      // Records without "type" may have any member.
      if (kind && IsChats(form.layout)) form = {};
      break;
    case ImportFormat::kNdjson:
      if (is_parquet) form.problem = "is a Parquet file, no NDJSON";
      if (!is_tar && !is_parquet && form.layout != InputLayout::kNdjson) form = {};
      break;
    case ImportFormat::kCofferJson:
      if (!is_tar && form.layout != InputLayout::kJsonExport && form.problem.empty()) form.problem = "is no Coffer JSON export";
      break;
    case ImportFormat::kCofferParquet:
      if (!is_tar && !is_parquet && form.problem.empty()) form.problem = "is no Parquet file";
      break;
    case ImportFormat::kCofferCsv:
      if (is_tar || form.layout == InputLayout::kCsv || !form.problem.empty()) break;
      if (kind && form.layout == InputLayout::kNdjson) {
        form.layout = InputLayout::kCsv;
        form.kind = kind;
      } else {
        form.problem = "is no CSV of a Coffer export: its header row is that of no kind";
      }
      break;
    case ImportFormat::kChatGpt:
      BecomeChats(InputLayout::kChatGpt, form);
      break;
    case ImportFormat::kOpenWebUi:
      BecomeChats(InputLayout::kOpenWebUi, form);
      break;
    case ImportFormat::kLibreChat:
      BecomeChats(InputLayout::kLibreChat, form);
      break;
  }
  return form;
}

}  // namespace coffer::operations

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
// The header of the first entry. Other formats based on ZIP begin so, too; their entries show the difference.
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
      {"age-encryption.org/", "age-encrypted (supported only as a whole file)"},
      {"-- A Coffer export", "an SQL export, which databases read"},
      {"<?xml", "XML"},
  };
  for (const Magic& magic : kMagics) {
    if (first_bytes.starts_with(magic.bytes)) {
      return "is " + std::string(magic.what) + "; expected NDJSON, or a JSON, CSV or Parquet export, plain or zstd";
    }
  }
  const std::size_t first = first_bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && first_bytes[first] != '{' && first_bytes.find('\0') != std::string_view::npos) {
    return "is not text; expected NDJSON, or a JSON, CSV or Parquet export, plain or zstd";
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

// The reader of chats handles an empty array and a first conversation with other members.
void BecomeChats(InputLayout layout, InputForm& form) {
  if (!form.problem.empty()) return;
  if (form.layout != InputLayout::kNdjson && !IsChats(form.layout)) {
    form.problem = "is a Coffer export, not chats of another program";
  }
  form.layout = layout;
}

}  // namespace

InputForm FormOf(std::string_view first_bytes, ImportFormat wanted, std::optional<Kind> kind) {
  InputForm form = Recognised(first_bytes);
  if (form.layout == InputLayout::kZip) {
    if (wanted == ImportFormat::kAuto || wanted == ImportFormat::kChatGpt) return form;
    form.problem = "is a ZIP file; the only supported ZIP file is a ChatGPT export";
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
      if (is_parquet) form.problem = "is a Parquet file, not NDJSON";
      if (!is_tar && !is_parquet && form.layout != InputLayout::kNdjson) form = {};
      break;
    case ImportFormat::kCofferJson:
      if (!is_tar && form.layout != InputLayout::kJsonExport && form.problem.empty())
        form.problem = "is not a Coffer JSON export";
      break;
    case ImportFormat::kCofferParquet:
      if (!is_tar && !is_parquet && form.problem.empty()) form.problem = "is not a Parquet file";
      break;
    case ImportFormat::kCofferCsv:
      if (is_tar || form.layout == InputLayout::kCsv || !form.problem.empty()) break;
      if (kind && form.layout == InputLayout::kNdjson) {
        form.layout = InputLayout::kCsv;
        form.kind = kind;
      } else {
        form.problem = "is not CSV of a Coffer export: its header row matches no kind";
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

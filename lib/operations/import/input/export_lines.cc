#include "operations/import/input/export_lines.h"

#include <nlohmann/json.hpp>

#include "format/json/json_tree.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kFirstLine = "{\"type\":\"export\",";
constexpr std::string_view kLastLine = "{\"type\":\"end\",";
constexpr int kLayoutVersionMax = 1;

nlohmann::json Parsed(std::string_view json) { return format::ParseJsonTreeOrDiscard<nlohmann::json>(json); }

}  // namespace

std::string WhyNotImportable(std::string_view header_json) {
  const nlohmann::json header = Parsed(header_json);
  if (!header.is_object() || !header.contains("version") || !header["version"].is_number_integer()) {
    return "is an export without a layout version";
  }
  const auto version = header["version"].get<std::int64_t>();
  if (version < 1 || version > kLayoutVersionMax) {
    return "is an export of layout version " + std::to_string(version) + "; this library reads " +
           std::to_string(kLayoutVersionMax);
  }
  const nlohmann::json scope = header.value("scope", nlohmann::json());
  if (scope == "custom" || scope == "analytics") {
    return "is an export of scope " + scope.get<std::string>() + ", which holds rows, not records";
  }
  return {};
}

TextLine ExportLines::Problem(const TextLine& line, std::string what) {
  problem_ = std::move(what);
  TextLine problem;
  problem.number = line.number;
  problem.file_problem = problem_;
  return problem;
}

std::string ExportLines::Begin(std::string_view line) {
  const bool cut_off = in_export_;
  in_export_ = true;
  hash_ = format::Sha256();
  if (std::string why = WhyNotImportable(line); !why.empty()) return why;
  return cut_off ? "the export before this one has no last line: it was cut off" : std::string();
}

std::string ExportLines::End(std::string_view line) {
  in_export_ = false;
  const nlohmann::json end = Parsed(line);
  const bool same = end.is_object() && end.value("sha256", nlohmann::json()) == format::HexText(hash_.Finish());
  return same ? std::string() : "the lines of the export do not match its last line: sha256 differs";
}

Result<std::optional<TextLine>> ExportLines::Next() {
  for (;;) {
    while (in_long_line_) COFFER_TRY(ReadLong().status());
    COFFER_ASSIGN(std::optional<TextLine> next, lines_.Next());
    if (!next) {
      if (!in_export_) return next;
      in_export_ = false;
      return std::optional(Problem({{}, number_}, "is an export without its last line: it was cut off"));
    }
    const TextLine line = *next;
    number_ = line.number;
    in_long_line_ = in_export_ && line.too_long;
    const bool first = line.text.starts_with(kFirstLine);
    const bool last = in_export_ && line.text.starts_with(kLastLine);
    std::string problem = first ? Begin(line.text) : last ? End(line.text) : std::string();
    if (in_export_ && !line.too_long) {
      hash_.Update(line.text);
      hash_.Update("\n");
    }
    if (!problem.empty()) return std::optional(Problem(line, std::move(problem)));
    if (!first && !last) return next;
  }
}

Result<std::string_view> ExportLines::ReadLong() {
  Result<std::string_view> piece = lines_.ReadLong();
  if (!in_long_line_ || !piece.ok()) return piece;
  in_long_line_ = !piece->empty();
  hash_.Update(in_long_line_ ? *piece : std::string_view("\n"));
  return piece;
}

}  // namespace coffer::operations

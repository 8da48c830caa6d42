// ExportLines: returns the records of an NDJSON export and checks its first and last line.
#pragma once

#include <cstdint>
#include <string>

#include "format/records/sha256.h"
#include "operations/import/input/line_reader.h"

namespace coffer::operations {

// Lines outside an export pass unchanged. From an export's first line on, all lines are hashed; the hash must match the one in
// its last line. The lines must outlive it.
class ExportLines final : public LineSource {
 public:
  explicit ExportLines(LineSource& lines) : lines_(lines) {}
  Result<std::optional<TextLine>> Next() override;
  Result<std::string_view> ReadLong() override;

 private:
  TextLine Problem(const TextLine& line, std::string what);
  // What is wrong with an export's first or last line; empty: nothing.
  std::string Begin(std::string_view line);
  std::string End(std::string_view line);

  LineSource& lines_;
  bool in_export_ = false;
  bool in_long_line_ = false;
  std::uint64_t number_ = 0;
  format::Sha256 hash_;
  std::string problem_;
};

// Why the records of an export with this header cannot be imported; empty if they can. `header_json`: the value of
// "coffer_export" or the "export" line.
std::string WhyNotImportable(std::string_view header_json);

}  // namespace coffer::operations

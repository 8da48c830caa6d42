// ExportLines: the lines of an NDJSON export without what it says of itself, which is checked.
#pragma once

#include <cstdint>
#include <string>

#include "format/records/sha256.h"
#include "operations/import/input/line_reader.h"

namespace coffer::operations {

// Lines that are no export's pass as they are. From an export's first line on all are hashed, up to its last one, which tells what
// must have come out. The lines must outlive it.
class ExportLines final : public LineSource {
 public:
  explicit ExportLines(LineSource& lines) : lines_(lines) {}
  Result<std::optional<TextLine>> Next() override;
  Result<std::string_view> ReadLong() override;

 private:
  TextLine Problem(const TextLine& line, std::string what);
  // What an export's first or last line says wrong; empty: nothing.
  std::string Begin(std::string_view line);
  std::string End(std::string_view line);

  LineSource& lines_;
  bool in_export_ = false;
  bool in_long_line_ = false;
  std::uint64_t number_ = 0;
  format::Sha256 hash_;
  std::string problem_;
};

// What "coffer_export" or an "export" line says: why its records cannot be imported; empty where they can.
std::string WhyNotImportable(std::string_view header_json);

}  // namespace coffer::operations

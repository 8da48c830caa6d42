// ExportPlan: what an export writes, worked out from its options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/export.h"
#include "coffer/result.h"
#include "operations/export/custom_query.h"
#include "operations/export/record_stream.h"

namespace coffer::operations {

struct ScopeKinds {
  bool conversations = false;  // with their messages
  bool messages = false;       // as rows of a custom query
  bool documents = false;
  bool prompts = false;
  bool rows = false;  // a custom query
  bool analytics = false;
};

// Made once, when an export starts. Read-only afterwards.
struct ExportPlan {
  ExportOptions options;
  ScopeKinds kinds;
  std::optional<CustomQuery> query;  // scope custom; its fields respect include_metadata
};

// kInvalidArgument: an option is out of range or does not fit the scope, or the custom query is malformed.
Result<ExportPlan> PlanExport(const ExportOptions& options);

RecordFilter FilterOf(const ExportOptions& options);

// Whether the file is one zstd stream. Parquet compresses its pages instead, so that readers can seek.
bool IsCompressedWhole(const ExportOptions& options);

// The names of the export's files in the order of the tables, without CSV content files. More than one needs a tar.
std::vector<std::string> FileNamesOf(const ExportPlan& plan);

// The file's name without its folder. `tar`: whether the file is a tar.
std::string ExportFileName(const ExportOptions& options, std::string_view export_id, bool tar);

}  // namespace coffer::operations

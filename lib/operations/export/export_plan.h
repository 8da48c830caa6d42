// What an export is made of, by its options: kinds, filter, files, names.
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
  bool messages = false;       // as rows
  bool documents = false;
  bool prompts = false;
  bool rows = false;       // of a custom query
  bool analytics = false;  // sums
};

// What an export writes, worked out once from its options.
struct ExportPlan {
  ExportOptions options;
  ScopeKinds kinds;
  std::optional<CustomQuery> query;  // scope custom; its fields respect include_metadata
};

// kInvalidArgument: an option is out of range or does not fit the scope, or the custom query is malformed.
Result<ExportPlan> PlanExport(const ExportOptions& options);

RecordFilter FilterOf(const ExportOptions& options);

// Whether the file is one zstd stream. Parquet compresses its pages instead, so that a reader need not unpack the whole.
bool IsCompressedWhole(const ExportOptions& options);

// The names of the export's files within a tar, contents of CSV apart; one where it needs none. In the order of the tables.
std::vector<std::string> FileNamesOf(const ExportPlan& plan);

// The file's name without its folder. `tar`: it is one.
std::string ExportFileName(const ExportOptions& options, std::string_view export_id, bool tar);

}  // namespace coffer::operations

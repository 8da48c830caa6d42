// DeleteRequest: what `coffer delete` is asked for, and how its parts are read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "coffer/selection.h"

namespace coffer::cli {

struct DeleteRequest {
  std::string kind;
  std::vector<std::string> ids;
  std::string owner;
  std::optional<Selection> selection;  // instead of ids
  bool dry_run = false;
  bool ask = false;
};

// Reads {"created_before"?, "created_after"?, "status"?, "limit"?}. Both times are exclusive, as their names say.
// kInvalidArgument: anything else; a misread selection would delete what was not meant.
Result<Selection> ParseWhere(std::string_view json);

// An id a line; blank lines are passed over. kNotFound, kIoError.
Result<std::vector<std::string>> ReadIdsFile(const std::string& path);

// Each word may be a list: a,b,c.
std::vector<std::string> SplitIds(const std::vector<std::string>& words);

}  // namespace coffer::cli

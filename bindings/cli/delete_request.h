// DeleteRequest: the arguments of `coffer delete`, and their parsers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "coffer/selection.h"

namespace coffer::cli {

struct DeleteRequest {
  Kind kind = Kind::kConversation;
  std::vector<std::string> ids;
  std::string owner;
  std::optional<Selection> selection;  // instead of ids
  bool dry_run = false;
  bool ask = false;
};

// Reads {"created_before"?, "created_after"?, "status"?, "limit"?}. Both times are exclusive.
// kInvalidArgument: anything else, since a misread selection would delete the wrong records.
Result<Selection> ParseWhere(std::string_view json);

// Reads one id per line and skips blank lines. kNotFound: no such file. kIoError: it cannot be read.
Result<std::vector<std::string>> ReadIdsFile(const std::string& path);

// Splits each word at commas.
std::vector<std::string> SplitIds(const std::vector<std::string>& words);

}  // namespace coffer::cli

#include "delete_request.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace coffer::cli {
namespace {

using Json = nlohmann::json;

Result<Timestamp> ParseTime(const std::string& name, const Json& value) {
  if (!value.is_string()) return Status::InvalidArgument(name + " is not a string");
  auto time = ParseTimestamp(value.get_ref<const std::string&>());
  if (!time.ok()) return time.status().WithContext(name);
  return time;
}

Status SetCondition(const std::string& name, const Json& value, Selection& selection) {
  if (name == "created_before" || name == "created_after") {
    const auto time = ParseTime(name, value);
    if (!time.ok()) return time.status();
    if (name == "created_before") {
      selection.created_before = *time;
    } else {
      // created_after is exclusive and created_from inclusive; times count microseconds.
      selection.created_from = Timestamp{time->microseconds + 1};
    }
    return Status::Ok();
  }
  if (name == "status") {
    if (!value.is_string()) return Status::InvalidArgument("status is not a string");
    selection.status = value.get<std::string>();
    return Status::Ok();
  }
  if (name == "limit") {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0) {
      return Status::InvalidArgument("limit is not a positive whole number");
    }
    selection.limit = value.get<std::size_t>();
    return Status::Ok();
  }
  return Status::InvalidArgument("unknown condition '" + name + "'");
}

}  // namespace

Result<Selection> ParseWhere(std::string_view json) {
  const Json where = Json::parse(json, /*callback=*/nullptr, /*allow_exceptions=*/false);
  if (!where.is_object()) return Status::InvalidArgument("not a JSON object");
  Selection selection;
  for (const auto& [name, value] : where.items()) {
    const Status status = SetCondition(name, value, selection);
    if (!status.ok()) return status;
  }
  return selection;
}

Result<std::vector<std::string>> ReadIdsFile(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) {
      const std::string reason = path + ": " + std::strerror(errno);
      return errno == ENOENT ? Status::NotFound(reason) : Status::IoError(reason);
    }
  }
  std::istream& lines = path == "-" ? std::cin : file;
  std::vector<std::string> ids;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) ids.push_back(line);
  }
  if (lines.bad()) return Status::IoError(path + ": cannot be read");
  return ids;
}

std::vector<std::string> SplitIds(const std::vector<std::string>& words) {
  std::vector<std::string> ids;
  for (const std::string_view word : words) {
    for (std::size_t begin = 0; begin <= word.size();) {
      const std::size_t comma = std::min(word.find(',', begin), word.size());
      if (comma > begin) ids.emplace_back(word.substr(begin, comma - begin));
      begin = comma + 1;
    }
  }
  return ids;
}

}  // namespace coffer::cli

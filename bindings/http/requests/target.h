// Target: a parsed request target.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::http {

// Name and value, decoded, in the order of the URL.
using Query = std::vector<std::pair<std::string, std::string>>;

struct Target {
  std::string path;  // as sent, percent-encoded; begins with '/'
  Query query;
};

// Parses "/path?query" and "http://host/path?query" (RFC 9112 section 3.2). nullopt: neither form, or bad percent-encoding.
std::optional<Target> ParseTarget(std::string_view text);

// One segment of a path, decoded; nullopt: bad percent-encoding.
std::optional<std::string> DecodeSegment(std::string_view segment);

}  // namespace coffer::http

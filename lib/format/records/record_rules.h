// Rules for a member's value beyond its type. Each check returns the fault; empty if the value is valid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/json.h"

namespace coffer::format {

enum class Rule : std::uint8_t {
  kNone,
  kId,          // 1..kIdBytesMax printable ASCII characters other than space and '/'
  kTitle,       // 1..kTitleCharactersMax characters
  kName,        // 1..kNameCharactersMax characters
  kShortTitle,  // up to kTitleCharactersMax characters
  kNotEmpty,    // at least one byte
  kContent,     // up to kMessageContentBytesMax
  kSha256,      // 64 lower-case hex digits
  kTags,        // up to kTagsMax strings
  kObject,
  kObjectOrArray,
  kWhole,          // a whole number, 0 or more
  kPositiveWhole,  // a whole number above 0
  kNotNegative,    // 0 or more
  kUpToTwo,        // 0..2
  kUpToFive,       // 0..5
};

std::string TextFault(Rule rule, std::string_view text);
// `digits` is a JSON number.
std::string NumberFault(Rule rule, std::string_view digits);
std::string WholeFault(Rule rule, std::uint64_t value);
std::string JsonFault(Rule rule, const Json& value);
std::string StringsFault(Rule rule, const std::vector<std::string>& strings);

}  // namespace coffer::format

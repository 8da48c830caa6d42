#include "format/records/record_rules.h"

#include <algorithm>
#include <cstddef>

#include "coffer/limits.h"
#include "format/json/decimal.h"
#include "format/records/record_codec.h"

namespace coffer::format {
namespace {

constexpr std::size_t kSha256Digits = 64;

std::string Above(std::size_t amount, std::string_view unit, std::size_t limit) {
  return std::to_string(amount) + " " + std::string(unit) + ", above " + std::to_string(limit);
}

std::string IdFault(std::string_view id) {
  if (id.empty()) return "empty";
  if (id.size() > kIdBytesMax) return Above(id.size(), "bytes", kIdBytesMax);
  bool bad = false;
  for (char c : id) bad |= c <= ' ' || c > '~' || c == '/';
  return bad ? "a character is not printable ASCII or is a space or '/'" : "";
}

std::string CharactersFault(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return {};
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  const auto characters = text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
  return characters > limit ? Above(characters, "characters", limit) : std::string();
}

}  // namespace

std::string TextFault(Rule rule, std::string_view text) {
  switch (rule) {
    case Rule::kId:
      return IdFault(text);
    case Rule::kTitle:
    case Rule::kName:
      if (text.empty()) return "empty";
      return CharactersFault(text, rule == Rule::kName ? kNameCharactersMax : kTitleCharactersMax);
    case Rule::kShortTitle:
      return CharactersFault(text, kTitleCharactersMax);
    case Rule::kNotEmpty:
      return text.empty() ? "empty" : "";
    case Rule::kContent:
      return text.size() > kMessageContentBytesMax ? Above(text.size(), "bytes", kMessageContentBytesMax) : "";
    case Rule::kSha256:
      if (text.size() == kSha256Digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos) return {};
      return "not 64 lower-case hex digits";
    default:
      return {};
  }
}

std::string NumberFault(Rule rule, std::string_view digits) {
  if (rule == Rule::kNone) return {};
  const Decimal number(digits);
  switch (rule) {
    case Rule::kWhole:
      return number.negative() || !number.whole() ? "not a whole number, 0 or more" : "";
    case Rule::kPositiveWhole:
      return number.negative() || number.zero() || !number.whole() ? "not a whole number above 0" : "";
    case Rule::kNotNegative:
      return number.negative() ? "below 0" : "";
    case Rule::kUpToTwo:
      return number.negative() || number.CompareMagnitude(2) > 0 ? "not within 0..2" : "";
    case Rule::kUpToFive:
      return number.negative() || number.CompareMagnitude(5) > 0 ? "not within 0..5" : "";
    default:
      return {};
  }
}

std::string WholeFault(Rule rule, std::uint64_t value) {
  return rule == Rule::kPositiveWhole && value == 0 ? "not above 0" : "";
}

std::string JsonFault(Rule rule, const Json& value) {
  if (value.text().empty()) return "has no value";  // moved from
  if (rule == Rule::kObject && !value.is_object()) return "not an object";
  if (rule == Rule::kObjectOrArray && !value.is_object() && !value.is_array()) return "neither an object nor an array";
  return {};
}

std::string StringsFault(Rule rule, const std::vector<std::string>& strings) {
  if (rule == Rule::kTags && strings.size() > kTagsMax) return Above(strings.size(), "tags", kTagsMax);
  return {};
}

Status CheckId(std::string_view what, std::string_view id) {
  const std::string fault = IdFault(id);
  if (fault.empty()) return Status::Ok();
  return Status::InvalidArgument(std::string(what) + ": " + fault);
}

}  // namespace coffer::format

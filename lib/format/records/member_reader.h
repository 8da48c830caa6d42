// MemberReader: reads a member's value from JSON text into its field and checks type and rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "format/json/json_text.h"
#include "format/records/enum_names.h"
#include "format/records/record_rules.h"

namespace coffer::format {

// Each Read returns false at a fault: malformed text, which `reader` reports, or a wrong value, which reason() describes.
class MemberReader {
 public:
  explicit MemberReader(CanonicalReader& reader) : reader_(reader) {}

  const std::string& reason() const noexcept { return reason_; }
  void Clear() { reason_.clear(); }
  bool Reject(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  bool Read(Rule rule, std::string& text);
  bool Read(Rule rule, std::vector<std::string>& strings);
  bool Read(Rule rule, JsonNumber& number);
  bool Read(Rule rule, Json& value);
  bool Read(Rule rule, Timestamp& timestamp);
  bool Read(Rule rule, std::uint64_t& value);
  bool Read(Rule rule, bool& value);

  template <typename T>
  bool Read(Rule rule, std::optional<T>& value) {
    return Read(rule, value.emplace());
  }

  template <typename Enum>
  requires std::is_enum_v<Enum>
  bool Read(Rule, Enum& value) { return ReadText(text_) && (ParseEnum(text_, value) || RejectWord(text_)); }

 private:
  // Rejects a value of another type. If the value is malformed, that is the fault reported.
  bool RejectType(std::string_view wanted);
  bool RejectWord(std::string_view word);
  bool ReadText(std::string& text);
  bool ReadDigits(std::string_view& digits);

  CanonicalReader& reader_;
  std::string text_;
  std::string reason_;
};

}  // namespace coffer::format

// Json, JsonNumber and JsonMembers: JSON that is kept as text, in canonical form, so that nothing a program stored comes
// back changed. Canonical: valid UTF-8, no blanks, digits of numbers as given, one way to escape (lib/format/FORMAT.md).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// Any JSON value. The text it holds is canonical, always: Parse is the only way in.
class COFFER_API Json {
 public:
  // The value null.
  Json() : text_("null") {}

  // Reads one JSON value and brings it into canonical form.
  // kInvalidArgument: not JSON, invalid UTF-8, a lone surrogate, a member twice in one object, deeper than
  // kJsonDepthMax; the message names the byte.
  static Result<Json> Parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  bool is_object() const noexcept { return text_.front() == '{'; }
  bool is_array() const noexcept { return text_.front() == '['; }
  bool operator==(const Json&) const = default;

 private:
  friend class CanonicalReader;
  explicit Json(std::string canonical_text) : text_(std::move(canonical_text)) {}
  std::string text_;
};

// A JSON number with its digits as given: 0.70 stays 0.70, and four hundred digits stay four hundred.
class COFFER_API JsonNumber {
 public:
  JsonNumber() : text_("0") {}
  template <std::integral T>
  JsonNumber(T value) : text_(std::to_string(value)) {}
  // The shortest digits that read back as `value`. Not finite: the number 0 (JSON has no other).
  JsonNumber(double value);

  // kInvalidArgument: `text` is not a JSON number.
  static Result<JsonNumber> Parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  // The nearest double; infinity where the digits are beyond its range.
  double ToDouble() const;
  bool operator==(const JsonNumber&) const = default;

 private:
  friend class CanonicalReader;
  explicit JsonNumber(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Members that a record carries beyond those Coffer knows, in the order in which they were given.
class COFFER_API JsonMembers {
 public:
  // kInvalidArgument: `name` is not valid UTF-8. kAlreadyExists: there is such a member.
  // A name that the record's kind knows is refused when the record is written.
  Status Add(std::string_view name, const Json& value);

  bool empty() const noexcept { return text_.empty(); }
  // Canonical members without the braces: `"a":1,"b":[]`; empty when there are none.
  const std::string& text() const noexcept { return text_; }
  bool operator==(const JsonMembers&) const = default;

 private:
  friend class CanonicalReader;
  std::string text_;
};

}  // namespace coffer

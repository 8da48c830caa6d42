// Json, JsonNumber and JsonMembers: JSON kept as canonical text, so that values are read back exactly as they were stored.
// Canonical (FORMAT.md): valid UTF-8, no blanks, one way to escape, members in the order given, digits of numbers as given.
// All three are plain values: copy them freely; use one object from one thread at a time.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// Any JSON value. Its text is always canonical.
// A Json that was moved from has an empty text, and every put of it is kInvalidArgument.
class COFFER_API Json {
 public:
  // The value null.
  Json() : text_("null") {}

  // Parses one JSON value and makes it canonical.
  // kInvalidArgument: not JSON, invalid UTF-8, lone surrogate, duplicate member, or deeper than kJsonDepthMax; names the byte.
  static Result<Json> Parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  bool is_object() const noexcept { return text_.starts_with('{'); }
  bool is_array() const noexcept { return text_.starts_with('['); }
  bool operator==(const Json&) const = default;

 private:
  friend class CanonicalReader;
  explicit Json(std::string canonical_text) : text_(std::move(canonical_text)) {}
  std::string text_;
};

// A JSON number with its digits as given: 0.70 stays 0.70, and any number of digits is kept.
// Without digits (an empty text) if it was made from NaN or an infinity, or was moved from; every put of such a number is
// kInvalidArgument and names the member.
class COFFER_API JsonNumber {
 public:
  JsonNumber() : text_("0") {}
  template <std::integral T>
  JsonNumber(T value) : text_(std::to_string(value)) {}
  // The shortest digits that read back as `value`. NaN and infinities: without digits. Use FromDouble to detect them here.
  JsonNumber(double value);

  // kInvalidArgument: `value` is NaN or infinite.
  static Result<JsonNumber> FromDouble(double value);
  // kInvalidArgument: `text` is not a JSON number.
  static Result<JsonNumber> Parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  // The nearest double; an infinity if the number is beyond the range of double; NaN without digits.
  double ToDouble() const;
  // Compares texts: 0.70 and 0.7 differ. Two numbers without digits are equal.
  bool operator==(const JsonNumber&) const = default;

 private:
  friend class CanonicalReader;
  explicit JsonNumber(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Members of a record that Coffer does not know, in the order given.
class COFFER_API JsonMembers {
 public:
  // Adds a member at the end. A name that Coffer knows for the record's kind is rejected when the record is put.
  // kInvalidArgument: `name` is not valid UTF-8.
  // kAlreadyExists: there is a member of this name.
  Status Add(std::string_view name, const Json& value);

  bool empty() const noexcept { return text_.empty(); }
  // The members in canonical form without the braces, such as `"a":1,"b":[]`; empty without members.
  const std::string& text() const noexcept { return text_; }
  bool operator==(const JsonMembers&) const = default;

 private:
  friend class CanonicalReader;
  std::string text_;
};

}  // namespace coffer

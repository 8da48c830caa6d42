// Canonical JSON text: conversion of any valid JSON to it, writing of strings, and walking of text known to be canonical.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/json.h"
#include "format/json/json_tokens.h"

namespace coffer {

// Reads a JSON text value by value and can convert each value to canonical text. Every byte is validated, used or not.
// After a call returns false, only fault() and Start may be called. Reuses its buffers; use one reader per thread.
class CanonicalReader {
 public:
  CanonicalReader() = default;

  // Copies `text` and positions the reader before its first value.
  bool Start(std::string_view text);
  // False if anything other than whitespace is left.
  bool Finish();
  // "byte 17: lone surrogate". Byte offsets start at 0.
  const std::string& fault() const noexcept { return fault_; }
  bool failed() const noexcept { return !fault_.empty(); }

  // The first byte of the next token, 0 at the end of the text.
  char Peek() const noexcept { return next_ == end_ ? '\0' : text_[*next_]; }
  // The offset of the next token, or of the end of the text.
  std::size_t offset() const noexcept { return next_ == end_ ? size_ : *next_; }

  // To read an object or array: Open, then Next until it returns false, at the end or at a fault.
  struct Scope {
    std::size_t names_begin = 0;
    bool first = true;
  };
  bool OpenObject(Scope& scope);
  // `name` is unescaped and valid until Start. Read the member's value before the next call.
  bool NextMember(Scope& scope, std::string_view& name);
  bool OpenArray(Scope& scope);
  bool NextItem(Scope& scope);

  // Each reads the next value; Peek shows its type.
  bool ReadString(std::string& out);
  bool ReadNull();
  bool ReadBool(bool& out);
  // `digits` is the number's original text, valid until Start.
  bool ReadNumber(std::string_view& digits);
  // Appends the canonical text of a value of any type.
  bool AppendValue(std::string& out);

  // Sets the nesting depth and returns the previous one, to be restored later. A message inside a conversation is a record of
  // its own, so its depth counts from 0.
  int SetDepth(int depth) noexcept;

  // Looks for a string member in the next object without advancing. Malformed text gives kAbsent; reading it reports the fault.
  enum class Glance { kAbsent, kString, kOther };
  Glance GlanceAt(std::string_view name, std::string& value);

  bool Fail(std::size_t offset, std::string_view reason);

  // Makes values from the output of AppendValue and ReadNumber, which is canonical already.
  static Json MakeJson(std::string canonical) { return Json(std::move(canonical)); }
  static JsonNumber MakeNumber(std::string_view digits) { return JsonNumber(std::string(digits)); }
  static JsonMembers MakeMembers(std::string canonical);

 private:
  struct Name {
    std::string_view text;
    std::size_t offset;
  };

  // The next token without the whitespace after it.
  std::string_view TokenText() const noexcept;
  bool ReadName(std::string_view& name);
  bool CloseObject(const Scope& scope);
  bool CheckNamesDiffer(std::size_t begin);
  bool OpenBracket(Scope& scope);
  bool AppendString(std::string& out);
  bool AppendObject(std::string& out);
  bool AppendArray(std::string& out);
  bool AppendScalar(std::string& out);
  bool Unescape(std::string_view escaped, std::size_t offset, std::string& out);
  bool UnescapeUnicode(std::string_view escaped, std::size_t& at, std::size_t offset, std::string& out);

  format::JsonTokens tokens_;
  const char* text_ = nullptr;
  std::size_t size_ = 0;
  const std::uint32_t* next_ = nullptr;
  const std::uint32_t* end_ = nullptr;
  int depth_ = 0;
  std::vector<Name> names_;                // of the open objects, innermost last
  std::deque<std::string> escaped_names_;  // storage for names that had escapes
  std::string unescaped_;
  std::string fault_;
};

namespace format {

// True if the whole text is a number by RFC 8259 section 6.
bool IsJsonNumber(std::string_view text);

void AppendWhole(std::uint64_t value, std::string& out);

// Appends a JSON string literal with its quotes and canonical escapes. `text` must be valid UTF-8.
void AppendJsonString(std::string_view text, std::string& out);
// Like AppendJsonString, but returns false if `text` is not valid UTF-8; `out` is then incomplete.
bool AppendCheckedJsonString(std::string_view text, std::string& out);

// The offset of the first quote, backslash or control character at or after `from`; the text's size if not found.
std::size_t FindStringStop(std::string_view text, std::size_t from);

// Appends the unescaped text of a canonical string literal. `literal` includes the quotes.
void AppendUnescaped(std::string_view literal, std::string& out);

// The end offset of the canonical value that starts at `from`.
std::size_t CanonicalValueEnd(std::string_view canonical, std::size_t from);
// The nesting depth of canonical text: 0 for a scalar.
int CanonicalDepth(std::string_view canonical);
// Removes the first member from canonical members ("a":1,"b":2). The name keeps its quotes. False if `members` is empty.
bool TakeCanonicalMember(std::string_view& members, std::string_view& name, std::string_view& value);

}  // namespace format
}  // namespace coffer

// JSON text in canonical form: reading any valid JSON into it, writing strings in it, and walking text known to be in it.
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

// Reads one JSON text value by value; each value can be taken as canonical text. Every byte is looked at, whatever is
// done with it. After a false answer nothing but fault() and Start may be called. Reuses its buffers; one a thread.
class CanonicalReader {
 public:
  CanonicalReader() = default;

  // Takes a copy of `text` and stands before its first value.
  bool Start(std::string_view text);
  // Nothing but blanks may be left.
  bool Finish();
  // "byte 17: lone surrogate"; bytes count from 0.
  const std::string& fault() const noexcept { return fault_; }
  bool failed() const noexcept { return !fault_.empty(); }

  // The first byte of the next token, 0 at the end of the text.
  char Peek() const noexcept { return next_ == end_ ? '\0' : text_[*next_]; }
  // Where the next token begins, or the text ends.
  std::size_t offset() const noexcept { return next_ == end_ ? size_ : *next_; }

  // Reads an object or an array member by member: Open, then Next until it answers false, which is the end or a fault.
  struct Scope {
    std::size_t names_begin = 0;
    bool first = true;
  };
  bool OpenObject(Scope& scope);
  // The unescaped name is valid until Start; the member's value must be read before the next call.
  bool NextMember(Scope& scope, std::string_view& name);
  bool OpenArray(Scope& scope);
  bool NextItem(Scope& scope);

  // Each reads the next value, of which Peek has told the type.
  bool ReadString(std::string& out);
  bool ReadNull();
  bool ReadBool(bool& out);
  // The digits as given. Valid until Start.
  bool ReadNumber(std::string_view& digits);
  // Appends any value's canonical text.
  bool AppendValue(std::string& out);

  // Brackets around a value from here on count anew (a message inside a conversation is a record of its own). Answers the
  // depth so far, to be set again.
  int SetDepth(int depth) noexcept;

  // Looks through the object that comes next for a member that is a string, without reading on. kAbsent, too, where the
  // text is malformed: reading it will tell.
  enum class Glance { kAbsent, kString, kOther };
  Glance GlanceAt(std::string_view name, std::string& value);

  bool Fail(std::size_t offset, std::string_view reason);

  // The types whose texts are canonical by construction, from what AppendValue and ReadNumber gave.
  static Json MakeJson(std::string canonical) { return Json(std::move(canonical)); }
  static JsonNumber MakeNumber(std::string_view digits) { return JsonNumber(std::string(digits)); }
  static JsonMembers MakeMembers(std::string canonical);

 private:
  struct Name {
    std::string_view text;
    std::size_t offset;
  };

  // The next token without the blanks after it.
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
  std::vector<Name> names_;                // of the objects that are open, the innermost last
  std::deque<std::string> escaped_names_;  // what names with escapes point to
  std::string unescaped_;
  std::string fault_;
};

namespace format {

// The grammar of RFC 8259 section 6, nothing around it.
bool IsJsonNumber(std::string_view text);

void AppendWhole(std::uint64_t value, std::string& out);

// Appends a JSON string literal with its quotes and canonical escapes. `text` must be valid UTF-8.
void AppendJsonString(std::string_view text, std::string& out);
// Like AppendJsonString, but tells when `text` is not valid UTF-8; `out` then holds a part.
bool AppendCheckedJsonString(std::string_view text, std::string& out);

// The first byte at or behind `from` that ends, escapes or spoils a string: a quote, a backslash or a control character; the text's
// size when there is none.
std::size_t FindStringStop(std::string_view text, std::size_t from);

// Appends what a canonical string literal, with its quotes, stands for.
void AppendUnescaped(std::string_view literal, std::string& out);

// Where the canonical value that begins at `from` ends.
std::size_t CanonicalValueEnd(std::string_view canonical, std::size_t from);
// How deep the brackets of canonical text go: 0 for a scalar.
int CanonicalDepth(std::string_view canonical);
// Takes the first member off canonical members ("a":1,"b":2). The name keeps its quotes. False: there is none.
bool TakeCanonicalMember(std::string_view& members, std::string_view& name, std::string_view& value);

}  // namespace format
}  // namespace coffer

// JsonScanner: finds where strings, brackets and values of a JSON text begin and end. The text may arrive in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "vocabulary/check.h"

namespace coffer::format {

constexpr bool IsJsonBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Does not check grammar: `}]` and `[1 2]` are scanned, too. The reader of a value validates it. Allocates no memory and keeps
// no text. One thread at a time.
//
// The caller reads the outer levels token by token (SkipBlanks, next, TakeToken) and skips the values inside them (SkipValue).
// If a function returns false or 0, the piece is used up: call Feed, then the same function again.
class JsonScanner {
 public:
  // Sets the next piece of the text. The previous piece must be used up; this one must stay valid until the next Feed.
  void Feed(std::string_view piece) {
    COFFER_CHECK(done());
    piece_offset_ += piece_.size();
    piece_ = piece;
    at_ = 0;
  }

  // Whether the piece is used up.
  bool done() const noexcept { return at_ == piece_.size(); }
  // The byte at the current position. Requires !done().
  char next() const noexcept { return piece_[at_]; }
  // The current position, as an offset in the piece and in the text.
  std::size_t at() const noexcept { return at_; }
  std::uint64_t offset() const noexcept { return piece_offset_ + at_; }
  // The bytes of the piece from `begin` to the current position.
  std::string_view Since(std::size_t begin) const { return piece_.substr(begin, at_ - begin); }
  // The number of opening brackets of both kinds less the number of closing ones. May be negative.
  int depth() const noexcept { return depth_; }

  // Moves to the next byte that is not blank. False: the piece has none.
  bool SkipBlanks() noexcept {
    while (at_ < piece_.size() && IsJsonBlank(piece_[at_])) ++at_;
    return !done();
  }

  // Takes one byte without changing depth().
  char Take() noexcept { return piece_[at_++]; }
  // Takes one byte outside strings. A bracket changes depth().
  char TakeToken() noexcept;

  // Inside a string: moves to the next quote or backslash and returns it; 0: the piece has none. The caller handles escapes.
  char SkipPlainText() noexcept;
  // Inside a string: moves past its closing quote. False: the piece ends first.
  bool SkipString() noexcept;

  // Moves past the value that begins here or that an earlier call began. False: the piece ends first. A number or word ends at
  // the byte after it, so it never ends with the piece. Does not move at one of `,:]}`, which begin no value.
  bool SkipValue() noexcept;
  // Takes the opening bracket or quote of a value; SkipValue continues after it. Takes nothing of a number or word.
  void BeginValue() noexcept;

 private:
  enum class Value : std::uint8_t { kNone, kBare, kString, kNested };
  bool SkipNested() noexcept;

  std::string_view piece_;
  std::size_t at_ = 0;
  std::uint64_t piece_offset_ = 0;
  int depth_ = 0;
  int value_depth_ = 0;  // depth_ outside the value of SkipValue
  Value value_ = Value::kNone;
  bool in_string_ = false;  // only with kNested
  bool escaped_ = false;    // inside a string: the next byte is escaped
};

// Checks the separators between the items of an array or the members of an object.
class JsonListState {
 public:
  enum class Found : std::uint8_t { kItem, kComma, kEnd, kNoItem, kNoComma };

  // `next`: the first byte that is neither blank nor part of an item. `close`: the bracket that ends the list.
  // kNoItem: expected an item. kNoComma: expected a comma or `close`.
  Found See(char next, char close) noexcept;

 private:
  enum class Last : std::uint8_t { kOpening, kItem, kComma };
  Last last_ = Last::kOpening;
};

}  // namespace coffer::format

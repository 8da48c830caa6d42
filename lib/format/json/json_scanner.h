// JsonScanner: where strings, brackets and values of a JSON text begin and end, for text that arrives in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "vocabulary/check.h"

namespace coffer::format {

constexpr bool IsJsonBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Finds structure and checks no grammar: `}]` and `[1 2]` are scanned, too. Whether a value is JSON is for its reader to say.
// Keeps a few words of state and no text, so memory does not grow with the text. One thread at a time.
//
// A caller walks the levels that it cares about token by token (SkipBlanks, next, TakeToken) and skips the values below them
// (SkipValue). A function that returns false or 0 stopped at the end of the piece and continues there after Feed.
class JsonScanner {
 public:
  // The next piece of the text. The piece before must be used up; this one must stay valid until the next Feed.
  void Feed(std::string_view piece) {
    COFFER_CHECK(done());
    piece_offset_ += piece_.size();
    piece_ = piece;
    at_ = 0;
  }

  // Whether the piece is used up.
  bool done() const noexcept { return at_ == piece_.size(); }
  // The byte at the current position. Not if done().
  char next() const noexcept { return piece_[at_]; }
  // The current position in the piece, and in the text.
  std::size_t at() const noexcept { return at_; }
  std::uint64_t offset() const noexcept { return piece_offset_ + at_; }
  // The bytes of the piece from `begin` to the current position.
  std::string_view Since(std::size_t begin) const { return piece_.substr(begin, at_ - begin); }
  // Brackets opened less brackets closed, without a look at their kind; negative if more are closed.
  int depth() const noexcept { return depth_; }

  // Moves to the next byte that is not blank. False: the piece has none.
  bool SkipBlanks() noexcept {
    while (at_ < piece_.size() && IsJsonBlank(piece_[at_])) ++at_;
    return !done();
  }

  // Takes one byte, which changes no depth.
  char Take() noexcept { return piece_[at_++]; }
  // Takes one byte that is outside of strings. A bracket changes depth().
  char TakeToken() noexcept;

  // Within a string: moves to the next quote or backslash and returns it; 0: the piece has none. Escapes are the caller's.
  char SkipPlainText() noexcept;
  // Within a string: moves past its closing quote. False: the piece ends first.
  bool SkipString() noexcept;

  // Moves past the value that begins here or that an earlier call began. False: the piece ends first; what ends a number or a
  // word is the byte after it. Moves nowhere if the byte is one of `,:]}`, which begin no value.
  bool SkipValue() noexcept;
  // Takes the opening bracket or quote of a value, so that SkipValue continues after it. A number or a word has none.
  void BeginValue() noexcept;

 private:
  enum class Value : std::uint8_t { kNone, kBare, kString, kNested };
  bool SkipNested() noexcept;

  std::string_view piece_;
  std::size_t at_ = 0;
  std::uint64_t piece_offset_ = 0;
  int depth_ = 0;
  int value_depth_ = 0;  // around the value that SkipValue is in
  Value value_ = Value::kNone;
  bool in_string_ = false;  // below kNested
  bool escaped_ = false;    // within a string: the next byte is
};

// Checks what stands between the items of an array or the members of an object.
class JsonListState {
 public:
  enum class Found : std::uint8_t { kItem, kComma, kEnd, kNoItem, kNoComma };

  // `next`: the first byte that is neither blank nor part of an item. `close`: the bracket that ends the list.
  // kNoItem: an item must begin here. kNoComma: a comma or `close` must stand here.
  Found See(char next, char close) noexcept;

 private:
  enum class Last : std::uint8_t { kOpening, kItem, kComma };
  Last last_ = Last::kOpening;
};

}  // namespace coffer::format

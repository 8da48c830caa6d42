#include "http/requests/json_fault.h"

#include <algorithm>

namespace coffer::http {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Parses by RFC 8259 and stops at the first fault. Places are byte offsets here.
class Scanner {
 public:
  Scanner(std::string_view text, int depth_max) : text_(text), depth_left_(depth_max) {}

  bool Document() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
    SkipBlanks();
    if (!Value()) return false;
    SkipBlanks();
    return at_ == text_.size() || Fail(at_, "Extra data");
  }

  JsonFault fault() const {
    const auto before = text_.substr(0, place_);
    const auto characters =
        std::ranges::count_if(before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    return {static_cast<std::size_t>(characters), words_};
  }

 private:
  bool Fail(std::size_t place, std::string_view words) {
    place_ = place;
    words_ = words;
    return false;
  }

  bool Next(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void SkipBlanks() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool Value() {
    if (at_ == text_.size()) return Fail(at_, "Expecting value");
    switch (text_[at_]) {
      case '"':
        return String();
      case '{':
        return Nested(&Scanner::Object);
      case '[':
        return Nested(&Scanner::Array);
      case 'n':
        return Word("null");
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      default:
        return Number();
    }
  }

  bool Nested(bool (Scanner::*read)()) {
    if (depth_left_ == 0) return Fail(at_, "Nested too deeply");
    --depth_left_;
    ++at_;
    SkipBlanks();
    const bool good = (this->*read)();
    ++depth_left_;
    return good;
  }

  bool Object() {
    while (!Next('}')) {
      if (!Next('"')) return Fail(at_, "Expecting property name enclosed in double quotes");
      if (!String()) return false;
      SkipBlanks();
      if (!Next(':')) return Fail(at_, "Expecting ':' delimiter");
      ++at_;
      SkipBlanks();
      if (!Value()) return false;
      SkipBlanks();
      if (Next('}')) break;
      if (!Comma()) return false;
      if (!Next('"')) return Fail(at_, "Expecting property name enclosed in double quotes");
    }
    ++at_;
    return true;
  }

  bool Array() {
    if (!Next(']')) {
      for (;;) {
        if (!Value()) return false;
        SkipBlanks();
        if (Next(']')) break;
        if (!Comma()) return false;
      }
    }
    ++at_;
    return true;
  }

  bool Comma() {
    if (!Next(',')) return Fail(at_, "Expecting ',' delimiter");
    ++at_;
    SkipBlanks();
    return true;
  }

  bool Word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return Fail(at_, "Expecting value");
    at_ += word.size();
    return true;
  }

  std::size_t Digits(std::size_t from) const {
    while (from < text_.size() && IsDigit(text_[from])) ++from;
    return from;
  }

  bool Number() {
    std::size_t at = at_ + (Next('-') ? 1 : 0);
    const std::size_t whole = Digits(at);
    if (whole == at) return Fail(at_, "Expecting value");
    at = text_[at] == '0' ? at + 1 : whole;
    if (at < text_.size() && text_[at] == '.' && Digits(at + 1) > at + 1) at = Digits(at + 1);
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      const bool sign = at + 1 < text_.size() && (text_[at + 1] == '+' || text_[at + 1] == '-');
      const std::size_t exponent = at + (sign ? 2 : 1);
      if (Digits(exponent) > exponent) at = Digits(exponent);
    }
    at_ = at;
    return true;
  }

  bool String() {
    const std::size_t start = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Fail(at_, "Invalid control character at");
      if (c != '\\') {
        ++at_;
      } else if (!Escape(start)) {
        return false;
      }
    }
    return Fail(start, "Unterminated string starting at");
  }

  bool Escape(std::size_t start_of_string) {
    constexpr std::size_t kHexDigits = 4;
    if (at_ + 1 == text_.size()) return Fail(start_of_string, "Unterminated string starting at");
    const char c = text_[at_ + 1];
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) return Fail(at_, "Invalid \\escape");
      at_ += 2;
      return true;
    }
    const std::size_t digits = at_ + 2;
    if (digits + kHexDigits >= text_.size()) return Fail(at_ + 1, "Invalid \\uXXXX escape");
    if (!std::ranges::all_of(text_.substr(digits, kHexDigits), IsHexDigit)) return Fail(at_ + 1, "Invalid \\uXXXX escape");
    at_ = digits + kHexDigits;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_left_;
  std::size_t place_ = 0;
  std::string_view words_;
};

}  // namespace

std::optional<JsonFault> FindJsonFault(std::string_view text, int depth_max) {
  Scanner scanner(text, depth_max);
  if (scanner.Document()) return std::nullopt;
  return scanner.fault();
}

}  // namespace coffer::http

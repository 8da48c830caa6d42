#include "http/requests/lax_time.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

namespace coffer::http {
namespace {

constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;
constexpr std::int64_t kSecondsInDay = 86'400;
// A number beyond this, positive or negative, counts milliseconds.
constexpr std::int64_t kWatershed = 20'000'000'000;
constexpr std::int64_t kLatestSeconds = 253'402'300'799;    // 9999-12-31T23:59:59Z
constexpr std::int64_t kEarliestSeconds = -62'167'219'200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t kYear1Seconds = -62'135'596'800;     // 0001-01-01T00:00:00Z

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes characters off the front of a text. Each bool says whether they were there.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }
  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool TakeAny(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool TakeText(std::string_view text) {
    if (!text_.starts_with(text)) return false;
    text_.remove_prefix(text.size());
    return true;
  }
  bool NextIsDigit() const { return !text_.empty() && IsDigit(text_.front()); }
  // Exactly two digits of at most `max`.
  bool TakeTwoDigits(int max, int& value) {
    if (text_.size() < 2 || !IsDigit(text_[0]) || !IsDigit(text_[1])) return false;
    value = (text_[0] - '0') * 10 + (text_[1] - '0');
    text_.remove_prefix(2);
    return value <= max;
  }
  int TakeDigit() {
    const int digit = text_.front() - '0';
    text_.remove_prefix(1);
    return digit;
  }

 private:
  std::string_view text_;
};

constexpr std::size_t kDateBytes = 10;

struct Date {
  std::int64_t days = 0;  // since 1970-01-01
  int year = 0;
  const char* error = nullptr;
};

// The first ten bytes of `text` as a date.
Date ReadDate(std::string_view text) {
  static constexpr int kPlaces[] = {0, 1, 2, 3, 5, 6, 8, 9};
  static constexpr const char* kBadDigit[] = {"invalid character in year", "invalid character in month",
                                              "invalid character in day"};
  if (text.size() < kDateBytes) return {.error = "input is too short"};
  int parts[3] = {0, 0, 0};
  for (const int place : kPlaces) {
    const int part = place < 4 ? 0 : place < 7 ? 1 : 2;
    if (part > 0 && text[static_cast<std::size_t>(part) * 3 + 1] != '-')
      return {.error = "invalid date separator, expected `-`"};
    if (!IsDigit(text[static_cast<std::size_t>(place)])) return {.error = kBadDigit[part]};
    parts[part] = parts[part] * 10 + (text[static_cast<std::size_t>(place)] - '0');
  }
  if (parts[1] < 1 || parts[1] > 12) return {.error = "month value is outside expected range of 1-12"};
  const std::chrono::year_month_day day{std::chrono::year(parts[0]), std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!day.ok()) return {.error = "day value is outside expected range"};
  return {std::chrono::sys_days(day).time_since_epoch().count(), parts[0], nullptr};
}

// The digits after the point. Digits below a microsecond are dropped.
bool TakeFraction(Cursor& cursor, std::int64_t& microseconds) {
  constexpr int kDigitsKept = 6;
  if (!cursor.NextIsDigit()) return false;
  int digits = 0;
  for (; cursor.NextIsDigit(); ++digits) {
    const int digit = cursor.TakeDigit();
    if (digits < kDigitsKept) microseconds = microseconds * 10 + digit;
  }
  for (int i = digits; i < kDigitsKept; ++i) microseconds *= 10;
  return true;
}

// "", "Z", "+hh:mm", "-hhmm". The minus sign U+2212 is accepted too.
bool TakeOffset(Cursor& cursor, std::int64_t& seconds) {
  if (cursor.AtEnd() || cursor.TakeAny("Zz")) return true;
  const bool plus = cursor.Take('+');
  if (!plus && !cursor.Take('-') && !cursor.TakeText("\u2212")) return false;
  int hours = 0;
  int minutes = 0;
  if (!cursor.TakeTwoDigits(23, hours)) return false;
  cursor.Take(':');
  if (!cursor.TakeTwoDigits(59, minutes)) return false;
  seconds = (plus ? 1 : -1) * (hours * 3600 + minutes * 60);
  return true;
}

// The text after the date, as microseconds to add to it; nullopt: not a time.
std::optional<std::int64_t> ReadTimeOfDay(std::string_view text) {
  Cursor cursor(text);
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  std::int64_t microseconds = 0;
  std::int64_t offset = 0;
  if (!cursor.TakeAny("Tt _") || !cursor.TakeTwoDigits(23, hours) || !cursor.Take(':') || !cursor.TakeTwoDigits(59, minutes)) {
    return std::nullopt;
  }
  if (cursor.Take(':')) {
    if (!cursor.TakeTwoDigits(59, seconds)) return std::nullopt;
    if (cursor.TakeAny(".,") && !TakeFraction(cursor, microseconds)) return std::nullopt;
  }
  if (!TakeOffset(cursor, offset) || !cursor.AtEnd()) return std::nullopt;
  return (hours * 3600 + minutes * 60 + seconds - offset) * kMicrosecondsInSecond + microseconds;
}

LaxTime Refused(std::string error, bool as_date) { return {{}, std::move(error), as_date}; }

LaxTime FromSeconds(std::int64_t seconds, std::int64_t microseconds) {
  if (seconds > kLatestSeconds) return Refused("dates after 9999 are not supported as unix timestamps", false);
  if (seconds < kEarliestSeconds) return Refused("dates before 0000 are not supported as unix timestamps", false);
  if (seconds < kYear1Seconds) return Refused("year 0 is out of range", false);
  return {Timestamp{seconds * kMicrosecondsInSecond + microseconds}, {}, false};
}

bool IsNumberText(std::string_view text, bool& has_point) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  bool has_digit = false;
  for (const char c : text) {
    if (c == '.' && !has_point) {
      has_point = true;
    } else if (IsDigit(c)) {
      has_digit = true;
    } else {
      return false;
    }
  }
  return has_digit;
}

std::optional<LaxTime> FromNumberText(std::string_view text) {
  bool has_point = false;
  if (!IsNumberText(text, has_point)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (has_point) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return LaxTimeFromNumber(number);
  }
  std::int64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return LaxTimeFromNumber(number);
}

}  // namespace

LaxTime LaxTimeFromNumber(std::int64_t number) {
  if (number <= kWatershed && number >= -kWatershed) return FromSeconds(number, 0);
  constexpr std::int64_t kMillisecondsInSecond = 1000;
  std::int64_t seconds = number / kMillisecondsInSecond;
  std::int64_t milliseconds = number % kMillisecondsInSecond;
  if (milliseconds < 0) {
    milliseconds += kMillisecondsInSecond;
    --seconds;
  }
  return FromSeconds(seconds, milliseconds * 1000);
}

LaxTime LaxTimeFromNumber(double number) {
  constexpr double kFarAway = 1e15;
  if (std::abs(number) > static_cast<double>(kWatershed)) number /= 1000;
  if (!(std::abs(number) < kFarAway)) return FromSeconds(number > 0 ? kLatestSeconds + 1 : kEarliestSeconds - 1, 0);
  const double seconds = std::floor(number);
  const double microseconds = std::round((number - seconds) * static_cast<double>(kMicrosecondsInSecond));
  return FromSeconds(static_cast<std::int64_t>(seconds), static_cast<std::int64_t>(microseconds));
}

LaxTime LaxTimeFromText(std::string_view text) {
  if (auto number = FromNumberText(text)) {
    number->as_date = true;
    return *std::move(number);
  }
  const Date date = ReadDate(text);
  if (date.error != nullptr) return Refused(date.error, true);
  std::int64_t time_of_day = 0;
  if (text.size() > kDateBytes) {
    const auto read = ReadTimeOfDay(text.substr(kDateBytes));
    if (!read) return Refused("unexpected extra characters at the end of the input", true);
    time_of_day = *read;
  }
  if (date.year == 0) return Refused("year 0 is out of range", false);
  return {Timestamp{date.days * kSecondsInDay * kMicrosecondsInSecond + time_of_day}, {}, false};
}

}  // namespace coffer::http

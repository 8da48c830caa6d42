#include "coffer/timestamp.h"

#include <algorithm>
#include <chrono>

#include "format/records/timestamp_text.h"
#include "vocabulary/exceptions.h"

namespace coffer {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

constexpr std::int64_t StartOfYear(int year) {
  using std::chrono::January;
  const std::chrono::sys_days day = std::chrono::year(year) / January / 1;
  return day.time_since_epoch().count() * kDay;
}

// -1 unless all of `length` characters at `at` are digits.
int ReadDigits(std::string_view text, std::size_t at, std::size_t length) {
  if (text.size() < at + length) return -1;
  int value = 0;
  for (char c : text.substr(at, length)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool HasAt(std::string_view text, std::size_t at, char c) { return at < text.size() && text[at] == c; }

Status Refuse(std::string_view text, std::string_view reason) {
  std::string message = "\"";
  message.append(text.substr(0, 40)).append("\" is not an RFC 3339 time: ").append(reason);
  return Status::InvalidArgument(std::move(message));
}

// Microseconds from the digits after the decimal point; advances `at` past them. -1 if there are no digits, or more than six.
std::int64_t ReadFraction(std::string_view text, std::size_t& at) {
  std::int64_t value = 0;
  std::int64_t unit = kSecond;
  const std::size_t begin = ++at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (unit == 1) return -1;
    unit /= 10;
    value += unit * (text[at++] - '0');
  }
  return at == begin ? -1 : value;
}

// Reads the end of the text as microseconds east of UTC. Returns null, or the fault.
const char* ReadOffset(std::string_view zone, std::int64_t& offset) {
  if (zone == "Z" || zone == "z") {
    offset = 0;
    return nullptr;
  }
  const bool shaped = zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':';
  const int hours = ReadDigits(zone, 1, 2);
  const int minutes = ReadDigits(zone, 4, 2);
  if (!shaped || hours < 0 || minutes < 0) return "expected a trailing Z or offset";
  if (hours > 23 || minutes > 59) return "no such offset";
  offset = (hours * 60 + minutes) * 60 * kSecond * (zone[0] == '-' ? -1 : 1);
  return nullptr;
}

}  // namespace

Result<Timestamp> ParseTimestamp(std::string_view text) try {
  const int year = ReadDigits(text, 0, 4);
  const int month = ReadDigits(text, 5, 2);
  const int day = ReadDigits(text, 8, 2);
  const int hour = ReadDigits(text, 11, 2);
  const int minute = ReadDigits(text, 14, 2);
  const int second = ReadDigits(text, 17, 2);
  const bool shaped = HasAt(text, 4, '-') && HasAt(text, 7, '-') && (HasAt(text, 10, 'T') || HasAt(text, 10, 't')) &&
                      HasAt(text, 13, ':') && HasAt(text, 16, ':');
  if (!shaped || std::min({year, month, day, hour, minute, second}) < 0) {
    return Refuse(text, "expected YYYY-MM-DDThh:mm:ssZ");
  }
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || year < 1) return Refuse(text, "no such day");
  if (second == 60) return Refuse(text, "leap seconds are not supported");
  if (hour > 23 || minute > 59 || second > 59) return Refuse(text, "no such time of day");

  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (HasAt(text, at, '.')) {
    fraction = ReadFraction(text, at);
    if (fraction < 0) return Refuse(text, "expected one to six digits after the point");
  }
  std::int64_t offset = 0;
  if (const char* reason = ReadOffset(text.substr(at), offset)) return Refuse(text, reason);

  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = (hour * 60 + minute) * 60 + second;
  const Timestamp timestamp{days * kDay + seconds * kSecond + fraction - offset};
  if (!format::HasText(timestamp)) return Refuse(text, "outside the years 1 to 9999 in UTC");
  return timestamp;
} catch (...) {
  return StatusOfException();
}

std::string FormatTimestamp(Timestamp timestamp) {
  std::string text;
  text.reserve(format::kTimestampBytes);
  format::AppendTimestamp(timestamp, text);
  return text;
}

namespace format {
namespace {

constexpr std::int64_t kFirst = StartOfYear(1);
constexpr std::int64_t kLast = StartOfYear(10'000) - 1;

void PutTwo(char* at, unsigned value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

bool HasText(Timestamp timestamp) { return timestamp.microseconds >= kFirst && timestamp.microseconds <= kLast; }

void AppendTimestamp(Timestamp timestamp, std::string& out) {
  const std::int64_t since_first = std::clamp(timestamp.microseconds, kFirst, kLast) - kFirst;
  const std::int64_t within_day = since_first % kDay;
  const auto day = std::chrono::days((since_first - within_day) / kDay + kFirst / kDay);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const auto second = static_cast<unsigned>(within_day / kSecond);
  const auto fraction = static_cast<unsigned>(within_day % kSecond);
  const auto year = static_cast<unsigned>(int{date.year()});

  char text[kTimestampBytes + 1] = "0000-00-00T00:00:00.000000Z";
  PutTwo(text, year / 100);
  PutTwo(text + 2, year % 100);
  PutTwo(text + 5, unsigned{date.month()});
  PutTwo(text + 8, unsigned{date.day()});
  PutTwo(text + 11, second / 3600);
  PutTwo(text + 14, second / 60 % 60);
  PutTwo(text + 17, second % 60);
  PutTwo(text + 20, fraction / 10'000);
  PutTwo(text + 22, fraction / 100 % 100);
  PutTwo(text + 24, fraction % 100);
  out.append(text, kTimestampBytes);
}

}  // namespace format
}  // namespace coffer

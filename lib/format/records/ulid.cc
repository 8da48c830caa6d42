#include "format/records/ulid.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace coffer::format {
namespace {

constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kUlidBytes = 26;
constexpr std::int64_t kMillisecondsMax = (std::int64_t{1} << 48) - 1;

}  // namespace

std::string MakeUlid(std::int64_t milliseconds, std::uint64_t random_high, std::uint64_t random_low) {
  const auto time = static_cast<std::uint64_t>(std::clamp(milliseconds, std::int64_t{0}, kMillisecondsMax));
  std::uint64_t high = time << 16 | (random_high & 0xFFFF);
  std::uint64_t low = random_low;
  std::string ulid(kUlidBytes, '0');
  // 26 characters of five bits are 130 bits; the top two are 0.
  for (std::size_t i = kUlidBytes; i-- > 0;) {
    ulid[i] = kCrockford[low & 31];
    low = low >> 5 | high << 59;
    high >>= 5;
  }
  return ulid;
}

std::string NextUlid(std::string_view ulid) {
  constexpr std::string_view kDigits = kCrockford;
  std::string next(ulid);
  for (std::size_t i = next.size(); i-- > 0;) {
    const std::size_t digit = kDigits.find(next[i]);
    if (digit + 1 < kDigits.size()) {
      next[i] = kDigits[digit + 1];
      return next;
    }
    next[i] = kDigits.front();
  }
  return std::string(ulid);
}

std::optional<std::int64_t> UlidMilliseconds(std::string_view ulid) {
  constexpr std::string_view kDigits = kCrockford;
  constexpr std::size_t kTimeDigits = 10;
  // Ten digits of five bits hold the 48 bits of time, so the first digit is at most 7.
  if (ulid.size() != kUlidBytes || ulid.front() > '7' || ulid.find_first_not_of(kDigits) != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t milliseconds = 0;
  for (char c : ulid.substr(0, kTimeDigits)) milliseconds = milliseconds << 5 | static_cast<std::int64_t>(kDigits.find(c));
  return milliseconds;
}

bool IsUlid(std::string_view text) {
  constexpr std::int64_t kLastMillisecondOf9999 = 253'402'300'799'999;
  const std::optional<std::int64_t> milliseconds = UlidMilliseconds(text);
  return milliseconds && *milliseconds <= kLastMillisecondOf9999;
}

}  // namespace coffer::format

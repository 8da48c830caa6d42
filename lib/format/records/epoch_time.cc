#include "format/records/epoch_time.h"

#include <string>

#include "format/json/decimal.h"
#include "format/records/timestamp_text.h"

namespace coffer::format {
namespace {

// The power of ten that a microsecond is in this unit.
int MicrosecondPlace(EpochUnit unit) {
  switch (unit) {
    case EpochUnit::kSeconds:
      return -6;
    case EpochUnit::kMilliseconds:
      return -3;
    case EpochUnit::kMicroseconds:
      return 0;
    case EpochUnit::kNanoseconds:
      return 3;
  }
  return 0;
}

// A count of microseconds with more digits is outside the years 1 to 9999; up to this many digits fit 64 bits.
constexpr std::int64_t kDigitsMax = 18;

}  // namespace

std::optional<EpochTime> ReadEpoch(std::string_view digits, EpochUnit unit) {
  const Decimal number(digits);
  if (number.zero()) return EpochTime{};
  const std::int64_t place = number.last_place() - MicrosecondPlace(unit);
  if (number.first_place() - MicrosecondPlace(unit) >= kDigitsMax) return std::nullopt;
  std::string whole = number.Digits();
  EpochTime time;
  if (place < 0) {
    time.exact = false;
    whole.resize(static_cast<std::int64_t>(whole.size()) > -place ? whole.size() - static_cast<std::size_t>(-place) : 0);
  } else {
    whole.append(static_cast<std::size_t>(place), '0');
  }
  const std::int64_t microseconds = whole.empty() ? 0 : std::stoll(whole);
  time.timestamp.microseconds = number.negative() ? -microseconds : microseconds;
  if (!HasText(time.timestamp)) return std::nullopt;
  return time;
}

EpochUnit GuessEpochUnit(std::string_view digits) {
  constexpr std::int64_t kSecondsPlaceMax = 10;
  constexpr std::int64_t kPlacesPerUnit = 3;
  const Decimal number(digits);
  if (number.zero() || number.first_place() <= kSecondsPlaceMax) return EpochUnit::kSeconds;
  if (number.first_place() <= kSecondsPlaceMax + kPlacesPerUnit) return EpochUnit::kMilliseconds;
  return number.first_place() <= kSecondsPlaceMax + 2 * kPlacesPerUnit ? EpochUnit::kMicroseconds : EpochUnit::kNanoseconds;
}

}  // namespace coffer::format

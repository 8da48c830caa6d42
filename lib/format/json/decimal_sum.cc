#include "format/json/decimal_sum.h"

#include <algorithm>
#include <vector>

#include "format/json/decimal.h"

namespace coffer::format {
namespace {

constexpr std::int64_t kLimbDigits = 9;
constexpr std::int64_t kLimbBase = 1'000'000'000;
// Low enough that one more addition cannot overflow a limb.
constexpr std::int64_t kLimbMax = std::int64_t{1} << 62;

std::int64_t FloorDivide(std::int64_t value, std::int64_t by) { return value >= 0 ? value / by : -((-value + by - 1) / by); }

}  // namespace

bool DecimalSum::Add(std::string_view number) {
  const Decimal decimal(number);
  if (decimal.zero()) return true;
  if (decimal.first_place() > kPlacesMax || decimal.last_place() < -kPlacesMax) return false;
  const std::string digits = decimal.Digits();
  std::int64_t place = decimal.first_place();
  std::int64_t limb = FloorDivide(place, kLimbDigits);
  std::int64_t value = 0;
  for (std::size_t at = 0; at < digits.size(); ++at, --place) {
    if (FloorDivide(place, kLimbDigits) != limb) {
      AddLimb(limb, decimal.negative() ? -value : value);
      limb = FloorDivide(place, kLimbDigits);
      value = 0;
    }
    std::int64_t worth = digits[at] - '0';
    for (std::int64_t zeros = place - limb * kLimbDigits; zeros > 0; --zeros) worth *= 10;
    value += worth;
  }
  AddLimb(limb, decimal.negative() ? -value : value);
  return true;
}

void DecimalSum::Add(std::uint64_t value) {
  for (std::int64_t limb = 0; value > 0; ++limb, value /= kLimbBase)
    AddLimb(limb, static_cast<std::int64_t>(value % kLimbBase));
}

void DecimalSum::AddLimb(std::int64_t index, std::int64_t value) {
  std::int64_t& limb = limbs_[index];
  limb += value;
  if (limb < kLimbMax && limb > -kLimbMax) return;
  const std::int64_t carry = limb / kLimbBase;
  limb -= carry * kLimbBase;
  AddLimb(index + 1, carry);
}

std::string DecimalSum::Text() const {
  if (limbs_.empty()) return "0";
  const std::int64_t lowest = std::min<std::int64_t>(limbs_.begin()->first, 0);
  std::vector<std::int64_t> limbs;
  std::int64_t carry = 0;
  const std::int64_t highest = std::max<std::int64_t>(limbs_.rbegin()->first, 0);
  const auto normalise = [&](auto limb_at) {
    limbs.clear();
    carry = 0;
    for (std::int64_t i = lowest; i <= highest || carry > 0; ++i) {
      const std::int64_t value = limb_at(i) + carry;
      carry = FloorDivide(value, kLimbBase);
      limbs.push_back(value - carry * kLimbBase);
      if (i > highest && carry < 0) break;
    }
    return carry < 0;
  };
  const auto as_it_is = [this](std::int64_t i) {
    const auto found = limbs_.find(i);
    return found == limbs_.end() ? std::int64_t{0} : found->second;
  };
  const bool negative = normalise(as_it_is);
  if (negative) normalise([&](std::int64_t i) { return -as_it_is(i); });

  std::string text;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    const std::string digits = std::to_string(limbs[i]);
    if (static_cast<std::int64_t>(i) == -lowest - 1) text += '.';
    text.append(static_cast<std::size_t>(kLimbDigits) - digits.size(), '0').append(digits);
  }
  if (lowest < 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  const std::size_t first = std::min(text.find_first_not_of('0'), text.size());
  text.erase(0, first);
  if (text.empty() || text.front() == '.') text.insert(0, "0");
  return negative ? "-" + text : text;
}

}  // namespace coffer::format

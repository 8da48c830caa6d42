#include "http/requests/correlation_id.h"

#include <algorithm>

namespace coffer::http {
namespace {

constexpr std::size_t kIdCharactersMax = 128;

bool IsAllowed(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == ':' ||
         c == '-';
}

}  // namespace

bool IsUsableCorrelationId(std::string_view id) {
  return !id.empty() && id.size() <= kIdCharactersMax && std::ranges::all_of(id, IsAllowed);
}

std::string MakeCorrelationId(std::int64_t now_microseconds, RandomSource& random) {
  static constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::size_t kUlidCharacters = 26;
  const auto milliseconds = static_cast<std::uint64_t>(now_microseconds / 1000);
  std::uint64_t high = milliseconds << 16 | (random.Next() & 0xFFFF);
  std::uint64_t low = random.Next();
  std::string id(kUlidCharacters, '0');
  for (std::size_t i = kUlidCharacters; i-- > 0;) {
    id[i] = kCrockford[low & 31];
    low = low >> 5 | high << 59;
    high >>= 5;
  }
  return id;
}

}  // namespace coffer::http

// Bech32 (BIP 173), without its limit of 90 characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

inline constexpr std::size_t kBech32CharactersMax = 128;

// Lower case. `prefix` is in lower case as well.
std::string EncodeBech32(std::string_view prefix, std::span<const std::uint8_t> bytes);

// Fills `bytes`, which must be exactly what the text holds. Takes texts of one case, which `prefix` gives: "age", "AGE-SECRET-KEY-".
// kInvalidArgument says what is wrong and repeats nothing of the text, which may be a secret. No copy of it is left in memory.
Status DecodeBech32(std::string_view text, std::string_view prefix, std::span<std::uint8_t> bytes);

}  // namespace coffer::format

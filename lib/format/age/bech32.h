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

// Returns lower case. `prefix` must be in lower case.
std::string EncodeBech32(std::string_view prefix, std::span<const std::uint8_t> bytes);

// Fills `bytes`, whose size must be that of the decoded text. The text must be in the case of `prefix` ("age",
// "AGE-SECRET-KEY-"). kInvalidArgument: malformed; the message repeats nothing of the text, which may be a secret, and no copy
// of the secret is left in memory.
Status DecodeBech32(std::string_view text, std::string_view prefix, std::span<std::uint8_t> bytes);

}  // namespace coffer::format

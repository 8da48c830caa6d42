// The library's version, and the versions of the stored format that it writes and reads.
#pragma once

#include <cstdint>
#include <string_view>

#include "coffer/visibility.h"

namespace coffer {

// "major.minor.patch".
COFFER_API std::string_view Version();

inline constexpr std::uint32_t kStoreFormatWritten = 1;
inline constexpr std::uint32_t kStoreFormatOldestReadable = 1;

}  // namespace coffer

// The version of the library, and of the stored format that it writes and reads.
//
// Versions of the C++ library are major.minor.patch:
// - Before 1.0, a minor version may change API and ABI. The soname has major.minor (libcoffer.so.0.1), and the CMake package
//   accepts only the same minor version.
// - From 1.0, semantic versioning: only a major version breaks API or ABI. The soname then has the major version.
// - A patch version changes neither API nor ABI.
// - Use headers and library of one version together, never of two.
// - Names in namespaces inside coffer, such as coffer::engine, are not part of the API, except coffer::http.
// The C interface (coffer/c.h) has its own soname and its own promise, in that header.
// Stored formats have versions of their own (FORMAT.md). Every version of the library reads the formats of earlier ones, back
// to kStoreFormatOldestReadable.
#pragma once

#include <cstdint>
#include <string_view>

#include "coffer/visibility.h"

namespace coffer {

// The version of the library that runs, "major.minor.patch".
COFFER_API std::string_view Version();

// The version of the store format that this library writes. A store of a newer one is kUnavailable.
inline constexpr std::uint32_t kStoreFormatWritten = 1;
// The oldest version that it reads.
inline constexpr std::uint32_t kStoreFormatOldestReadable = 1;

}  // namespace coffer

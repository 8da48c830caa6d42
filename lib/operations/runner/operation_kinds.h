// kOperationKinds: the number of values of OperationKind, counted by the compiler. A table with one row per kind compares its
// size with it in a static_assert, so that a new kind without a row fails to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "coffer/operation.h"

namespace coffer::operations {

// The compiler writes a value without an enumerator as a cast: "(coffer::OperationKind)9".
template <OperationKind kKind>
constexpr bool IsOperationKind() {
  return std::string_view(__PRETTY_FUNCTION__).find("kKind = (") == std::string_view::npos;
}

// Counts from `kFirst` on, without gaps.
template <std::uint8_t kFirst = 1>
constexpr std::size_t CountOperationKinds() {
  if constexpr (IsOperationKind<static_cast<OperationKind>(kFirst)>()) return 1 + CountOperationKinds<kFirst + 1>();
  return 0;
}

inline constexpr std::size_t kOperationKinds = CountOperationKinds();
static_assert(kOperationKinds >= static_cast<std::size_t>(OperationKind::kPrune), "the values of OperationKind have a gap");

}  // namespace coffer::operations

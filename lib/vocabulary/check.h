// COFFER_CHECK: an invariant that debug and sanitizer builds check at run time. Release builds do not evaluate it.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace coffer {

[[noreturn]] inline void CheckFailed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
  std::abort();
}

}  // namespace coffer

#ifdef NDEBUG
// Compiled, so that it stays valid code, but never evaluated.
#define COFFER_CHECK(condition) static_cast<void>(sizeof((condition) ? 1 : 0))
#else
#define COFFER_CHECK(condition) ((condition) ? static_cast<void>(0) : ::coffer::CheckFailed(#condition, __FILE__, __LINE__))
#endif

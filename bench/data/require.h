// Ends the benchmark with a message if a step fails. A figure measured after a failed step would be wrong.
#ifndef COFFER_BENCH_REQUIRE_H_
#define COFFER_BENCH_REQUIRE_H_

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace coffer::bench {

inline void Require(bool holds, std::string_view what, std::string_view detail = "") {
  if (holds) return;
  std::fprintf(stderr, "bench: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(), static_cast<int>(detail.size()),
               detail.data());
  std::exit(1);
}

}  // namespace coffer::bench

#endif  // COFFER_BENCH_REQUIRE_H_

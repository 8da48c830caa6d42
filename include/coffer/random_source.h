// RandomSource: where random ids come from. One seedable source, so that a test run can be repeated.
#pragma once

#include <cstdint>
#include <memory>

#include "coffer/visibility.h"

namespace coffer {

// Implementations must be safe to call from many threads, and cannot throw.
class COFFER_API RandomSource {
 public:
  virtual ~RandomSource() = default;
  // 64 random bits.
  virtual std::uint64_t Next() noexcept = 0;
};

// Seeded by the operating system. For ids, not for keys: ids need to differ, not to be unguessable.
// Lives as long as the process.
COFFER_API RandomSource& SystemRandom();

// The same sequence for the same seed.
COFFER_API std::unique_ptr<RandomSource> SeededRandom(std::uint64_t seed);

}  // namespace coffer

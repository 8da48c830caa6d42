// RandomSource: the source of random ids. A seeded one makes a test run repeatable.
#pragma once

#include <cstdint>
#include <memory>

#include "coffer/visibility.h"

namespace coffer {

// Owned by whoever made it; must outlive every engine that uses it (OpenOptions::random).
// Implementations must be thread-safe and must not throw.
class COFFER_API RandomSource {
 public:
  virtual ~RandomSource() = default;
  // 64 random bits.
  virtual std::uint64_t Next() noexcept = 0;
};

// Seeded by the operating system. Its numbers are unique enough for ids, but not fit for keys: they can be guessed.
// Lives as long as the process.
COFFER_API RandomSource& SystemRandom();

// Returns the same sequence for the same seed. Owned by the caller.
COFFER_API std::unique_ptr<RandomSource> SeededRandom(std::uint64_t seed);

}  // namespace coffer

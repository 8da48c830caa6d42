#include "coffer/random_source.h"

#include <random>

#include "vocabulary/mutex.h"

namespace coffer {
namespace {

// SplitMix64: eight bytes of state; every seed is good; no number repeats within a period. Source: Steele, Lea, Flood,
// "Fast splittable pseudorandom number generators", 2014.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

 private:
  std::uint64_t state_;
};

class SeededSource final : public RandomSource {
 public:
  explicit SeededSource(std::uint64_t seed) : sequence_(seed) {}
  std::uint64_t Next() noexcept override {
    const MutexLock lock(mutex_);
    return sequence_.Next();
  }

 private:
  Mutex mutex_;
  SplitMix sequence_ COFFER_GUARDED_BY(mutex_);
};

// Seeded with 256 bits. With 64 bits two processes would get the same sequence far more often than two ids may collide.
class SystemSource final : public RandomSource {
 public:
  SystemSource() {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
    engine_.seed(seed);
  }
  std::uint64_t Next() noexcept override {
    const MutexLock lock(mutex_);
    return engine_();
  }

 private:
  Mutex mutex_;
  std::mt19937_64 engine_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace

RandomSource& SystemRandom() {
  // Never destroyed: threads may create ids while the process exits.
  static RandomSource& source = *new SystemSource;
  return source;
}

std::unique_ptr<RandomSource> SeededRandom(std::uint64_t seed) { return std::make_unique<SeededSource>(seed); }

}  // namespace coffer

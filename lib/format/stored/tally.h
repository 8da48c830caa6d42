// Tally: the values that counters sum up: a count, bytes, and a content digest. The digest is a sum, so order does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

// An unsigned number modulo 2^128.
struct Digest128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  void Add(const Digest128& other) noexcept {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
  }
  void Subtract(const Digest128& other) noexcept {
    high -= other.high + (low < other.low ? 1 : 0);
    low -= other.low;
  }
  bool operator==(const Digest128&) const = default;
};

// XXH3-128 of `bytes` (seed 0): detects accidental damage, not forgery. Source: xxHash specification, XXH3.
Digest128 ContentDigest(std::string_view bytes);
// The digest of the concatenated parts, without copying them.
Digest128 ContentDigest(std::span<const std::string_view> parts);

// A total or a difference. Subtraction wraps around, and sums of differences are still correct.
struct Tally {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  Digest128 digest;

  void Add(const Tally& other) noexcept {
    count += other.count;
    bytes += other.bytes;
    digest.Add(other.digest);
  }
  void Subtract(const Tally& other) noexcept {
    count -= other.count;
    bytes -= other.bytes;
    digest.Subtract(other.digest);
  }
  bool operator==(const Tally&) const = default;
};

// 32 bytes: count, bytes, digest low, digest high, each 8 bytes little-endian.
inline constexpr std::size_t kTallyBytes = 32;
void AppendTally(std::string& out, const Tally& tally);
// kCorruption: `bytes` does not have kTallyBytes bytes.
Result<Tally> DecodeTally(std::string_view bytes);

}  // namespace coffer::format

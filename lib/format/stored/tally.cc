#include "format/stored/tally.h"

// Inlined, because the digest is part of the stored format, and hashing a short text is faster than a call into a library.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "vocabulary/fixed_width.h"

namespace coffer::format {

Digest128 ContentDigest(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {.low = hash.low64, .high = hash.high64};
}

Digest128 ContentDigest(std::span<const std::string_view> parts) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  for (const std::string_view part : parts) XXH3_128bits_update(&state, part.data(), part.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return {.low = hash.low64, .high = hash.high64};
}

void AppendTally(std::string& out, const Tally& tally) {
  for (const std::uint64_t number : {tally.count, tally.bytes, tally.digest.low, tally.digest.high}) {
    AppendLittleEndian(number, out);
  }
}

Result<Tally> DecodeTally(std::string_view bytes) {
  if (bytes.size() != kTallyBytes) {
    return Status::Corruption("a tally has " + std::to_string(bytes.size()) + " bytes; expected " +
                              std::to_string(kTallyBytes));
  }
  FieldReader reader(bytes);
  Tally tally;
  tally.count = reader.Number<std::uint64_t>();
  tally.bytes = reader.Number<std::uint64_t>();
  tally.digest.low = reader.Number<std::uint64_t>();
  tally.digest.high = reader.Number<std::uint64_t>();
  return tally;
}

}  // namespace coffer::format

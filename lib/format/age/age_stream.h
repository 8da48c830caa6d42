// The payload of an age v1 file: a nonce, then chunks of 64 KiB, each sealed with its number and a mark on the last one.
#pragma once

#include <cstdint>
#include <string_view>

#include "coffer/result.h"
#include "format/age/age.h"
#include "format/age/age_header.h"
#include "format/age/age_primitives.h"

namespace coffer::format {

inline constexpr std::size_t kAgeNonceBytes = 16;
inline constexpr std::size_t kAgeSealedChunkBytes = kAgeChunkBytes + ChaChaPoly::kTagBytes;

Result<Key256> AgePayloadKey(const AgeFileKey& file_key, std::string_view nonce);
ChaChaPoly::Nonce AgeChunkNonce(std::uint64_t chunk, bool last);

// The places of the chunks in a payload.
struct AgeChunks {
  // `bytes` is the length of all sealed chunks. kCorruption: no payload has this length.
  static Result<AgeChunks> Of(std::uint64_t bytes);

  std::uint64_t SealedOffset(std::uint64_t chunk) const { return chunk * kAgeSealedChunkBytes; }
  std::size_t SealedBytes(std::uint64_t chunk) const;
  bool IsLast(std::uint64_t chunk) const { return chunk + 1 == count; }

  std::uint64_t count = 0;
  std::uint64_t sealed_bytes = 0;
  std::uint64_t plain_bytes = 0;
};

}  // namespace coffer::format

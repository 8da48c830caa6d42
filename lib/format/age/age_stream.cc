#include "format/age/age_stream.h"

#include <algorithm>

namespace coffer::format {

Result<Key256> AgePayloadKey(const AgeFileKey& file_key, std::string_view nonce) {
  return HkdfSha256(file_key.bytes, AsBytes(nonce), "payload");
}

// 11 bytes of chunk number, big-endian, and one byte that marks the last chunk.
ChaChaPoly::Nonce AgeChunkNonce(std::uint64_t chunk, bool last) {
  ChaChaPoly::Nonce nonce{};
  for (std::size_t i = 0; i < sizeof(chunk); ++i) nonce[10 - i] = static_cast<std::uint8_t>(chunk >> (8 * i));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

Result<AgeChunks> AgeChunks::Of(std::uint64_t bytes) {
  AgeChunks chunks;
  chunks.sealed_bytes = bytes;
  chunks.count = bytes / kAgeSealedChunkBytes;
  const std::uint64_t rest = bytes % kAgeSealedChunkBytes;
  // Only an empty payload has an empty chunk.
  const bool none = bytes < ChaChaPoly::kTagBytes;
  if (none || (chunks.count > 0 && rest > 0 && rest <= ChaChaPoly::kTagBytes)) {
    return Status::Corruption("truncated payload");
  }
  if (rest > 0) ++chunks.count;
  chunks.plain_bytes = bytes - chunks.count * ChaChaPoly::kTagBytes;
  return chunks;
}

std::size_t AgeChunks::SealedBytes(std::uint64_t chunk) const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kAgeSealedChunkBytes, sealed_bytes - SealedOffset(chunk)));
}

}  // namespace coffer::format

// The cryptography that age needs, from OpenSSL: X25519, HKDF-SHA-256, HMAC-SHA-256, ChaCha20-Poly1305.
// A failure leaves nothing in OpenSSL's error queue, because the embedding program may use the queue.
// kUnavailable: an OpenSSL call failed.
#pragma once

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "coffer/result.h"

struct evp_cipher_ctx_st;

namespace coffer::format {

using ByteSpan = std::span<const std::uint8_t>;
inline ByteSpan AsBytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// Bytes that the destructor wipes.
template <std::size_t size>
struct Secret {
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

  std::array<std::uint8_t, size> bytes{};
};

using Key256 = Secret<32>;
using Bytes32 = std::array<std::uint8_t, 32>;

// Uses OpenSSL's random generator for keys.
Status FillRandom(std::span<std::uint8_t> bytes);

Result<Bytes32> X25519PublicKey(ByteSpan secret);
// kInvalidArgument: the shared secret would be zero with any `secret`; no secret key belongs to such a public key.
Result<Key256> X25519SharedSecret(ByteSpan secret, ByteSpan public_key);

Result<Key256> HkdfSha256(ByteSpan key, ByteSpan salt, std::string_view info);
Result<Bytes32> HmacSha256(ByteSpan key, std::string_view text);

// ChaCha20-Poly1305 with one key, for any number of messages in one direction. One thread at a time.
class ChaChaPoly {
 public:
  static constexpr std::size_t kTagBytes = 16;
  using Nonce = std::array<std::uint8_t, 12>;
  enum class Direction { kSeal, kOpen };

  static Result<ChaChaPoly> Create(const Key256& key, Direction direction);

  // `sealed` must have room for the message and the tag.
  Status Seal(const Nonce& nonce, std::string_view plain, char* sealed);
  // `plain` must have room for the message and may be the buffer of `sealed`. kCorruption: the tag is wrong; `plain` is wiped.
  Status Open(const Nonce& nonce, std::string_view sealed, char* plain);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  ChaChaPoly() = default;
  // Processes the message, not the tag.
  bool Run(const Nonce& nonce, std::string_view from, char* to);

  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

}  // namespace coffer::format

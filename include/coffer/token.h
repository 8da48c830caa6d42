// Tokens: bearer secrets that say who calls an adapter, such as the HTTP server, and with which role. The store keeps only
// their SHA-256, apart from the records: a restore does not change them, and an erase of the user does not remove them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// Tokens of a store, expired ones included.
inline constexpr std::size_t kTokensMax = 10'000;

// The values are stored and never reused.
enum class PrincipalRole : std::uint8_t { kUser = 1, kAdmin = 2 };

// Who a token stands for.
struct Principal {
  std::string user_id;
  PrincipalRole role = PrincipalRole::kUser;
  std::string token_id;
};

struct TokenInfo {
  std::string id;  // a ULID; reveals nothing about the secret
  std::string user_id;
  PrincipalRole role = PrincipalRole::kUser;
  Timestamp created_at;
  std::optional<Timestamp> expires_at;  // absent: never
};

struct CreatedToken {
  TokenInfo info;
  std::string secret;  // "coffer_" and 43 characters: 32 random bytes in base64url. It cannot be read again.
};

// All calls are thread-safe.

// Creates a token. It is durable when this returns; on failure it does not exist.
// `user_id`: any valid id; for kAdmin it is only a name.
// `expires_at`: absent: the token never expires.
// kInvalidArgument: `user_id` is not a valid id, or `expires_at` is past.
// kResourceExhausted: there are kTokensMax tokens.
// kPermissionDenied: the engine is read-only.
// kUnavailable: the system has no random bytes.
// kIoError: the token could not be written.
COFFER_API Result<CreatedToken> CreateToken(Engine& engine, std::string_view user_id, PrincipalRole role,
                                            std::optional<Timestamp> expires_at = std::nullopt);
// Returns all tokens in order of creation, expired ones included.
COFFER_API Result<std::vector<TokenInfo>> ListTokens(Engine& engine);
// Removes a token, durable when this returns: later calls of Authenticate reject it. A call that is running may still succeed.
// kNotFound: no such token.
// kPermissionDenied: the engine is read-only.
// kIoError: the token could not be removed.
COFFER_API Status RevokeToken(Engine& engine, std::string_view id);
// Returns who `secret` stands for. Compares SHA-256 digests in constant time; a random secret needs no slower hash.
// kPermissionDenied: unknown, revoked or expired; the message does not say which.
COFFER_API Result<Principal> Authenticate(Engine& engine, std::string_view secret);

}  // namespace coffer

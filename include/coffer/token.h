// Tokens: who may call an adapter, and as what. Kept hashed in the data folder, apart from the
// records: a restore leaves them alone.
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

// Tokens at once, expired ones included.
inline constexpr std::size_t kTokensMax = 10'000;

enum class PrincipalRole : std::uint8_t { kUser = 1, kAdmin = 2 };

// Whom a token stands for.
struct Principal {
  std::string user_id;
  PrincipalRole role = PrincipalRole::kUser;
  std::string token_id;
};

struct TokenInfo {
  std::string id;  // a ULID; tells nothing about the secret
  std::string user_id;
  PrincipalRole role = PrincipalRole::kUser;
  Timestamp created_at;
  std::optional<Timestamp> expires_at;
};

struct CreatedToken {
  TokenInfo info;
  std::string secret;  // "coffer_" and 43 characters (32 random bytes in base64url). Shown here and never again.
};

// kInvalidArgument: user_id is no id (an admin's may be anything an id may be), expires_at is past.
// kResourceExhausted: kTokensMax. kPermissionDenied: read-only. Durable when it returns; on failure there is no such token.
// All of these calls are safe from many threads.
COFFER_API Result<CreatedToken> CreateToken(Engine& engine, std::string_view user_id, PrincipalRole role,
                                            std::optional<Timestamp> expires_at = std::nullopt);
// In order of creation, expired ones included.
COFFER_API Result<std::vector<TokenInfo>> ListTokens(Engine& engine);
// kNotFound: no such token. kPermissionDenied: read-only. Durable when it returns; calls with it are refused from then on. An
// Authenticate that is under way may still answer.
COFFER_API Status RevokeToken(Engine& engine, std::string_view id);
// Whom `secret` stands for. kPermissionDenied, in the same words, for an unknown, a revoked and an expired one; compared in
// constant time, by SHA-256 (the secret is random, so no slower hash is needed).
COFFER_API Result<Principal> Authenticate(Engine& engine, std::string_view secret);

}  // namespace coffer

// Tokens: stored in control/, and all of them in memory, because every call of an adapter looks up one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coffer/result.h"
#include "coffer/token.h"
#include "storage/store.h"
#include "vocabulary/mutex.h"

namespace coffer::engine {

// Fills `bytes` with secret random bytes. Returns false if the system has none.
using SecretBytes = std::function<bool(std::span<unsigned char> bytes)>;

// The operating system's generator, through OpenSSL.
bool SystemSecretBytes(std::span<unsigned char> bytes);

// Safe for use from many threads. Invariant: while no call runs, every token in memory is durable in the store.
class Tokens {
 public:
  // `control` must outlive this object. Null: there are no tokens, and none can be created. Only tests pass other `secrets`.
  explicit Tokens(storage::Store* control, SecretBytes secrets = SystemSecretBytes)
      : control_(control), secrets_(std::move(secrets)) {}

  Status Load();
  // `new_id` returns an id that is greater than its argument. On success the token is durable. A failure returns no secret, so
  // the token is useless even if it is stored.
  // kInvalidArgument: `user_id` is not a valid id, or `expires_at` is past.
  // kResourceExhausted: there are kTokensMax tokens.
  // kUnavailable: the system has no random bytes.
  Result<CreatedToken> Create(const std::function<std::string(std::string_view)>& new_id, std::string_view user_id,
                              PrincipalRole role, std::optional<Timestamp> expires_at, Timestamp now);
  std::vector<TokenInfo> List() const;
  Status Revoke(std::string_view id);
  Result<Principal> Authenticate(std::string_view secret, Timestamp now) const;

 private:
  struct Token {
    TokenInfo info;
    std::string hash;  // SHA-256 of the secret
  };
  void Keep(Token token) COFFER_REQUIRES(mutex_);
  void Drop(std::string_view id) COFFER_REQUIRES(mutex_);

  storage::Store* control_;
  SecretBytes secrets_;
  Mutex change_mutex_;  // one change at a time, its commit included
  mutable SharedMutex mutex_;
  std::map<std::string, Token, std::less<>> by_id_ COFFER_GUARDED_BY(mutex_);
  // The first bytes of a hash select the few tokens to compare with. They reveal nothing about the secret.
  std::unordered_multimap<std::uint64_t, std::string> ids_by_hash_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::engine

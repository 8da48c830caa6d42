// Tokens: kept in control/ and, all of them, in memory, where each call of an adapter asks for one.
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

// Fills the bytes with what nobody can guess. False: it cannot.
using SecretBytes = std::function<bool(std::span<unsigned char> bytes)>;

// The operating system's generator, by OpenSSL.
bool SystemSecretBytes(std::span<unsigned char> bytes);

// Safe for use from many threads. Invariant: what is in memory is durable in the store.
class Tokens {
 public:
  // `control` must outlive this object; null: there are none, and none can be made. `secrets` is another one in tests alone.
  explicit Tokens(storage::Store* control, SecretBytes secrets = SystemSecretBytes)
      : control_(control), secrets_(std::move(secrets)) {}

  Status Load();
  // `new_id` makes an id behind the one it is given.
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
  // The first bytes of a hash find the few tokens to compare with; they tell a guesser nothing about a secret.
  std::unordered_multimap<std::uint64_t, std::string> ids_by_hash_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::engine

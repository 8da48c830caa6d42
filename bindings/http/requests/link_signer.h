// LinkSigner: download links that carry their own permission and its expiry.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "http/requests/target.h"

namespace coffer::http {

// Signs id, scope and expiry with HMAC-SHA256. The key lives as long as the object, so links do not outlast the server that
// made them. Safe to use from many threads.
class LinkSigner {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  using Key = std::array<unsigned char, kKeyBytes>;

  explicit LinkSigner(const Key& key) : key_(key) {}
  // kInternal: the operating system gives no random bytes.
  static Result<Key> MakeKey();

  // "expires=…&scope=…&signature=…".
  std::string Sign(std::string_view id, std::string_view scope, std::int64_t expires_at_seconds) const;
  // Whether `query` holds what Sign made for this id and scope, and has not expired. Compares in constant time.
  bool Allows(const Query& query, std::string_view id, std::string_view scope, std::int64_t now_seconds) const;

 private:
  std::string Signature(std::string_view id, std::string_view scope, std::string_view expires) const;
  Key key_;
};

}  // namespace coffer::http

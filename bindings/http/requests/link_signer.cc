#include "http/requests/link_signer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <charconv>

namespace coffer::http {
namespace {

constexpr std::size_t kDigestBytes = 32;

std::string Hex(const unsigned char* bytes, std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += "0123456789abcdef"[bytes[i] >> 4];
    text += "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}

std::string_view ValueOf(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

Result<LinkSigner::Key> LinkSigner::MakeKey() {
  Key key;
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
    return Status::Internal("the operating system gives no random bytes for the key of download links");
  return key;
}

std::string LinkSigner::Signature(std::string_view id, std::string_view scope, std::string_view expires) const {
  // Lengths first, so different triples never give the same text.
  const std::string text = std::to_string(id.size()) + "," + std::to_string(scope.size()) + "," + std::string(id) +
                           std::string(scope) + std::string(expires);
  std::array<unsigned char, kDigestBytes> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &length);
  return Hex(digest.data(), length);
}

std::string LinkSigner::Sign(std::string_view id, std::string_view scope, std::int64_t expires_at_seconds) const {
  const std::string expires = std::to_string(expires_at_seconds);
  return "expires=" + expires + "&scope=" + std::string(scope) + "&signature=" + Signature(id, scope, expires);
}

bool LinkSigner::Allows(const Query& query, std::string_view id, std::string_view scope, std::int64_t now_seconds) const {
  const std::string_view expires = ValueOf(query, "expires");
  const std::string_view given = ValueOf(query, "signature");
  const std::string expected = Signature(id, scope, expires);
  if (given.size() != expected.size() || CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) return false;
  std::int64_t expires_at = 0;
  const auto read = std::from_chars(expires.data(), expires.data() + expires.size(), expires_at);
  return read.ec == std::errc() && read.ptr == expires.data() + expires.size() && now_seconds < expires_at;
}

}  // namespace coffer::http

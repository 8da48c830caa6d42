// SHA-256 and HMAC-SHA-256 from OpenSSL. A failure of OpenSSL aborts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace coffer::format {

inline constexpr std::size_t kSha256Bytes = 32;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  // Returns the 32 bytes and starts a new digest.
  std::string Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// HMAC-SHA-256 (RFC 2104), 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view message);

// `bytes` in lower-case hex, two digits for each byte.
std::string HexText(std::string_view bytes);

}  // namespace coffer::format

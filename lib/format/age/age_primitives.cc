#include "format/age/age_primitives.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <string>

namespace coffer::format {
namespace {

// Removes what calls in its scope add to OpenSSL's error queue.
struct QuietErrors {
  QuietErrors() { ERR_set_mark(); }
  ~QuietErrors() { ERR_pop_to_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
};

template <auto free>
struct Freeing {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Freeing<EVP_KDF_CTX_free>>;

Status Failed(std::string_view what) { return Status::Unavailable("OpenSSL: " + std::string(what) + " failed"); }

// Fetched once, because OpenSSL 3 takes locks and searches its providers at every fetch.
const EVP_CIPHER* Cipher() {
  static EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  return kCipher;
}
EVP_KDF* Hkdf() {
  static EVP_KDF* const kKdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  return kKdf;
}

OSSL_PARAM Octets(const char* name, ByteSpan bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

Pkey PrivateKey(ByteSpan secret) {
  return Pkey(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, secret.data(), secret.size()));
}

}  // namespace

Status FillRandom(std::span<std::uint8_t> bytes) {
  const QuietErrors quiet;
  const bool filled = RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
  return filled ? Status::Ok() : Failed("random bytes");
}

Result<Bytes32> X25519PublicKey(ByteSpan secret) {
  const QuietErrors quiet;
  const Pkey key = PrivateKey(secret);
  Bytes32 public_key{};
  std::size_t length = public_key.size();
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &length) != 1 ||
      length != public_key.size()) {
    return Failed("X25519");
  }
  return public_key;
}

Result<Key256> X25519SharedSecret(ByteSpan secret, ByteSpan public_key) {
  const QuietErrors quiet;
  const Pkey own = PrivateKey(secret);
  const Pkey peer(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, public_key.data(), public_key.size()));
  if (own == nullptr || peer == nullptr) return Failed("X25519");
  const PkeyContext context(EVP_PKEY_CTX_new(own.get(), nullptr));
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1) {
    return Failed("X25519");
  }
  // age forbids a zero secret. OpenSSL rejects it too, but the rule must not depend on that.
  Key256 shared;
  std::size_t length = shared.bytes.size();
  const bool derived = EVP_PKEY_derive(context.get(), shared.bytes.data(), &length) == 1 && length == shared.bytes.size();
  if (!derived || std::ranges::all_of(shared.bytes, [](std::uint8_t byte) { return byte == 0; })) {
    return Status::InvalidArgument("not a valid public key: the shared secret is zero");
  }
  return shared;
}

Result<Key256> HkdfSha256(ByteSpan key, ByteSpan salt, std::string_view info) {
  const QuietErrors quiet;
  const KdfContext context(Hkdf() == nullptr ? nullptr : EVP_KDF_CTX_new(Hkdf()));
  if (context == nullptr) return Failed("HKDF");
  char digest[] = "SHA256";
  std::array<OSSL_PARAM, 5> parameters = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                                          Octets(OSSL_KDF_PARAM_KEY, key), Octets(OSSL_KDF_PARAM_INFO, AsBytes(info)),
                                          OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (!salt.empty()) parameters[3] = Octets(OSSL_KDF_PARAM_SALT, salt);
  Key256 derived;
  if (EVP_KDF_derive(context.get(), derived.bytes.data(), derived.bytes.size(), parameters.data()) != 1) return Failed("HKDF");
  return derived;
}

Result<Bytes32> HmacSha256(ByteSpan key, std::string_view text) {
  const QuietErrors quiet;
  Bytes32 mac{};
  std::size_t length = 0;
  const unsigned char* made = EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(),
                                        AsBytes(text).data(), text.size(), mac.data(), mac.size(), &length);
  if (made == nullptr || length != mac.size()) return Failed("HMAC");
  return mac;
}

void ChaChaPoly::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Result<ChaChaPoly> ChaChaPoly::Create(const Key256& key, Direction direction) {
  const QuietErrors quiet;
  ChaChaPoly made;
  made.context_.reset(EVP_CIPHER_CTX_new());
  const int seals = direction == Direction::kSeal ? 1 : 0;
  if (made.context_ == nullptr || Cipher() == nullptr ||
      EVP_CipherInit_ex2(made.context_.get(), Cipher(), key.bytes.data(), nullptr, seals, nullptr) != 1) {
    return Failed("ChaCha20-Poly1305");
  }
  return made;
}

bool ChaChaPoly::Run(const Nonce& nonce, std::string_view from, char* to) {
  int length = 0;
  return EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce.data(), -1, nullptr) == 1 &&
         (from.empty() || (EVP_CipherUpdate(context_.get(), reinterpret_cast<unsigned char*>(to), &length, AsBytes(from).data(),
                                            static_cast<int>(from.size())) == 1 &&
                           static_cast<std::size_t>(length) == from.size()));
}

Status ChaChaPoly::Seal(const Nonce& nonce, std::string_view plain, char* sealed) {
  const QuietErrors quiet;
  unsigned char* tag = reinterpret_cast<unsigned char*>(sealed + plain.size());
  int length = 0;
  const bool done = Run(nonce, plain, sealed) && EVP_CipherFinal_ex(context_.get(), tag, &length) == 1 && length == 0 &&
                    EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1;
  return done ? Status::Ok() : Failed("ChaCha20-Poly1305");
}

Status ChaChaPoly::Open(const Nonce& nonce, std::string_view sealed, char* plain) {
  if (sealed.size() < kTagBytes) return Status::Corruption("truncated");
  const QuietErrors quiet;
  const std::size_t plain_bytes = sealed.size() - kTagBytes;
  std::array<unsigned char, kTagBytes> tag;
  std::ranges::copy(AsBytes(sealed.substr(plain_bytes)), tag.begin());
  unsigned char end[1];
  int length = 0;
  if (!Run(nonce, sealed.substr(0, plain_bytes), plain) ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) != 1 ||
      EVP_CipherFinal_ex(context_.get(), end, &length) != 1) {
    OPENSSL_cleanse(plain, plain_bytes);
    return Status::Corruption("wrong authentication tag: the data is damaged");
  }
  return Status::Ok();
}

}  // namespace coffer::format

// age v1 files: encryption to X25519 recipients as a stream, decryption of any range. No file access.
// Source: age-encryption.org/v1 (C2SP age.md). OpenSSL provides X25519, HKDF-SHA-256, HMAC-SHA-256 and ChaCha20-Poly1305.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/zstd/compression.h"
#include "format/zstd/range_reader.h"

namespace coffer::format {

inline constexpr std::size_t kAgeKeyBytes = 32;
inline constexpr std::size_t kAgeChunkBytes = std::size_t{64} << 10;
// Longer headers and more recipients are rejected, so that a hostile file cannot choose how much memory is used.
inline constexpr std::size_t kAgeHeaderBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kAgeRecipientsMax = 256;

// The X25519 public key that a file is encrypted to.
struct AgeRecipient {
  std::array<std::uint8_t, kAgeKeyBytes> public_key{};
  bool operator==(const AgeRecipient&) const = default;
};

// Parses "age1…" (Bech32). kInvalidArgument: not a valid recipient; the message does not repeat the text.
Result<AgeRecipient> ParseAgeRecipient(std::string_view text);
std::string AgeRecipientText(const AgeRecipient& recipient);

// The X25519 secret key that decrypts. The destructor wipes it.
class AgeIdentity {
 public:
  // A new key from OpenSSL's random generator for keys.
  static Result<AgeIdentity> Generate();
  // Parses "AGE-SECRET-KEY-1…". kInvalidArgument: not a valid identity; the message does not repeat the text.
  static Result<AgeIdentity> Parse(std::string_view text);
  ~AgeIdentity();
  AgeIdentity(const AgeIdentity&) = default;
  AgeIdentity& operator=(const AgeIdentity&) = default;

  std::string Text() const;
  const AgeRecipient& recipient() const { return recipient_; }

 private:
  friend class AgeHeader;
  AgeIdentity() = default;
  std::array<std::uint8_t, kAgeKeyBytes> secret_{};
  AgeRecipient recipient_;
};

// Parses an identity file as `age-keygen` writes it: one key per line; empty lines and lines starting with '#' are ignored.
// At most kAgeRecipientsMax keys. kInvalidArgument: a line is malformed (the message has its number), or there is no key.
Result<std::vector<AgeIdentity>> ParseAgeIdentities(std::string_view file_text);
// The same for a file of recipients.
Result<std::vector<AgeRecipient>> ParseAgeRecipients(std::string_view file_text);

// Encrypts a stream. One thread at a time; the sink is called from Write and Finish.
class AgeEncryptor {
 public:
  // Takes 1 to kAgeRecipientsMax recipients; otherwise Write and Finish return kInvalidArgument. Every object has its own file
  // key.
  AgeEncryptor(std::span<const AgeRecipient> recipients, ByteSink sink);
  ~AgeEncryptor();
  AgeEncryptor(const AgeEncryptor&) = delete;
  AgeEncryptor& operator=(const AgeEncryptor&) = delete;

  Status Write(std::string_view bytes);
  // Ends the file. Write is not allowed afterwards.
  Status Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Decrypts any range of a file. Safe to read from many threads if `source` is.
class AgeReader {
 public:
  // `stored_bytes` is the file's length. Reads the header and the last chunk, whose mark shows that the file is complete.
  // kCorruption: not an age v1 file, damaged or truncated.
  // kPermissionDenied: none of the identities can decrypt it. A damaged recipient entry gives this error too, because it looks
  // like another recipient's entry.
  // kUnavailable: a newer version of age, or the armored form.
  // kResourceExhausted: the header is above the limits.
  static Result<std::unique_ptr<AgeReader>> Open(RangeReader source, std::uint64_t stored_bytes,
                                                 std::span<const AgeIdentity> identities);
  ~AgeReader();
  AgeReader(const AgeReader&) = delete;
  AgeReader& operator=(const AgeReader&) = delete;

  // The number of plain bytes.
  std::uint64_t size_bytes() const;
  // Reads up to `length` plain bytes at `offset`; fewer only at the end. kCorruption: a chunk is damaged.
  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const;

 private:
  struct State;
  explicit AgeReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace coffer::format

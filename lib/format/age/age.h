// age v1 files: encryption to X25519 recipients, read as a stream or at any place. No files, no RocksDB.
// Source: age-encryption.org/v1 (C2SP age.md). Primitives are OpenSSL's: X25519, HKDF-SHA-256, HMAC-SHA-256, ChaCha20-Poly1305.
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
// A header that would be longer, or name more recipients, is refused: a hostile file may not choose our memory.
inline constexpr std::size_t kAgeHeaderBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kAgeRecipientsMax = 256;

// Whom a file is encrypted to: an X25519 public key.
struct AgeRecipient {
  std::array<std::uint8_t, kAgeKeyBytes> public_key{};
  bool operator==(const AgeRecipient&) const = default;
};

// "age1…" (Bech32). kInvalidArgument: it is none; the message does not repeat it.
Result<AgeRecipient> ParseAgeRecipient(std::string_view text);
std::string AgeRecipientText(const AgeRecipient& recipient);

// Who can read: an X25519 secret key. Its memory is wiped when it goes.
class AgeIdentity {
 public:
  // From OpenSSL's random source for keys.
  static Result<AgeIdentity> Generate();
  // "AGE-SECRET-KEY-1…". kInvalidArgument: it is none; the message does not repeat it.
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

// An identity file as `age-keygen` writes it: lines, empty ones and those that begin with '#' passed over.
// kInvalidArgument names the line, or says that there is none. At most kAgeRecipientsMax.
Result<std::vector<AgeIdentity>> ParseAgeIdentities(std::string_view file_text);
// The same for a file of recipients.
Result<std::vector<AgeRecipient>> ParseAgeRecipients(std::string_view file_text);

// Encrypts a stream. One thread at a time; the sink is called from Write and Finish.
class AgeEncryptor {
 public:
  // At least one recipient, at most kAgeRecipientsMax; else Write and Finish answer kInvalidArgument. A fresh file key for each
  // object of this class.
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
  // `stored_bytes`: the file's length. Reads the header and the last chunk, which must be marked as such: a file that was cut off
  // is refused here.
  // kCorruption: no age v1 file, damaged or cut off. kPermissionDenied: none of the identities can read it.
  // kUnavailable: a newer version of age, or the armored form. kResourceExhausted: a header above the limits.
  // A recipient's entry that is damaged looks like somebody else's: it is kPermissionDenied as well.
  static Result<std::unique_ptr<AgeReader>> Open(RangeReader source, std::uint64_t stored_bytes,
                                                 std::span<const AgeIdentity> identities);
  ~AgeReader();
  AgeReader(const AgeReader&) = delete;
  AgeReader& operator=(const AgeReader&) = delete;

  // Of the plain text.
  std::uint64_t size_bytes() const;
  // kCorruption: a chunk is not what was written.
  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const;

 private:
  struct State;
  explicit AgeReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace coffer::format

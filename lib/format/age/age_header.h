// The header of an age v1 file: the file key wrapped for each recipient, and a MAC.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/age/age.h"
#include "format/age/age_primitives.h"

namespace coffer::format {

using AgeFileKey = Secret<16>;

class AgeHeader {
 public:
  // Returns the header's text. kInvalidArgument: no recipients, too many, or a public key without a secret key.
  static Result<std::string> Compose(std::span<const AgeRecipient> recipients, const AgeFileKey& file_key);

  // `file` is the start of a file. Nullopt if the header does not end in it and no error is visible yet.
  // kCorruption: not an age v1 header.
  // kUnavailable: a newer version, or the armored form.
  // kResourceExhausted: above the limits.
  static Result<std::optional<AgeHeader>> Parse(std::string_view file);

  std::size_t size_bytes() const { return text_.size(); }
  // kPermissionDenied: not wrapped for any of the identities. kCorruption: the header's MAC is wrong.
  Result<AgeFileKey> Unwrap(std::span<const AgeIdentity> identities) const;

 private:
  struct Wrapped {
    Bytes32 share;
    Bytes32 sealed_key;
  };
  struct Stanza;

  static Result<Stanza> ParseStanza(std::string_view& lines);
  static Result<Wrapped> ParseX25519(const Stanza& stanza);
  static Result<AgeHeader> ParseText(std::string_view text);
  Status ParseStanzas(std::string_view lines);
  static Result<std::optional<AgeFileKey>> UnwrapOne(const AgeIdentity& identity, const Wrapped& wrapped);
  Status CheckMac(const AgeFileKey& file_key) const;

  std::string text_;
  std::size_t authenticated_bytes_ = 0;
  Bytes32 mac_{};
  std::vector<Wrapped> wrapped_;
};

}  // namespace coffer::format

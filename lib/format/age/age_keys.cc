// The text forms of age keys.
#include <algorithm>

#include "format/age/age.h"
#include "format/age/age_primitives.h"
#include "format/age/bech32.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "AGE-SECRET-KEY-";
constexpr std::string_view kIdentityPrefixLower = "age-secret-key-";

// Removes the first line from `text` and returns it without its line end.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

template <typename Key>
Result<std::vector<Key>> ParseLines(std::string_view text, Result<Key> (*parse)(std::string_view), std::string_view what) {
  std::vector<Key> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = TakeLine(text);
    if (line.empty() || line.starts_with('#')) continue;
    const auto at = [&] { return "line " + std::to_string(number); };
    if (keys.size() == kAgeRecipientsMax) {
      return Status::InvalidArgument(at() + ": more than " + std::to_string(kAgeRecipientsMax) + " keys");
    }
    COFFER_ASSIGN_CONTEXT(Key key, parse(line), at());
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return Status::InvalidArgument("no " + std::string(what));
  return keys;
}

}  // namespace

Result<AgeRecipient> ParseAgeRecipient(std::string_view text) {
  AgeRecipient recipient;
  COFFER_TRY_CONTEXT(DecodeBech32(text, kRecipientPrefix, recipient.public_key), "age recipient");
  return recipient;
}

std::string AgeRecipientText(const AgeRecipient& recipient) { return EncodeBech32(kRecipientPrefix, recipient.public_key); }

Result<AgeIdentity> AgeIdentity::Generate() {
  AgeIdentity identity;
  COFFER_TRY(FillRandom(identity.secret_));
  COFFER_ASSIGN(Bytes32 public_key, X25519PublicKey(identity.secret_));
  identity.recipient_.public_key = public_key;
  return identity;
}

Result<AgeIdentity> AgeIdentity::Parse(std::string_view text) {
  AgeIdentity identity;
  COFFER_TRY_CONTEXT(DecodeBech32(text, kIdentityPrefix, identity.secret_), "age identity");
  COFFER_ASSIGN(Bytes32 public_key, X25519PublicKey(identity.secret_));
  identity.recipient_.public_key = public_key;
  return identity;
}

AgeIdentity::~AgeIdentity() { OPENSSL_cleanse(secret_.data(), secret_.size()); }

std::string AgeIdentity::Text() const {
  std::string text = EncodeBech32(kIdentityPrefixLower, secret_);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

Result<std::vector<AgeIdentity>> ParseAgeIdentities(std::string_view file_text) {
  return ParseLines<AgeIdentity>(file_text, &AgeIdentity::Parse, "identity");
}

Result<std::vector<AgeRecipient>> ParseAgeRecipients(std::string_view file_text) {
  return ParseLines<AgeRecipient>(file_text, &ParseAgeRecipient, "recipient");
}

}  // namespace coffer::format

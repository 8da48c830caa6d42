#include "format/age/age_header.h"

#include <algorithm>
#include <array>

#include "format/age/base64.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
constexpr std::string_view kVersion = kVersionLine.substr(0, kVersionLine.size() - 1);
constexpr std::string_view kAnyVersion = "age-encryption.org/";
constexpr std::string_view kArmor = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kMacMark = "---";
constexpr std::size_t kColumns = 64;

Status Bad(std::string_view what) { return Status::Corruption("age header: " + std::string(what)); }

std::string_view AsText(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void AppendUnpadded(ByteSpan bytes, std::string& out) {
  AppendBase64(AsText(bytes), out);
  while (out.ends_with('=')) out.pop_back();
}

// Decodes base64 without padding. Only the canonical encoding is accepted.
bool DecodeUnpadded(std::string_view text, std::string& out) {
  if (text.find('=') != std::string_view::npos) return false;
  std::string padded(text);
  padded.append((4 - text.size() % 4) % 4, '=');
  return DecodeBase64(padded, out).ok();
}

bool DecodeBytes32(std::string_view text, Bytes32& bytes) {
  std::string decoded;
  if (!DecodeUnpadded(text, decoded) || decoded.size() != bytes.size()) return false;
  std::ranges::copy(AsBytes(decoded), bytes.begin());
  return true;
}

std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

Result<Key256> WrapKey(const Key256& shared, ByteSpan share, ByteSpan recipient) {
  std::array<std::uint8_t, 64> salt;
  std::ranges::copy(share, salt.begin());
  std::ranges::copy(recipient, salt.begin() + 32);
  return HkdfSha256(shared.bytes, salt, kX25519Info);
}

Status AppendStanza(const AgeRecipient& recipient, const AgeFileKey& file_key, std::string& text) {
  Key256 ephemeral;
  COFFER_TRY(FillRandom(ephemeral.bytes));
  COFFER_ASSIGN(const Bytes32 share, X25519PublicKey(ephemeral.bytes));
  COFFER_ASSIGN_CONTEXT(const Key256 shared, X25519SharedSecret(ephemeral.bytes, recipient.public_key),
                        AgeRecipientText(recipient));
  COFFER_ASSIGN(const Key256 wrap_key, WrapKey(shared, share, recipient.public_key));
  COFFER_ASSIGN(ChaChaPoly cipher, ChaChaPoly::Create(wrap_key, ChaChaPoly::Direction::kSeal));
  Bytes32 sealed;
  COFFER_TRY(cipher.Seal({}, AsText(file_key.bytes), reinterpret_cast<char*>(sealed.data())));
  text.append("-> ").append(kX25519).append(" ");
  AppendUnpadded(share, text);
  text.append("\n");
  AppendUnpadded(sealed, text);
  text.append("\n");
  return Status::Ok();
}

Result<Bytes32> Mac(const AgeFileKey& file_key, std::string_view authenticated) {
  COFFER_ASSIGN(const Key256 key, HkdfSha256(file_key.bytes, {}, "header"));
  return HmacSha256(key.bytes, authenticated);
}

// The error for a file that is not in version 1.
Status NotVersion1(std::string_view file) {
  if (file.starts_with(kArmor))
    return Status::Unavailable("age: the file is armored (age -a); only the binary form is supported");
  const std::string_view line = file.substr(0, file.find('\n'));
  if (line.starts_with(kAnyVersion) && line.size() <= kColumns && line.substr(0, line.find('\r')) != kVersion) {
    return Status::Unavailable("age: unsupported version; only version 1 is supported");
  }
  return Status::Corruption("not an age file");
}

}  // namespace

struct AgeHeader::Stanza {
  std::vector<std::string_view> words;
  std::string body;
};

Result<std::string> AgeHeader::Compose(std::span<const AgeRecipient> recipients, const AgeFileKey& file_key) {
  if (recipients.empty() || recipients.size() > kAgeRecipientsMax) {
    return Status::InvalidArgument("age: " + std::to_string(recipients.size()) + " recipients; expected 1 to " +
                                   std::to_string(kAgeRecipientsMax));
  }
  std::string text(kVersionLine);
  for (const AgeRecipient& recipient : recipients) {
    COFFER_TRY(AppendStanza(recipient, file_key, text));
  }
  text.append(kMacMark);
  COFFER_ASSIGN(const Bytes32 mac, Mac(file_key, text));
  text.append(" ");
  AppendUnpadded(mac, text);
  text.append("\n");
  return text;
}

Result<std::optional<AgeHeader>> AgeHeader::Parse(std::string_view file) {
  if (!file.starts_with(kVersionLine)) {
    if (kVersionLine.starts_with(file)) return std::optional<AgeHeader>();
    return NotVersion1(file);
  }
  // Only the last line of a header starts with "---".
  const std::size_t mark = file.find("\n---");
  const std::size_t end = mark == std::string_view::npos ? mark : file.find('\n', mark + 1);
  const std::size_t length = end == std::string_view::npos ? file.size() : end + 1;
  if (length > kAgeHeaderBytesMax) {
    return Status::ResourceExhausted("age header: longer than " + std::to_string(kAgeHeaderBytesMax) + " bytes");
  }
  if (end == std::string_view::npos) return std::optional<AgeHeader>();
  COFFER_ASSIGN(AgeHeader header, ParseText(file.substr(0, length)));
  return std::optional<AgeHeader>(std::move(header));
}

Result<AgeHeader> AgeHeader::ParseText(std::string_view text) {
  AgeHeader header;
  header.text_ = text;
  const std::size_t mac_line = text.rfind('\n', text.size() - 2) + 1;
  header.authenticated_bytes_ = mac_line + kMacMark.size();
  const std::string_view rest = text.substr(header.authenticated_bytes_, text.size() - 1 - header.authenticated_bytes_);
  if (!rest.starts_with(' ') || !DecodeBytes32(rest.substr(1), header.mac_)) return Bad("the MAC is damaged");
  const std::string_view lines = text.substr(kVersionLine.size(), mac_line - kVersionLine.size());
  COFFER_TRY(header.ParseStanzas(lines));
  return header;
}

Status AgeHeader::ParseStanzas(std::string_view lines) {
  std::size_t stanzas = 0;
  bool passphrase = false;
  for (; !lines.empty(); ++stanzas) {
    if (stanzas == kAgeRecipientsMax) {
      return Status::ResourceExhausted("age header: more than " + std::to_string(kAgeRecipientsMax) + " recipients");
    }
    COFFER_ASSIGN(const Stanza stanza, ParseStanza(lines));
    passphrase = passphrase || stanza.words[0] == "scrypt";
    if (stanza.words[0] != kX25519) continue;
    COFFER_ASSIGN(const Wrapped wrapped, ParseX25519(stanza));
    wrapped_.push_back(wrapped);
  }
  if (stanzas == 0) return Bad("no recipient");
  // With a passphrase, a reader relies on only those who know it having written the file.
  if (passphrase && stanzas > 1) return Bad("a passphrase together with other recipients");
  return Status::Ok();
}

// Parses "-> WORD…", lines of 64 base64 characters and one shorter line.
Result<AgeHeader::Stanza> AgeHeader::ParseStanza(std::string_view& lines) {
  std::string_view first = TakeLine(lines).value_or("");
  if (!first.starts_with("-> ")) return Bad("expected a recipient");
  first.remove_prefix(3);
  Stanza stanza;
  while (true) {
    const std::size_t end = first.find(' ');
    const std::string_view word = first.substr(0, end);
    const auto printable = [](char c) { return c > ' ' && c <= '~'; };
    if (word.empty() || !std::ranges::all_of(word, printable)) return Bad("a recipient is damaged");
    stanza.words.push_back(word);
    if (end == std::string_view::npos) break;
    first.remove_prefix(end + 1);
  }
  while (true) {
    const std::optional<std::string_view> line = TakeLine(lines);
    if (!line || line->size() > kColumns || !DecodeUnpadded(*line, stanza.body)) return Bad("a recipient is damaged");
    if (line->size() < kColumns) return stanza;
  }
}

Result<AgeHeader::Wrapped> AgeHeader::ParseX25519(const Stanza& stanza) {
  Wrapped wrapped;
  if (stanza.words.size() != 2 || !DecodeBytes32(stanza.words[1], wrapped.share) ||
      stanza.body.size() != wrapped.sealed_key.size()) {
    return Bad("an X25519 recipient is damaged");
  }
  std::ranges::copy(AsBytes(stanza.body), wrapped.sealed_key.begin());
  return wrapped;
}

Result<AgeFileKey> AgeHeader::Unwrap(std::span<const AgeIdentity> identities) const {
  for (const AgeIdentity& identity : identities) {
    for (const Wrapped& wrapped : wrapped_) {
      COFFER_ASSIGN(const std::optional<AgeFileKey> file_key, UnwrapOne(identity, wrapped));
      if (!file_key.has_value()) continue;
      COFFER_TRY(CheckMac(*file_key));
      return *file_key;
    }
  }
  return Status::PermissionDenied("age: none of the " + std::to_string(identities.size()) + " identities can decrypt the file");
}

// Nullopt if the key is wrapped for another recipient or damaged; the two cannot be distinguished.
Result<std::optional<AgeFileKey>> AgeHeader::UnwrapOne(const AgeIdentity& identity, const Wrapped& wrapped) {
  const Result<Key256> shared = X25519SharedSecret(identity.secret_, wrapped.share);
  if (!shared.ok()) {
    const bool zeros = shared.status().code() == StatusCode::kInvalidArgument;
    return zeros ? Bad("an X25519 recipient is forged") : shared.status();
  }
  COFFER_ASSIGN(const Key256 wrap_key, WrapKey(*shared, wrapped.share, identity.recipient_.public_key));
  COFFER_ASSIGN(ChaChaPoly cipher, ChaChaPoly::Create(wrap_key, ChaChaPoly::Direction::kOpen));
  AgeFileKey file_key;
  const Status opened = cipher.Open({}, AsText(wrapped.sealed_key), reinterpret_cast<char*>(file_key.bytes.data()));
  if (!opened.ok()) return std::optional<AgeFileKey>();
  return std::optional<AgeFileKey>(file_key);
}

Status AgeHeader::CheckMac(const AgeFileKey& file_key) const {
  COFFER_ASSIGN(const Bytes32 mac, Mac(file_key, std::string_view(text_).substr(0, authenticated_bytes_)));
  if (CRYPTO_memcmp(mac.data(), mac_.data(), mac_.size()) != 0) return Bad("wrong MAC: the header was changed");
  return Status::Ok();
}

}  // namespace coffer::format

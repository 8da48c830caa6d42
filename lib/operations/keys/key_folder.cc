#include "operations/keys/key_folder.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "engine/tokens.h"
#include "format/records/sha256.h"
#include "storage/durable_file.h"
#include "vocabulary/check.h"
#include "vocabulary/mutex.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using format::AgeIdentity;
using format::AgeRecipient;

// One mutex for all folders of the process: keys are made once in the life of a store.
Mutex& MakingMutex() {
  static Mutex mutex;
  return mutex;
}

// A text that holds a key, wiped on destruction.
class SecretText {
 public:
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { OPENSSL_cleanse(text_.data(), text_.size()); }
  std::string_view view() const { return text_; }

 private:
  std::string text_;
};

// Whether `message` quotes a line of a key file that is long enough to hold a part of a key.
[[maybe_unused]] bool QuotesLineOf(std::string_view text, std::string_view message) {
  constexpr std::size_t kLineBytesMin = 24;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.size() >= kLineBytesMin && message.find(line) != std::string_view::npos) return true;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return false;
}

template <typename Key>
using KeyParser = Result<std::vector<Key>> (*)(std::string_view file_text);

template <typename Key>
Result<std::vector<Key>> ReadKeys(FileSystem& files, const std::string& path, KeyParser<Key> parse) {
  COFFER_ASSIGN(std::string read, storage::ReadWholeFile(files, path, kKeyFileBytesMax));
  const SecretText text(std::move(read));
  Result<std::vector<Key>> keys = parse(text.view());
  COFFER_CHECK(keys.ok() || !QuotesLineOf(text.view(), keys.status().message()));
  if (!keys.ok()) return std::move(keys).status().WithContext(path);
  return keys;
}

// Reads a key file of the store. It may be missing but must not be damaged, and a file without a key counts as damaged: if an
// emptied recipients.txt counted as missing, a host that must not be able to read its backups would make itself an identity.
template <typename Key>
Result<std::vector<Key>> ReadOwnKeys(FileSystem& files, const std::string& path, KeyParser<Key> parse) {
  Result<std::vector<Key>> keys = ReadKeys(files, path, parse);
  if (keys.ok()) return keys;
  if (keys.status().code() == StatusCode::kNotFound) return std::vector<Key>();
  if (keys.status().code() == StatusCode::kInvalidArgument) return Status::Corruption(std::string(keys.status().message()));
  return keys;
}

std::string IdentityFileText(const AgeIdentity& identity, Timestamp now) {
  return "# created: " + FormatTimestamp(now) + "\n# public key: " + format::AgeRecipientText(identity.recipient()) + "\n" +
         identity.Text() + "\n";
}

// Parses two hex digits per byte and a final newline.
std::optional<std::string> ParseObjectIdKey(std::string_view text) {
  if (text.size() != 2 * kObjectIdKeyBytes + 1 || !text.ends_with('\n')) return std::nullopt;
  std::string key;
  for (std::size_t at = 0; at < 2 * kObjectIdKeyBytes; at += 2) {
    const char* const digits = text.data() + at;
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    key.push_back(static_cast<char>(byte));
  }
  return key;
}

Result<std::string> ReadObjectIdKey(FileSystem& files, const std::string& path) {
  COFFER_ASSIGN(std::string read, storage::ReadWholeFile(files, path, kKeyFileBytesMax));
  const SecretText text(std::move(read));
  std::optional<std::string> key = ParseObjectIdKey(text.view());
  if (!key) return Status::Corruption(path + ": expected " + std::to_string(kObjectIdKeyBytes) + " bytes as hex digits");
  return *std::move(key);
}

}  // namespace

Result<std::vector<AgeRecipient>> KeyFolder::Recipients() {
  COFFER_ASSIGN(const std::vector<AgeIdentity> identities, Identities({}));
  COFFER_ASSIGN(std::vector<AgeRecipient> others, ReadOwnKeys(files_, RecipientsPath(), &format::ParseAgeRecipients));
  std::vector<AgeRecipient> recipients;
  const auto add = [&recipients](const AgeRecipient& recipient) {
    if (std::find(recipients.begin(), recipients.end(), recipient) == recipients.end()) recipients.push_back(recipient);
  };
  for (const AgeIdentity& identity : identities) add(identity.recipient());
  for (const AgeRecipient& recipient : others) add(recipient);
  return recipients;
}

Result<std::vector<AgeRecipient>> KeyFolder::EnsureRecipients(Timestamp now) {
  const MutexLock lock(MakingMutex());
  Result<std::vector<AgeRecipient>> recipients = Recipients();
  if (recipients.ok() && recipients->empty()) {
    COFFER_TRY(MakeIdentity(now));
    recipients = Recipients();
  }
  if (!recipients.ok()) return recipients;
  // An identity made just before a failure may exist without being durable; what is encrypted to it would outlive it.
  COFFER_TRY(SyncNames());
  return recipients;
}

Result<std::vector<AgeIdentity>> KeyFolder::Identities(const std::string& identity_file) {
  if (!identity_file.empty()) return ReadKeys(files_, identity_file, &format::ParseAgeIdentities);
  return ReadOwnKeys(files_, IdentityPath(), &format::ParseAgeIdentities);
}

Status KeyFolder::Generate(Timestamp now) {
  const MutexLock lock(MakingMutex());
  return MakeIdentity(now);
}

Status KeyFolder::MakeIdentity(Timestamp now) {
  COFFER_ASSIGN(const AgeIdentity identity, AgeIdentity::Generate());
  const SecretText text(IdentityFileText(identity, now));
  return Create(IdentityPath(), text.view());
}

Result<std::string> KeyFolder::ObjectIdKey() {
  const MutexLock lock(MakingMutex());
  Result<std::string> key = ReadObjectIdKey(files_, ObjectIdKeyPath());
  if (key.ok() || key.status().code() != StatusCode::kNotFound) return key;
  std::array<unsigned char, kObjectIdKeyBytes> bytes{};
  if (!engine::SystemSecretBytes(bytes)) return Status::Unavailable("object-id.key: the system random generator failed");
  const SecretText text(format::HexText(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())) + "\n");
  OPENSSL_cleanse(bytes.data(), bytes.size());
  COFFER_TRY(Create(ObjectIdKeyPath(), text.view()));
  return ReadObjectIdKey(files_, ObjectIdKeyPath());
}

Status KeyFolder::Create(const std::string& path, std::string_view text) {
  COFFER_CHECK(text.ends_with('\n'));  // complete: a key file is never written again
  COFFER_TRY(storage::CreateDirectories(files_, path_));
  COFFER_TRY(storage::CreatePrivateDurably(files_, path, text));
  return SyncNames();
}

// Syncs the parent too: an earlier call that failed may have made the folder without making its name durable.
Status KeyFolder::SyncNames() {
  Status synced = files_.SyncDirectory(path_);
  if (synced.ok()) synced = files_.SyncDirectory(storage::DirectoryName(path_));
  return synced.WithContext("making the keys durable");
}

}  // namespace coffer::operations

// KeyFolder: the key files of a store: who can read its backups and exports, whom they are encrypted to, and the key that names
// their objects. Layout: FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "format/age/age.h"

namespace coffer::operations {

inline constexpr std::uint64_t kKeyFileBytesMax = std::uint64_t{64} << 10;
inline constexpr std::size_t kObjectIdKeyBytes = 32;

// Invariants:
// * A key file is its owner's alone from its first byte on, whole before it has its name, and never written again.
// * No message holds a part of a key.
// A file of the folder that is damaged, or holds no key, is kCorruption; a longer one than kKeyFileBytesMax is
// kResourceExhausted. The message names the file, and the line where there is one.
// Cheap to make; safe for use from many threads, also through several objects for one folder. Other processes that make keys are
// kept out by the store's lock.
class KeyFolder {
 public:
  // The folder need not be there. `files` must outlive this object.
  KeyFolder(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  std::string IdentityPath() const { return path_ + "/identity.txt"; }

  // Of identity.txt, then of recipients.txt, each once. Neither is there: none.
  Result<std::vector<format::AgeRecipient>> Recipients();
  // The same, to encrypt to: an identity is made where there are none, and its name is durable when this returns.
  Result<std::vector<format::AgeRecipient>> EnsureRecipients(Timestamp now);

  // Of the file that is named: kNotFound: it is not there. kInvalidArgument: it is no file of identities.
  // Empty: of identity.txt, and none where that is not there.
  Result<std::vector<format::AgeIdentity>> Identities(const std::string& identity_file);

  // Makes identity.txt. kAlreadyExists: it is left as it is. Durable; after a failure there is none, or a whole one.
  Status Generate(Timestamp now);

  // The kObjectIdKeyBytes of object-id.key, which is made where it is not there.
  Result<std::string> ObjectIdKey();

 private:
  std::string RecipientsPath() const { return path_ + "/recipients.txt"; }
  std::string ObjectIdKeyPath() const { return path_ + "/object-id.key"; }
  // One thread at a time.
  Status MakeIdentity(Timestamp now);
  Status Create(const std::string& path, std::string_view text);
  Status SyncNames();

  FileSystem& files_;
  const std::string path_;
};

}  // namespace coffer::operations

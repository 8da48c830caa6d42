// KeyFolder: the key files of a store: its identity, the recipients of its backups and exports, and the key that names backup
// objects. Layout: FORMAT.md.
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

// Cheap to make. Safe for use from many threads, also through several objects for one folder. The store's lock keeps out other
// processes that make keys. Error messages name the file and, if known, the line.
// kCorruption: a file of the folder is damaged or holds no key.
// kResourceExhausted: a file is longer than kKeyFileBytesMax.
//
// Invariants:
// * A key file is readable only by its owner from the first byte on, complete before it has its name, and never written again.
// * No message holds a part of a key.
class KeyFolder {
 public:
  // The folder need not exist. `files` must outlive this object.
  KeyFolder(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  std::string IdentityPath() const { return path_ + "/identity.txt"; }

  // The recipients of identity.txt, then those of recipients.txt, each once. Empty if neither file exists.
  Result<std::vector<format::AgeRecipient>> Recipients();
  // The same, for encrypting: makes an identity if there are no recipients. The identity is durable when this returns.
  Result<std::vector<format::AgeRecipient>> EnsureRecipients(Timestamp now);

  // The identities in `identity_file`; if that is empty, those in identity.txt, which may be missing.
  // kNotFound: `identity_file` does not exist.
  // kInvalidArgument: `identity_file` is not a file of identities.
  Result<std::vector<format::AgeIdentity>> Identities(const std::string& identity_file);

  // Makes identity.txt. Durable. After a failure the file is missing or complete.
  // kAlreadyExists: the existing file is left unchanged.
  Status Generate(Timestamp now);

  // The kObjectIdKeyBytes bytes of object-id.key, which is made if it is missing.
  Result<std::string> ObjectIdKey();

 private:
  std::string RecipientsPath() const { return path_ + "/recipients.txt"; }
  std::string ObjectIdKeyPath() const { return path_ + "/object-id.key"; }
  // Callers hold the mutex for making keys.
  Status MakeIdentity(Timestamp now);
  Status Create(const std::string& path, std::string_view text);
  Status SyncNames();

  FileSystem& files_;
  const std::string path_;
};

}  // namespace coffer::operations

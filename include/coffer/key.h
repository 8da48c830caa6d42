// Keys: to whom backups and exports are encrypted, and who can decrypt them.
// Encryption is age v1 with X25519 (age-encryption.org/v1); the `age` program can decrypt all of it.
#pragma once

#include <string>
#include <vector>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// The keys of a store, files in keys/ of the data folder:
//   identity.txt    "AGE-SECRET-KEY-1…": decrypts. Readable by its owner only; never overwritten.
//                   Copy it elsewhere: if it is lost with the machine, every encrypted backup is lost.
//   recipients.txt  "age1…", one a line, instead of identity.txt: for a host that makes backups and must not decrypt them.
struct KeyInfo {
  std::vector<std::string> recipients;  // that of identity.txt, then those of recipients.txt, without duplicates
  std::string identity_file;            // path of identity.txt; empty if there is no identity
};

// Both calls are thread-safe.

// Reads the keys. Returns an empty KeyInfo if there are no keys.
// kCorruption: a key file is damaged; the message names the file and the line, never a key.
// kIoError: a key file cannot be read.
COFFER_API Result<KeyInfo> ShowKeys(Engine& engine);
// Creates identity.txt, durable when this returns. On failure there is either no identity or a complete one, which ShowKeys
// shows and the first encryption makes durable.
// kAlreadyExists: there is an identity; it is unchanged.
// kPermissionDenied: the engine is read-only.
// kIoError, kResourceExhausted: the file could not be written.
COFFER_API Result<KeyInfo> GenerateKey(Engine& engine);

}  // namespace coffer

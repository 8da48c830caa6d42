// Keys: whom backups and exports are encrypted to, and who can read them. age v1 with X25519 (age-encryption.org/v1), so that
// the `age` program reads what is written here.
#pragma once

#include <string>
#include <vector>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// What lies in keys/ of the data folder:
//   identity.txt    "AGE-SECRET-KEY-1…": reads what was encrypted. Readable by its owner alone, and never overwritten. Lose it
//                   with the machine and every encrypted backup is lost: copy it elsewhere.
//   recipients.txt  "age1…", a line each, for a host that backs up and must not be able to read: then there is no identity.txt.
struct KeyInfo {
  std::vector<std::string> recipients;  // of identity.txt, then those of recipients.txt; each once
  std::string identity_file;            // its path; empty where there is none
};

// No keys yet: an empty KeyInfo. kCorruption: a key file is damaged; the message names it and the line, never a key.
// Safe from many threads, as the call below.
COFFER_API Result<KeyInfo> ShowKeys(Engine& engine);
// Makes identity.txt. kAlreadyExists: there is one, which is left as it is. kPermissionDenied: read-only. Durable when it
// returns; on failure there is no identity, or a whole one, which ShowKeys then shows and the first encryption makes durable.
COFFER_API Result<KeyInfo> GenerateKey(Engine& engine);

}  // namespace coffer

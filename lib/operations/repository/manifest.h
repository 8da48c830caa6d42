// BackupManifest: what a backup holds. Its plain part is what listing, presence checks and pruning need, and needs no key; the
// sealed part names files and owners, and is encrypted when the backup is. Layout: FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/totals.h"

namespace coffer::operations {

// An object as it lies in the repository.
struct StoredObject {
  std::string id;  // 64 lower-case hex digits
  std::uint64_t stored_bytes = 0;
  std::string stored_sha256;  // 64 lower-case hex digits
};

// A file of the backup; which of the manifest's objects it is in.
struct BackupFile {
  std::string name;
  std::size_t object = 0;
  std::uint64_t size_bytes = 0;
  std::string sha256;  // of the file, 64 lower-case hex digits
};

struct SealedManifest {
  std::vector<BackupFile> files;
  engine::TalliesByOwner by_owner;  // the store's counters at the moment of the backup

  engine::KindTallies Sum() const;
};

struct BackupManifest {
  BackupInfo info;
  std::string repository;  // the uuid of the repository it was made for
  std::string pool;        // the full backup whose objects it may share: its own id, or the base's
  std::uint32_t store_format = 0;
  // The ledger's entries up to this id were carried out before the backup, which needs none of them; empty: none was.
  std::string erased_through;
  std::vector<StoredObject> objects;
  std::uint64_t sealed_bytes = 0;  // as stored, behind the plain part
  std::string sealed_sha256;
};

// A manifest's parts are read whole; one that would be larger is refused before it is written.
inline constexpr std::uint64_t kManifestBytesMax = std::uint64_t{256} << 20;
inline constexpr std::size_t kManifestObjectsMax = 1'000'000;
// Behind it come more numbers than backups can be made.
inline constexpr std::uint64_t kManifestSequenceMax = std::uint64_t{1} << 62;

// What a backup is made as.
struct BackupRole {
  std::string id;
  BackupReason reason = BackupReason::kRequested;
  std::uint64_t bytes_besides = 0;  // what the operation reads apart from the backup
};

// Only this file of a backup is none of the store's.
inline constexpr std::string_view kLogsFileName = "logs.ndjson";

// The plain part: one line, a JSON object whose last member is the SHA-256 of the text before it.
// kInvalidArgument: name or description is not UTF-8. kResourceExhausted: larger than kManifestBytesMax.
Result<std::string> EncodeManifest(const BackupManifest& manifest);
// From the beginning of a manifest; what follows its first line is passed over. Trusts nothing: a repository may come from
// anywhere. Unknown members are passed over, unless the manifest says that they are required.
// kCorruption: damaged. kUnavailable: of a newer layout, of a newer store, or with a required member that is not known.
Result<BackupManifest> DecodeManifest(std::string_view text);

// The sealed part as plain JSON, before it is compressed and encrypted.
Result<std::string> EncodeSealedManifest(const SealedManifest& sealed);
// `manifest` is its plain part, with which it must agree.
Result<SealedManifest> DecodeSealedManifest(std::string_view text, const BackupManifest& manifest);

}  // namespace coffer::operations

// BackupManifest: what a backup holds. Its plain part serves listing, presence checks and pruning without a key. Its sealed
// part names files and owners, and is encrypted if the backup is. Layout: FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/totals.h"

namespace coffer::operations {

// An object as stored in the repository.
struct StoredObject {
  std::string id;  // 64 lower-case hex digits
  std::uint64_t stored_bytes = 0;
  std::string stored_sha256;  // 64 lower-case hex digits
};

// A file of the backup.
struct BackupFile {
  std::string name;
  std::size_t object = 0;  // index into the manifest's objects
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
  // The erasures that the backup contains, so that a restore must not apply them: those up to an id of the ledger (empty:
  // none), and single ones after it, ascending. An erasure that failed and is still owed separates the two.
  std::string erased_through;
  std::vector<std::string> erased_also;
  std::vector<StoredObject> objects;
  std::uint64_t sealed_bytes = 0;  // as stored, after the plain part
  std::string sealed_sha256;

  bool ContainsErasure(std::string_view erase_id) const;
};

// A manifest's parts are read whole, so a larger one is refused before it is written.
inline constexpr std::uint64_t kManifestBytesMax = std::uint64_t{256} << 20;
inline constexpr std::size_t kManifestObjectsMax = 1'000'000;
inline constexpr std::size_t kManifestErasuresMax = 1'000'000;
// The numbers above it suffice for all backups that can still be made.
inline constexpr std::uint64_t kManifestSequenceMax = std::uint64_t{1} << 62;

// The role of a new backup.
struct BackupRole {
  std::string id;
  BackupReason reason = BackupReason::kRequested;
  std::uint64_t bytes_besides = 0;  // what the operation reads in addition to the backup
};

// The only file of a backup that does not belong to the store.
inline constexpr std::string_view kLogsFileName = "logs.ndjson";

// The plain part: one line, a JSON object whose last member is the SHA-256 of the text before it.
// kInvalidArgument: name or description is not UTF-8.
// kResourceExhausted: larger than kManifestBytesMax.
Result<std::string> EncodeManifest(const BackupManifest& manifest);
// Reads the first line of `text` and ignores the rest. Trusts nothing: a repository may come from anywhere. Unknown members are
// ignored unless the manifest marks them as required.
// kCorruption: damaged.
// kUnavailable: a newer layout, a newer store format, or an unknown required member.
Result<BackupManifest> DecodeManifest(std::string_view text);

// The sealed part as plain JSON, before it is compressed and encrypted.
Result<std::string> EncodeSealedManifest(const SealedManifest& sealed);
// `manifest` is the plain part, with which the sealed part must agree.
Result<SealedManifest> DecodeSealedManifest(std::string_view text, const BackupManifest& manifest);

}  // namespace coffer::operations

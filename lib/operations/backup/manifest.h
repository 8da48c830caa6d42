// BackupManifest: what a backup holds, by which it is listed, checked and restored. Layout: FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/totals.h"

namespace coffer::operations {

struct BackupFile {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string sha256;  // 64 lower-case hex digits
};

struct BackupManifest {
  BackupInfo info;
  std::uint32_t store_format = 0;
  // The ledger's entries up to this id were carried out before the backup, which needs none of them; empty: none was.
  std::string erased_through;
  std::vector<BackupFile> files;
  engine::TalliesByOwner by_owner;  // the store's counters at the moment of the backup

  engine::KindTallies Sum() const;
};

// A manifest is read whole; one that would be larger is refused before it is written.
inline constexpr std::uint64_t kManifestBytesMax = std::uint64_t{256} << 20;
inline constexpr std::size_t kManifestFilesMax = 1'000'000;

inline constexpr std::string_view kReasonRequested = "requested";
inline constexpr std::string_view kReasonSafety = "safety";

// One JSON object whose last member is the SHA-256 of the text before it.
// kInvalidArgument: name or description is not UTF-8. kResourceExhausted: larger than kManifestBytesMax.
Result<std::string> EncodeManifest(const BackupManifest& manifest);

// Trusts nothing: a backup may come from anywhere. Unknown members are passed over.
// kCorruption: damaged, or with a file name that is none. kUnavailable: of a newer layout.
Result<BackupManifest> DecodeManifest(std::string_view text);

}  // namespace coffer::operations

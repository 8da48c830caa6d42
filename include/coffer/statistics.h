// Statistics: how much is stored, of what, by whom.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "coffer/timestamp.h"

namespace coffer {

// A logical byte is a byte of a record's stored JSON, or of a document's content. Sizes on disk are what files occupy.
struct StorageStatistics {
  std::uint64_t database_bytes = 0;  // on disk, the live store without contents
  std::uint64_t contents_bytes = 0;  // on disk, contents of documents
  std::uint64_t backups_bytes = 0;   // on disk, the repository
  std::uint64_t exports_bytes = 0;   // on disk, finished exports inside the data folder
  std::uint64_t total_bytes = 0;     // the sum of the four

  std::uint64_t total_records = 0;   // conversations + messages + documents + prompts
  std::uint64_t total_contents = 0;  // documents with content
  std::uint64_t total_backups = 0;
  std::map<std::string, std::uint64_t> records_by_kind;        // plural kind name -> count; contents not among them
  std::map<std::string, std::uint64_t> logical_bytes_by_kind;  // plural kind name -> logical bytes
  std::map<std::string, std::uint64_t> logical_bytes_by_owner;

  // The slope through the last value of each UTC day on which something changed, the last 30 such days; 0 with fewer than two.
  double growth_bytes_per_day = 0;
  // total_bytes and 30 days of that growth; 0 with fewer than two days.
  std::uint64_t projected_bytes_30_days = 0;

  Timestamp last_updated;  // when these figures were taken
};

}  // namespace coffer

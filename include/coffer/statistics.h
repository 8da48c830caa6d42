// StorageStatistics: what is stored, how much of it, and by whom (Engine::Statistics).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "coffer/timestamp.h"

namespace coffer {

// Logical bytes: the stored JSON of records and the contents of documents. Bytes on disk: what files occupy.
struct StorageStatistics {
  std::uint64_t database_bytes = 0;  // on disk: the live store without contents
  std::uint64_t contents_bytes = 0;  // on disk: contents of documents
  std::uint64_t backups_bytes = 0;   // on disk: the backup repository
  std::uint64_t exports_bytes = 0;   // on disk: finished exports in the data folder
  std::uint64_t total_bytes = 0;     // the sum of the four

  std::uint64_t total_records = 0;   // conversations + messages + documents + prompts
  std::uint64_t total_contents = 0;  // documents with a content
  std::uint64_t total_backups = 0;
  std::map<std::string, std::uint64_t> records_by_kind;         // "conversations", "messages", "documents", "prompts" -> count
  std::map<std::string, std::uint64_t> logical_bytes_by_kind;   // plural kind name -> logical bytes
  std::map<std::string, std::uint64_t> logical_bytes_by_owner;  // owner -> logical bytes

  // Growth in bytes a day: the slope through the last value of each UTC day with a change, for the last 30 such days. 0 with
  // fewer than two days.
  double growth_bytes_per_day = 0;
  // total_bytes plus 30 days of that growth; 0 with fewer than two days.
  std::uint64_t projected_bytes_30_days = 0;

  Timestamp last_updated;  // when these figures were taken
};

}  // namespace coffer

// BackupImage: the store's state at one moment as files that nobody changes: a checkpoint, hard links beside the live store.
#pragma once

#include <string>
#include <vector>

#include "coffer/result.h"
#include "engine/core.h"
#include "engine/totals.h"
#include "storage/store.h"

namespace coffer::operations {

class BackupImage {
 public:
  // It lies where the next generation would be built: after a crash it is swept with the unfinished generations.
  explicit BackupImage(engine::EngineCore& core);
  // Hard links only; what cannot be removed now goes at the next opening.
  ~BackupImage();
  BackupImage(const BackupImage&) = delete;
  BackupImage& operator=(const BackupImage&) = delete;

  Status Take();
  // Takes the bytes of documents out of it: rows and files of that family go, and a row says which backup left them out. Costs a
  // compaction of keys; the bytes themselves are not read.
  Status LeaveOutContents(std::string_view backup_id);
  // Writes the journal of operations and the audit trail to a file of the image.
  Status AddLogs();
  // The counters of its moment.
  const engine::TalliesByOwner& counters() const { return counters_; }

  // Those of the store, and the logs; `digest` is empty where the file has none from its birth.
  const std::vector<storage::CheckpointFile>& files() const { return files_; }
  std::string PathOf(const storage::CheckpointFile& file) const;

 private:
  Status WriteLogs(const std::string& path, std::uint64_t& size_bytes);

  engine::EngineCore& core_;
  const std::string work_path_;
  std::string store_path_;
  std::vector<storage::CheckpointFile> files_;
  engine::TalliesByOwner counters_;
};

}  // namespace coffer::operations

// BackupImage: the store's state at one moment as immutable files: a checkpoint of hard links to the files of the live store.
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
  // The image is in the temporary folder of the next generation, which is swept after a crash.
  explicit BackupImage(engine::EngineCore& core);
  // Removes the hard links. What cannot be removed now is swept at the next opening.
  ~BackupImage();
  BackupImage(const BackupImage&) = delete;
  BackupImage& operator=(const BackupImage&) = delete;

  Status Take();
  // Removes the contents of documents from the image, rows and files, and adds a row with the id of the backup that left them
  // out. Costs a compaction of keys; the contents are not read.
  Status LeaveOutContents(std::string_view backup_id);
  // Writes the journal of operations to a file of the image.
  Status AddLogs();
  // The counters at the moment of the image.
  const engine::TalliesByOwner& counters() const { return counters_; }

  // The files of the store, and the logs. `digest` is empty if the file got no digest when it was created.
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

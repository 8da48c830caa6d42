#include "storage/rocks_checkpoint.h"

#include <rocksdb/metadata.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/durable_file.h"
#include "storage/rocks_status.h"
#include "storage/rocks_version.h"
#include "storage/sha256_checksum.h"
#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 10;

// Stops RocksDB from deleting files while they are linked and copied.
class DeletionPause {
 public:
  explicit DeletionPause(rocksdb::DB& db) : db_(db) {}
  DeletionPause(const DeletionPause&) = delete;
  DeletionPause& operator=(const DeletionPause&) = delete;
  ~DeletionPause() {
    if (active_) {
      EnableFileDeletions(db_).PermitUncheckedError();  // On failure old files stay longer; nothing is lost.
    }
  }
  Status Begin() {
    Status status = FromRocks(db_.DisableFileDeletions());
    active_ = status.ok();
    return status;
  }

 private:
  rocksdb::DB& db_;
  bool active_ = false;
};

Status CopyPart(FileSystem& files, const std::string& from, std::uint64_t size_bytes, WritableFile& to) {
  COFFER_ASSIGN(const std::unique_ptr<RandomAccessFile> source, files.NewRandomAccessFile(from));
  std::string buffer(kCopyBytes, '\0');
  for (std::uint64_t offset = 0; offset < size_bytes;) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(kCopyBytes, size_bytes - offset));
    COFFER_ASSIGN(const std::size_t read, source->Read(offset, step, buffer.data()));
    if (read < step) {
      return Status::Corruption(from + ": shorter than its " + std::to_string(size_bytes) + " bytes");
    }
    COFFER_TRY(to.Append(std::string_view(buffer).substr(0, step)));
    offset += step;
  }
  return {};
}

// Writes a new file: the replacement contents if RocksDB gives them, else the first `info.size` bytes of the source.
Status CopyFile(FileSystem& files, const rocksdb::LiveFileStorageInfo& info, const std::string& from, const std::string& to,
                Durability durability) {
  COFFER_ASSIGN(const std::unique_ptr<WritableFile> target, files.NewWritableFile(to));
  Status status =
      info.replacement_contents.empty() ? CopyPart(files, from, info.size, *target) : target->Append(info.replacement_contents);
  if (status.ok() && durability == Durability::kDurable) {
    status = target->Sync();
  }
  const Status closed = target->Close();
  return status.ok() ? closed : status;
}

bool NeverChanges(const rocksdb::LiveFileStorageInfo& info) {
  return info.file_type == rocksdb::kTableFile || info.file_type == rocksdb::kBlobFile;
}

Status PlaceFile(FileSystem& files, const rocksdb::LiveFileStorageInfo& info, const std::string& directory,
                 Durability durability) {
  const std::string from = info.directory + "/" + info.relative_filename;
  const std::string to = directory + "/" + info.relative_filename;
  if (NeverChanges(info)) {
    Status linked = files.Link(from, to);
    if (linked.code() != StatusCode::kUnavailable) {
      return linked;
    }
  }
  // Complete logs are copied too: their bytes may not be on the device yet.
  return CopyFile(files, info, from, to, durability);
}

CheckpointFile Describe(const rocksdb::LiveFileStorageInfo& info) {
  CheckpointFile file{.name = info.relative_filename, .size_bytes = info.size, .digest = {}};
  if (info.file_checksum_func_name == kSha256ChecksumName) {
    file.digest = info.file_checksum;
  }
  return file;
}

// The files with their sizes at one moment. Bytes appended later do not belong to the checkpoint.
Result<std::vector<rocksdb::LiveFileStorageInfo>> ListFiles(rocksdb::DB& db, const CheckpointMoment& moment) {
  rocksdb::LiveFilesStorageInfoOptions options;
  options.include_checksum_info = true;
  options.wal_size_for_flush = std::numeric_limits<std::uint64_t>::max();  // never flush: `moment` must not wait
  std::vector<rocksdb::LiveFileStorageInfo> live;
  Status status = Status::Internal("the callback of the checkpoint did not call `fix`");
  const auto fix = [&] { status = FromRocks(db.GetLiveFilesStorageInfo(options, &live)); };
  moment ? moment(fix) : fix();
  COFFER_TRY(status);
  return live;
}

Result<std::vector<CheckpointFile>> FillDirectory(rocksdb::DB& db, FileSystem& files, const std::string& directory,
                                                  Durability durability, const CheckpointMoment& moment) {
  DeletionPause pause(db);
  COFFER_TRY(pause.Begin());
  COFFER_ASSIGN(const std::vector<rocksdb::LiveFileStorageInfo> live, ListFiles(db, moment));
  COFFER_TRY(files.CreateDirectory(directory));
  std::vector<CheckpointFile> placed;
  for (const rocksdb::LiveFileStorageInfo& info : live) {
    COFFER_TRY(PlaceFile(files, info, directory, durability));
    placed.push_back(Describe(info));
  }
  if (durability == Durability::kDurable) {
    COFFER_TRY(files.SyncDirectory(directory));
  }
  std::sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return placed;
}

}  // namespace

Result<std::vector<CheckpointFile>> MakeCheckpoint(rocksdb::DB& db, FileSystem& files, const std::string& directory,
                                                   Durability durability, const CheckpointMoment& moment) {
  const Result<FileInfo> present = files.Stat(directory);
  if (present.ok()) {
    return Status::AlreadyExists(directory + " already exists");
  }
  if (present.status().code() != StatusCode::kNotFound) {
    return present.status().WithContext("checkpoint");
  }
  const std::string temporary = directory + ".tmp";
  // A crash may have left one.
  COFFER_TRY_CONTEXT(RemoveRecursively(files, temporary), "checkpoint");
  Result<std::vector<CheckpointFile>> placed = FillDirectory(db, files, temporary, durability, moment);
  Status status = placed.status();
  if (status.ok()) {
    status =
        durability == Durability::kDurable ? PublishDurably(files, temporary, directory) : files.Rename(temporary, directory);
  }
  if (!status.ok()) {
    RemoveRecursively(files, temporary).Ignore();  // The next checkpoint of this name removes it.
    return status.WithContext("checkpoint");
  }
  return placed;
}

}  // namespace coffer::storage

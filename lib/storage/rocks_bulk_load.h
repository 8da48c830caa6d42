// A BulkLoad that writes sorted files, which RocksDB ingests unchanged, in all families at once.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "storage/store.h"

namespace coffer::storage {

// Ascending rows of one family in files of bounded size. The destructor removes the files that were not ingested.
class SortedFiles {
 public:
  SortedFiles(rocksdb::DB& db, FileSystem& files, rocksdb::ColumnFamilyHandle* handle, std::string path_prefix);
  SortedFiles(SortedFiles&&) = default;
  SortedFiles& operator=(SortedFiles&&) = delete;
  ~SortedFiles();

  // Every type but kDeleteRange.
  Status Add(ChangeType type, std::string_view key, std::string_view value);
  // Ends the last file.
  Status Finish();
  void AppendTo(rocksdb::IngestExternalFileArg& arg) const;

 private:
  Status Open();

  rocksdb::DB& db_;
  FileSystem& files_;
  rocksdb::ColumnFamilyHandle* handle_;
  std::string path_prefix_;
  std::unique_ptr<rocksdb::SstFileWriter> writer_;  // of the last path; null between two files
  std::vector<std::string> paths_;
  std::vector<rocksdb::ExternalSstFileInfo> infos_;  // of the finished files
};

class RocksBulkLoad final : public BulkLoad {
 public:
  // `families` and `handles` are the store's; `handles` by the numbers of the families.
  RocksBulkLoad(rocksdb::DB& db, FileSystem& files, std::span<const FamilyName> families,
                std::vector<rocksdb::ColumnFamilyHandle*> handles, Family family, const std::string& directory);

  Status Put(std::string_view key, std::string_view value) override;
  Status Delete(std::string_view key) override;

  // Ends the load's files and writes the changes of the batch to files of their own.
  Status Finish(const WriteBatch& batch);
  // After Finish.
  Status Ingest();

 private:
  rocksdb::DB& db_;
  FileSystem& files_;
  std::span<const FamilyName> families_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  Family family_;
  std::string directory_;
  SortedFiles rows_;
  std::vector<std::pair<Family, SortedFiles>> batch_rows_;
};

}  // namespace coffer::storage

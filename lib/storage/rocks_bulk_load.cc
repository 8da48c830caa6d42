#include "storage/rocks_bulk_load.h"

#include <map>
#include <utility>

#include "storage/rocks_status.h"
#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

// The size of files that compactions write.
constexpr std::uint64_t kLoadedFileBytes = std::uint64_t{16} << 20;

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

struct Row {
  ChangeType type = ChangeType::kPut;
  std::string value;
};
using Rows = std::map<std::string, Row, std::less<>>;

// Adds one change of a batch to the rows of its family. Files hold each key once: a later change replaces an earlier one.
Status AddToRows(const Change& change, Rows& rows) {
  switch (change.type) {
    case ChangeType::kPut:
    case ChangeType::kDelete:
      rows.insert_or_assign(std::string(change.key), Row{change.type, std::string(change.value)});
      return {};
    case ChangeType::kMergeTally:
      if (!rows.emplace(change.key, Row{change.type, std::string(change.value)}).second) {
        return Status::Unavailable("two changes to a merged key");
      }
      return {};
    case ChangeType::kDeleteRange:
      return Status::InvalidArgument("a range deletion");
  }
  return Status::Internal("a change of an unknown type");
}

}  // namespace

SortedFiles::SortedFiles(rocksdb::DB& db, FileSystem& files, rocksdb::ColumnFamilyHandle* handle, std::string path_prefix)
    : db_(db), files_(files), handle_(handle), path_prefix_(std::move(path_prefix)) {}

SortedFiles::~SortedFiles() {
  writer_.reset();
  // RocksDB has moved the files that it ingested. Files that cannot be removed here are removed with their folder.
  for (const std::string& path : paths_) files_.RemoveFile(path).Ignore();
}

Status SortedFiles::Open() {
  const rocksdb::Options options = db_.GetOptions(handle_);
  // The pages stay cached: RocksDB reads the ends of the files when it ingests them, and users often read the rest.
  writer_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options), options, handle_,
                                                     /*invalidate_page_cache=*/false);
  paths_.push_back(path_prefix_ + std::to_string(paths_.size()) + ".sst");
  return FromRocks(writer_->Open(paths_.back()));
}

Status SortedFiles::Add(ChangeType type, std::string_view key, std::string_view value) {
  if (writer_ != nullptr && writer_->FileSize() >= kLoadedFileBytes) {
    COFFER_TRY(Finish());
  }
  if (writer_ == nullptr) {
    COFFER_TRY(Open());
  }
  switch (type) {
    case ChangeType::kPut:
      return FromRocks(writer_->Put(AsSlice(key), AsSlice(value)));
    case ChangeType::kDelete:
      return FromRocks(writer_->Delete(AsSlice(key)));
    case ChangeType::kMergeTally:
      return FromRocks(writer_->Merge(AsSlice(key), AsSlice(value)));
    case ChangeType::kDeleteRange:
      break;
  }
  return Status::Internal("a sorted file cannot hold this type of change");
}

Status SortedFiles::Finish() {
  if (writer_ == nullptr) return {};
  Status status = FromRocks(writer_->Finish(&infos_.emplace_back()));
  writer_.reset();
  return status;
}

void SortedFiles::AppendTo(rocksdb::IngestExternalFileArg& arg) const {
  arg.column_family = handle_;
  for (const rocksdb::ExternalSstFileInfo& info : infos_) {
    arg.external_files.push_back(info.file_path);
    arg.files_checksums.push_back(info.file_checksum);
    arg.files_checksum_func_names.push_back(info.file_checksum_func_name);
  }
}

RocksBulkLoad::RocksBulkLoad(rocksdb::DB& db, FileSystem& files, std::span<const FamilyName> families,
                             std::vector<rocksdb::ColumnFamilyHandle*> handles, Family family, const std::string& directory)
    : db_(db),
      files_(files),
      families_(families),
      handles_(std::move(handles)),
      family_(family),
      directory_(directory),
      rows_(db, files, handles_[NumberOf(family)], directory + "/rows-") {}

Status RocksBulkLoad::Put(std::string_view key, std::string_view value) {
  return rows_.Add(ChangeType::kPut, key, value).WithContext("a bulk load");
}

Status RocksBulkLoad::Delete(std::string_view key) {
  return rows_.Add(ChangeType::kDelete, key, {}).WithContext("a bulk load");
}

Status RocksBulkLoad::Finish(const WriteBatch& batch) {
  COFFER_TRY_CONTEXT(rows_.Finish(), "a bulk load");
  std::map<Family, Rows> rows_of;
  COFFER_TRY_CONTEXT(batch.ForEach([&](const Change& change) { return AddToRows(change, rows_of[change.family]); }),
                     "the batch of a bulk load");
  for (const FamilyName& family : families_) {
    const auto rows = rows_of.find(family.family);
    if (rows == rows_of.end()) continue;
    const std::string path_prefix = directory_ + "/" + std::string(family.name) + "-";
    SortedFiles& files =
        batch_rows_.emplace_back(family.family, SortedFiles(db_, files_, handles_[NumberOf(family.family)], path_prefix))
            .second;
    for (const auto& [key, row] : rows->second) {
      COFFER_TRY_CONTEXT(files.Add(row.type, key, row.value), family.name);
    }
    COFFER_TRY_CONTEXT(files.Finish(), family.name);
  }
  return {};
}

Status RocksBulkLoad::Ingest() {
  std::vector<rocksdb::IngestExternalFileArg> args(1);
  rows_.AppendTo(args[0]);
  for (const auto& [family, files] : batch_rows_) {
    files.AppendTo(family == family_ ? args[0] : args.emplace_back());
  }
  if (args[0].external_files.empty()) args.erase(args.begin());
  for (rocksdb::IngestExternalFileArg& arg : args) {
    arg.options.move_files = true;
    // Writing it into the file would change the checksum.
    arg.options.write_global_seqno = false;
    arg.options.verify_file_checksum = false;  // it was computed while the bytes were written
  }
  return FromRocks(db_.IngestExternalFiles(args)).WithContext("ingesting a bulk load");
}

}  // namespace coffer::storage

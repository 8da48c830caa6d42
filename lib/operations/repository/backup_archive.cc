// A backup as one file: a tar that unpacks to a repository with this backup only.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/records/ulid.h"
#include "operations/files/tar_writer.h"
#include "operations/repository/repository.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/mutex.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

constexpr std::uint64_t kTarBlockBytes = 512;
constexpr std::string_view kLedgerPrefix = "ledger/";
constexpr std::uint64_t kTarEndBytes = 2 * kTarBlockBytes;

// The tar header of a file.
Result<std::string> TarHeader(const std::string& name, std::uint64_t size_bytes, Timestamp time) {
  std::string header;
  const auto take = [&header](std::string_view bytes) {
    header += bytes;
    return Status::Ok();
  };
  TarWriter tar(take, time);
  COFFER_TRY(tar.BeginFile(name, size_bytes));
  return std::string(header);
}

// All offsets are known in advance, so any range can be read. Objects are opened when they are read: a backup has more of them
// than a process may have open.
class ArchiveFile final : public RandomAccessFile {
 public:
  ArchiveFile(Repository repository, Timestamp time) : repository_(std::move(repository)), time_(time) {}

  // kCorruption: the file is missing.
  Status Add(std::string name) {
    Result<std::uint64_t> size = repository_.objects().Size(name);
    if (!size.ok() && size.status().code() == StatusCode::kNotFound) {
      return Status::Corruption(repository_.path() + "/" + name + ": is missing");
    }
    if (!size.ok()) return std::move(size).status();
    COFFER_ASSIGN(std::string header, TarHeader(name, *size, time_));
    entries_.push_back({std::move(name), size_bytes_, header.size(), *size});
    size_bytes_ = entries_.back().end();
    return Status::Ok();
  }

  std::uint64_t size_bytes() const { return size_bytes_ + kTarEndBytes; }

  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    if (offset >= size_bytes()) return std::size_t{0};
    length = static_cast<std::size_t>(std::min<std::uint64_t>(length, size_bytes() - offset));
    // Zeros are the padding and the end of the tar.
    std::fill_n(buffer, length, '\0');
    auto entry = std::ranges::upper_bound(entries_, offset, {}, &Entry::begin) - 1;
    for (; entry != entries_.end() && entry->begin < offset + length; ++entry) {
      COFFER_TRY(ReadEntry(*entry, offset, length, buffer));
    }
    return length;
  }

 private:
  struct Entry {
    std::string name;
    std::uint64_t begin;
    std::uint64_t header_bytes;
    std::uint64_t bytes;
    std::uint64_t data() const { return begin + header_bytes; }
    std::uint64_t end() const { return data() + (bytes + kTarBlockBytes - 1) / kTarBlockBytes * kTarBlockBytes; }
  };
  struct Opened {
    std::string name;
    std::shared_ptr<RandomAccessFile> file;
  };

  // Copies the part of the entry that is in the range.
  Status ReadEntry(const Entry& entry, std::uint64_t offset, std::size_t length, char* buffer) const {
    if (offset < entry.data()) {
      COFFER_ASSIGN(std::string header, TarHeader(entry.name, entry.bytes, time_));
      const std::uint64_t from = std::max(offset, entry.begin);
      header.copy(buffer + (from - offset), std::min<std::uint64_t>(length - (from - offset), entry.data() - from),
                  from - entry.begin);
    }
    const std::uint64_t from = std::max(offset, entry.data());
    const std::uint64_t to = std::min(offset + length, entry.data() + entry.bytes);
    if (from >= to) return Status::Ok();
    COFFER_ASSIGN_CONTEXT(std::shared_ptr<RandomAccessFile> file, FileOf(entry.name), entry.name);
    COFFER_ASSIGN_CONTEXT(std::size_t got, file->Read(from - entry.data(), to - from, buffer + (from - offset)), entry.name);
    return got == to - from ? Status::Ok() : Status::Corruption(entry.name + ": is shorter than expected");
  }

  // The file that was read last stays open: reads are mostly sequential.
  Result<std::shared_ptr<RandomAccessFile>> FileOf(const std::string& name) const {
    const MutexLock lock(mutex_);
    if (last_.name == name) return last_.file;
    COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, repository_.objects().Open(name));
    last_ = {name, std::move(file)};
    return last_.file;
  }

  const Repository repository_;
  const Timestamp time_;
  std::vector<Entry> entries_;
  std::uint64_t size_bytes_ = 0;
  mutable Mutex mutex_;
  mutable Opened last_ COFFER_GUARDED_BY(mutex_);
};

// The entries in the order of erasures, without temporary files.
Result<std::vector<std::string>> LedgerNames(const Repository& repository) {
  COFFER_ASSIGN(std::vector<std::string> names, repository.objects().List("ledger"));
  std::erase_if(names,
                [](const std::string& name) { return !format::IsUlid(std::string_view(name).substr(kLedgerPrefix.size())); });
  std::ranges::sort(names);
  return names;
}

}  // namespace
}  // namespace operations

Result<BackupArchive> OpenBackupArchive(Engine& engine, std::string_view backup_id) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  operations::Repository repository(core.files(), core.repository());
  COFFER_ASSIGN(operations::BackupManifest manifest, repository.Find(backup_id));
  COFFER_TRY(repository.CheckObjectsThere(manifest));
  COFFER_ASSIGN(std::vector<std::string> ledger, operations::LedgerNames(repository));
  const std::string& id = manifest.info.id;
  auto file = std::make_unique<operations::ArchiveFile>(std::move(repository), manifest.info.completed_at);
  // The manifest is last, as in a repository: a truncated archive has no manifest, so it does not hold a backup.
  std::vector<std::string> names = {"repository.json"};
  names.insert(names.end(), ledger.begin(), ledger.end());
  for (const operations::StoredObject& object : manifest.objects)
    names.push_back(operations::Repository::ObjectName(object.id));
  names.push_back(operations::Repository::ManifestName(id));
  for (std::string& name : names) {
    COFFER_TRY_CONTEXT(file->Add(std::move(name)), "backup " + id);
  }
  BackupArchive archive;
  archive.backup_id = id;
  archive.size_bytes = file->size_bytes();
  archive.file = std::move(file);
  return archive;
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

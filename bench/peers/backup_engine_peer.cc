#include "peers/backup_engine_peer.h"

#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "figures.h"
#include "require.h"
#include "storage/rocks_options.h"
#include "storage/store.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kThreads = 2;

void RequireOk(const rocksdb::Status& status, std::string_view what) { Require(status.ok(), what, status.ToString()); }

// A Coffer store opened as a plain RocksDB.
class PlainDatabase {
 public:
  PlainDatabase(const fs::path& directory, bool compactions)
      : memory_(storage::NewStoreMemory(options_.write_buffer_bytes, options_.block_cache_bytes)) {
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    families.emplace_back(rocksdb::kDefaultColumnFamilyName, storage::EmptyFamilyOptions(memory_->block_cache()));
    for (const storage::FamilyName& family : storage::kFamilies) {
      families.emplace_back(std::string(family.name), storage::FamilyOptions(family.family, options_, memory_->block_cache()));
      families.back().options.disable_auto_compactions = !compactions;
    }
    rocksdb::DB* database = nullptr;
    RequireOk(rocksdb::DB::Open(storage::DatabaseOptions(options_, *memory_, nullptr, nullptr), directory.string(), families,
                                &handles_, &database),
              "open " + directory.string());
    database_.reset(database);
  }
  ~PlainDatabase() {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) database_->DestroyColumnFamilyHandle(handle);
  }
  PlainDatabase(const PlainDatabase&) = delete;
  PlainDatabase& operator=(const PlainDatabase&) = delete;

  rocksdb::DB& database() { return *database_; }
  rocksdb::ColumnFamilyHandle* Handle(storage::Family family) { return handles_[1 + storage::NumberOf(family)]; }

  bool Busy() {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      for (const char* property : {"rocksdb.num-running-flushes", "rocksdb.num-running-compactions",
                                   "rocksdb.mem-table-flush-pending", "rocksdb.compaction-pending"}) {
        std::uint64_t value = 0;
        if (database_->GetIntProperty(handle, property, &value) && value > 0) return true;
      }
    }
    return false;
  }

 private:
  const storage::StoreOptions options_;
  std::shared_ptr<storage::StoreMemory> memory_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  std::unique_ptr<rocksdb::DB> database_;
};

std::size_t ReadConversation(PlainDatabase& plain, const std::string& id) {
  std::string head;
  RequireOk(plain.database().Get(rocksdb::ReadOptions(), plain.Handle(storage::Family::kConversations), id, &head), "read");
  std::size_t bytes = head.size();
  const std::string prefix = id + '\0';
  std::unique_ptr<rocksdb::Iterator> rows(
      plain.database().NewIterator(rocksdb::ReadOptions(), plain.Handle(storage::Family::kMessages)));
  for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next()) bytes += rows->value().size();
  return bytes;
}

rocksdb::BackupEngineOptions OptionsFor(const fs::path& repository) {
  rocksdb::BackupEngineOptions options(repository.string());
  options.max_background_operations = kThreads;
  return options;
}

}  // namespace

fs::path LiveFolder(const fs::path& store) {
  std::ifstream file(store / "CURRENT");
  std::string format;
  std::string generation;
  std::getline(file, format);
  std::getline(file, generation);
  Require(!generation.empty(), "no store in", store.string());
  return store / generation;
}

void LinkStore(const fs::path& live, const fs::path& copy) {
  fs::remove_all(copy);
  fs::create_directories(copy);
  for (const fs::directory_entry& entry : fs::directory_iterator(live)) {
    const fs::path extension = entry.path().extension();
    const fs::path to = copy / entry.path().filename();
    if (extension == ".sst" || extension == ".blob") {
      fs::create_hard_link(entry.path(), to);
    } else {
      fs::copy_file(entry.path(), to);
    }
  }
}

void LetCompactionsEnd(const fs::path& live) {
  constexpr auto kPoll = std::chrono::milliseconds(20);
  PlainDatabase plain(live, true);
  while (plain.Busy()) std::this_thread::sleep_for(kPoll);
}

double BackupEnginePeer::Create(const fs::path& live) {
  PlainDatabase plain(live, false);
  const Stopwatch watch;
  rocksdb::BackupEngine* opened = nullptr;
  RequireOk(rocksdb::BackupEngine::Open(OptionsFor(repository_), rocksdb::Env::Default(), &opened), "open BackupEngine");
  const std::unique_ptr<rocksdb::BackupEngine> engine(opened);
  RequireOk(engine->CreateNewBackup(&plain.database()), "CreateNewBackup");
  return watch.seconds();
}

double BackupEnginePeer::RestoreAndRead(const fs::path& target, const std::string& conversation_id) {
  const Stopwatch watch;
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  RequireOk(rocksdb::BackupEngineReadOnly::Open(OptionsFor(repository_), rocksdb::Env::Default(), &opened),
            "open BackupEngine");
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  RequireOk(engine->RestoreDBFromLatestBackup(target.string(), target.string()), "RestoreDBFromLatestBackup");
  PlainDatabase plain(target, true);
  Require(ReadConversation(plain, conversation_id) > 0, "first read", conversation_id);
  return watch.seconds();
}

}  // namespace coffer::bench

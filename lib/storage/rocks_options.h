// All options of RocksDB, each with its reason.
#pragma once

#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include <memory>

#include "storage/family.h"
#include "storage/store.h"

namespace coffer::storage {

class StoreMemory {
 public:
  StoreMemory(std::size_t write_buffer_bytes, std::size_t block_cache_bytes);
  const std::shared_ptr<rocksdb::WriteBufferManager>& write_buffers() const { return write_buffers_; }
  const std::shared_ptr<rocksdb::Cache>& block_cache() const { return block_cache_; }

 private:
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers_;
  std::shared_ptr<rocksdb::Cache> block_cache_;
};

// The options share ownership of `listener`, and `env` must outlive them. Both may be null.
rocksdb::DBOptions DatabaseOptions(const StoreOptions& options, const StoreMemory& memory, rocksdb::Env* env,
                                   std::shared_ptr<rocksdb::EventListener> listener);

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& block_cache);

// For RocksDB's own "default" family, which must be open and is empty.
rocksdb::ColumnFamilyOptions EmptyFamilyOptions(const std::shared_ptr<rocksdb::Cache>& block_cache);

}  // namespace coffer::storage

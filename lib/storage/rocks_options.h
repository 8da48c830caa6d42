// How RocksDB is set up: one place for every tuning decision, each with its reason.
#pragma once

#include <rocksdb/options.h>

#include <memory>

#include "storage/family.h"
#include "storage/store.h"

namespace coffer::storage {

// `env` and `listener` may be null and are kept by the options.
rocksdb::DBOptions DatabaseOptions(const StoreOptions& options, rocksdb::Env* env,
                                   std::shared_ptr<rocksdb::EventListener> listener);

std::shared_ptr<rocksdb::Cache> NewBlockCache(const StoreOptions& options);

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& block_cache);

// For RocksDB's own "default" family, which must be open and holds nothing.
rocksdb::ColumnFamilyOptions EmptyFamilyOptions(const std::shared_ptr<rocksdb::Cache>& block_cache);

}  // namespace coffer::storage

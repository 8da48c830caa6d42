// What differs between the versions of RocksDB that Coffer compiles with: 7.8 and newer.
#pragma once

#include <rocksdb/db.h>

namespace coffer::storage {

// Up to 8.x this takes `force`; newer versions have no such parameter.
template <typename DB>
rocksdb::Status EnableFileDeletions(DB& db) {
  if constexpr (requires { db.EnableFileDeletions(/*force=*/false); }) {
    return db.EnableFileDeletions(/*force=*/false);
  } else {
    return db.EnableFileDeletions();
  }
}

}  // namespace coffer::storage

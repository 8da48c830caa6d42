// What a WriteBatch holds: a rocksdb::WriteBatch that is filled before a store is known.
#pragma once

#include <rocksdb/write_batch.h>

#include <array>
#include <cstdint>
#include <vector>

#include "storage/store.h"

namespace coffer::storage {

// RocksDB numbers families in the order of their creation. Its own "default" is 0; Coffer's follow in the order of their
// numbers.
constexpr std::uint32_t RocksFamilyId(Family family) { return static_cast<std::uint32_t>(NumberOf(family)) + 1; }

// rocksdb::WriteBatch can reserve memory only in its constructor.
class RocksBatch final : public rocksdb::WriteBatch {
 public:
  void Reserve(std::size_t bytes) { rep_.reserve(bytes); }
};

// WriteBatch::ForEach for any batch of RocksDB whose changes are for store `store` (StoreOf).
Status ForEachChange(const rocksdb::WriteBatch& batch, unsigned store, const ChangeVisitor& visitor);

struct WriteBatch::Rep {
  // Whether every change is for store `number` (StoreOf). The families of two stores have the same ids in RocksDB.
  bool OnlyFor(unsigned number) const { return (stores & ~(1U << number)) == 0; }

  RocksBatch changes;
  unsigned stores = 0;  // a bit for each store that has a change
  std::array<std::uint32_t, kFamiliesOfStoreMax> range_deletes{};
  std::vector<rocksdb::Slice> value_parts;  // scratch memory of Put
  // Why the batch must not be committed; OK if it may.
  Status defect;
};

}  // namespace coffer::storage

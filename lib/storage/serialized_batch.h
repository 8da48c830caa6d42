// SerializedBatch: the serialized form of RocksDB's write batch, written directly.
//
// A WriteBatch is filled before a store is known, while rocksdb::WriteBatch::Put needs the handles of an open one. Its
// serialized form needs only the family's number, and a commit hands it over without a copy. It is what RocksDB keeps in
// its logs, and therefore frozen there; a test compares the two.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "storage/family.h"

namespace coffer::storage {

// RocksDB numbers families as they are created: its own "default" is 0, ours follow in the order of their store's table.
constexpr std::uint32_t RocksFamilyId(Family family) { return static_cast<std::uint32_t>(NumberOf(family)) + 1; }

// RocksDB's batch around the bytes of a SerializedBatch. One that was made from bytes finds out by itself what is in them.
class LentBatch final : public rocksdb::WriteBatch {
 public:
  explicit LentBatch(std::string&& bytes) : rocksdb::WriteBatch(std::move(bytes)) {}
  std::string Return() { return std::move(rep_); }
};

// Each operation answers false, and changes nothing, when a key or value is longer than the form can tell (4 GiB).
class SerializedBatch {
 public:
  SerializedBatch() { Clear(); }
  void Clear();

  bool Put(Family family, std::string_view key, std::span<const std::string_view> value_parts);
  bool Delete(Family family, std::string_view key);
  bool DeleteRange(Family family, std::string_view begin, std::string_view end);
  bool Merge(Family family, std::string_view key, std::string_view operand);

  std::uint32_t count() const { return count_; }
  void Reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  std::size_t bytes() const { return bytes_.size(); }
  // Whether all of it is for store `number` (StoreOf): two stores give their families the same numbers.
  bool OnlyFor(unsigned number) const { return (stores_ & ~(1U << number)) == 0; }

  // Gives the bytes away until they are taken back; in between nothing else may be called.
  LentBatch Lend();
  void TakeBack(LentBatch& lent) { bytes_ = lent.Return(); }

 private:
  bool Begin(char tag, Family family, std::size_t first_bytes, std::size_t second_bytes);

  std::string bytes_;
  std::uint32_t count_ = 0;
  unsigned stores_ = 0;  // a bit for each store written to
};

}  // namespace coffer::storage

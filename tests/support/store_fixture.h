// Shortcuts for tests that drive a Store.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "storage/store.h"
#include "support/status_matchers.h"

namespace coffer {

inline std::unique_ptr<storage::Store> OpenStore(const std::string& directory, const storage::StoreOptions& options) {
  Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(directory, options);
  EXPECT_OK(store);
  return store.ok() ? *std::move(store) : nullptr;
}

inline std::unique_ptr<storage::Store> CreateStore(const std::string& directory, FileSystem* files = nullptr) {
  storage::StoreOptions options;
  options.create = true;
  options.file_system = files;
  return OpenStore(directory, options);
}

inline std::unique_ptr<storage::Store> ReopenStore(const std::string& directory, FileSystem* files = nullptr) {
  storage::StoreOptions options;
  options.file_system = files;
  return OpenStore(directory, options);
}

inline Status PutOne(storage::Store& store, storage::Family family, std::string_view key, std::string_view value,
                     Durability durability = Durability::kDurable) {
  storage::WriteBatch batch;
  batch.Put(family, key, value);
  return store.Commit(batch, durability);
}

// The value, or "(none)".
inline std::string ValueOf(storage::Store& store, storage::Family family, std::string_view key,
                           const storage::StoreSnapshot* snapshot = nullptr) {
  storage::PinnedValue value;
  const Status status = store.Get(family, key, snapshot, value);
  EXPECT_OK(status);
  return value.found() ? std::string(value.view()) : "(none)";
}

// "key=value " for each row of the walk.
inline std::string RowsOf(storage::Store& store, storage::Family family, std::string_view begin, std::string_view end,
                          const storage::ScanOptions& options = {}) {
  std::string rows;
  const std::unique_ptr<storage::Scan> scan = store.NewScan(family, begin, end, options);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    rows.append(scan->key()).append("=").append(scan->value()).append(" ");
  }
  EXPECT_OK(scan->status());
  return rows;
}

// A hardly compressible text that differs by seed.
inline std::string NoisyText(std::size_t bytes, std::uint32_t seed) {
  std::string text;
  std::uint64_t state = seed * 2654435761U + 1;
  while (text.size() < bytes) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    text.push_back(static_cast<char>('!' + (state >> 33U) % 90));
  }
  return text;
}

}  // namespace coffer

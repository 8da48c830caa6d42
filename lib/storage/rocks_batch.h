// What a WriteBatch holds.
#pragma once

#include <array>
#include <cstdint>

#include "storage/serialized_batch.h"
#include "storage/store.h"

namespace coffer::storage {

struct WriteBatch::Rep {
  SerializedBatch serialized;
  std::array<std::uint32_t, kFamiliesOfStoreMax> range_deletes{};
  // Why the batch must not be committed; OK if it may.
  Status defect;
};

}  // namespace coffer::storage

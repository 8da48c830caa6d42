#include "storage/store_listener.h"

#include "storage/rocks_status.h"
#include "vocabulary/check.h"

namespace coffer::storage {

void StoreListener::OnMemTableSealed(const rocksdb::MemTableInfo& info) {
  for (const FamilyName& family : families_) {
    if (info.cf_name == family.name) {
      RangeDeletes(family.family).store(0, std::memory_order_relaxed);
    }
  }
}

void StoreListener::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) {
  Keep(FromRocks(*error).WithContext("writing in the background")).Ignore();  // The next write returns it.
}

Status StoreListener::Keep(Status status) {
  if (!status.ok()) {
    const MutexLock lock(mutex_);
    // Set before the reason, because copying the reason may run out of memory.
    if (!failed_.exchange(true, std::memory_order_acq_rel)) {
      COFFER_CHECK(failure_.ok());
      failure_ = status;
    }
  }
  return status;
}

Status StoreListener::failure() const {
  if (!failed_.load(std::memory_order_acquire)) {
    return {};
  }
  const MutexLock lock(mutex_);
  return failure_.ok() ? Status::IoError("a write has failed") : failure_;
}

}  // namespace coffer::storage

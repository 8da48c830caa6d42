#include "storage/store_listener.h"

#include "storage/rocks_status.h"

namespace coffer::storage {

void StoreListener::OnMemTableSealed(const rocksdb::MemTableInfo& info) {
  for (const FamilyName& family : families_) {
    if (info.cf_name == family.name) {
      RangeDeletes(family.family).store(0, std::memory_order_relaxed);
    }
  }
}

void StoreListener::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) {
  Keep(FromRocks(*error).WithContext("writing in the background")).Ignore();  // Kept for whoever writes next.
}

Status StoreListener::Keep(Status status) {
  if (!status.ok()) {
    const MutexLock lock(mutex_);
    // Before its reason, for which there may be no memory.
    if (!failed_.exchange(true, std::memory_order_acq_rel)) {
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

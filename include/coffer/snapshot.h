// Snapshot: a pinned, read-only view of an engine at one instant.
#pragma once

#include <memory>

#include "coffer/visibility.h"

namespace coffer {

namespace engine {
class SnapshotState;
}

// Owned by the caller; the Engine must outlive it. Safe to read through from many threads.
// Holding one keeps deleted and replaced records on disk, and makes a restore answer kBusy: release it when the job ends.
class COFFER_API Snapshot {
 public:
  explicit Snapshot(std::unique_ptr<engine::SnapshotState> state);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const engine::SnapshotState& state() const noexcept { return *state_; }

 private:
  std::unique_ptr<engine::SnapshotState> state_;
};

}  // namespace coffer

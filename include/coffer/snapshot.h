// Snapshot: a pinned, read-only view of an engine at one instant.
#pragma once

#include <memory>

#include "coffer/visibility.h"

namespace coffer {

namespace engine {
class SnapshotState;
}

// Owned by the caller; the Engine must outlive it. Safe to read through from many threads, with its own engine alone: another's
// reads by it are kInvalidArgument.
// Holding one keeps deleted and replaced records on disk, and makes a restore answer kBusy: release it when the job ends.
class COFFER_API Snapshot {
 public:
  // For the library's own layers, as is state().
  explicit Snapshot(std::unique_ptr<engine::SnapshotState> state);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const engine::SnapshotState& state() const noexcept { return *state_; }

 private:
  std::unique_ptr<engine::SnapshotState> state_;
};

}  // namespace coffer

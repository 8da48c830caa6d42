// Snapshot: a pinned, read-only view of an engine at one instant.
#pragma once

#include <memory>

#include "coffer/visibility.h"

namespace coffer {

namespace engine {
class Internals;
class SnapshotState;
}  // namespace engine

// Owned by the caller; the Engine must outlive it. Safe to read through from many threads, with its own engine alone: another's
// reads by it are kInvalidArgument.
// Holding one keeps deleted and replaced records on disk, and makes a restore answer kBusy: release it when the job ends.
class COFFER_API Snapshot {
 public:
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  friend class engine::Internals;
  explicit Snapshot(std::unique_ptr<engine::SnapshotState> state);
  std::unique_ptr<engine::SnapshotState> state_;
};

}  // namespace coffer

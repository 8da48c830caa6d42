// Snapshot: a pinned, read-only view of an engine at one moment.
#pragma once

#include <memory>

#include "coffer/visibility.h"

namespace coffer {

namespace engine {
class Internals;
class SnapshotState;
}  // namespace engine

// Made by Engine::TakeSnapshot. Owned by the caller. The Engine must outlive it. Thread-safe.
// Use it with its own engine only; reads of another engine return kInvalidArgument.
// While it exists, deleted and replaced records stay on disk, an erase waits and a full restore is kBusy: release it soon.
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

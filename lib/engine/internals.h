// Internals: the only friend of the public classes. The library accesses their implementations through it.
#pragma once

#include <memory>
#include <utility>

#include "coffer/batch.h"
#include "coffer/content.h"
#include "coffer/engine.h"
#include "coffer/snapshot.h"

namespace coffer::engine {

class Internals {
 public:
  static EngineCore& CoreOf(Engine& engine) noexcept { return *engine.core_; }
  static std::unique_ptr<Engine> EngineOver(std::unique_ptr<EngineCore> core) {
    return std::unique_ptr<Engine>(new Engine(std::move(core)));
  }
  static Batch::State& StateOf(Batch& batch) noexcept { return *batch.state_; }
  static std::unique_ptr<ContentWriterState>& StateOf(ContentWriter& writer) noexcept { return writer.state_; }
  static const SnapshotState& StateOf(const Snapshot& snapshot) noexcept { return *snapshot.state_; }
  static ContentWriter WriterOver(std::unique_ptr<ContentWriterState> state);
  static ContentReader ReaderOver(std::unique_ptr<ContentReaderState> state);
  static std::unique_ptr<Snapshot> SnapshotOver(std::unique_ptr<SnapshotState> state) {
    return std::unique_ptr<Snapshot>(new Snapshot(std::move(state)));
  }
};

inline EngineCore& CoreOf(Engine& engine) noexcept { return Internals::CoreOf(engine); }

}  // namespace coffer::engine

// EngineUse: keeps an engine from being closed while a call or a handle uses it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "coffer/c.h"
#include "coffer/engine.h"

namespace coffer::c {

// An engine and the number of its users. One atomic word holds the number and a closed flag, so a use costs two atomic
// additions. Safe to use from many threads.
class SharedEngine {
 public:
  explicit SharedEngine(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  // False if the engine is closed.
  bool Enter() noexcept;
  void Leave() noexcept { uses_.fetch_sub(1); }
  // kBusy: the engine is in use, and stays open.
  // kInvalidArgument: it is closed already.
  Status Close();

  Engine& engine() noexcept { return *engine_; }

 private:
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;

  std::unique_ptr<Engine> engine_;
  std::atomic<std::uint64_t> uses_{0};
};

// Counts as one user from construction to destruction.
class EngineUse {
 public:
  // Throws a Failure (kInvalidArgument) if the handle is NULL or the engine is closed.
  explicit EngineUse(const coffer_engine* handle);
  EngineUse(EngineUse&&) noexcept = default;
  EngineUse& operator=(EngineUse&&) = delete;
  ~EngineUse();

  Engine& operator*() const noexcept { return shared_->engine(); }
  Engine* operator->() const noexcept { return &shared_->engine(); }
  bool IsOf(const EngineUse& other) const noexcept { return shared_ == other.shared_; }

 private:
  std::shared_ptr<SharedEngine> shared_;
};

std::unique_ptr<coffer_engine> NewEngine(std::unique_ptr<Engine> engine);

}  // namespace coffer::c

struct coffer_engine {
  std::shared_ptr<coffer::c::SharedEngine> shared;
};

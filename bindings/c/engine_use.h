// EngineUse: that an engine is being used, by a call or by a handle, and is not closed meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "coffer/c.h"
#include "coffer/engine.h"

namespace coffer::c {

// An engine and how many use it. One word tells both that and whether it is closed, so that a use costs two atomic additions.
class SharedEngine {
 public:
  explicit SharedEngine(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  // False: it is closed.
  bool Enter() noexcept;
  void Leave() noexcept { uses_.fetch_sub(1); }
  // kBusy: it is in use. kInvalidArgument: it is closed already.
  Status Close();

  Engine& engine() noexcept { return *engine_; }

 private:
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;

  std::unique_ptr<Engine> engine_;
  std::atomic<std::uint64_t> uses_{0};
};

class EngineUse {
 public:
  // Throws Failure: NULL, or closed.
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

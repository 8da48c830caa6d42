#include "engine_use.h"

#include "call.h"

namespace coffer::c {

bool SharedEngine::Enter() noexcept {
  if ((uses_.fetch_add(1) & kClosed) == 0) return true;
  Leave();
  return false;
}

Status SharedEngine::Close() {
  std::uint64_t uses = 0;
  if (!uses_.compare_exchange_strong(uses, kClosed)) {
    if ((uses & kClosed) != 0) return Status::InvalidArgument("the engine is closed already");
    return Status::Busy("the engine is in use: " + std::to_string(uses) +
                        " calls, snapshots, batches, contents or backup archives");
  }
  return engine_->Close();
}

EngineUse::EngineUse(const coffer_engine* handle) {
  if (handle == nullptr) Refuse("the engine is NULL");
  if (!handle->shared->Enter()) Refuse("the engine is closed");
  shared_ = handle->shared;
}

EngineUse::~EngineUse() {
  if (shared_) shared_->Leave();
}

std::unique_ptr<coffer_engine> NewEngine(std::unique_ptr<Engine> engine) {
  auto handle = std::make_unique<coffer_engine>();
  handle->shared = std::make_shared<SharedEngine>(std::move(engine));
  return handle;
}

}  // namespace coffer::c

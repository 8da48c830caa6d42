// Working memory that a thread reuses from call to call. For memory that many objects need for a short time.
#pragma once

#include <memory>
#include <utility>

namespace coffer::format {

// Holds the thread's T. A nested holder gets another T; the thread keeps the one that is released last.
template <typename T>
class ThreadScratch {
 public:
  ThreadScratch() : held_(std::exchange(Kept(), nullptr)) {
    if (held_ == nullptr) held_ = std::make_unique<T>();
  }
  ~ThreadScratch() { Kept() = std::move(held_); }
  ThreadScratch(const ThreadScratch&) = delete;
  ThreadScratch& operator=(const ThreadScratch&) = delete;

  T* operator->() const { return held_.get(); }
  T& operator*() const { return *held_; }

 private:
  static std::unique_ptr<T>& Kept() {
    thread_local std::unique_ptr<T> kept;
    return kept;
  }

  std::unique_ptr<T> held_;
};

}  // namespace coffer::format

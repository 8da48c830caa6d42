// Working memory that a thread keeps from call to call, where objects are many and threads are few.
#pragma once

#include <memory>
#include <utility>

namespace coffer::format {

// Holds the thread's T. A call within the call that holds it gets another, of which the later given back is kept.
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

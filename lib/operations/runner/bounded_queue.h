// BoundedQueue: a queue of bounded size between two threads.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "vocabulary/mutex.h"

namespace coffer::operations {

// For one producer and one consumer. Holds at most `items_max` items of at most `weight_max` together; a single item may weigh
// more.
template <typename T>
class BoundedQueue {
 public:
  BoundedQueue(std::size_t items_max, std::size_t weight_max) : items_max_(items_max), weight_max_(weight_max) {}

  // Waits for room. False: the consumer has abandoned the queue, and the item is dropped.
  bool Push(T item, std::size_t weight) {
    MutexLock lock(mutex_);
    while (!abandoned_ && !HasRoom(weight)) changed_.wait(lock);
    if (abandoned_) return false;
    weight_ += weight;
    items_.emplace_back(std::move(item), weight);
    changed_.notify_all();
    return true;
  }

  // Waits for an item. Nullopt: the producer has finished and the queue is empty.
  std::optional<T> Pop() {
    MutexLock lock(mutex_);
    while (!finished_ && items_.empty()) changed_.wait(lock);
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front().first));
    weight_ -= items_.front().second;
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  // Called by the producer: no more items will come.
  void Finish() {
    const MutexLock lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }
  // Called by the consumer: no more items are wanted.
  void Abandon() {
    const MutexLock lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }

 private:
  bool HasRoom(std::size_t weight) const COFFER_REQUIRES(mutex_) {
    return items_.empty() || (items_.size() < items_max_ && weight_ + weight <= weight_max_);
  }

  const std::size_t items_max_;
  const std::size_t weight_max_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::pair<T, std::size_t>> items_ COFFER_GUARDED_BY(mutex_);
  std::size_t weight_ COFFER_GUARDED_BY(mutex_) = 0;
  bool finished_ COFFER_GUARDED_BY(mutex_) = false;
  bool abandoned_ COFFER_GUARDED_BY(mutex_) = false;
};

}  // namespace coffer::operations

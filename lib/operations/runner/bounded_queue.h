// BoundedQueue: hands work from one thread to another, a little ahead and no more.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace coffer::operations {

// For one producer and one consumer. Holds at most `items_max` items, and, unless it is a single one, at most `weight_max`.
template <typename T>
class BoundedQueue {
 public:
  BoundedQueue(std::size_t items_max, std::size_t weight_max) : items_max_(items_max), weight_max_(weight_max) {}

  // Waits for room. False: the consumer has given up, and the item is gone.
  bool Push(T item, std::size_t weight) {
    std::unique_lock lock(mutex_);
    changed_.wait(
        lock, [&] { return abandoned_ || items_.empty() || (items_.size() < items_max_ && weight_ + weight <= weight_max_); });
    if (abandoned_) return false;
    weight_ += weight;
    items_.emplace_back(std::move(item), weight);
    changed_.notify_all();
    return true;
  }

  // Waits for an item. Nothing: the producer has finished and all is taken.
  std::optional<T> Pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return finished_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front().first));
    weight_ -= items_.front().second;
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  // By the producer: no more will come.
  void Finish() { Set(finished_); }
  // By the consumer: no more is wanted.
  void Abandon() { Set(abandoned_); }

 private:
  void Set(bool& flag) {
    std::lock_guard lock(mutex_);
    flag = true;
    changed_.notify_all();
  }

  const std::size_t items_max_;
  const std::size_t weight_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t weight_ = 0;
  bool finished_ = false;
  bool abandoned_ = false;
};

}  // namespace coffer::operations

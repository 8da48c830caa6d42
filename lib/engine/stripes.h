// Stripes: locks by id around read-modify-write.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "vocabulary/mutex.h"

namespace coffer::engine {

// A record, by its kind and id.
struct RecordName {
  Kind kind;
  std::string_view id;
};

// A fixed number of mutexes that all ids share. They are locked in ascending order, so there is no deadlock.
class Stripes {
 public:
  static constexpr std::size_t kStripes = 1024;

  // Held until destroyed.
  class Guard {
   public:
    Guard() = default;
    Guard(Guard&&) noexcept = default;
    Guard& operator=(Guard&&) noexcept = default;
    ~Guard() {
      for (Mutex* mutex : held_) mutex->unlock();
    }

   private:
    friend class Stripes;
    std::vector<Mutex*> held_;
  };

  // Locks the records; a record may be named several times. The analysis does not know mutexes that are chosen at run time.
  Guard LockIds(std::span<const RecordName> records) COFFER_NO_THREAD_SAFETY_ANALYSIS {
    std::vector<std::size_t> stripes;
    stripes.reserve(records.size());
    for (const RecordName& record : records) stripes.push_back(Of(record));
    std::sort(stripes.begin(), stripes.end());
    stripes.erase(std::unique(stripes.begin(), stripes.end()), stripes.end());
    Guard guard;
    guard.held_.reserve(stripes.size());
    for (std::size_t stripe : stripes) {
      mutexes_[stripe].lock();
      guard.held_.push_back(&mutexes_[stripe]);
    }
    return guard;
  }

 private:
  static std::size_t Of(const RecordName& record) {
    return (std::hash<std::string_view>{}(record.id) + static_cast<std::size_t>(record.kind) * 0x9E3779B97F4A7C15ULL) %
           kStripes;
  }

  std::array<Mutex, kStripes> mutexes_;
};

}  // namespace coffer::engine

// The peak memory of work in a process of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace coffer {

struct PeakMemory {
  bool ok = false;          // `work` returned an empty text
  std::string failure;      // what `work` returned, or how the process ended
  std::size_t before = 0;   // bytes resident when `work` began
  std::size_t highest = 0;  // most bytes resident while it ran

  std::size_t growth() const { return highest > before ? highest - before : 0; }
};

// Runs `work` in a child process. The caller must have no other threads, so no engine may be open. `work` returns an empty text
// or what failed.
PeakMemory PeakMemoryOf(const std::function<std::string()>& work);

// Whether the figures mean anything: sanitizers keep freed memory and shadow bytes.
bool PeakMemoryIsMeasured();

}  // namespace coffer

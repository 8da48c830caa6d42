// Operations in processes of their own, whose peak memory is compared with a bound.
#pragma once

#include <functional>
#include <string>

#include "engine/engine_fixture.h"
#include "support/peak_memory.h"

namespace coffer {

// What an operation may take in addition to write buffers and block cache.
inline constexpr std::size_t kOperationBytesMax = std::size_t{128} << 20;

class MemoryTest : public EngineTest {
 protected:
  void SetUp() override {
    if (!PeakMemoryIsMeasured()) GTEST_SKIP() << "sanitizers take memory of their own";
    options_.clock = nullptr;  // the children run by the system's clock
    options_.write_buffer_bytes = std::size_t{8} << 20;
    options_.block_cache_bytes = std::size_t{8} << 20;
    EngineTest::SetUp();
  }

  std::size_t CacheBytes() const { return options_.write_buffer_bytes + options_.block_cache_bytes; }

  // "d1000" … with texts of `bytes` bytes each.
  void PutLongDocuments(int count, std::size_t bytes);
  // "p1000" … with contents of `bytes` bytes each.
  void PutLongPrompts(int count, std::size_t bytes);

  // Runs `work` on an engine in a process of its own. It returns an empty text or what failed. The engine of the test is closed
  // first and opened again afterwards.
  void ExpectPeakBelow(std::size_t bytes_max, const std::function<std::string(Engine&)>& work);
};

}  // namespace coffer

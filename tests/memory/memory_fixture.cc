#include "memory/memory_fixture.h"

namespace coffer {

void MemoryTest::PutLongDocuments(int count, std::size_t bytes) {
  for (int i = 0; i < count; ++i) {
    Document document = MakeDocument("d" + std::to_string(1000 + i));
    document.extracted_text = std::to_string(i) + std::string(bytes, 'x');
    ASSERT_OK(engine_->PutDocument(document, PutMode::kUpsert, kBufferedWrites));
  }
}

void MemoryTest::PutLongPrompts(int count, std::size_t bytes) {
  for (int i = 0; i < count; ++i) {
    Prompt prompt = MakePrompt("p" + std::to_string(1000 + i));
    prompt.content = std::to_string(i) + std::string(bytes, 'x');
    ASSERT_OK(engine_->PutPrompt(prompt, PutMode::kUpsert, kBufferedWrites));
  }
}

void MemoryTest::ExpectPeakBelow(std::size_t bytes_max, const std::function<std::string(Engine&)>& work) {
  Close();
  const PeakMemory peak = PeakMemoryOf([&]() -> std::string {
    Result<std::unique_ptr<Engine>> opened = Engine::Open(Folder(), options_);
    if (!opened.ok()) return opened.status().ToString();
    std::string failure = work(**opened);
    const Status closed = (*opened)->Close();
    return failure.empty() && !closed.ok() ? closed.ToString() : failure;
  });
  EXPECT_TRUE(peak.ok) << peak.failure;
  EXPECT_LT(peak.growth(), bytes_max + CacheBytes()) << (peak.growth() >> 20) << " MiB";
  RecordProperty("peak_mib", static_cast<int>(peak.growth() >> 20));
  Reopen();
}

}  // namespace coffer

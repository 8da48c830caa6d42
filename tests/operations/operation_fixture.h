// Shared by the tests of whole operations: hooks in the middle of them, and a power loss.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/export.h"
#include "coffer/integrity.h"
#include "coffer/limits.h"
#include "operations_fixture.h"
#include "support/gate.h"
#include "support/hooked_clock.h"
#include "support/watched_file_system.h"

namespace coffer::operations {

// Lines of input, with a hook before one of them.
class HookedSource final : public ByteSource {
 public:
  HookedSource(int lines, int hook_before, std::function<void()> hook)
      : lines_(lines), hook_before_(hook_before), hook_(std::move(hook)) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (next_ == lines_) return 0;
    if (next_ == hook_before_) hook_();
    const std::string line =
        R"({"type":"prompt","id":"p)" + std::to_string(next_++) + R"(","owner_id":"u","name":"n","content":"x"})" + "\n";
    return line.copy(buffer, length);
  }

 private:
  const int lines_;
  const int hook_before_;
  const std::function<void()> hook_;
  int next_ = 0;
};

class OperationTest : public OperationsTest {
 protected:
  ~OperationTest() override { engine_.reset(); }

  // More conversations than one call deletes.
  void PutMany(std::size_t count, const std::string& owner = "many") {
    Batch batch(engine());
    for (std::size_t i = 0; i < count; ++i) {
      Conversation conversation;
      conversation.id = "m" + std::to_string(100'000 + i);
      conversation.user_id = owner;
      conversation.title = "t";
      ASSERT_OK(batch.PutConversation(conversation));
      if (batch.size() < 5000 && i + 1 < count) continue;
      ASSERT_OK(engine().Commit(batch, {Durability::kBuffered}));
    }
  }
  std::size_t CountOf(const std::string& owner) {
    ListOptions options;
    options.owner = owner;
    options.limit = kPageItemsMax;
    std::size_t count = 0;
    do {
      const Page<std::string> page = engine().ListJson(Kind::kConversation, options).value();
      count += page.items.size();
      options.after = page.next;
    } while (!options.after.empty());
    return count;
  }
  static nlohmann::json ResultOf(const OperationInfo& info) { return nlohmann::json::parse(info.result.text()); }
  // No temporary file and no work folder exists.
  void ExpectNothingPartial() {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(store_path())) {
      EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
    }
  }
  void ExpectHealthy() { EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty()); }

  // Sets the clock's hook for all threads but this one.
  void OnOtherThreads(std::function<void()> hook) {
    clock_.SetHook([hook = std::move(hook), here = std::this_thread::get_id()] {
      if (std::this_thread::get_id() != here) hook();
    });
  }

  // A crash: nothing reaches the disk from now on, and unsynced data is lost.
  void Crash() {
    engine_.reset();
    files_.RestorePower();
    ASSERT_OK(files_.DropUnsynced());
  }

  WatchedFileSystem watched_{files_};
  HookedClock clock_;
};

}  // namespace coffer::operations

// Shared by the engine's tests: an engine in a folder of its own, records to put, and figures recounted from reads.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/engine.h"
#include "coffer/random_source.h"
#include "coffer/record_json.h"
#include "support/manual_clock.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer {

// 2026-01-05T10:00:00Z
inline constexpr std::int64_t kTestStart = std::int64_t{1'767'607'200} * 1'000'000;
inline constexpr WriteOptions kBufferedWrites{Durability::kBuffered};

inline Timestamp At(std::int64_t seconds) { return {kTestStart + seconds * 1'000'000}; }

inline Conversation MakeConversation(std::string id, std::string owner = "ada", std::string title = "A talk") {
  Conversation conversation;
  conversation.id = std::move(id);
  conversation.user_id = std::move(owner);
  conversation.title = std::move(title);
  return conversation;
}

inline Message MakeMessage(std::string content, std::string id = {}, std::optional<std::uint64_t> sequence = {}) {
  Message message;
  message.id = std::move(id);
  message.sequence_number = sequence;
  message.content = std::move(content);
  return message;
}

// `count` messages "<prefix>0", "<prefix>1" … one second apart, with ids by position.
inline std::vector<Message> MakeMessages(std::size_t count, const std::string& prefix = "m") {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) {
    messages.push_back(MakeMessage(prefix + std::to_string(i), prefix + "-id-" + std::to_string(i)));
    messages.back().role = i % 2 == 0 ? Role::kUser : Role::kAssistant;
    messages.back().created_at = At(static_cast<std::int64_t>(i));
  }
  return messages;
}

inline Document MakeDocument(std::string id, std::string owner = "ada", std::string filename = "notes.md") {
  Document document;
  document.id = std::move(id);
  document.owner_id = std::move(owner);
  document.filename = std::move(filename);
  return document;
}

inline Prompt MakePrompt(std::string id, std::string owner = "ada", std::string name = "Greeting") {
  Prompt prompt;
  prompt.id = std::move(id);
  prompt.owner_id = std::move(owner);
  prompt.name = std::move(name);
  prompt.content = "Hello {name}";
  return prompt;
}

// Bytes that differ by seed and position, all 256 values among them.
inline std::string MakeBytes(std::size_t size, std::uint64_t seed = 1) {
  std::string bytes(size, '\0');
  std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL + 1;
  for (char& byte : bytes) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    byte = static_cast<char>(state >> 56U);
  }
  return bytes;
}

inline ListOptions OwnedBy(std::string owner, std::size_t limit = 100) {
  ListOptions options;
  options.owner = std::move(owner);
  options.limit = limit;
  return options;
}

// A content of `bytes`, written in pieces.
ContentWriter WriteContent(Engine& engine, std::string_view bytes, std::size_t piece_bytes = 300'000);
// Everything from the reader's position on, read in buffers of `buffer_bytes`.
std::string ReadRest(ContentReader& reader, std::size_t buffer_bytes = 70'001);
// The document's content, checked against its size and hash; "(none)" if it has no content.
std::string ContentOf(Engine& engine, std::string_view document_id, const ReadOptions& options = {});

// Every record by kind and id, as JSON; a document's content is under "content <document id>".
using Dump = std::map<std::string, std::string>;
Dump DumpOf(Engine& engine, const Snapshot* snapshot = nullptr);
// The first records in which two dumps differ, shortened; empty if they are equal.
std::string DifferenceOf(const Dump& left, const Dump& right);

// The figures of StorageStatistics, recounted from reads.
struct Figures {
  std::map<std::string, std::uint64_t> records_by_kind;
  std::map<std::string, std::uint64_t> bytes_by_kind;
  std::map<std::string, std::uint64_t> bytes_by_owner;
  std::uint64_t contents = 0;
};
Figures Recount(Engine& engine);

// CheckIntegrity finds nothing, and the statistics equal a recount.
void ExpectHealthy(Engine& engine);

// One finding per line.
std::string FindingsOf(const IntegrityReport& report);

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() { options_.clock = &clock_; }
  void SetUp() override { Reopen(); }

  std::string Folder() const { return directory_.File("store"); }
  void Close() {
    if (engine_ != nullptr) {
      EXPECT_OK(engine_->Close());
    }
    engine_.reset();
  }
  // Closes the engine, if it is open, and opens it again.
  void Reopen() {
    Close();
    Result<std::unique_ptr<Engine>> opened = Engine::Open(Folder(), options_);
    ASSERT_OK(opened);
    engine_ = *std::move(opened);
  }

  // The conversation `id` with `count` messages.
  void PutTalk(const std::string& id, std::size_t count, const std::string& owner = "ada") {
    EXPECT_OK(engine_->PutConversationWithMessages(MakeConversation(id, owner), MakeMessages(count), PutMode::kUpsert,
                                                   kBufferedWrites));
  }
  // Sequence number and content of each message: "0:a 1:b ".
  std::string MessagesOf(const std::string& conversation_id, const Snapshot* snapshot = nullptr);

  TempDirectory directory_;
  ManualClock clock_{kTestStart};
  OpenOptions options_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace coffer

// Backups during writes: no writer is refused, and each backup holds a state that existed.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "operations/repository/repository_fixture.h"

namespace coffer::operations {
namespace {

class BackupWritersTest : public RepositoryTest {
 protected:
  static constexpr std::size_t kWriters = 3;
  using Counts = std::array<std::uint64_t, kWriters>;

  static std::string IdOf(std::size_t writer, std::uint64_t number) {
    return "w" + std::to_string(writer) + "-" + std::to_string(1'000'000 + number);
  }
  static std::string TextOf(std::size_t writer, std::uint64_t number) {
    return std::string(2000, static_cast<char>('a' + (number + writer) % 26)) + std::to_string(number);
  }

  // A commit: a prompt, and a message to the writer's only conversation.
  Status Commit(std::size_t writer, std::uint64_t number) {
    Batch batch(engine());
    Prompt prompt;
    prompt.id = IdOf(writer, number);
    prompt.owner_id = "owner" + std::to_string(writer);
    prompt.name = "n";
    prompt.content = TextOf(writer, number);
    if (Status status = batch.PutPrompt(prompt); !status.ok()) return status;
    Message message;
    message.content = TextOf(writer, number);
    if (Status status = batch.AppendMessage("c" + std::to_string(writer), message); !status.ok()) return status;
    return engine().Commit(batch, {number % 3 == 0 ? Durability::kDurable : Durability::kBuffered}).status();
  }
  void Write(std::size_t writer) {
    for (std::uint64_t number = 0; !stop_; ++number) {
      begun_[writer] = number + 1;
      const Status status = Commit(writer, number);
      EXPECT_OK(status);
      if (!status.ok()) return;
      done_[writer] = number + 1;
    }
  }
  static Counts Now(const std::array<std::atomic<std::uint64_t>, kWriters>& counters) {
    Counts counts;
    for (std::size_t i = 0; i < kWriters; ++i) counts[i] = counters[i];
    return counts;
  }
  // It holds each writer's commits up to one between `from` and `to`, and nothing else.
  void ExpectAMomentBetween(Engine& backup, const Counts& from, const Counts& to);

  std::atomic<bool> stop_{false};
  std::array<std::atomic<std::uint64_t>, kWriters> begun_{};
  std::array<std::atomic<std::uint64_t>, kWriters> done_{};
};

void BackupWritersTest::ExpectAMomentBetween(Engine& backup, const Counts& from, const Counts& to) {
  std::uint64_t prompts = 0;
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    const Result<Conversation> conversation = backup.GetConversation("c" + std::to_string(writer));
    ASSERT_OK(conversation);
    const std::uint64_t count = conversation->message_count;
    EXPECT_GE(count, from[writer]);
    EXPECT_LE(count, to[writer]);
    for (std::uint64_t number = 0; number < count; ++number) {
      const Result<Prompt> prompt = backup.GetPrompt(IdOf(writer, number));
      ASSERT_OK(prompt);
      ASSERT_EQ(prompt->content, TextOf(writer, number));
    }
    prompts += count;
  }
  EXPECT_EQ(backup.Statistics()->records_by_kind.at("prompts"), prompts);
  EXPECT_TRUE(backup.CheckIntegrity().value().findings.empty());
}

TEST_F(BackupWritersTest, EachBackupHoldsAMomentAndNoCommitFails) {
  constexpr int kBackups = 6;
  OpenOptions options;
  options.write_buffer_bytes = std::size_t{4} << 20;  // so that files are created and removed meanwhile
  Open(options);
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    Conversation conversation;
    conversation.id = "c" + std::to_string(writer);
    conversation.user_id = "owner" + std::to_string(writer);
    conversation.title = "t";
    ASSERT_OK(engine().PutConversation(conversation));
  }
  std::vector<std::jthread> writers;
  for (std::size_t writer = 0; writer < kWriters; ++writer) writers.emplace_back([this, writer] { Write(writer); });
  std::vector<std::pair<Counts, Counts>> bounds;
  std::vector<BackupInfo> backups;
  for (int i = 0; i < kBackups; ++i) {
    const Counts from = Now(done_);
    backups.push_back(BackUp(i % 3 == 0 ? BackupType::kFull : BackupType::kIncremental));
    bounds.emplace_back(from, Now(begun_));
  }
  stop_ = true;
  writers.clear();
  for (std::size_t i = 0; i < backups.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(backups[i].type, i % 3 == 0 ? BackupType::kFull : BackupType::kIncremental);
    Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), backups[i].id);
    ASSERT_OK(opened);
    ExpectAMomentBetween(**opened, bounds[i].first, bounds[i].second);
    VerifyOptions recount;
    recount.level = 4;
    const Result<VerifyReport> verified = RunVerifyBackup(engine(), backups[i].id, recount);
    ASSERT_OK(verified);
    EXPECT_TRUE(verified->ok) << "the manifest's counters match the state";
  }
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
  EXPECT_GT(bounds.back().second[0], bounds.front().first[0]) << "no write happened meanwhile";
}

}  // namespace
}  // namespace coffer::operations

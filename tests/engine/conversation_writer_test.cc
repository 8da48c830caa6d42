#include "engine/conversation_writer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "engine/core.h"
#include "engine/engine_fixture.h"
#include "engine/internals.h"

namespace coffer {
namespace {

using engine::AppliedItem;
using engine::ConversationWriter;

class ConversationWriterTest : public EngineTest {
 protected:
  std::unique_ptr<ConversationWriter> Written(const std::string& id, std::size_t count, const std::string& prefix = "m",
                                              PutMode mode = PutMode::kUpsert) {
    Result<std::unique_ptr<ConversationWriter>> writer = ConversationWriter::Begin(*engine_);
    EXPECT_OK(writer);
    for (Message& message : MakeMessages(count, prefix)) EXPECT_OK((*writer)->Append(std::move(message)));
    EXPECT_OK((*writer)->Finish(MakeConversation(id), mode));
    return std::move(*writer);
  }

  bool HasStaging() const {
    for (const auto& entry : std::filesystem::directory_iterator(Folder())) {
      if (entry.path().extension() == ".partial") return true;
    }
    return false;
  }
};

TEST_F(ConversationWriterTest, TheCommitIsThatOfABatch) {
  PutTalk("other", 300);
  const Dump expected = [&] {
    PutTalk("c", 700);
    Dump dump = DumpOf(*engine_);
    EXPECT_OK(engine_->Delete(Kind::kConversation, "c"));
    return dump;
  }();
  Result<AppliedItem> item = Written("c", 700)->Commit();
  ASSERT_OK(item);
  EXPECT_OK(item->status);
  EXPECT_EQ(item->result.outcome, Outcome::kCreated);
  EXPECT_EQ(DifferenceOf(expected, DumpOf(*engine_)), "");
  ExpectHealthy(*engine_);
  Reopen();
  EXPECT_EQ(DifferenceOf(expected, DumpOf(*engine_)), "");
}

TEST_F(ConversationWriterTest, WithoutACommitNothingIsLeft) {
  auto writer = Written("c", 100);
  EXPECT_TRUE(HasStaging());
  writer.reset();
  EXPECT_FALSE(HasStaging());
  EXPECT_CODE(engine_->GetConversation("c"), kNotFound);
  ExpectHealthy(*engine_);
}

TEST_F(ConversationWriterTest, WhatACrashLeavesIsSweptAtTheNextOpening) {
  const std::string staging = engine::CoreOf(*engine_).folder().StagingPath("01ABC");
  std::filesystem::create_directory(staging);
  std::filesystem::copy_file(Folder() + "/CURRENT", staging + "/messages");
  Reopen();
  EXPECT_FALSE(HasStaging());
}

TEST_F(ConversationWriterTest, PuttingOverLeavesNoRowOfTheOldOne) {
  for (const std::size_t count : {1U, 100U, 129U, 1000U}) {
    PutTalk("c", 400);
    ASSERT_OK(engine_->DeleteMessage("c", 130));
    ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("d"), MakeMessages(3)));
    Result<AppliedItem> item = Written("c", count, "new")->Commit();
    ASSERT_OK(item);
    EXPECT_EQ(item->result.outcome, Outcome::kReplaced);
    EXPECT_EQ(engine_->GetConversation("c")->message_count, count);
    EXPECT_EQ(MessagesOf("d"), "0:m0 1:m1 2:m2 ");
    ExpectHealthy(*engine_);
    ASSERT_OK(engine_->DeleteMessage("c", 0));
    ASSERT_OK(engine_->Delete(Kind::kConversation, "c"));
    EXPECT_EQ(MessagesOf("d"), "0:m0 1:m1 2:m2 ");
    ExpectHealthy(*engine_);
  }
}

TEST_F(ConversationWriterTest, ASnapshotKeepsTheOldOne) {
  PutTalk("c", 3);
  auto snapshot = engine_->TakeSnapshot();
  ASSERT_OK(snapshot);
  ASSERT_OK(Written("c", 2, "new")->Commit());
  EXPECT_EQ(MessagesOf("c"), "0:new0 1:new1 ");
  EXPECT_EQ(MessagesOf("c", snapshot->get()), "0:m0 1:m1 2:m2 ");
}

TEST_F(ConversationWriterTest, ModesDecideAtTheCommit) {
  auto keeps = Written("c", 200, "late", PutMode::kKeepExisting);
  auto inserts = Written("c", 200, "late", PutMode::kInsert);
  auto replaces = Written("c", 2, "late");
  PutTalk("c", 3);
  EXPECT_EQ(keeps->Commit()->result.outcome, Outcome::kKept);
  EXPECT_CODE(inserts->Commit()->status, kAlreadyExists);
  EXPECT_EQ(MessagesOf("c"), "0:m0 1:m1 2:m2 ");
  EXPECT_EQ(replaces->Commit()->result.outcome, Outcome::kReplaced);
  EXPECT_EQ(MessagesOf("c"), "0:late0 1:late1 ");
  EXPECT_CODE(Written("none", 2, "late", PutMode::kUpdate)->Commit()->status, kNotFound);
  ExpectHealthy(*engine_);
}

TEST_F(ConversationWriterTest, WritersOfOneConversationGiveWhatOneOfThemLeft) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i)
        EXPECT_OK(Written("c", 500 + 100 * static_cast<std::size_t>(t), "w" + std::to_string(t))->Commit());
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 100; ++i) {
      PutTalk("c", 5);
      engine_->AppendMessage("c", MakeMessage("more")).status().Ignore();
      engine_->DeleteMessage("c", 2).Ignore();
      if (i % 10 == 0) engine_->Delete(Kind::kConversation, "c").Ignore();
    }
  });
  for (std::thread& thread : threads) thread.join();
  ExpectHealthy(*engine_);
}

TEST_F(ConversationWriterTest, TheStoreIsNotSwitchedUnderIt) {
  auto writer = Written("c", 10);
  EXPECT_CODE(engine::CoreOf(*engine_).SwitchStore(2), kBusy);
  ASSERT_OK(writer->Commit());
}

TEST_F(ConversationWriterTest, AReadOnlyEngineBeginsNone) {
  Close();
  options_.read_only = true;
  Reopen();
  EXPECT_CODE(ConversationWriter::Begin(*engine_), kPermissionDenied);
}

TEST_F(ConversationWriterTest, MessagesThatBreakARuleAreNamed) {
  Result<std::unique_ptr<ConversationWriter>> writer = ConversationWriter::Begin(*engine_);
  ASSERT_OK(writer);
  ASSERT_OK((*writer)->Append(MakeMessage("a", "a", 5)));
  Status status = (*writer)->Append(MakeMessage("b", "b c"));
  EXPECT_CODE(status, kInvalidArgument);
  EXPECT_NE(status.message().find("messages[1]"), std::string::npos) << status.ToString();
  EXPECT_CODE((*writer)->Append(MakeMessage("b", "b", UINT64_MAX)), kInvalidArgument);
  ASSERT_OK((*writer)->Append(MakeMessage("b", "b", 4)));
  ASSERT_OK((*writer)->Append(MakeMessage("b", "b")));
  ASSERT_OK((*writer)->Finish(MakeConversation("c"), PutMode::kUpsert));
  Result<AppliedItem> item = (*writer)->Commit();
  ASSERT_OK(item);
  EXPECT_CODE(item->status, kInvalidArgument);
  EXPECT_EQ(item->status.message(), "messages: sequence_number 5 occurs twice");
  EXPECT_CODE(engine_->GetConversation("c"), kNotFound);
}

}  // namespace
}  // namespace coffer

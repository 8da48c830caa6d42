// Failing devices and power loss: a failed commit changes nothing for readers and closes the engine to writes; what was
// returned as durable is there afterwards.
#include <stdexcept>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"
#include "support/failing_file_system.h"
#include "support/watched_file_system.h"

namespace coffer {
namespace {

class WriteLatchTest : public EngineTest {
 protected:
  void SetUp() override {
    options_.file_system = &files_;
    EngineTest::SetUp();
  }
  void TearDown() override { CloseAnyhow(); }  // while the file system still exists
  void FailLog(FileOperation operation, bool repeat = false) {
    FileFailure failure;
    failure.operation = operation;
    failure.path_part = ".log";
    failure.repeat = repeat;
    files_.FailOn(failure);
  }
  void CloseAnyhow() {
    if (engine_ != nullptr) engine_->Close().Ignore();  // its failure has been checked
    engine_.reset();
  }
  void OpenAgain() {
    CloseAnyhow();
    files_.Heal();
    Reopen();
  }

  FailingFileSystem files_{PosixFileSystem()};
};

TEST_F(WriteLatchTest, FailedSyncFailsTheCommitAndClosesTheEngineToWrites) {
  PutTalk("c1", 2);
  ASSERT_OK(engine_->Sync());
  const Dump before = DumpOf(*engine_);
  FailLog(FileOperation::kSync);
  const Status failed = StatusOf(engine_->AppendMessage("c1", MakeMessage("lost", "lost")));
  EXPECT_CODE(failed, kIoError);
  EXPECT_NE(failed.message().find("injected failure"), std::string::npos) << failed.ToString();
  files_.Heal();

  const auto refused = [](const Status& status) {
    EXPECT_CODE(status, kUnavailable);
    EXPECT_NE(status.message().find("injected failure"), std::string::npos) << status.ToString();
  };
  refused(StatusOf(engine_->AppendMessage("c1", MakeMessage("later"))));
  refused(StatusOf(engine_->PutConversation(MakeConversation("c2"))));
  refused(StatusOf(engine_->PutPrompt(MakePrompt("p1"))));
  refused(StatusOf(engine_->NewContent()));
  refused(engine_->Delete(Kind::kConversation, "c1"));
  refused(StatusOf(engine_->BulkDelete(Selection{})));
  refused(StatusOf(engine_->Reclaim()));
  refused(engine_->Sync());
  Batch empty(*engine_);
  refused(StatusOf(engine_->Commit(empty)));

  // Reads still work, and see the state before.
  EXPECT_EQ(DifferenceOf(DumpOf(*engine_), before), "");
  ExpectHealthy(*engine_);
  OpenAgain();
  const std::string messages = MessagesOf("c1");
  EXPECT_TRUE(messages == "0:m0 1:m1 " || messages == "0:m0 1:m1 2:lost ") << messages;
  ExpectHealthy(*engine_);
  EXPECT_OK(engine_->AppendMessage("c1", MakeMessage("goes on")));
}

TEST_F(WriteLatchTest, FailedCommitKeepsTheBatchForTheNextEngine) {
  FailLog(FileOperation::kAppend);
  {
    Batch batch(*engine_);
    ASSERT_OK(batch.PutConversationWithMessages(MakeConversation("c1"), MakeMessages(3)));
    EXPECT_CODE(engine_->Commit(batch), kIoError);
    EXPECT_EQ(batch.size(), 1U);
    EXPECT_CODE(engine_->GetConversation("c1"), kNotFound);
    EXPECT_EQ(engine_->Statistics()->total_records, 0U);
  }
  OpenAgain();
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, FailureInAContentLeavesTheDocumentAsItWas) {
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1"), WriteContent(*engine_, "old")));
  {
    Result<ContentWriter> writer = engine_->NewContent();
    ASSERT_OK(writer);
    ASSERT_OK(writer->Append(MakeBytes(kContentChunkBytes)));
    FailLog(FileOperation::kAppend, true);
    EXPECT_CODE(writer->Append(MakeBytes(kContentChunkBytes)), kIoError);
    EXPECT_FALSE(writer->Append("more").ok());
    EXPECT_FALSE(writer->Finish().ok());
  }
  EXPECT_EQ(ContentOf(*engine_, "d1"), "old");
  OpenAgain();
  EXPECT_EQ(ContentOf(*engine_, "d1"), "old");
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, BulkDeleteThatFailsBetweenCommitsLeavesWholeCommits) {
  Batch batch(*engine_);
  for (int i = 0; i < 1200; ++i)
    ASSERT_OK(batch.PutConversationWithMessages(MakeConversation("c" + std::to_string(10'000 + i)), MakeMessages(2)));
  ASSERT_OK(engine_->Commit(batch));
  FileFailure failure;
  failure.operation = FileOperation::kSync;
  failure.path_part = ".log";
  failure.nth = 2;
  files_.FailOn(failure);
  EXPECT_CODE(engine_->BulkDelete(Selection{}), kIoError);
  EXPECT_EQ(engine_->Statistics()->records_by_kind["conversations"], 700U);
  ExpectHealthy(*engine_);
  OpenAgain();
  ExpectHealthy(*engine_);
  ASSERT_OK(engine_->BulkDelete(Selection{}));
  EXPECT_EQ(engine_->Statistics()->total_records, 0U);
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, FullDeviceIsToldAndReadsGoOn) {
  PutTalk("c1", 2);
  files_.LimitBytes(10'000);
  Status failed;
  for (int i = 0; i < 10 && failed.ok(); ++i) {
    failed = StatusOf(engine_->AppendMessage("c1", MakeMessage(std::string(5000, 'x'), "m" + std::to_string(i))));
  }
  EXPECT_CODE(failed, kResourceExhausted);
  EXPECT_EQ(engine_->GetMessage("c1", 1)->content, "m1");
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("x")), kUnavailable);
  files_.LimitBytes(UINT64_MAX);
  OpenAgain();
  EXPECT_OK(engine_->AppendMessage("c1", MakeMessage("room again")));
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, LostPowerKeepsEveryDurableWriteAndNothingByHalf) {
  for (const std::uint64_t torn_bytes : {0U, 7U, 500U, 100'000U}) {
    SCOPED_TRACE(torn_bytes);
    const std::string id = "c" + std::to_string(torn_bytes);
    const std::string content = MakeBytes(3 * kContentChunkBytes + 5, torn_bytes);
    ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation(id), MakeMessages(3)));
    ASSERT_OK(engine_->PutDocument(MakeDocument("d" + id), WriteContent(*engine_, content)));
    ASSERT_OK(engine_->AppendMessage(id, MakeMessage("durable")));
    ASSERT_OK(engine_->AppendMessage(id, MakeMessage("buffered-1"), kBufferedWrites));
    Batch batch(*engine_);
    ASSERT_OK(batch.AppendMessage(id, MakeMessage("buffered-2")));
    ASSERT_OK(batch.AppendMessage(id, MakeMessage(std::string(2000, 'y'))));
    ASSERT_OK(engine_->Commit(batch, kBufferedWrites));
    files_.CutPower();
    CloseAnyhow();
    ASSERT_OK(files_.DropUnsynced(torn_bytes));
    files_.RestorePower();
    Reopen();
    ASSERT_NE(engine_, nullptr);
    ExpectHealthy(*engine_);
    const std::uint64_t count = engine_->GetConversation(id)->message_count;
    EXPECT_TRUE(count == 4 || count == 5 || count == 7) << count;
    EXPECT_EQ(engine_->GetMessage(id, 3)->content, "durable");
    EXPECT_TRUE(ContentOf(*engine_, "d" + id) == content);
  }
}

TEST_F(WriteLatchTest, SyncMakesBufferedWritesDurable) {
  PutTalk("c1", 5);
  ASSERT_OK(engine_->Sync());
  files_.CutPower();
  CloseAnyhow();
  ASSERT_OK(files_.DropUnsynced());
  files_.RestorePower();
  Reopen();
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 5U);
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, ClosingMakesBufferedWritesDurable) {
  PutTalk("c1", 5);
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1"), WriteContent(*engine_, MakeBytes(2 * kContentChunkBytes)),
                                 PutMode::kUpsert, kBufferedWrites));
  ASSERT_OK(engine_->Close());
  files_.CutPower();
  engine_.reset();
  ASSERT_OK(files_.DropUnsynced());
  files_.RestorePower();
  Reopen();
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 5U);
  EXPECT_TRUE(ContentOf(*engine_, "d1") == MakeBytes(2 * kContentChunkBytes));
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, AnEngineThatIsDroppedMakesBufferedWritesDurable) {
  PutTalk("c1", 5);
  engine_.reset();
  ASSERT_OK(files_.DropUnsynced());
  Reopen();
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 5U);
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, ACloseThatFailsIsToldAndReleasesTheFolder) {
  PutTalk("c1", 5);
  FailLog(FileOperation::kSync, true);
  EXPECT_CODE(engine_->Close(), kIoError);
  engine_.reset();
  files_.Heal();
  Reopen();
  ASSERT_NE(engine_, nullptr);
  ExpectHealthy(*engine_);
}

TEST_F(WriteLatchTest, AnExceptionOfTheFileSystemIsAFailureAndEndsNoThread) {
  CloseAnyhow();
  WatchedFileSystem throwing(files_);
  options_.file_system = &throwing;
  Reopen();
  PutTalk("c1", 5);
  // A flush opens its files in a thread of the store.
  throwing.OnNextOpen(".sst", [] { throw std::runtime_error("out of luck"); });
  const Status failed = StatusOf(engine_->Reclaim());
  EXPECT_CODE(failed, kIoError);
  EXPECT_NE(failed.message().find("out of luck"), std::string::npos) << failed.ToString();
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:m2 3:m3 4:m4 ");
  CloseAnyhow();
  Reopen();
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 5U);
  ExpectHealthy(*engine_);
  CloseAnyhow();
}

TEST_F(WriteLatchTest, PowerLostAtAnyMomentOfTheFirstOpeningLeavesAStoreThatOpens) {
  CloseAnyhow();
  for (std::uint64_t nth = 1; nth < 1500; nth += 11) {
    SCOPED_TRACE(nth);
    const std::string folder = directory_.File("fresh-" + std::to_string(nth));
    FileFailure failure;
    failure.operation = FileOperation::kAnyChange;
    failure.path_part = folder;
    failure.nth = nth;
    failure.repeat = true;
    files_.FailOn(failure);
    bool opened = false;
    {
      const Result<std::unique_ptr<Engine>> engine = Engine::Open(folder, options_);
      opened = engine.ok();
      if (opened) (*engine)->Close().Ignore();  // it may or may not have failed by now
    }
    ASSERT_OK(files_.DropUnsynced());
    files_.Heal();
    const Result<std::unique_ptr<Engine>> engine = Engine::Open(folder, options_);
    ASSERT_OK(engine);
    ExpectHealthy(**engine);
    ASSERT_OK((*engine)->Close());
    if (opened) return;
  }
  FAIL() << "no opening got through";
}

}  // namespace
}  // namespace coffer

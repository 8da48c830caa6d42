// Exports with concurrent writes, cancelled, on a full device, and past their retention.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "coffer/export.h"
#include "coffer/key.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/age/age.h"
#include "operations/operations_fixture.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

constexpr ExportFormat kFormats[] = {ExportFormat::kJson, ExportFormat::kNdjson, ExportFormat::kCsv, ExportFormat::kXml,
                                     ExportFormat::kSql};

class ExportLifecycleTest : public OperationsTest {
 protected:
  std::vector<std::string> FilesOfExports() const {
    std::vector<std::string> names;
    if (!fs::exists(store_path() + "/exports")) return names;
    for (const auto& entry : fs::directory_iterator(store_path() + "/exports"))
      names.push_back(entry.path().filename().string());
    return names;
  }
};

TEST_F(ExportLifecycleTest, AnExportHoldsOneMomentWhileWritersGoOn) {
  PutSome("before", 60);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      Conversation conversation;
      conversation.id = "c" + std::to_string(i % 60);
      conversation.user_id = "owner0";
      conversation.title = "title after";
      Message message;
      message.content = "after";
      EXPECT_OK(
          engine().PutConversationWithMessages(conversation, std::vector<Message>(static_cast<std::size_t>(i % 7), message)));
      conversation.id = "new" + std::to_string(i);
      EXPECT_OK(engine().PutConversationWithMessages(conversation, std::vector<Message>(3, message)));
    }
  });
  for (ExportFormat format : kFormats) {
    ExportOptions options;
    options.format = format;
    const Result<ExportReport> first = RunExport(engine(), options);
    ASSERT_OK(first);
    EXPECT_GE(first->conversations, 60U);
  }
  ExportOptions options;
  options.compress = false;
  const Result<ExportReport> report = RunExport(engine(), options);
  stop = true;
  writer.join();
  ASSERT_OK(report);
  const auto json = nlohmann::json::parse(ReadBytes(report->path));
  std::size_t messages = 0;
  for (const auto& conversation : json.at("conversations")) {
    EXPECT_EQ(conversation.at("message_count"), conversation.at("messages").size());
    messages += conversation.at("messages").size();
  }
  EXPECT_EQ(json.at("conversations").size(), report->conversations);
  EXPECT_EQ(messages, report->messages);
}

TEST_F(ExportLifecycleTest, ACancelledExportLeavesNothing) {
  PutSome("some", 200);
  for (ExportFormat format : kFormats) {
    ExportOptions options;
    options.format = format;
    const Result<OperationOf<ExportReport>> operation = StartExport(engine(), options);
    ASSERT_OK(operation);
    operation->Cancel();
    const Status status = operation->Wait();
    if (status.ok()) {
      ASSERT_OK(engine::CoreOf(engine()).files().RemoveFile(operation->Finish()->path));
    } else {
      EXPECT_CODE(status, kCancelled);
    }
    EXPECT_TRUE(FilesOfExports().empty()) << ExportFormatName(format) << ": " << FilesOfExports().front();
  }
}

TEST_F(ExportLifecycleTest, AFullDeviceIsAClearFailureOfEveryLayout) {
  OpenOverFailingFiles();
  PutSome("some");
  PutDocument("large", std::string((std::size_t{16} << 20) + 1, 'x'));
  for (ExportFormat format : kFormats) {
    ExportOptions options;
    options.format = format;
    options.compress = false;
    FileFailure full;
    full.operation = FileOperation::kAppend;
    full.path_part = "/exports/";
    full.status = Status::ResourceExhausted("no space left on the device");
    full.repeat = true;
    files_.FailOn(full);
    const Result<ExportReport> report = RunExport(engine(), options);
    files_.Heal();
    EXPECT_CODE(report, kResourceExhausted);
    EXPECT_NE(report.status().message().find("no space left"), std::string::npos) << report.status().message();
    EXPECT_TRUE(FilesOfExports().empty()) << ExportFormatName(format);
    EXPECT_EQ(AllOperations(engine()).front().state, OperationState::kFailed);
  }
  EXPECT_OK(RunExport(engine()));
}

TEST_F(ExportLifecycleTest, AFailureAtAnyPlaceOfATarLeavesNoFile) {
  OpenOverFailingFiles();
  PutSome("now");
  ExportOptions options;
  options.format = ExportFormat::kCsv;
  for (std::uint64_t nth = 1;; ++nth) {
    ASSERT_LT(nth, 200U);
    FileFailure failure;
    failure.path_part = "/exports/";
    failure.nth = nth;
    files_.FailOn(failure);
    const Result<ExportReport> report = RunExport(engine(), options);
    files_.Heal();
    if (report.ok() && FilesOfExports().size() == 1) break;
    // The next opening removes a temporary file that could not be removed here.
    for (const std::string& name : FilesOfExports())
      EXPECT_TRUE(report.ok() || name.ends_with(".partial")) << nth << ": " << name;
    for (const std::string& name : FilesOfExports()) fs::remove(store_path() + "/exports/" + name);
  }
}

TEST_F(ExportLifecycleTest, WhatWaitsOfAnEncryptedTarIsNoPlainText) {
  OpenOverFailingFiles();
  PutSome("now");
  for (bool encrypt : {false, true}) {
    ExportOptions options;
    options.format = ExportFormat::kCsv;
    options.encrypt = encrypt;
    FileFailure kept;
    kept.operation = FileOperation::kRemove;
    kept.path_part = ".csv.partial";
    kept.repeat = true;
    files_.FailOn(kept);
    EXPECT_OK(RunExport(engine(), options));
    files_.Heal();
    int temporaries = 0;
    int readable = 0;
    for (const std::string& name : FilesOfExports()) {
      if (!name.ends_with(".partial")) continue;
      const std::string path = store_path() + "/exports/" + name;
      ++temporaries;
      readable += ReadBytes(path).find("created_at") != std::string::npos ? 1 : 0;
      fs::remove(path);
    }
    EXPECT_EQ(temporaries, 4);
    EXPECT_EQ(readable, encrypt ? 0 : 4);
  }
}

TEST_F(ExportLifecycleTest, FinishedExportsAreRemovedAfterTheirTimeAndNamedOnesStay) {
  ManualClock clock(std::int64_t{1'780'000'000} * 1'000'000);
  OpenOptions open;
  open.clock = &clock;
  Open(open);
  PutSome("some");
  const Result<ExportReport> kept = RunExport(engine());
  ASSERT_OK(kept);
  ASSERT_TRUE(kept->expires_at);
  EXPECT_EQ(kept->expires_at->microseconds - kept->completed_at.microseconds, std::chrono::microseconds(kExportKept).count());
  ExportOptions named;
  named.output = directory_.File("named");
  const Result<ExportReport> outside = RunExport(engine(), named);
  ASSERT_OK(outside);
  EXPECT_FALSE(outside->expires_at);
  WriteBytes(store_path() + "/exports/notes.txt", "mine");

  clock.Advance(std::chrono::microseconds(kExportKept).count() - 1'000'000);
  ASSERT_OK(RunExport(engine()));
  EXPECT_TRUE(fs::exists(kept->path));
  clock.Advance(2'000'000);
  const Result<ExportReport> next = RunExport(engine());
  ASSERT_OK(next);
  EXPECT_FALSE(fs::exists(kept->path));
  EXPECT_TRUE(fs::exists(named.output));
  EXPECT_EQ(FilesOfExports().size(), 3U) << "two that are not old enough, and a file that is not an export";

  clock.Advance(std::chrono::microseconds(kExportKept).count());
  Open(open);
  EXPECT_EQ(FilesOfExports(), std::vector<std::string>{"notes.txt"}) << "opening sweeps as well";
}

TEST_F(ExportLifecycleTest, AnEncryptedExportNeedsAKeyAndMakesOne) {
  PutSome("some");
  ExportOptions options;
  options.recipients = {"age1nonsense"};
  EXPECT_CODE(RunExport(engine(), options), kInvalidArgument);
  options.encrypt = true;
  EXPECT_CODE(RunExport(engine(), options), kInvalidArgument);
  options.recipients.clear();
  const Result<ExportReport> report = RunExport(engine(), options);
  ASSERT_OK(report);
  EXPECT_TRUE(report->path.ends_with(".json.zst.age")) << report->path;
  EXPECT_TRUE(ReadBytes(report->path).starts_with("age-encryption.org/v1\n"));
  EXPECT_EQ(ShowKeys(engine())->recipients.size(), 1U);
  fs::remove_all(store_path() + "/keys");
  OpenOptions read_only;
  read_only.read_only = true;
  Open(read_only);
  options.output = directory_.File("out");
  EXPECT_CODE(RunExport(engine(), options), kInvalidArgument);
  EXPECT_FALSE(fs::exists(options.output));
}

TEST_F(ExportLifecycleTest, WhatCannotBeIsRefusedAtTheStart) {
  const auto refused = [this](const char* what, const std::function<void(ExportOptions&)>& change) {
    ExportOptions options;
    change(options);
    EXPECT_CODE(StartExport(engine(), options), kInvalidArgument) << what;
  };
  refused("level", [](ExportOptions& options) { options.compression_level = 0; });
  refused("level", [](ExportOptions& options) { options.compression_level = 20; });
  refused("user", [](ExportOptions& options) { options.scope = ExportScope::kUser; });
  refused("conversation", [](ExportOptions& options) { options.conversation_id = "c1"; });
  refused("query", [](ExportOptions& options) { options.custom_query = R"({"entity":"prompts"})"; });
  refused("query", [](ExportOptions& options) {
    options.scope = ExportScope::kCustom;
    options.custom_query = "{}";
  });
  refused("recipient", [](ExportOptions& options) { options.recipients = {"age1nonsense"}; });
  refused("recipient", [](ExportOptions& options) {
    options.encrypt = true;
    options.recipients = {"age1nonsense"};
  });
  refused("recipients", [](ExportOptions& options) {
    options.encrypt = true;
    const std::string recipient = format::AgeRecipientText(format::AgeIdentity::Generate()->recipient());
    options.recipients = std::vector<std::string>(kExportRecipientsMax + 1, recipient);
  });
  EXPECT_TRUE(AllOperations(engine()).empty());
  EXPECT_TRUE(FilesOfExports().empty());
}

}  // namespace
}  // namespace coffer::operations

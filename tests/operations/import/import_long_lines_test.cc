// Lines that are read as streams, because they do not fit into memory.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core.h"
#include "engine/internals.h"
#include "format/age/base64.h"
#include "format/records/sha256.h"
#include "long_lines_fixture.h"

namespace coffer::operations {
namespace {

// A text generated while it is read.
class GeneratedSource final : public ByteSource {
 public:
  // `next` returns the next piece; an empty one is the end.
  explicit GeneratedSource(std::function<std::string()> next) : next_(std::move(next)) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (taken_ == piece_.size()) {
      piece_ = next_();
      taken_ = 0;
    }
    const std::size_t count = piece_.copy(buffer, length, taken_);
    taken_ += count;
    return count;
  }

 private:
  std::function<std::string()> next_;
  std::string piece_;
  std::size_t taken_ = 0;
};

// `head`, `count` pieces, `tail`.
GeneratedSource Repeating(std::string head, std::size_t count, std::function<std::string(std::size_t)> piece,
                          std::string tail) {
  return GeneratedSource([=, next = std::size_t{0}]() mutable {
    const std::size_t now = next++;
    if (now == 0) return head;
    if (now <= count) return piece(now - 1);
    return now == count + 1 ? tail : std::string();
  });
}

std::string ManyItems(const std::string& mark, int count) {
  std::string items;
  for (int i = 0; i < count; ++i) items += (i == 0 ? "" : ",") + Item(mark + std::to_string(i));
  return items;
}

// Each line has two faults, or its end is missing: which fault is reported depends on how it is read.
TEST_F(ImportLongLinesTest, MalformedTextIsRefusedWhereverItStands) {
  const std::vector<std::string> lines = {
      R"({"type":"conversation","id":"x","user_id":"u","title":"t","messages":[)",
      R"({"type":"conversation","id":"x","user_id":"u","title":"t","messages":[)" + Item("a"),
      R"({"type":"conversation","id":"x","user_id":"u","title":"t","messages":[)" + Item("a") + "]",
      R"({"type":"conversation","id":"x","user_id":"u","title":"t","messages":[{"id":"never)",
      R"({"type":"conversation","id":"x","user_id":"u","title":"t","messages":[}]})",
      R"({"type":"conversation","id":"x","user_id":"u","title":"t","messages":[)" + Item("a") + "}}",
      ConversationLine("x", R"(,"messages":[{"id":"a","role":"user","content":"x"])") + "}",
      ConversationLine("x", R"(,"messages":[\"]")"),
      DocumentLine("x", R"(,"content_base64":"aGVsbG8=)"),
      DocumentLine("x", R"(,"content_base64":"aG\xVsbG8=")"),
      DocumentLine("x", R"(,"content_base64":"aG\u00g0VsbG8=")"),
      DocumentLine("x", R"(,"content_base64":"aGVs\n")"),
      DocumentLine("x", ",\"content_base64\":\"aG\xC3\xBCVsbG8=\""),
      DocumentLine("x", ",\"content_base64\":\"aGVs\x01\""),
  };
  for (const std::string& line : lines) {
    SCOPED_TRACE(line);
    EXPECT_NE(Refusal(line), "");
  }
  EXPECT_EQ(WholeState(engine()), "");
  ExpectSound();
}

TEST_F(ImportLongLinesTest, IdsAreMadeOnRequest) {
  ImportOptions options;
  options.generate_ids = true;
  const ImportReport report = Imported(
      R"({"type":"conversation","user_id":"u","title":"t","messages":[{"role":"user","content":"x"},{"role":"tool","content":""}]})"
      "\n"
      R"({"type":"document","owner_id":"u","filename":"f","content_base64":"aGVsbG8="})",
      options);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(report.imported.messages, 2U);
  EXPECT_EQ(report.contents, 1U);
  ExpectSound();
}

TEST_F(ImportLongLinesTest, BlankLongLinesArePassedOver) {
  const ImportReport report =
      Imported(std::string(100, ' ') + "\n" + ConversationLine("c", "") + "\n" + std::string(50, '\t') + "\r\n");
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(report.imported.conversations, 1U);
}

// Fails at the end of the text.
class CutOffSource final : public ByteSource {
 public:
  explicit CutOffSource(std::string bytes) : text_(std::move(bytes), 100) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    Result<std::size_t> got = text_.Read(buffer, length);
    if (got.ok() && *got == 0) return Status::IoError("the line is down");
    return got;
  }

 private:
  TextSource text_;
};

TEST_F(ImportLongLinesTest, ASourceThatFailsWithinALineLeavesNothingOfIt) {
  const std::string cut = ConversationLine("cut", R"(,"messages":[)" + ManyItems("m", 50) + "]");
  CutOffSource source(ConversationLine("whole", R"(,"messages":[)" + Item("a") + "]") + "\n" + cut.substr(0, cut.size() / 2));
  EXPECT_CODE(Import(source), kIoError);
  EXPECT_OK(engine().GetConversation("whole"));
  EXPECT_CODE(engine().GetConversation("cut"), kNotFound);
  ExpectSound();
}

// 80 MiB of messages, followed by the id.
TEST_F(ImportLongLinesTest, AConversationOfManyMebibytesIsStoredWhole) {
  const std::string text(1500, 'x');
  const std::size_t count = 50'000;
  GeneratedSource source =
      Repeating(R"({"type":"conversation","user_id":"u","title":"t","messages":[)", count,
                [&](std::size_t i) { return (i == 0 ? "" : ",") + Item("m" + std::to_string(i), R"(,"odd":")" + text + "\""); },
                R"(],"id":"c"})"
                "\n" +
                    ConversationLine("next", ""));
  Result<ImportReport> report = Import(source, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  for (const ImportError& error : report->errors) ADD_FAILURE() << error.reason;
  EXPECT_EQ(report->imported.conversations, 2U);
  EXPECT_EQ(report->imported.messages, count);
  EXPECT_EQ(engine().GetConversation("c").value().message_count, count);
  EXPECT_EQ(engine().GetMessage("c", count - 1).value().id, "m" + std::to_string(count - 1));
  ExpectSound();
  Message behind;
  behind.content = "behind";
  ASSERT_OK(engine().AppendMessage("c", behind));
  OpenAt("store");
  EXPECT_EQ(engine().GetConversation("c").value().message_count, count + 1);
  ASSERT_OK(engine().Delete(Kind::kConversation, "c"));
  EXPECT_CODE(engine().GetMessage("c", 7), kNotFound);
  ExpectSound();
}

TEST_F(ImportLongLinesTest, ABadMessageFarIntoALineLeavesNothingOfIt) {
  const std::size_t count = 20'000;
  GeneratedSource source = Repeating(
      R"({"type":"conversation","id":"c","user_id":"u","title":"t","messages":[)", count,
      [](std::size_t i) { return (i == 0 ? "" : ",") + Item("m" + std::to_string(i), i == 19'000 ? R"(,"rating":6)" : ""); },
      "]}\n" + ConversationLine("next", ""));
  Result<ImportReport> report = Import(source);
  ASSERT_OK(report);
  ASSERT_EQ(report->errors.size(), 1U);
  EXPECT_EQ(report->errors[0].line, 1U);
  EXPECT_EQ(report->errors[0].reason, "messages[19000].rating: not within 0..5");
  EXPECT_EQ(report->imported.conversations, 1U);
  EXPECT_CODE(engine().GetConversation("c"), kNotFound);
  EXPECT_CODE(engine().GetMessage("c", 0), kNotFound);
  EXPECT_EQ(engine::CoreOf(engine()).totals().Copy().Sum()[Kind::kMessage].count, 0U);
  ExpectSound();
}

TEST_F(ImportLongLinesTest, MessagesInNoOrderAreSorted) {
  const std::size_t count = 30'000;
  const std::string text(600, 'x');
  GeneratedSource source = Repeating(
      R"({"type":"conversation","id":"c","user_id":"u","title":"t","messages":[)", count,
      [&](std::size_t i) {
        const std::size_t place = i * 7919 % count;  // each once
        return (i == 0 ? "" : ",") + Item("m" + std::to_string(place),
                                          R"(,"sequence_number":)" + std::to_string(place) + R"(,"odd":")" + text + "\"");
      },
      "]}");
  Result<ImportReport> report = Import(source, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  EXPECT_EQ(report->imported.messages, count);
  Result<Page<Message>> page = engine().ListMessages("c", {.from_sequence = count - 3});
  ASSERT_OK(page);
  ASSERT_EQ(page->items.size(), 3U);
  EXPECT_EQ(page->items[2].id, "m" + std::to_string(count - 1));
  ExpectSound();
}

TEST_F(ImportLongLinesTest, AContentOfManyMebibytesIsStoredWhole) {
  const std::string bytes(std::size_t{3} << 18, 'c');  // 768 KiB
  std::string base64;
  format::AppendBase64(bytes, base64);
  const auto line = [&](const std::string& head, const std::string& tail) {
    return Repeating(
        head + R"("content_base64":")", 128, [&](std::size_t) { return base64; }, "\"" + tail + "}\n");
  };
  GeneratedSource good = line(R"({"type":"document",)", R"(,"filename":"f","owner_id":"u","id":"d")");
  Result<ImportReport> report = Import(good, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  for (const ImportError& error : report->errors) ADD_FAILURE() << error.reason;
  EXPECT_EQ(report->contents, 1U);
  EXPECT_EQ(engine().GetDocument("d").value().file_size, 128 * bytes.size());
  Result<ContentReader> reader = engine().OpenContent("d");
  ASSERT_OK(reader);
  format::Sha256 hash;
  for (int i = 0; i < 128; ++i) hash.Update(bytes);
  EXPECT_EQ(reader->sha256(), format::HexText(hash.Finish()));
  ExpectSound();

  GeneratedSource again = line(R"({"type":"document","id":"d",)", R"(,"filename":"f","owner_id":"u")");
  report = Import(again, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  EXPECT_EQ(report->skipped, 1U);

  GeneratedSource wrong = line(R"({"type":"document","id":"e",)", R"(,"filename":"f","owner_id":"u","file_size":5)");
  report = Import(wrong, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  ASSERT_EQ(report->errors.size(), 1U);
  EXPECT_EQ(report->errors[0].reason, "file_size: is 5, but the content has " + std::to_string(128 * bytes.size()) + " bytes");
  EXPECT_CODE(engine().GetDocument("e"), kNotFound);
  EXPECT_EQ(engine::CoreOf(engine()).totals().Copy().Sum()[Kind::kContent].count, 1U);
  ExpectSound();
}

TEST_F(ImportLongLinesTest, WhatIsLongWithoutMessagesAndContentIsRefused) {
  const std::string mebibyte(std::size_t{1} << 20, 'x');
  const auto huge = [&](const std::string& head, const std::string& tail) {
    return Repeating(
        head, 70, [&](std::size_t) { return mebibyte; }, tail + "\n" + ConversationLine("next", "") + "\n");
  };
  GeneratedSource record = huge(R"({"type":"conversation","id":"c","odd":")", "\"}");
  Result<ImportReport> report = Import(record, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  ASSERT_EQ(report->errors.size(), 1U);
  EXPECT_EQ(report->errors[0].reason, "record: longer than 67108864 bytes without messages and content_base64");
  EXPECT_EQ(report->imported.conversations, 1U);

  GeneratedSource message = huge(R"({"type":"conversation","id":"c","messages":[{"odd":")", "\"}]}");
  report = Import(message, {}, kImportLineBytesMax);
  ASSERT_OK(report);
  ASSERT_EQ(report->errors.size(), 1U);
  EXPECT_EQ(report->errors[0].reason, "messages[0]: longer than 67108864 bytes");
  ExpectSound();
}

// After a failure of any call, with or without power loss, the conversation is there in whole, as before, or not at all.
TEST_F(ImportLongLinesTest, AFailureAtAnyCallLeavesTheOldConversationOrTheNew) {
  ImportOptions replace;
  replace.mode = PutMode::kUpsert;
  const std::string old_line = ConversationLine("c", R"(,"messages":[)" + ManyItems("old", 40) + "]");
  const std::string new_line = ConversationLine("c", R"(,"messages":[)" + ManyItems("new", 30) + "]") + "\n" +
                               ConversationLine("d", R"(,"messages":[)" + ManyItems("m", 20) + "]");
  Imported(old_line);
  const std::string before = WholeState(engine());
  engine_.reset();
  const std::string kept = directory_.File("kept");
  std::filesystem::copy(store_path(), kept, std::filesystem::copy_options::recursive);

  bool done = false;
  for (std::uint64_t nth = 1; !done; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, 2000U);
    engine_.reset();  // An engine that closes later would write into the copy.
    std::filesystem::remove_all(store_path());
    std::filesystem::copy(kept, store_path(), std::filesystem::copy_options::recursive);
    OpenOptions options;
    options.file_system = &files_;
    OpenAt("store", options);
    files_.FailOn({.operation = FileOperation::kAnyChange, .nth = nth, .repeat = true});
    TextSource source(new_line, 100);
    const Result<ImportReport> report = Import(source, replace);
    done = report.ok() && report->failed == 0;
    engine_.reset();
    EXPECT_OK(files_.DropUnsynced());
    files_.Heal();
    OpenAt("store");
    const std::string after = WholeState(engine());
    const bool has_new = after.find("new29") != std::string::npos;
    const bool has_d = after.find(R"("id":"d")") != std::string::npos;
    if (!has_new) {
      EXPECT_EQ(after, before);
    }
    EXPECT_EQ(after.find("old") == std::string::npos, has_new);
    EXPECT_EQ(after.find(R"("id":"m19")") != std::string::npos, has_d);
    if (report.ok()) {
      EXPECT_TRUE(has_new && has_d) << "reported records are durable";
    }
    ExpectSound();
  }
}

TEST_F(ImportLongLinesTest, AFailedWriteOfMessagesOnTheirWayDoesNotCloseTheStore) {
  OpenOptions options;
  options.file_system = &files_;
  OpenAt("store", options);
  files_.FailOn({.operation = FileOperation::kAppend, .path_part = ".partial/"});
  TextSource source(ConversationLine("c", R"(,"messages":[)" + Item("a") + "]"), 100);
  EXPECT_CODE(Import(source), kIoError);
  files_.Heal();
  EXPECT_EQ(Imported(ConversationLine("c", R"(,"messages":[)" + Item("a") + "]")).imported.messages, 1U);
  ExpectSound();
  engine_.reset();  // before its files
}

}  // namespace
}  // namespace coffer::operations

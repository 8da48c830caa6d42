#include "coffer/import.h"

#include <gtest/gtest.h>

#include <fstream>

#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "coffer/limits.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

std::string ConversationLine(const std::string& id, const std::string& more = {}) {
  return R"({"type":"conversation","id":")" + id + R"(","user_id":"u","title":"t")" + more + "}";
}

std::string MessageLine(const std::string& id, int sequence_number, const std::string& content = "hello") {
  return R"({"type":"message","id":")" + id + R"(","conversation_id":"c","sequence_number":)" +
         std::to_string(sequence_number) + R"(,"role":"user","content":")" + content +
         R"(","created_at":"2025-01-01T00:00:00Z"})";
}

class ImportTest : public OperationsTest {
 protected:
  Result<ImportReport> Import(const std::string& bytes, const ImportOptions& options = {}) {
    TextSource source(bytes, 4096);
    return RunImport(engine(), source, "input", options);
  }

  // The report of an import that must succeed.
  ImportReport Imported(const std::string& bytes, const ImportOptions& options = {}) {
    Result<ImportReport> report = Import(bytes, options);
    EXPECT_OK(report);
    return report.ok() ? *report : ImportReport();
  }

  static ImportOptions Policy(PutMode policy) {
    ImportOptions options;
    options.mode = policy;
    return options;
  }
};

TEST_F(ImportTest, EveryKindIsStored) {
  const ImportReport report =
      Imported(ConversationLine("c", R"(,"messages":[{"id":"m0","role":"user","content":"a"},)"
                                     R"({"id":"m1","role":"assistant","content":"b"}])") +
               "\n" + MessageLine("m2", 2) + "\r\n\n" +
               R"({"type":"document","id":"d","owner_id":"u","filename":"f.txt","content_base64":"aGVsbG8="})" + "\n" +
               R"({"type":"prompt","id":"p","owner_id":"u","name":"n","content":"x","odd":[1,null]})");
  EXPECT_EQ(report.imported.conversations, 1U);
  EXPECT_EQ(report.imported.messages, 3U);
  EXPECT_EQ(report.imported.documents, 1U);
  EXPECT_EQ(report.imported.prompts, 1U);
  EXPECT_EQ(report.contents, 1U);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(engine().GetConversation("c").value().message_count, 3U);
  EXPECT_EQ(ContentOf(engine(), "d"), "hello");
  EXPECT_NE(engine().GetPromptJson("p").value().find(R"("odd":[1,null])"), std::string::npos);
}

struct BadLine {
  std::string what;
  std::string line;
  std::string reason_part;
};

TEST_F(ImportTest, ABadLineIsToldWithFileAndLineAndTheRestIsImported) {
  std::string deep = R"({"type":"prompt","id":"p","owner_id":"u","name":"n","content":"x","odd":)";
  deep += std::string(300, '[') + std::string(300, ']') + "}";
  const std::vector<BadLine> bad_lines = {
      {"malformed", R"({"type":"prompt","id":"p")", ""},
      {"not JSON", "hello", ""},
      {"an array", "[1]", ""},
      {"two objects", ConversationLine("x") + ConversationLine("y"), ""},
      {"bad token in an unknown member", ConversationLine("x", R"(,"odd":{"a":[nul]})"), ""},
      {"bad number in an unknown member", ConversationLine("x", R"(,"odd":01)"), ""},
      {"lone surrogate", ConversationLine("x", R"(,"odd":"\ud800")"), ""},
      {"member twice", ConversationLine("x", R"(,"odd":1,"odd":2)"), "odd"},
      {"invalid UTF-8", ConversationLine("x", ",\"odd\":\"\xC3\x28\""), ""},
      {"too deep", deep, ""},
      {"id too long", ConversationLine(std::string(kIdBytesMax + 1, 'i')), "id"},
      {"id with a blank", ConversationLine("a b"), "id"},
      {"id of the wrong type", R"({"type":"prompt","id":7,"owner_id":"u","name":"n","content":"x"})", "id"},
      {"no id", R"({"type":"prompt","owner_id":"u","name":"n","content":"x"})", "id"},
      {"no owner", R"({"type":"prompt","id":"x","name":"n","content":"x"})", "owner_id"},
      {"no title", R"({"type":"conversation","id":"x","user_id":"u"})", "title"},
      {"empty content", R"({"type":"prompt","id":"x","owner_id":"u","name":"n","content":""})", "content"},
      {"malformed tags", ConversationLine("x", R"(,"tags":"a")"), "tags"},
      {"malformed status", ConversationLine("x", R"(,"status":"gone")"), "status"},
      {"malformed time", ConversationLine("x", R"(,"created_at":"yesterday")"), "created_at"},
      {"no type", R"({"id":"x","user_id":"u","title":"t"})", "type"},
      {"an unknown type", R"({"type":"thing","id":"x"})", "type"},
      {"a message without a place", R"({"type":"message","id":"m","conversation_id":"good","role":"user","content":"x"})",
       "sequence_number"},
      {"a message without a conversation", R"({"type":"message","id":"m","sequence_number":0,"role":"user","content":"x"})",
       "conversation_id"},
      {"a message of a conversation that is not there",
       R"({"type":"message","id":"m","conversation_id":"none","sequence_number":0,"role":"user","content":"x"})", "none"},
      {"an inner message without an id", ConversationLine("x", R"(,"messages":[{"role":"user","content":"a"}])"),
       "messages[0]"},
      {"malformed base64", R"({"type":"document","id":"x","owner_id":"u","filename":"f","content_base64":"a*"})",
       "content_base64"},
      {"a size that does not fit",
       R"({"type":"document","id":"x","owner_id":"u","filename":"f","file_size":9,"content_base64":"aGVsbG8="})", "9"},
      {"a hash that does not fit",
       R"({"type":"document","id":"x","owner_id":"u","filename":"f","file_hash":")" + std::string(64, 'a') +
           R"(","content_base64":"aGVsbG8="})",
       std::string(64, 'a')},
      {"a path out of a stream", R"({"type":"document","id":"x","owner_id":"u","filename":"f","content_path":"f"})",
       "content_path"},
  };
  std::string input = ConversationLine("good") + "\n";
  for (const BadLine& bad : bad_lines) input += bad.line + "\n";
  input += ConversationLine("last");

  const ImportReport report = Imported(input);
  EXPECT_EQ(report.imported.conversations, 2U);
  EXPECT_EQ(report.failed, bad_lines.size());
  EXPECT_EQ(report.errors_total, bad_lines.size());
  ASSERT_EQ(report.errors.size(), bad_lines.size());
  for (std::size_t i = 0; i < bad_lines.size(); ++i) {
    SCOPED_TRACE(bad_lines[i].what);
    EXPECT_EQ(report.errors[i].file, "input");
    EXPECT_EQ(report.errors[i].line, i + 2);
    EXPECT_FALSE(report.errors[i].reason.empty());
    EXPECT_NE(report.errors[i].reason.find(bad_lines[i].reason_part), std::string::npos) << report.errors[i].reason;
  }
  EXPECT_OK(engine().GetConversation("last"));
  EXPECT_CODE(engine().GetConversation("x"), kNotFound);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(ImportTest, ALineThatIsTooLongDoesNotStopTheImport) {
  const std::string huge = ConversationLine("x", R"(,"odd":")" + std::string(kRecordBytesMax, 'x') + "\"");
  const ImportReport report = Imported(ConversationLine("a") + "\n" + huge + "\n" + ConversationLine("b") + "\n");
  EXPECT_EQ(report.imported.conversations, 2U);
  ASSERT_EQ(report.errors.size(), 1U);
  EXPECT_EQ(report.errors[0].line, 2U);
  EXPECT_NE(report.errors[0].reason.find("longer than"), std::string::npos);
}

TEST_F(ImportTest, ErrorsAreCountedBeyondThoseKept) {
  std::string input;
  for (std::size_t i = 0; i < kImportErrorsKeptMax + 500; ++i) input += "nonsense\n";
  const ImportReport report = Imported(input);
  EXPECT_EQ(report.errors.size(), kImportErrorsKeptMax);
  EXPECT_EQ(report.errors_total, kImportErrorsKeptMax + 500);
}

TEST_F(ImportTest, AnUnknownFormatIsToldAsAWholeAndOtherFilesGoOn) {
  WriteBytes(directory_.File("a.gz"), std::string("\x1f\x8b\x08\x00 zipped", 11));
  WriteBytes(directory_.File("b.bin"), std::string("\x00\x01\x02\x03", 4));
  WriteBytes(directory_.File("c.ndjson"), ConversationLine("c"));
  Result<ImportReport> report =
      RunImport(engine(), {directory_.File("a.gz"), directory_.File("b.bin"), directory_.File("c.ndjson")});
  ASSERT_OK(report);
  EXPECT_EQ(report->imported.conversations, 1U);
  ASSERT_EQ(report->errors.size(), 2U);
  EXPECT_EQ(report->errors[0].file, directory_.File("a.gz"));
  EXPECT_EQ(report->errors[0].line, 0U);
  EXPECT_NE(report->errors[0].reason.find("gzip"), std::string::npos);
  EXPECT_EQ(report->errors[1].file, directory_.File("b.bin"));
}

TEST_F(ImportTest, AMissingFileIsToldBeforeAnythingIsStored) {
  WriteBytes(directory_.File("c.ndjson"), ConversationLine("c"));
  Result<ImportReport> report = RunImport(engine(), {directory_.File("c.ndjson"), directory_.File("none.ndjson")});
  EXPECT_CODE(report, kNotFound);
  EXPECT_NE(report.status().message().find("none.ndjson"), std::string::npos);
  EXPECT_CODE(engine().GetConversation("c"), kNotFound);
}

TEST_F(ImportTest, ZstdIsKnownByItsBytes) {
  std::string input;
  for (int i = 0; i < 2000; ++i) input += ConversationLine("c" + std::to_string(i)) + "\n";
  const ImportReport report = Imported(Compress(input));
  EXPECT_EQ(report.imported.conversations, 2000U);
}

TEST_F(ImportTest, ACutOffZstdKeepsTheWholeRecordsBeforeIt) {
  std::string input;
  for (int i = 0; i < 50'000; ++i) {
    input += ConversationLine("c" + std::to_string(i), R"(,"odd":)" + std::to_string(i * 7919)) + "\n";
  }
  const std::string packed = Compress(input);
  const std::string path = directory_.File("cut.ndjson.zst");
  WriteBytes(path, packed.substr(0, packed.size() / 2));
  Result<ImportReport> report = RunImport(engine(), {path});
  EXPECT_CODE(report, kCorruption);
  EXPECT_NE(report.status().message().find("cut.ndjson.zst"), std::string::npos);
  EXPECT_OK(engine().GetConversation("c0"));
  EXPECT_CODE(engine().GetConversation("c49999"), kNotFound);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(ImportTest, SkipLeavesWhatIsThere) {
  Imported(ConversationLine("c", R"(,"odd":1)") + "\n" + MessageLine("m0", 0));
  const std::string before = WholeState(engine());
  const ImportReport again = Imported(ConversationLine("c", R"(,"odd":2)") + "\n" + MessageLine("m0", 0, "other"));
  EXPECT_EQ(again.skipped, 2U);
  EXPECT_EQ(again.failed, 0U);
  EXPECT_EQ(WholeState(engine()), before);
}

TEST_F(ImportTest, AnotherMessageAtAPlaceIsAConflictThatNamesIt) {
  Imported(ConversationLine("c") + "\n" + MessageLine("m0", 0));
  const ImportReport report = Imported(MessageLine("other", 0));
  EXPECT_EQ(report.failed, 1U);
  ASSERT_EQ(report.errors.size(), 1U);
  EXPECT_NE(report.errors[0].reason.find("conversation c, sequence_number 0"), std::string::npos) << report.errors[0].reason;
}

TEST_F(ImportTest, ReplaceWritesOver) {
  Imported(
      ConversationLine("c", R"(,"messages":[{"id":"a","role":"user","content":"1"},{"id":"b","role":"user","content":"2"}])"));
  const ImportReport report =
      Imported(ConversationLine("c", R"(,"messages":[{"id":"x","role":"user","content":"3"}])"), Policy(PutMode::kUpsert));
  EXPECT_EQ(report.imported.conversations, 1U);
  EXPECT_EQ(engine().GetConversation("c").value().message_count, 1U);
  Imported(ConversationLine("c", R"(,"odd":2)"), Policy(PutMode::kUpsert));
  EXPECT_EQ(engine().GetConversation("c").value().message_count, 1U) << "a line without messages leaves them";
}

TEST_F(ImportTest, NewestTakesTheLaterOne) {
  const auto line = [](const std::string& day, const std::string& name) {
    return R"({"type":"prompt","id":"p","owner_id":"u","name":")" + name +
           R"(","content":"x","created_at":"2025-01-01T00:00:00Z",)" + R"("updated_at":"2025-01-)" + day + R"(T00:00:00Z"})";
  };
  Imported(line("10", "first"));
  EXPECT_EQ(Imported(line("09", "older"), Policy(PutMode::kNewest)).skipped, 1U);
  EXPECT_EQ(engine().GetPrompt("p").value().name, "first");
  EXPECT_EQ(Imported(line("11", "newer"), Policy(PutMode::kNewest)).imported.prompts, 1U);
  EXPECT_EQ(engine().GetPrompt("p").value().name, "newer");
}

TEST_F(ImportTest, FailTellsWhatIsThereAlready) {
  Imported(ConversationLine("c"));
  const ImportReport report = Imported(ConversationLine("c") + "\n" + ConversationLine("d"), Policy(PutMode::kInsert));
  EXPECT_EQ(report.imported.conversations, 1U);
  EXPECT_EQ(report.skipped, 0U);
  ASSERT_EQ(report.errors.size(), 1U);
  EXPECT_EQ(report.errors[0].line, 1U);
  EXPECT_EQ(report.errors[0].reason, "already exists");
}

TEST_F(ImportTest, IdsAreMadeOnRequest) {
  ImportOptions options;
  options.generate_ids = true;
  const std::string input = R"({"type":"prompt","owner_id":"u","name":"n","content":"x"})"
                            "\n"
                            R"({"type":"conversation","user_id":"u","title":"t","messages":[{"role":"user","content":"x"}]})"
                            "\n" +
                            ConversationLine("c") + "\n" +
                            R"({"type":"message","conversation_id":"c","role":"user","content":"x"})";
  const ImportReport report = Imported(input, options);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(report.imported.prompts, 1U);
  EXPECT_EQ(report.imported.conversations, 2U);
  EXPECT_EQ(report.imported.messages, 2U);
}

TEST_F(ImportTest, KindAndOwnerFillWhatLinesLeaveOut) {
  ImportOptions options;
  options.kind = Kind::kPrompt;
  options.owner = "someone";
  const ImportReport report = Imported(R"({"id":"p","name":"n","content":"x"})", options);
  EXPECT_EQ(report.imported.prompts, 1U);
  EXPECT_EQ(engine().GetPrompt("p").value().owner_id, "someone");
}

TEST_F(ImportTest, AReadOnlyEngineImportsNothing) {
  engine_.reset();
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_CODE(Import(ConversationLine("c")), kPermissionDenied);
}

TEST_F(ImportTest, ProgressTellsBytesAndRecords) {
  std::string input;
  for (int i = 0; i < 3000; ++i) input += ConversationLine("c" + std::to_string(i)) + "\n";
  Result<OperationOf<ImportReport>> operation = StartImport(engine(), std::make_unique<TextSource>(input, 4096), "input");
  ASSERT_OK(operation);
  ASSERT_OK(operation->Finish());
  const OperationProgress progress = operation->Info().progress;
  EXPECT_EQ(progress.bytes_done, input.size());
  EXPECT_EQ(progress.records_done, 3000U);
  EXPECT_EQ(progress.Percent(), 100);
}

// Returns a line, then the result of `then`.
class LineAndThen final : public ByteSource {
 public:
  explicit LineAndThen(std::function<Result<std::size_t>(char* buffer, std::size_t length)> then) : then_(std::move(then)) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (given_ == line_.size()) return then_(buffer, length);
    const std::size_t count = line_.copy(buffer, length, given_);
    given_ += count;
    return count;
  }

 private:
  const std::function<Result<std::size_t>(char* buffer, std::size_t length)> then_;
  const std::string line_ = ConversationLine("first") + "\n";
  std::size_t given_ = 0;
};

TEST_F(ImportTest, AnExceptionOfTheSourceEndsTheImportAndKeepsWhatCameBefore) {
  LineAndThen throws([](char*, std::size_t) -> Result<std::size_t> { throw std::runtime_error("out of luck"); });
  const Status failed = StatusOf(RunImport(engine(), throws, "input"));
  EXPECT_CODE(failed, kIoError);
  EXPECT_NE(failed.message().find("out of luck"), std::string::npos) << failed.ToString();
  EXPECT_OK(engine().GetConversation("first"));
  LineAndThen throws_a_number([](char*, std::size_t) -> Result<std::size_t> { throw 7; });
  EXPECT_CODE(RunImport(engine(), throws_a_number, "input"), kIoError);
  LineAndThen runs_out([](char*, std::size_t) -> Result<std::size_t> { throw std::bad_alloc(); });
  EXPECT_CODE(RunImport(engine(), runs_out, "input"), kResourceExhausted);
}

TEST_F(ImportTest, AFailureOfTheSourceIsThatOfTheImport) {
  LineAndThen fails([](char*, std::size_t) -> Result<std::size_t> { return Status::Unavailable("come back later"); });
  const Status failed = StatusOf(RunImport(engine(), fails, "input"));
  EXPECT_CODE(failed, kUnavailable);
  EXPECT_NE(failed.message().find("come back later"), std::string::npos) << failed.ToString();
  EXPECT_OK(engine().GetConversation("first"));
}

TEST_F(ImportTest, ASourceThatSaysItGaveMoreThanItCouldIsRefused) {
  LineAndThen lies([](char*, std::size_t length) -> Result<std::size_t> { return length + 1; });
  EXPECT_CODE(RunImport(engine(), lies, "input"), kInvalidArgument);
  EXPECT_CODE(StartImport(engine(), nullptr, "input"), kInvalidArgument);
}

TEST_F(ImportTest, OnlyUpdatingIsRefusedAndStoresNothing) {
  const std::string file = directory_.File("update.ndjson");
  std::ofstream(file) << R"({"type":"prompt","id":"p-update","owner_id":"ben","name":"n","content":"c"})" << '\n';
  ImportOptions options;
  options.mode = PutMode::kUpdate;
  EXPECT_CODE(RunImport(engine(), {file}, options), kInvalidArgument);
  EXPECT_CODE(engine().GetPrompt("p-update"), kNotFound);
}

}  // namespace
}  // namespace coffer::operations

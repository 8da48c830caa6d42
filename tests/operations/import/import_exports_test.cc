// Our own exports imported again, valid and damaged.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "coffer/export.h"
#include "operations/files/tar_writer.h"
#include "operations/import/run_import.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

constexpr const char* kHead = R"({"coffer_export":{"version":1,"scope":"full"},)";

class ImportExportsTest : public OperationsTest {
 protected:
  std::string Exported(ExportOptions options = {}) {
    options.output = directory_.File("export" + std::to_string(exports_++));
    EXPECT_OK(RunExport(engine(), options));
    return options.output;
  }

  void OpenEmpty() {
    engine_.reset();
    std::filesystem::rename(store_path(), directory_.File("old" + std::to_string(exports_++)));
    Open();
  }

  Result<ImportReport> Import(std::string bytes, const ImportOptions& options = {},
                              std::size_t line_bytes_max = kImportLineBytesMax) {
    TextSource source(std::move(bytes), 1000);
    return ImportWithLineLimit(engine(), source, "input", options, line_bytes_max);
  }

  // The errors as "line: reason" lines.
  std::string Errors(const std::string& bytes, const ImportOptions& options = {}) {
    const Result<ImportReport> report = Import(bytes, options);
    if (!report.ok()) return report.status().ToString();
    std::string errors;
    for (const ImportError& error : report->errors) errors += std::to_string(error.line) + ": " + error.reason + "\n";
    return errors;
  }

  static std::string Tar(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string bytes;
    TarWriter tar(
        [&](std::string_view piece) {
          bytes += piece;
          return Status::Ok();
        },
        {});
    for (const auto& [name, content] : files) {
      EXPECT_OK(tar.BeginFile(name, content.size()));
      EXPECT_OK(tar.Write(content));
    }
    EXPECT_OK(tar.Finish());
    return bytes;
  }

  int exports_ = 0;
};

TEST_F(ImportExportsTest, ReplacingLeavesNothingThatTheExportHasNot) {
  PutSome("then");
  const std::string state = WholeState(engine());
  std::vector<std::string> files;
  for (ExportFormat format : {ExportFormat::kJson, ExportFormat::kNdjson, ExportFormat::kCsv, ExportFormat::kParquet}) {
    ExportOptions options;
    options.format = format;
    files.push_back(Exported(options));
  }
  for (const std::string& file : files) {
    PutSome("now");
    Message message;
    message.conversation_id = "c2";
    message.content = "one more";
    ASSERT_OK(engine().AppendMessage("c2", message));
    message.conversation_id = "c0";
    ASSERT_OK(engine().AppendMessage("c0", message));
    ImportOptions replace;
    replace.mode = PutMode::kUpsert;
    const Result<ImportReport> report = RunImport(engine(), {file}, replace);
    ASSERT_OK(report);
    EXPECT_EQ(report->errors_total, 0U) << file << ": " << report->errors.front().reason;
    EXPECT_EQ(WholeState(engine()), state) << file;
  }
}

// The lines between the first and the last, which describe the export itself.
std::string RecordLinesOf(const std::string& ndjson) {
  const std::size_t begin = ndjson.find('\n') + 1;
  return ndjson.substr(begin, ndjson.rfind('\n', ndjson.size() - 2) + 1 - begin);
}

TEST_F(ImportExportsTest, AHundredThousandTinyConversationsComeBack) {
  constexpr int kConversations = 100'000;
  Batch batch(engine());
  for (int i = 0; i < kConversations; ++i) {
    Conversation conversation;
    conversation.user_id = "u" + std::to_string(i % 7);
    conversation.title = "t";
    std::vector<Message> messages(static_cast<std::size_t>(i % 3));
    for (Message& message : messages) message.content = "m";
    ASSERT_OK(batch.PutConversationWithMessages(conversation, messages));
    if (batch.size() < 1000) continue;
    ASSERT_OK(engine().Commit(batch, {Durability::kBuffered}));
  }
  ExportOptions ndjson;
  ndjson.format = ExportFormat::kNdjson;
  ndjson.compress = false;
  const std::string records = RecordLinesOf(ReadBytes(Exported(ndjson)));
  EXPECT_EQ(std::ranges::count(records, '\n'), kConversations);
  for (ExportFormat format : {ExportFormat::kJson, ExportFormat::kNdjson, ExportFormat::kCsv, ExportFormat::kParquet}) {
    ExportOptions options;
    options.format = format;
    const std::string file = Exported(options);
    OpenEmpty();
    const Result<ImportReport> report = RunImport(engine(), {file});
    ASSERT_OK(report);
    EXPECT_EQ(report->imported.conversations, static_cast<std::uint64_t>(kConversations));
    EXPECT_TRUE(RecordLinesOf(ReadBytes(Exported(ndjson))) == records) << file;
  }
}

TEST_F(ImportExportsTest, TablesOfATarInAnotherOrderLoseNoMessage) {
  PutSome("then");
  const std::string state = WholeState(engine());
  ExportOptions options;
  options.format = ExportFormat::kCsv;
  options.compress = false;
  std::string conversations;
  std::string messages;
  {
    const std::string folder = directory_.File("untarred");
    std::filesystem::create_directories(folder);
    ASSERT_EQ(std::system(("tar -C " + folder + " -xf " + Exported(options)).c_str()), 0);
    conversations = ReadBytes(folder + "/conversations.csv");
    messages = ReadBytes(folder + "/messages.csv");
  }
  ImportOptions replace;
  replace.mode = PutMode::kUpsert;
  EXPECT_EQ(Errors(Tar({{"messages.csv", messages}, {"conversations.csv", conversations}}), replace), "");
  EXPECT_EQ(WholeState(engine()), state);
}

TEST_F(ImportExportsTest, EveryImportableLayoutBringsEverythingBack) {
  PutSome("some", 40);
  PutDocument("..", "dots");
  PutDocument("large", std::string((std::size_t{16} << 20) + 5, 'x'));
  PutDocument("empty", "");
  const std::string state = WholeState(engine());
  std::vector<std::string> files;
  for (ExportFormat format : {ExportFormat::kJson, ExportFormat::kNdjson, ExportFormat::kCsv, ExportFormat::kParquet}) {
    for (bool compress : {false, true}) {
      ExportOptions options;
      options.format = format;
      options.compress = compress;
      files.push_back(Exported(options));
    }
  }
  for (const std::string& file : files) {
    OpenEmpty();
    const Result<ImportReport> report = RunImport(engine(), {file});
    ASSERT_OK(report);
    EXPECT_EQ(report->errors_total, 0U) << report->errors.front().reason;
    EXPECT_EQ(report->contents, 5U);
    EXPECT_TRUE(WholeState(engine()) == state) << file;
    const Result<ImportReport> again = RunImport(engine(), {file});
    ASSERT_OK(again);
    EXPECT_EQ(again->imported.conversations + again->imported.documents, 0U);
    EXPECT_GE(again->skipped, 46U);
    EXPECT_TRUE(engine().CheckIntegrity()->findings.empty()) << file;
  }
}

TEST_F(ImportExportsTest, AnEncryptedExportIsReadWithTheStoresIdentityAlone) {
  PutSome("some");
  const std::string state = WholeState(engine());
  ExportOptions options;
  options.encrypt = true;
  const std::string file = Exported(options);
  const std::string identity = ReadBytes(store_path() + "/keys/identity.txt");
  OpenEmpty();
  EXPECT_CODE(RunImport(engine(), {file}), kPermissionDenied);
  WriteBytes(store_path() + "/keys/identity.txt", identity);
  ASSERT_OK(RunImport(engine(), {file}));
  EXPECT_EQ(WholeState(engine()), state);
  EXPECT_NE(Errors(ReadBytes(file)).find("age-encrypted (supported only as a whole file)"), std::string::npos);
  WriteBytes(file, ReadBytes(file).substr(0, 600));
  EXPECT_CODE(RunImport(engine(), {file}), kCorruption);
}

TEST_F(ImportExportsTest, RecordsAboveTheLimitOfALineAreStreamed) {
  PutSome("some", 30);
  const std::string state = WholeState(engine());
  ExportOptions options;
  options.compress = false;
  const std::string bytes = ReadBytes(Exported(options));
  OpenEmpty();
  const Result<ImportReport> report = Import(bytes, {}, 200);
  ASSERT_OK(report);
  EXPECT_EQ(report->errors_total, 0U);
  EXPECT_EQ(WholeState(engine()), state);
}

TEST_F(ImportExportsTest, AJsonExportMayBeLaidOutInAnyWay) {
  const std::string pretty =
      std::string("\n {\n \"coffer_export\" : {\"version\" : 1},\n\"documents\":[],\n \"prompts\" : [ {\n\"id\":\"p\",\n") +
      "\"owner_id\":\"o\", \"name\":\"n\\n\\\"x\\\"\" , \"content\":\"c]},{\"\n} \n,\t{} , 7 ] "
      ",\"mine\":[{\"a\":[]}],\"counts\":{\"prompts\":3}}\n";
  EXPECT_EQ(Errors(pretty), "2: owner_id: missing\n3: record: not an object\n");
  EXPECT_EQ(engine().GetPrompt("p")->content, "c]},{");
  EXPECT_EQ(engine().GetPrompt("p")->name, "n\n\"x\"");
}

TEST_F(ImportExportsTest, ASpoiledJsonExportIsToldAndItsWholeRecordsStay) {
  const std::string prompt = R"({"id":"p","owner_id":"o","name":"n","content":"c"})";
  const std::string head = kHead;
  const auto code = [&](const std::string& rest) { return Import(head + rest).status().code(); };
  EXPECT_EQ(code("\"prompts\":[" + prompt + "],\"counts\":{\"prompts\":1}}"), StatusCode::kOk);
  EXPECT_EQ(code("\"prompts\":[" + prompt), StatusCode::kCorruption) << "cut off";
  EXPECT_EQ(code("\"prompts\":[" + prompt + "],\"counts\":{\"prompts\":2}}"), StatusCode::kCorruption) << "a record is missing";
  EXPECT_EQ(code("\"prompts\":[" + prompt + "]}"), StatusCode::kCorruption) << "no counts";
  EXPECT_EQ(code("\"prompts\":[" + prompt + prompt + "],\"counts\":{\"prompts\":2}}"), StatusCode::kCorruption) << "no comma";
  EXPECT_EQ(code("\"prompts\":[," + prompt + "],\"counts\":{\"prompts\":1}}"), StatusCode::kCorruption);
  EXPECT_EQ(code("\"prompts\":[" + prompt + ",],\"counts\":{\"prompts\":1}}"), StatusCode::kCorruption);
  EXPECT_EQ(code("\"prompts\":{},\"counts\":{}}"), StatusCode::kCorruption);
  EXPECT_EQ(code("\"counts\":{}} x"), StatusCode::kCorruption);
  EXPECT_EQ(code("\"x\":\"" + std::string(std::size_t{2} << 20, 'x') + "\"}"), StatusCode::kCorruption) << "above its limit";
  EXPECT_EQ(code("\"prompts\":[" + std::string(100'000, '[') + "],\"counts\":{}}"), StatusCode::kCorruption);
  EXPECT_OK(engine().GetPrompt("p"));
  EXPECT_CODE(Import(R"({"coffer_export":{"version":2},"counts":{}})"), kInvalidArgument);
  EXPECT_CODE(Import(R"({"coffer_export":{"version":1,"scope":"analytics"},"totals":[],"counts":{}})"), kInvalidArgument);
  // A line end within a string neither starts a second line nor makes a valid string.
  EXPECT_EQ(Errors(head + "\"prompts\":[{\"id\":\"q\",\"name\":\"a\nb\"}],\"counts\":{\"prompts\":1}}").substr(0, 3), "1: ");
}

TEST_F(ImportExportsTest, AnNdjsonExportIsHeldAgainstItsLastLine) {
  PutSome("some");
  ExportOptions options;
  options.format = ExportFormat::kNdjson;
  options.compress = false;
  const std::string bytes = ReadBytes(Exported(options));
  OpenEmpty();
  EXPECT_EQ(Errors(bytes), "");
  EXPECT_EQ(Errors(bytes + bytes), "") << "two exports, one after the other";
  std::string changed = bytes;
  changed.replace(changed.find("title some"), 10, "title SOME");
  EXPECT_NE(Errors(changed).find("sha256 differs"), std::string::npos);
  const std::size_t last = bytes.rfind("{\"type\":\"end\"");
  EXPECT_NE(Errors(bytes.substr(0, last)).find("it was cut off"), std::string::npos);
  const Result<ImportReport> streamed = Import(bytes, {}, 200);
  ASSERT_OK(streamed);
  EXPECT_EQ(streamed->errors_total, 0U) << "the hash covers lines that are streamed";
}

TEST_F(ImportExportsTest, ARowOfCsvThatIsNoRecordIsToldWithItsLine) {
  const std::string header =
      "id,owner_id,name,description,prompt_type,category,content,variables,template_format,input_schema,output_schema,"
      "examples,version,is_latest,is_public,rating,usage_count,tags,_unknown\r\n";
  const auto row = [](const std::string& id, const std::string& variables, const std::string& version,
                      const std::string& unknown) {
    return id + ",o,n,,,," + "\"multi\r\nline\"," + variables + ",,,,," + version + ",,,,,," + unknown + "\r\n";
  };
  const std::string text = header + row("good", "\"[\"\"a\"\"]\"", "2", "\"{\"\"x\"\":1.50}\"") +
                           row("list", "\"[1\"", "1", "") + row("number", "", "\"1,\"\"id\"\":2\"", "") +
                           row("unknown", "", "1", "\"[]\"") + row("twice", "", "1", "\"{\"\"id\"\":\"\"y\"\"}\"") +
                           "short,row\r\n" + row("utf", "", "1", "") + "a\"b,\r\n" + row("'=last", "", "1", "");
  ImportOptions options;
  const std::string errors = Errors(text, options);
  EXPECT_TRUE(errors.starts_with("4: variables: not valid JSON: ")) << errors;
  EXPECT_NE(errors.find("6: version: "), std::string::npos) << errors;
  EXPECT_NE(errors.find("8: _unknown: not an object"), std::string::npos) << errors;
  EXPECT_NE(errors.find("10: "), std::string::npos) << errors;
  EXPECT_NE(errors.find("12: row: 2 cells, expected 19"), std::string::npos) << errors;
  EXPECT_NE(errors.find("15: a quote within an unquoted cell"), std::string::npos) << errors;
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 6) << errors;
  const Prompt good = *engine().GetPrompt("good");
  EXPECT_EQ(good.content, "multi\r\nline");
  EXPECT_EQ(good.unknown_members.text(), "\"x\":1.50");
  EXPECT_EQ(good.version, 2U);
  EXPECT_OK(engine().GetPrompt("=last"));
  EXPECT_CODE(Import(header.substr(0, header.size() - 2) + ",nope\r\n"), kInvalidArgument);
}

TEST_F(ImportExportsTest, AHostileTarNamesNothingOutsideAndHoldsNoMemory) {
  const std::string documents =
      std::string(kHead) + R"("documents":[{"id":"a","owner_id":"o","filename":"f","content_path":"contents/a"},)" +
      R"({"id":"b","owner_id":"o","filename":"f","content_path":"../../etc/passwd"},)" +
      R"({"id":"c","owner_id":"o","filename":"f","content_path":"contents/missing"}],"counts":{"documents":3}})";
  const std::string errors = Errors(
      Tar({{"contents/a", "of a"}, {"../evil", "x"}, {"/abs", "x"}, {"contents/orphan", "x"}, {"export.json", documents}}));
  EXPECT_EQ(ContentOf(engine(), "a"), "of a");
  EXPECT_NE(errors.find("2: content_path: the tar has no \"../../etc/passwd\" before this record"), std::string::npos)
      << errors;
  EXPECT_NE(errors.find("3: content_path: the tar has no \"contents/missing\""), std::string::npos) << errors;
  EXPECT_NE(errors.find("leads out of the folder"), std::string::npos) << errors;
  EXPECT_NE(errors.find("1 contents without a document; first: orphan"), std::string::npos) << errors;
  EXPECT_CODE(engine().GetDocument("b"), kNotFound);
  const std::string tar = Tar({{"export.json", documents}});
  EXPECT_CODE(Import(tar.substr(0, 700)), kCorruption);
  EXPECT_NE(Errors(Tar({{"inner.tar", tar}})).find("a tar inside a tar is not supported"), std::string::npos);
}

TEST_F(ImportExportsTest, ManySmallContentsWaitOnDisk) {
  std::vector<std::pair<std::string, std::string>> files;
  std::string rows =
      "id,owner_id,filename,original_filename,title,description,mime_type,document_type,status,file_size,file_hash,extracted_"
      "text,tags,version\r\n";
  for (int i = 0; i < 40; ++i) {
    const std::string id = "d" + std::to_string(i);
    files.emplace_back("contents/" + id, std::string(std::size_t{1} << 20, static_cast<char>('a' + i % 26)));
    rows += id + ",o,f,,,,,,,,,,,\r\n";
  }
  files.emplace_back("documents.csv", rows);
  const Result<ImportReport> report = Import(Tar(files));
  ASSERT_OK(report);
  EXPECT_EQ(report->contents, 40U);
  EXPECT_EQ(ContentOf(engine(), "d27"), std::string(std::size_t{1} << 20, 'b'));
  EXPECT_TRUE(engine().CheckIntegrity()->findings.empty());
}

TEST_F(ImportExportsTest, APolicyDecidesWhereARecordIsThere) {
  PutDocument("d", "first");
  const std::string file = Exported({});
  PutDocument("d", "second");
  EXPECT_EQ(RunImport(engine(), {file})->skipped, 1U);
  EXPECT_EQ(ContentOf(engine(), "d"), "second");
  ImportOptions options;
  options.mode = PutMode::kInsert;
  EXPECT_EQ(RunImport(engine(), {file}, options)->failed, 1U);
  options.mode = PutMode::kUpsert;
  EXPECT_EQ(RunImport(engine(), {file}, options)->imported.documents, 1U);
  EXPECT_EQ(ContentOf(engine(), "d"), "first");
}

TEST_F(ImportExportsTest, AFormatThatWasNamedHasToBeThatOfTheFile) {
  PutSome("some");
  ExportOptions xml;
  xml.format = ExportFormat::kXml;
  xml.compress = false;
  EXPECT_NE(Errors(ReadBytes(Exported(xml))).find("is XML"), std::string::npos);
  ImportOptions options;
  options.format = ImportFormat::kCofferJson;
  EXPECT_NE(Errors("{\"type\":\"prompt\"}\n", options).find("is not a Coffer JSON export"), std::string::npos);
  options.format = ImportFormat::kCofferCsv;
  EXPECT_NE(Errors("{\"type\":\"prompt\"}\n", options).find("is not CSV"), std::string::npos);
  options.kind = Kind::kPrompt;
  EXPECT_EQ(Errors("content,name,owner_id,id\nc,n,o,mine\n", options), "") << "columns in another order";
  EXPECT_OK(engine().GetPrompt("mine"));
  options.format = ImportFormat::kNdjson;
  EXPECT_NE(Errors("id,owner_id,name,description\n", options), "");
}

}  // namespace
}  // namespace coffer::operations

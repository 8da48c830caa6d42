// Imports of Parquet tables: complete, alone, damaged and hostile.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "coffer/export.h"
#include "format/parquet/parquet_footer.h"
#include "operations/files/tar_writer.h"
#include "operations/import/run_import.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

using format::ParquetColumn;
using format::ParquetType;

class ImportParquetTest : public OperationsTest {
 protected:
  using Rows = std::vector<std::vector<std::string>>;

  // Text columns only, with an export's note if `note` is not empty.
  static std::string Table(const std::vector<std::string>& names, const Rows& rows, const std::string& note = "") {
    std::vector<ParquetColumn> columns;
    for (const std::string& name : names) columns.push_back({name, ParquetType::kText});
    return File(columns, note, [&](format::ParquetRows& to) {
      for (const std::vector<std::string>& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) to.column(i).AddBytes(row[i]);
        to.EndRow();
      }
    });
  }

  static std::string Contents(const std::vector<std::pair<std::string, int>>& chunks) {
    const std::vector<ParquetColumn> columns = {
        {"document_id", ParquetType::kText}, {"chunk", ParquetType::kWhole}, {"bytes", ParquetType::kBytes}};
    return File(columns, "", [&](format::ParquetRows& rows) {
      for (const auto& [id, chunk] : chunks) {
        rows.column(0).AddBytes(id);
        rows.column(1).AddInt64(chunk);
        rows.column(2).AddBytes("<" + std::to_string(chunk) + ">");
        rows.EndRow();
      }
    });
  }

  static std::string File(const std::vector<ParquetColumn>& columns, const std::string& note,
                          const std::function<void(format::ParquetRows&)>& fill) {
    format::ParquetCompressor compressor(3);
    std::vector<std::pair<std::string, std::string>> notes;
    if (!note.empty()) notes.emplace_back("coffer_export", note);
    format::ParquetFooter footer(columns, compressor.codec(), notes);
    format::ParquetRows rows(columns);
    fill(rows);
    const Result<format::ParquetRowGroup> group = format::EncodeParquetRows(rows, compressor);
    EXPECT_OK(group);
    footer.Add(*group, 4);
    return "PAR1" + group->bytes + footer.Finish(4 + group->bytes.size());
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

  // The failure, or the errors as "line: reason" lines.
  std::string Errors(const std::string& bytes, const ImportOptions& options = {}) {
    TextSource source(bytes, 1000);
    const Result<ImportReport> report = ImportWithLineLimit(engine(), source, "input", options);
    if (!report.ok()) return report.status().ToString();
    std::string errors;
    for (const ImportError& error : report->errors) errors += std::to_string(error.line) + ": " + error.reason + "\n";
    return errors;
  }

  const std::vector<std::string> kColumns = {"title", "id", "user_id"};
};

TEST_F(ImportParquetTest, TableIsToldByItsColumnsInAnyOrder) {
  EXPECT_EQ(Errors(Table(kColumns, {{"t", "c1", "u"}})), "");
  EXPECT_EQ(Errors(Table({"role", "conversation_id", "id", "content", "sequence_number"}, {{"user", "c1", "m1", "hi", "0"}})),
            "");
  EXPECT_EQ(Errors(Table({"content", "name", "owner_id", "id"}, {{"c", "n", "u", "p1"}})), "");
  EXPECT_EQ(engine().GetConversation("c1")->title, "t");
  EXPECT_EQ(engine().ListMessages("c1")->items.size(), 1U);
  EXPECT_OK(engine().GetPrompt("p1"));
}

TEST_F(ImportParquetTest, TableOfNoKindIsRefusedUnlessTheKindIsNamed) {
  const std::string table = Table({"id", "title"}, {{"c1", "t"}});
  EXPECT_NE(Errors(table).find("its columns match no kind of record"), std::string::npos) << Errors(table);
  ImportOptions options;
  options.kind = Kind::kConversation;
  options.owner = "u";
  EXPECT_EQ(Errors(table, options), "");
  EXPECT_OK(engine().GetConversation("c1"));
}

TEST_F(ImportParquetTest, OtherColumnsBecomeUnknownMembers) {
  EXPECT_EQ(Errors(Table({"title", "id", "user_id", "mood", "_unknown"}, {{"t", "c1", "u", "good", R"({"a":[1,null]})"}})), "");
  const std::string json = engine().GetConversationJson("c1", false).value();
  EXPECT_NE(json.find(R"("mood":"good","a":[1,null])"), std::string::npos) << json;
}

TEST_F(ImportParquetTest, DigitsStandBeforeWhatTheirColumnHas) {
  std::vector<ParquetColumn> columns = {{"id", ParquetType::kText},
                                        {"user_id", ParquetType::kText},
                                        {"title", ParquetType::kText},
                                        {"total_cost", ParquetType::kNumber},
                                        {"_digits", ParquetType::kJson}};
  EXPECT_EQ(Errors(File(columns, "",
                        [](format::ParquetRows& rows) {
                          for (const char* text : {"c1", "u", "t"})
                            rows.column(text[0] == 'c' ? 0 : text[0] == 'u' ? 1 : 2).AddBytes(text);
                          rows.column(3).AddDouble(0.1);
                          rows.column(4).AddBytes(R"({"total_cost":0.10,"total_tokens":1e2})");
                          rows.EndRow();
                        })),
            "");
  EXPECT_EQ(engine().GetConversation("c1")->total_cost->text(), "0.10");
  EXPECT_EQ(engine().GetConversation("c1")->total_tokens->text(), "1e2");
}

TEST_F(ImportParquetTest, RowsThatAreNoRecordsAreToldByTheirNumber) {
  const std::string errors =
      Errors(Table({"title", "id", "user_id", "tags", "_digits"}, {{"t", "c1", "u", "[]", "{}"},
                                                                   {"t", "c 2", "u", "[]", "{}"},
                                                                   {"t", "c3", "u", "[", "{}"},
                                                                   {"t", "c4", "u", "[]", "[]"},
                                                                   {"t", "c5", "u", "[]", R"({"title":1})"},
                                                                   {"\xff", "c6", "u", "[]", "{}"}}));
  for (const char* expected : {"2: id: ", "3: tags: not valid JSON", "4: _digits: not an object",
                               "5: _digits: names a member that is not a number", "6: title: invalid UTF-8"}) {
    EXPECT_NE(errors.find(expected), std::string::npos) << errors;
  }
  EXPECT_OK(engine().GetConversation("c1"));
}

TEST_F(ImportParquetTest, ColumnsThatNoMemberMayHaveAreRefused) {
  EXPECT_NE(Errors(Table({"title", "id", "user_id", "messages"}, {})).find("column \"messages\": not a valid member name"),
            std::string::npos);
  EXPECT_NE(Errors(Table({"title", "id", "user_id", "title"}, {})).find("column \"title\" occurs twice"), std::string::npos);
}

TEST_F(ImportParquetTest, FewBytesThatPromiseManyRowsAreRefused) {
  const std::string table = File({{"id", ParquetType::kText}, {"user_id", ParquetType::kText}, {"title", ParquetType::kText}},
                                 "", [](format::ParquetRows& rows) {
                                   for (int row = 0; row < 100'000; ++row) {
                                     for (std::size_t column = 0; column < 3; ++column) rows.column(column).AddNull();
                                     rows.EndRow();
                                   }
                                 });
  ASSERT_LT(table.size(), 2000U);
  const std::string errors = Errors(table);
  EXPECT_NE(errors.find("resource_exhausted: input: 100000 rows in "), std::string::npos) << errors.substr(0, 1000);
}

TEST_F(ImportParquetTest, RowsOfQueriesAndNewerLayoutsAreRefused) {
  EXPECT_NE(Errors(Table(kColumns, {}, R"({"version":1,"scope":"custom","table":"conversations"})")).find("which holds rows"),
            std::string::npos);
  EXPECT_NE(Errors(Table(kColumns, {}, R"({"version":2,"scope":"full","table":"conversations"})")).find("layout version 2"),
            std::string::npos);
  EXPECT_NE(Errors(Table(kColumns, {}, R"({"version":1,"scope":"full"})")).find("is an export without a table name"),
            std::string::npos);
}

TEST_F(ImportParquetTest, DamageNamesFileRowGroupAndColumn) {
  std::string table = Table(kColumns, {{"a title", "c1", "u"}});
  for (std::size_t at = 20; at < 60; ++at) table[at] = static_cast<char>(table[at] ^ 0x55);
  const std::string told = Errors(Tar({{"x.parquet", table}}));
  EXPECT_NE(told.find("input: x.parquet: row group 1: column \"title\": "), std::string::npos) << told;
}

TEST_F(ImportParquetTest, ChunksOfAContentStandInOrder) {
  const std::string documents = Table({"id", "owner_id", "filename"}, {{"d1", "u", "f"}, {"d2", "u", "f"}});
  EXPECT_EQ(Errors(Tar({{"contents.parquet", Contents({{"d1", 0}, {"d1", 1}, {"d2", 0}})}, {"documents.parquet", documents}})),
            "");
  EXPECT_EQ(engine().GetDocument("d1")->file_size, 6U);
  EXPECT_EQ(engine().GetDocument("d2")->file_size, 3U);
  const std::string told = Errors(Tar({{"contents.parquet", Contents({{"d3", 0}, {"d3", 2}})}}));
  EXPECT_NE(told.find("row 2: chunk 2 of document d3, expected 1"), std::string::npos) << told;
  EXPECT_NE(Errors(Contents({{"d4", 0}})).find("1 contents without a document; first: d4"), std::string::npos);
}

TEST_F(ImportParquetTest, ContentsOfOneFileAreForTheDocumentsOfTheNext) {
  const std::string contents = directory_.File("contents.parquet");
  const std::string documents = directory_.File("documents.parquet");
  WriteBytes(contents, Contents({{"d1", 0}}));
  WriteBytes(documents, Table({"id", "owner_id", "filename"}, {{"d1", "u", "f"}}));
  const Result<ImportReport> report = RunImport(engine(), {contents, documents});
  ASSERT_OK(report);
  EXPECT_EQ(report->errors_total, 0U);
  EXPECT_EQ(report->contents, 1U);
}

TEST_F(ImportParquetTest, FormatThatIsNamedMustBeThere) {
  ImportOptions options;
  options.format = ImportFormat::kCofferParquet;
  EXPECT_NE(Errors("{}", options).find("is not a Parquet file"), std::string::npos);
  EXPECT_EQ(Errors(Table(kColumns, {{"t", "c1", "u"}}), options), "");
  options.format = ImportFormat::kNdjson;
  EXPECT_NE(Errors(Table(kColumns, {}), options).find("is a Parquet file"), std::string::npos);
}

TEST_F(ImportParquetTest, LeavesNothingBesideTheStore) {
  EXPECT_EQ(Errors(Tar({{"x.parquet", Table(kColumns, {{"t", "c1", "u"}})}})), "");
  for (const auto& entry : std::filesystem::directory_iterator(store_path())) {
    EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
  }
}

TEST_F(ImportParquetTest, WhatCameEncryptedWaitsEncrypted) {
  OpenOverFailingFiles();
  for (bool encrypt : {false, true}) {
    PutSome(encrypt ? "sealed" : "plain");
    ExportOptions options;
    options.format = ExportFormat::kParquet;
    options.compress = false;
    options.encrypt = encrypt;
    options.output = directory_.File(encrypt ? "sealed.tar" : "plain.tar");
    ASSERT_OK(RunExport(engine(), options));
    FileFailure kept;
    kept.operation = FileOperation::kRemove;
    kept.path_part = "/input";
    kept.repeat = true;
    files_.FailOn(kept);
    ASSERT_OK(RunImport(engine(), {options.output}));
    files_.Heal();
    int waited = 0;
    int readable = 0;
    for (const auto& folder : std::filesystem::directory_iterator(store_path())) {
      const std::string path = folder.path().string() + "/input";
      if (!std::filesystem::exists(path)) continue;
      ++waited;
      readable += ReadBytes(path).find("created_at") != std::string::npos ? 1 : 0;
      std::filesystem::remove(path);
    }
    EXPECT_EQ(waited, 5);
    EXPECT_EQ(readable, encrypt ? 0 : 5);
  }
}

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

TEST_F(ImportParquetTest, ALargeContentComesBackInLittleMemory) {
  constexpr std::size_t kMebibytes = 100;
  ContentWriter content = engine().NewContent().value();
  std::string piece(std::size_t{1} << 20, '\0');
  for (std::size_t i = 0; i < kMebibytes; ++i) {
    for (std::size_t at = 0; at < piece.size(); ++at) piece[at] = static_cast<char>((at * 2654435761U + i * 97) >> 11);
    ASSERT_OK(content.Append(piece));
  }
  Document document;
  document.id = "large";
  document.owner_id = "u";
  document.filename = "f";
  ASSERT_OK(engine().PutDocument(document, std::move(content)));
  const std::string state = WholeState(engine());
  const double before = PeakMegabytes();
  ExportOptions options;
  options.format = ExportFormat::kParquet;
  options.output = directory_.File("large.tar");
  ASSERT_OK(RunExport(engine(), options));
  engine_.reset();
  std::filesystem::rename(store_path(), directory_.File("old"));
  Open();
  const Result<ImportReport> report = RunImport(engine(), {options.output});
  ASSERT_OK(report);
  EXPECT_EQ(report->errors_total, 0U);
  EXPECT_EQ(WholeState(engine()), state);
  EXPECT_LT(PeakMegabytes() - before, 256) << "in addition to the test's own memory";
}

}  // namespace
}  // namespace coffer::operations

// Whole ChatGPT archives: their other files, and hostile ones.
#include <gtest/gtest.h>

#include "chat_fixture.h"
#include "operations/files/tar_writer.h"
#include "operations/import/chats/chat.h"
#include "operations/import/input/zip_reader.h"

namespace coffer::operations {
namespace {

std::string Conversation(const std::string& id, const std::string& message) {
  return R"({"id":")" + id + R"(","title":"T","create_time":1700000000,"current_node":"m","mapping":{"m":{"message":)" +
         message + "}}}";
}

std::string WithPicture(const std::string& id, const std::string& pointer, const std::string& attachments = "[]") {
  return Conversation(id, R"({"id":"m-)" + id +
                              R"(","author":{"role":"user"},"create_time":1700000001,"content":{"content_type":)" +
                              R"("multimodal_text","parts":[{"content_type":"image_asset_pointer","asset_pointer":")" +
                              pointer + R"("},"look"]},"metadata":{"attachments":)" + attachments + "}}");
}

std::string Text(const std::string& id, const std::string& text) {
  return Conversation(
      id,
      R"({"id":"m-)" + id + R"(","author":{"role":"assistant"},"content":{"content_type":"text","parts":[")" + text + "\"]}}");
}

class ImportChatGptZipTest : public ChatImportTest {};

TEST_F(ImportChatGptZipTest, ConversationsInSeveralFilesComeWithTheirPicturesAndRatings) {
  const ZipFiles files = {
      {"chat.html", "<html></html>"},
      {"user.json", R"({"email":"a@b"})"},
      {"conversations-000.json", "[" + WithPicture("c1", "file-service://file-Aa1") + "]"},
      {"conversations-001.json", "[" +
                                     WithPicture("c2", "sediment://file_00ff#page",
                                                 R"([{"id":"file_00ff","name":"notes.pdf","mime_type":"application/pdf"}])") +
                                     "," + Text("c3", "fine") + "]"},
      {"message_feedback.json", R"([{"message_id":"m-c3","conversation_id":"c3","rating":"thumbsUp","content":"{}"},
                                    {"id":"gone","rating":"thumbsDown"}])"},
      {"file-Aa1-photo.png", "png bytes"},
      {"file_00ff.dat", "pdf bytes"},
      {"dalle-generations/file-Zz9-1234.webp", "webp bytes"},
      {"user-1/project/data.json", "{}"}};
  const Result<ImportReport> report = ImportZip(ZipOf(files));
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            "chat.html: not imported as a record (1)\n"
            "message_feedback.json: []: refers to a message that is not in the export (1)\n"
            "user.json: not imported as a record (1)\n");
  EXPECT_EQ(report->imported.conversations, 3U);
  EXPECT_EQ(report->imported.documents, 4U);
  EXPECT_EQ(report->contents, 4U);
  EXPECT_EQ(ContentOf(engine(), "file-Aa1"), "png bytes");
  EXPECT_EQ(ContentOf(engine(), "file_00ff"), "pdf bytes");
  EXPECT_EQ(ContentOf(engine(), "file-Zz9"), "webp bytes");
  const Result<Document> document = engine().GetDocument("file_00ff");
  ASSERT_OK(document);
  EXPECT_EQ(document->owner_id, "anna");
  EXPECT_EQ(document->filename, "notes.pdf");
  EXPECT_EQ(document->mime_type, "application/pdf");
  EXPECT_EQ(document->document_type, DocumentType::kPdf);
  EXPECT_EQ(FormatTimestamp(*document->created_at), "2023-11-14T22:13:21.000000Z");
  EXPECT_EQ(document->extra_metadata->text(),
            R"({"chatgpt":{"path":"file_00ff.dat","conversation_id":"c2","message_id":"m-c2"}})");
  EXPECT_EQ(engine().GetDocument("file-Aa1")->filename, "photo.png");
  EXPECT_NE(engine().GetMessage("c1", 0)->extra_metadata->text().find(R"("documents":["file-Aa1"])"), std::string::npos);
  const Result<Message> rated = engine().GetMessage("c3", 0);
  ASSERT_OK(rated);
  EXPECT_EQ(rated->rating->text(), "5");
  EXPECT_NE(rated->extra_metadata->text().find(R"("feedback":{"message_id":"m-c3")"), std::string::npos);

  const std::string state = WholeState(engine());
  const Result<ImportReport> again = ImportZip(ZipOf(files));
  ASSERT_OK(again);
  EXPECT_EQ(again->imported.conversations + again->imported.documents, 0U);
  EXPECT_EQ(again->skipped, 7U);
  EXPECT_EQ(WholeState(engine()), state);
}

TEST_F(ImportChatGptZipTest, FilesAreFoundByTheirFormerNamesWhereverTheyStand) {
  const Result<ImportReport> report = ImportZip(
      ZipOf({{"export/file-Q1.dat", "one"},
             {"export/conversation_asset_file_names.json", R"({"file-Q1.dat":"holiday.jpg","file-Q2.dat":"gone.jpg"})"},
             {"export/conversations.json", "[" + WithPicture("c", "file-service://file-Q1") + "]"},
             {"__MACOSX/export/._conversations.json", "junk"},
             {"export/.DS_Store", "junk"}}));
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(Losses(*report),
            ".DS_Store: not imported as a record (1)\n"
            "._conversations.json: not imported as a record (1)\n");
  EXPECT_EQ(engine().GetDocument("file-Q1")->filename, "holiday.jpg");
  EXPECT_EQ(ContentOf(engine(), "file-Q1"), "one");
}

TEST_F(ImportChatGptZipTest, HostileNamesArePassedOverAndTold) {
  const Result<ImportReport> report = ImportZip(
      ZipOf({{"../../etc/file-A1-x", "no"}, {"/abs/file-A2-x", "no"}, {"conversations.json", "[" + Text("c", "yes") + "]"}}));
  ASSERT_OK(report);
  EXPECT_EQ(report->imported.documents, 0U);
  EXPECT_EQ(report->errors_total, 2U);
  EXPECT_NE(Errors(*report).find("entry skipped: ../../etc/file-A1-x"), std::string::npos) << Errors(*report);
  EXPECT_EQ(Contents("c"), "yes");
}

TEST_F(ImportChatGptZipTest, ADamagedEntryIsToldAndTheOthersAreRead) {
  std::string noise;
  for (int i = 0; i < 40000; ++i) noise += std::to_string(i * 7919 % 10007);
  std::string bytes = ZipOf({{"conversations-000.json", "[" + Text("c0", noise) + "]"},
                             {"file-A1-noise.txt", noise},
                             {"conversations-001.json", "[" + Text("c1", "whole") + "]"}});
  for (std::size_t at = bytes.find("file-A1-noise.txt") + 30000; at < bytes.find("file-A1-noise.txt") + 30100; ++at)
    bytes[at] ^= 0x55;
  const Result<ImportReport> report = ImportZip(bytes);
  ASSERT_OK(report);
  EXPECT_EQ(report->failed, 1U);
  EXPECT_NE(Errors(*report).find("file-A1-noise.txt"), std::string::npos) << Errors(*report);
  EXPECT_EQ(Contents("c0"), noise);
  EXPECT_EQ(Contents("c1"), "whole");
  EXPECT_CODE(engine().GetDocument("file-A1"), kNotFound);
}

TEST_F(ImportChatGptZipTest, AnArchiveThatIsCutOffGivesWhatIsWholeInIt) {
  std::string noise;
  for (int i = 0; i < 40000; ++i) noise += std::to_string(i * 7919 % 10007);
  const std::string bytes = ZipOf({{"conversations-000.json", "[" + Text("c0", "whole") + "]"}, {"file-A1-noise.txt", noise}});
  const Result<ImportReport> report = ImportZip(bytes.substr(0, bytes.size() / 2));
  EXPECT_EQ(Contents("c0"), "whole");
  if (report.ok()) {
    EXPECT_GE(report->errors_total, 1U);
  } else {
    EXPECT_CODE(report, kCorruption);
  }
}

TEST_F(ImportChatGptZipTest, AnotherZipIsAnErrorOfTheFile) {
  const Result<ImportReport> other = ImportZip(ZipOf({{"word/document.xml", "<xml/>"}}));
  ASSERT_OK(other);
  EXPECT_EQ(Errors(*other), "0: is a ZIP file without conversations.json, not a ChatGPT export\n");
  EXPECT_EQ(other->imported.documents, 0U);
  const Result<ImportReport> wanted = ImportZip(ZipOf({{"conversations.json", "[]"}}), Options(ImportFormat::kNdjson));
  ASSERT_OK(wanted);
  EXPECT_EQ(wanted->errors_total, 1U);
  EXPECT_CODE(ImportZip("PK\x03\x04 and nothing like it"), kInvalidArgument);
}

TEST_F(ImportChatGptZipTest, AnArchiveComesFromAStreamAsFromAFile) {
  const std::string zip = ZipOf(
      {{"conversations.json", "[" + WithPicture("c1", "file-service://file-Aa1") + "]"}, {"file-Aa1-photo.png", "png bytes"}});
  const Result<ImportReport> report = ImportText(zip);
  ASSERT_OK(report);
  EXPECT_EQ(Errors(*report), "");
  EXPECT_EQ(report->imported.conversations, 1U);
  EXPECT_EQ(ContentOf(engine(), "file-Aa1"), "png bytes");
  const Result<ImportReport> again = ImportZip(zip);
  ASSERT_OK(again);
  EXPECT_EQ(again->skipped, 2U);
  for (const auto& entry : std::filesystem::directory_iterator(store_path())) {
    EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
  }
}

TEST_F(ImportChatGptZipTest, ATarGoesOnBehindAnArchiveThatIsNoExport) {
  std::string bytes;
  TarWriter tar(
      [&](std::string_view piece) {
        bytes += piece;
        return Status::Ok();
      },
      {});
  const std::string whole = "[" + Text("c1", "whole") + "]";
  for (const auto& [name, content] : ZipFiles{{"cut.zip", "PK\x03\x04 and nothing like it"}, {"whole.json", whole}}) {
    ASSERT_OK(tar.BeginFile(name, content.size()));
    ASSERT_OK(tar.Write(content));
  }
  ASSERT_OK(tar.Finish());
  const Result<ImportReport> report = ImportText(bytes);
  ASSERT_OK(report);
  EXPECT_NE(Errors(*report).find("cut.zip: is not a ZIP file"), std::string::npos) << Errors(*report);
  EXPECT_EQ(report->imported.conversations, 1U);
}

TEST_F(ImportChatGptZipTest, AStreamThatUnpacksToFarMoreThanItselfIsRefused) {
  const std::string bomb = Compress("PK\x03\x04" + std::string(std::size_t{300} << 20, '\0'));
  const Result<ImportReport> report = ImportText(bomb);
  EXPECT_CODE(report, kResourceExhausted);
  EXPECT_NE(report.status().message().find("input: unpacks to more than 100 times its size"), std::string::npos);
}

TEST_F(ImportChatGptZipTest, AnArchiveThatUnpacksToFarMoreThanItselfIsRefused) {
  const std::string bomb = ZipOf({{"conversations.json", "[" + Text("c", "stays") + "]"},
                                  {"file-A1-zeros.bin", std::string(std::size_t{120} << 20, '\0')}});
  EXPECT_LT(bomb.size(), std::size_t{1} << 20);
  const Result<ImportReport> report = ImportZip(bomb);
  EXPECT_CODE(report, kResourceExhausted);
  EXPECT_NE(report.status().ToString().find("unpacks to more than 100 times its size: file-A1-zeros.bin"), std::string::npos)
      << report.status().ToString();
  EXPECT_CODE(engine().GetDocument("file-A1"), kNotFound);
}

TEST_F(ImportChatGptZipTest, EachLimitOfAnArchiveIsKept) {
  const std::string bytes = ZipOf({{"a", "12345"}, {"b", "12345"}, {"c", "1"}});
  Status failure;
  const auto source = [&](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
    if (!failure.ok()) return failure;
    return bytes.copy(buffer, length, static_cast<std::size_t>(offset));
  };
  const auto read = [&](const ZipLimits& limits) -> Status {
    Result<std::unique_ptr<ZipReader>> zip = ZipReader::Open(source, bytes.size(), "a.zip", limits);
    if (!zip.ok()) return zip.status();
    ZipEntry entry;
    for (;;) {
      Result<bool> more = (*zip)->Next(entry);
      if (!more.ok() || !*more) return more.status();
      char buffer[16];
      for (;;) {
        Result<std::size_t> got = (*zip)->Read(buffer, sizeof buffer);
        if (!got.ok()) return got.status();
        if (*got == 0) break;
      }
    }
  };
  ZipLimits limits;
  EXPECT_OK(read(limits));
  limits.entries_max = 2;
  EXPECT_CODE(read(limits), kResourceExhausted);
  limits = {};
  limits.unpacked_bytes_max = 10;
  EXPECT_CODE(read(limits), kResourceExhausted);
  failure = Status::Cancelled("cancelled");
  EXPECT_CODE(read({}), kCancelled);
}

}  // namespace
}  // namespace coffer::operations

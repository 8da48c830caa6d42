// Documents and their contents: what is stored, what is derived, and the guarantees for readers and writers.
#include <sys/mman.h>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"
#include "format/records/sha256.h"

namespace coffer {
namespace {

class DocumentsTest : public EngineTest {
 protected:
  Status PutWithContent(const Document& document, std::string_view bytes, PutMode mode = PutMode::kUpsert) {
    return StatusOf(engine_->PutDocument(document, WriteContent(*engine_, bytes), mode));
  }
};

std::string Sha256Hex(std::string_view bytes) {
  format::Sha256 hash;
  hash.Update(bytes);
  return format::HexText(hash.Finish());
}

TEST_F(DocumentsTest, ComesBackWithEveryMember) {
  Document given = MakeDocument("d1", "ada", "a b.PDF");
  given.original_filename = "orig.pdf";
  given.title = "T";
  given.description = "D";
  given.mime_type = "application/pdf";
  given.document_type = DocumentType::kOther;
  given.status = DocumentStatus::kFailed;
  given.file_size = 12;
  given.file_hash = std::string(64, 'a');
  given.extracted_text = "text";
  given.tags = std::vector<std::string>{};
  given.extra_metadata = *Json::Parse(R"({"a":{}})");
  given.version = 4;
  given.parent_document_id = "d0";
  given.is_public = true;
  given.created_at = At(1);
  given.updated_at = At(2);
  ASSERT_OK(given.unknown_members.Add("x", *Json::Parse("[1]")));
  ASSERT_OK(engine_->PutDocument(given));
  EXPECT_EQ(*engine_->GetDocument("d1"), given);
  Reopen();
  EXPECT_EQ(*engine_->GetDocument("d1"), given);
  EXPECT_EQ(ContentOf(*engine_, "d1"), "(none)");
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, MissingMembersGetTheirDefaults) {
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1", "ada", "notes.md")));
  const Result<Document> bare = engine_->GetDocument("d1");
  ASSERT_OK(bare);
  EXPECT_EQ(bare->status, DocumentStatus::kPending);
  EXPECT_EQ(bare->original_filename, "notes.md");
  EXPECT_EQ(bare->document_type, DocumentType::kMarkdown);
  EXPECT_EQ(bare->version, 1U);
  EXPECT_EQ(bare->created_at, At(0));
  EXPECT_FALSE(bare->file_size);
  ASSERT_OK(PutWithContent(MakeDocument("d2", "ada", "unknown.zzz"), "abc"));
  const Result<Document> full = engine_->GetDocument("d2");
  EXPECT_EQ(full->status, DocumentStatus::kProcessed);
  EXPECT_EQ(full->document_type, DocumentType::kOther);
  EXPECT_EQ(full->file_size, 3U);
  EXPECT_EQ(full->file_hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(DocumentsTest, ContentsOfEverySizeComeBack) {
  std::uint64_t seed = 0;
  const std::size_t mib = kContentChunkBytes;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, mib - 1, mib, mib + 1, 2 * mib, 5 * mib + 17}) {
    const std::string bytes = MakeBytes(size, ++seed);
    const std::string id = "d" + std::to_string(size);
    ASSERT_OK(PutWithContent(MakeDocument(id), bytes));
    EXPECT_TRUE(ContentOf(*engine_, id) == bytes) << size;
    EXPECT_EQ(engine_->GetDocument(id)->file_size, size);
    EXPECT_EQ(engine_->GetDocument(id)->file_hash, Sha256Hex(bytes));
  }
  EXPECT_EQ(engine_->Statistics()->total_contents, 7U);
  ExpectHealthy(*engine_);
  Reopen();
  EXPECT_TRUE(ContentOf(*engine_, "d" + std::to_string(5 * mib + 17)) == MakeBytes(5 * mib + 17, seed));
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, ReaderSeeksAndEndsAtTheEnd) {
  const std::string bytes = MakeBytes(2 * kContentChunkBytes + 100);
  ASSERT_OK(PutWithContent(MakeDocument("d1"), bytes));
  Result<ContentReader> reader = engine_->OpenContent("d1");
  ASSERT_OK(reader);
  EXPECT_EQ(reader->size_bytes(), bytes.size());
  EXPECT_EQ(reader->sha256(), Sha256Hex(bytes));
  reader->Seek(kContentChunkBytes - 3);
  std::string buffer(6, '\0');
  EXPECT_EQ(*reader->Read(buffer), 6U);
  EXPECT_EQ(buffer, bytes.substr(kContentChunkBytes - 3, 6));
  reader->Seek(bytes.size() - 2);
  EXPECT_EQ(*reader->Read(buffer), 2U);
  EXPECT_EQ(*reader->Read(buffer), 0U);
  reader->Seek(UINT64_MAX);
  EXPECT_EQ(*reader->Read(buffer), 0U);
  reader->Seek(0);
  EXPECT_TRUE(ReadRest(*reader, 1000) == bytes);
}

TEST_F(DocumentsTest, WriterTellsSizeAndHashOnceFinished) {
  ContentWriter writer = WriteContent(*engine_, "abc", 1);
  EXPECT_EQ(writer.size_bytes(), 3U);
  EXPECT_EQ(writer.sha256(), "");
  EXPECT_OK(writer.Finish());
  EXPECT_OK(writer.Finish());
  EXPECT_EQ(writer.sha256(), Sha256Hex("abc"));
  EXPECT_CODE(writer.Append("d"), kInvalidArgument);
  EXPECT_EQ(writer.size_bytes(), 3U);
}

TEST_F(DocumentsTest, ReplacedContentIsTheNewOneAndTheOldIsGone) {
  ASSERT_OK(PutWithContent(MakeDocument("d1"), MakeBytes(3 * kContentChunkBytes, 1)));
  ASSERT_OK(PutWithContent(MakeDocument("d1"), "new"));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "new");
  EXPECT_EQ(engine_->Statistics()->logical_bytes_by_kind["contents"], 3U);
  ExpectHealthy(*engine_);
  clock_.Advance(1'000'000);
  Batch batch(*engine_);
  ASSERT_OK(batch.SetContent("d1", WriteContent(*engine_, MakeBytes(kContentChunkBytes + 5, 2))));
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(engine_->GetDocument("d1")->file_size, kContentChunkBytes + 5);
  EXPECT_EQ(engine_->GetDocument("d1")->updated_at, At(1));
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, PutOfMetadataLeavesTheContent) {
  ASSERT_OK(PutWithContent(MakeDocument("d1"), "abc"));
  Document renamed = MakeDocument("d1", "bob", "other.txt");
  ASSERT_OK(engine_->PutDocument(renamed));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "abc");
  EXPECT_EQ(engine_->GetDocument("d1")->file_size, 3U);
  EXPECT_EQ(engine_->GetDocument("d1")->status, DocumentStatus::kProcessed);
  ExpectHealthy(*engine_);
  EXPECT_FALSE(engine_->Statistics()->logical_bytes_by_owner.contains("ada"));
}

TEST_F(DocumentsTest, SizeOrHashThatDoesNotFitIsRefusedNamingBoth) {
  Document wrong = MakeDocument("d1");
  wrong.file_size = 4;
  const Status size = PutWithContent(wrong, "abc");
  EXPECT_CODE(size, kInvalidArgument);
  EXPECT_NE(size.message().find("file_size"), std::string::npos);
  EXPECT_NE(size.message().find("4"), std::string::npos);
  EXPECT_NE(size.message().find("3 bytes"), std::string::npos) << size.ToString();
  wrong.file_size = 3;
  wrong.file_hash = std::string(64, '0');
  const Status hash = PutWithContent(wrong, "abc");
  EXPECT_CODE(hash, kInvalidArgument);
  EXPECT_NE(hash.message().find(std::string(64, '0')), std::string::npos);
  EXPECT_NE(hash.message().find(Sha256Hex("abc")), std::string::npos) << hash.ToString();
  wrong.file_hash = Sha256Hex("abc");
  EXPECT_OK(PutWithContent(wrong, "abc"));
  wrong.file_size = 9;
  EXPECT_CODE(engine_->PutDocument(wrong), kInvalidArgument);
  EXPECT_EQ(ContentOf(*engine_, "d1"), "abc");
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, SizeGivenBeforeTheContentIsHeldAgainstIt) {
  Document announced = MakeDocument("d1");
  announced.file_size = 3;
  ASSERT_OK(engine_->PutDocument(announced));
  Batch batch(*engine_);
  ASSERT_OK(batch.SetContent("d1", WriteContent(*engine_, "four")));
  EXPECT_CODE(engine_->Commit(batch), kInvalidArgument);
  EXPECT_EQ(ContentOf(*engine_, "d1"), "(none)");
  batch.Clear();
  ASSERT_OK(batch.SetContent("d1", WriteContent(*engine_, "abc")));
  EXPECT_OK(engine_->Commit(batch));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "abc");
  ASSERT_OK(batch.SetContent("missing", WriteContent(*engine_, "abc")));
  EXPECT_CODE(engine_->Commit(batch), kNotFound);
}

TEST_F(DocumentsTest, ReaderKeepsItsContentWhileTheDocumentChanges) {
  const std::string bytes = MakeBytes(3 * kContentChunkBytes);
  ASSERT_OK(PutWithContent(MakeDocument("d1"), bytes));
  {
    Result<ContentReader> reader = engine_->OpenContent("d1");
    ASSERT_OK(reader);
    std::string head(1000, '\0');
    ASSERT_OK(reader->Read(head));
    ASSERT_OK(PutWithContent(MakeDocument("d1"), "new"));
    ASSERT_OK(engine_->Delete(Kind::kDocument, "d1"));
    ASSERT_OK(engine_->Reclaim());
    EXPECT_TRUE(head + ReadRest(*reader) == bytes);
  }
  EXPECT_CODE(engine_->OpenContent("d1"), kNotFound);
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, DroppedWriterLeavesNothing) {
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1")));
  {
    ContentWriter writer = WriteContent(*engine_, MakeBytes(4 * kContentChunkBytes));
    ExpectHealthy(*engine_);
  }
  ExpectHealthy(*engine_);
  EXPECT_CODE(PutWithContent(MakeDocument("d1"), MakeBytes(3 * kContentChunkBytes), PutMode::kInsert), kAlreadyExists);
  ExpectHealthy(*engine_);
  EXPECT_EQ(engine_->Statistics()->total_contents, 0U);
  ASSERT_OK(engine_->Reclaim());
  EXPECT_LT(engine_->Statistics()->contents_bytes, kContentChunkBytes);
}

TEST_F(DocumentsTest, PutModesDecideByWhatIsThere) {
  EXPECT_CODE(PutWithContent(MakeDocument("d1"), "a", PutMode::kUpdate), kNotFound);
  EXPECT_OK(PutWithContent(MakeDocument("d1"), "a", PutMode::kInsert));
  EXPECT_OK(PutWithContent(MakeDocument("d1"), "b", PutMode::kKeepExisting));
  EXPECT_OK(PutWithContent(MakeDocument("d1"), "c", PutMode::kNewest));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "a");
  Document newer = MakeDocument("d1");
  newer.updated_at = At(1);
  EXPECT_OK(PutWithContent(newer, "d", PutMode::kNewest));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "d");
  EXPECT_OK(PutWithContent(MakeDocument("d1"), "e", PutMode::kUpdate));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "e");
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, DeleteTakesTheContent) {
  ASSERT_OK(PutWithContent(MakeDocument("d1"), MakeBytes(2 * kContentChunkBytes + 1)));
  EXPECT_CODE(engine_->Delete(Kind::kDocument, "d1", "bob"), kNotFound);
  EXPECT_OK(engine_->Delete(Kind::kDocument, "d1", "ada"));
  EXPECT_CODE(engine_->GetDocument("d1"), kNotFound);
  EXPECT_EQ(engine_->Statistics()->total_contents, 0U);
  ExpectHealthy(*engine_);
}

TEST_F(DocumentsTest, WrongDocumentsAreRefused) {
  EXPECT_CODE(engine_->PutDocument(MakeDocument("d", "")), kInvalidArgument);
  EXPECT_CODE(engine_->PutDocument(MakeDocument("d", "ada", "")), kInvalidArgument);
  Document zero = MakeDocument("d");
  zero.version = 0;
  EXPECT_CODE(engine_->PutDocument(zero), kInvalidArgument);
  EXPECT_CODE(PutWithContent(zero, "abc"), kInvalidArgument);
  const Status none = StatusOf(engine_->OpenContent("d"));
  EXPECT_CODE(none, kNotFound);
  ASSERT_OK(engine_->PutDocument(MakeDocument("d")));
  EXPECT_NE(StatusOf(engine_->OpenContent("d")).ToString(), none.ToString());
  EXPECT_CODE(engine_->OpenContent("bad id"), kInvalidArgument);
}

TEST_F(DocumentsTest, WriterWhoseContentWasTakenPutsNothing) {
  Document wrong = MakeDocument("d1");
  wrong.file_size = 4;
  ContentWriter writer = WriteContent(*engine_, "three");
  EXPECT_CODE(engine_->PutDocument(wrong, std::move(writer)), kInvalidArgument);
  // A second put, with the right size, would store a document without its content.
  EXPECT_CODE(engine_->PutDocument(MakeDocument("d1"), std::move(writer)), kInvalidArgument);
  EXPECT_CODE(engine_->GetDocument("d1"), kNotFound);
  ASSERT_OK(engine_->PutDocument(MakeDocument("d2")));
  Batch batch(*engine_);
  EXPECT_CODE(batch.SetContent("d2", std::move(writer)), kInvalidArgument);
  EXPECT_EQ(batch.size(), 0U);
  EXPECT_CODE(writer.Append("more"), kInvalidArgument);
  EXPECT_CODE(writer.Finish(), kInvalidArgument);
  EXPECT_EQ(writer.size_bytes(), 0U);
  EXPECT_EQ(writer.sha256(), "");
}

TEST_F(DocumentsTest, ContentOfAnotherStoreIsRefused) {
  const Result<std::unique_ptr<Engine>> other = Engine::Open(directory_.File("other"), options_);
  ASSERT_OK(other);
  const std::string content = MakeBytes(2 * kContentChunkBytes);
  EXPECT_CODE(engine_->PutDocument(MakeDocument("d1"), WriteContent(**other, content)), kInvalidArgument);
  ASSERT_OK(engine_->PutDocument(MakeDocument("d2")));
  Batch batch(*engine_);
  EXPECT_CODE(batch.SetContent("d2", WriteContent(**other, content)), kInvalidArgument);
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(ContentOf(*engine_, "d2"), "(none)");
  ExpectHealthy(*engine_);
  ExpectHealthy(**other);
}

TEST_F(DocumentsTest, ContentBeyondTheLimitIsRefusedAndPutsNothing) {
  // Address space alone: the content is refused by its length.
  const std::size_t length = kDocumentContentBytesMax + 1;
  void* addresses = mmap(nullptr, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(addresses, MAP_FAILED);
  const std::string_view bytes(static_cast<const char*>(addresses), length);
  Result<ContentWriter> writer = engine_->NewContent();
  ASSERT_OK(writer);
  ASSERT_OK(writer->Append("x"));
  EXPECT_CODE(writer->Append(bytes.substr(1)), kResourceExhausted);
  munmap(addresses, length);
  // The first part alone would be another content.
  EXPECT_CODE(writer->Append("y"), kResourceExhausted);
  EXPECT_CODE(writer->Finish(), kResourceExhausted);
  EXPECT_CODE(engine_->PutDocument(MakeDocument("d1"), std::move(*writer)), kResourceExhausted);
  EXPECT_CODE(engine_->GetDocument("d1"), kNotFound);
}

}  // namespace
}  // namespace coffer

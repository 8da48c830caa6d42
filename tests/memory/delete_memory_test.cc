// What a delete holds in memory does not depend on the size of the records that it deletes.
#include "engine/engine_fixture.h"
#include "memory/memory_fixture.h"

namespace coffer {
namespace {

class DeleteMemoryTest : public MemoryTest {};

TEST_F(DeleteMemoryTest, ABulkDeleteOfLongDocumentsHoldsOneTextAtATime) {
  PutLongDocuments(500, std::size_t{2} << 20);
  ExpectPeakBelow(kOperationBytesMax, [](Engine& engine) {
    Selection selection;
    selection.kind = Kind::kDocument;
    const Result<BulkDeleteReport> report = engine.BulkDelete(selection, {});
    return !report.ok()             ? report.status().ToString()
           : report->deleted == 500 ? ""
                                    : "deleted " + std::to_string(report->deleted);
  });
}

TEST_F(DeleteMemoryTest, ABulkDeleteOfLongPromptsHoldsOneTextAtATime) {
  PutLongPrompts(100, std::size_t{2} << 20);
  ExpectPeakBelow(kOperationBytesMax, [](Engine& engine) {
    Selection selection;
    selection.kind = Kind::kPrompt;
    const Result<BulkDeleteReport> report = engine.BulkDelete(selection, {});
    return !report.ok()             ? report.status().ToString()
           : report->deleted == 100 ? ""
                                    : "deleted " + std::to_string(report->deleted);
  });
}

TEST_F(DeleteMemoryTest, ABatchThatDeletesLongDocumentsHoldsOneTextAtATime) {
  PutLongDocuments(100, std::size_t{2} << 20);
  ExpectPeakBelow(kOperationBytesMax, [](Engine& engine) {
    Batch batch(engine);
    for (int i = 0; i < 100; ++i) {
      if (Status status = batch.Delete(Kind::kDocument, "d" + std::to_string(1000 + i)); !status.ok()) return status.ToString();
    }
    const auto committed = engine.Commit(batch);
    return committed.ok() ? std::string() : committed.status().ToString();
  });
}

// Each new content writes the document's text again, and all of them are one commit.
TEST_F(DeleteMemoryTest, NewContentsOfLongDocumentsBeyondTheLimitOfACommitAreRefused) {
  PutLongDocuments(120, std::size_t{2} << 20);
  ExpectPeakBelow(std::size_t{512} << 20, [](Engine& engine) {
    Batch batch(engine);
    for (int i = 0; i < 120; ++i) {
      if (Status status = batch.SetContent("d" + std::to_string(1000 + i), WriteContent(engine, "new")); !status.ok())
        return status.ToString();
    }
    const auto committed = engine.Commit(batch);
    if (committed.status().code() != StatusCode::kResourceExhausted)
      return "not resource_exhausted: " + committed.status().ToString();
    return engine.OpenContent("d1000").ok() ? std::string("a content was set") : std::string();
  });
}

}  // namespace
}  // namespace coffer

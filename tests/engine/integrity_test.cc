// CheckIntegrity: a sound store has no findings, and each kind of damage is named.
#include <functional>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"
#include "format/stored/keys.h"
#include "format/stored/tally.h"
#include "storage/store.h"

namespace coffer {
namespace {

using storage::Family;

class IntegrityTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    PutTalk("c1", 3);
    PutTalk("c2", 300, "bob");
    ASSERT_OK(engine_->PutDocument(MakeDocument("d1"), WriteContent(*engine_, MakeBytes(2 * kContentChunkBytes + 7))));
    ASSERT_OK(engine_->PutPrompt(MakePrompt("p1")));
  }

  // Changes rows without the engine, opens the store and returns the findings of CheckIntegrity.
  std::string FindingsAfter(const std::function<void(storage::Store&, storage::WriteBatch&)>& damage) {
    Close();
    {
      const Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(Folder() + "/gen-000001", {});
      EXPECT_OK(store);
      storage::WriteBatch batch;
      damage(**store, batch);
      EXPECT_OK((*store)->Commit(batch, Durability::kDurable));
      EXPECT_OK((*store)->Close());
    }
    Reopen();
    const Result<IntegrityReport> report = engine_->CheckIntegrity();
    EXPECT_OK(report);
    if (!report.ok()) return {};
    EXPECT_EQ(report->ok, report->findings_total == 0);
    return FindingsOf(*report);
  }
  std::string FindingsWithout(Family family, const std::string& key) {
    return FindingsAfter([&](storage::Store& store, storage::WriteBatch& batch) {
      storage::PinnedValue value;
      EXPECT_OK(store.Get(family, key, nullptr, value));
      EXPECT_TRUE(value.found());
      batch.Delete(family, key);
    });
  }
  static std::string ValueOf(storage::Store& store, Family family, const std::string& key) {
    storage::PinnedValue value;
    EXPECT_OK(store.Get(family, key, nullptr, value));
    EXPECT_TRUE(value.found());
    return std::string(value.view());
  }
  static std::string FirstKey(storage::Store& store, Family family) {
    const std::unique_ptr<storage::Scan> scan = store.NewScan(family, {}, {}, {});
    scan->SeekToFirst();
    EXPECT_TRUE(scan->valid());
    return std::string(scan->key());
  }
};

#define EXPECT_FINDS(findings, words) EXPECT_NE(std::string(findings).find(words), std::string::npos) << "found: " << (findings)

TEST_F(IntegrityTest, SoundStoreHasNoFindings) {
  const Result<IntegrityReport> report = engine_->CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok) << FindingsOf(*report);
  EXPECT_EQ(report->counts, (std::map<std::string, std::uint64_t>{
                                {"conversations", 2}, {"messages", 303}, {"documents", 1}, {"prompts", 1}, {"contents", 1}}));
  EXPECT_EQ(FindingsAfter([](storage::Store&, storage::WriteBatch& batch) { batch.Delete(Family::kPrompts, "none"); }), "");
}

TEST_F(IntegrityTest, MissingHeadIsNamed) { EXPECT_FINDS(FindingsWithout(Family::kConversations, "c1"), "conversation c1"); }

TEST_F(IntegrityTest, DamagedHeadIsNamed) {
  EXPECT_FINDS(FindingsAfter([](storage::Store&, storage::WriteBatch& batch) { batch.Put(Family::kConversations, "c1", "x"); }),
               "conversation c1");
}

TEST_F(IntegrityTest, MissingTextIsNamed) {
  EXPECT_FINDS(FindingsWithout(Family::kMessages, format::ConversationTextKey("c1")), "conversation c1: has no text");
}

TEST_F(IntegrityTest, MissingMessageIsNamedByItsConversation) {
  EXPECT_FINDS(FindingsWithout(Family::kMessages, format::MessageKey("c1", 0)), "conversation c1");
}

TEST_F(IntegrityTest, ChangedMessageIsNamedByItsConversation) {
  const std::string findings = FindingsAfter([](storage::Store& store, storage::WriteBatch& batch) {
    std::string value = ValueOf(store, Family::kMessages, format::MessageKey("c1", 0));
    const std::size_t content = value.find("\"m1\"");
    ASSERT_NE(content, std::string::npos);
    value[content + 1] = 'M';
    batch.Put(Family::kMessages, format::MessageKey("c1", 0), value);
  });
  EXPECT_FINDS(findings, "conversation c1");
}

TEST_F(IntegrityTest, MessageThatIsNoJsonIsNamedByItsPlace) {
  const std::string findings = FindingsAfter([](storage::Store& store, storage::WriteBatch& batch) {
    std::string value = ValueOf(store, Family::kMessages, format::MessageKey("c1", 0));
    value.back() = '?';
    batch.Put(Family::kMessages, format::MessageKey("c1", 0), value);
  });
  EXPECT_FINDS(findings, "message c1/2");
}

TEST_F(IntegrityTest, MessagesOfNobodyAreNamed) {
  const std::string findings = FindingsAfter([](storage::Store& store, storage::WriteBatch& batch) {
    batch.Put(Family::kMessages, format::MessageKey("c10", 0), ValueOf(store, Family::kMessages, format::MessageKey("c1", 0)));
    batch.Put(Family::kMessages, format::MessageKey("zz", 0), ValueOf(store, Family::kMessages, format::MessageKey("c1", 0)));
  });
  EXPECT_FINDS(findings, "a row of conversation c10, which does not exist");
  EXPECT_FINDS(findings, "a row of a conversation that does not exist");
}

TEST_F(IntegrityTest, MissingIndexRowIsTold) {
  EXPECT_FINDS(FindingsWithout(Family::kByOwner, format::OwnerKey(Kind::kPrompt, "ada", At(0), "p1")),
               "1 records have no index row");
}

TEST_F(IntegrityTest, ForeignIndexRowIsNamed) {
  const std::string findings = FindingsAfter([](storage::Store&, storage::WriteBatch& batch) {
    batch.Put(Family::kByOwner, format::OwnerKey(Kind::kPrompt, "eve", At(0), "p1"), std::string_view());
  });
  EXPECT_FINDS(findings, "index row of prompt p1 for owner eve");
}

TEST_F(IntegrityTest, MissingRecordsAreToldByIndexAndCounters) {
  const std::string findings = FindingsWithout(Family::kPrompts, "p1");
  EXPECT_FINDS(findings, "index row of prompt p1 for owner ada");
  EXPECT_FINDS(findings, "counter prompts of owner ada");
}

TEST_F(IntegrityTest, DamagedDocumentIsNamed) {
  EXPECT_FINDS(FindingsAfter([](storage::Store&, storage::WriteBatch& batch) { batch.Put(Family::kDocuments, "d1", "x"); }),
               "document d1");
}

TEST_F(IntegrityTest, MissingChunkIsNamedByItsDocument) {
  const std::string findings = FindingsAfter([](storage::Store& store, storage::WriteBatch& batch) {
    batch.Delete(Family::kContents, FirstKey(store, Family::kContents));
  });
  EXPECT_FINDS(findings, "content of document d1: chunk 0: is missing");
  Result<ContentReader> reader = engine_->OpenContent("d1");
  ASSERT_OK(reader);
  std::string buffer(10, '\0');
  EXPECT_CODE(reader->Read(buffer), kCorruption);
}

TEST_F(IntegrityTest, ChangedChunkIsNamedByItsDocument) {
  const std::string findings = FindingsAfter([](storage::Store& store, storage::WriteBatch& batch) {
    const std::string key = FirstKey(store, Family::kContents);
    std::string value = ValueOf(store, Family::kContents, key);
    value[100] = static_cast<char>(value[100] ^ 1);
    batch.Put(Family::kContents, key, value);
  });
  EXPECT_FINDS(findings, "content of document d1: its SHA-256");
}

TEST_F(IntegrityTest, ChunksOfNobodyAreTold) {
  const std::string findings = FindingsAfter([](storage::Store&, storage::WriteBatch& batch) {
    batch.Put(Family::kContents, format::ContentKey("0123456789abcdef", 0), "lost");
  });
  EXPECT_FINDS(findings, "chunks that no document names");
}

TEST_F(IntegrityTest, ContentsCutOffAreSweptByOpening) {
  const std::string findings = FindingsAfter([](storage::Store&, storage::WriteBatch& batch) {
    batch.Put(Family::kContents, format::ContentKey("0123456789abcdef", 0), "lost");
    batch.Put(Family::kProgress, format::ContentIntentKey("0123456789abcdef"), std::string_view());
  });
  EXPECT_EQ(findings, "");
  EXPECT_TRUE(ContentOf(*engine_, "d1") == MakeBytes(2 * kContentChunkBytes + 7));
}

TEST_F(IntegrityTest, WrongCounterIsNamed) {
  const std::string findings = FindingsAfter([](storage::Store&, storage::WriteBatch& batch) {
    std::string one;
    format::AppendTally(one, {1, 0, {}});
    batch.MergeTally(Family::kCounters, format::OwnerTallyKey(Kind::kMessage, "bob"), one);
  });
  EXPECT_FINDS(findings, "counter messages of owner bob: says 301 records");
  EXPECT_FINDS(findings, "counters by day of messages");
}

TEST_F(IntegrityTest, MissingCounterIsNamed) {
  EXPECT_FINDS(FindingsWithout(Family::kCounters, format::OwnerTallyKey(Kind::kContent, "ada")),
               "counter contents of owner ada");
}

TEST_F(IntegrityTest, FindingsAreKeptUpToALimitAndAllCounted) {
  Close();
  {
    const Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(Folder() + "/gen-000001", {});
    ASSERT_OK(store);
    storage::WriteBatch batch;
    for (int i = 0; i < 1500; ++i) batch.Put(Family::kPrompts, "x" + std::to_string(i), "damaged");
    ASSERT_OK((*store)->Commit(batch, Durability::kDurable));
    ASSERT_OK((*store)->Close());
  }
  Reopen();
  const Result<IntegrityReport> report = engine_->CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->findings.size(), kIntegrityFindingsMax);
  EXPECT_EQ(report->findings_total, 1500U);
}

}  // namespace
}  // namespace coffer

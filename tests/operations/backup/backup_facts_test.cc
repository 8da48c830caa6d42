// Assumptions about RocksDB that backups must not make: each test is a way to lose data silently.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "engine/internals.h"
#include "operations/operation_fixture.h"
#include "operations/repository/repository_fixture.h"
#include "support/disk_search.h"

namespace coffer::operations {
namespace {

class BackupFactsTest : public RepositoryTest {
 protected:
  ~BackupFactsTest() override { engine_.reset(); }

  std::string GenerationPath() { return engine::CoreOf(engine()).folder().LivePath(); }
  std::vector<std::string> StoreFiles(const std::string& suffix) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(GenerationPath())) {
      if (entry.path().string().ends_with(suffix)) files.push_back(entry.path().string());
    }
    return files;
  }
  // In place, like a failing device: hard links see it too.
  static void Flip(const std::string& path, std::size_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 1));
    ASSERT_TRUE(file.good()) << path;
  }
  void Grow(int round) {
    for (int i = 0; i < 40; ++i) {
      Conversation conversation;
      conversation.user_id = "owner";  // the engine makes its id, which grows with time
      conversation.title = "round " + std::to_string(round);
      std::vector<Message> messages(20);
      for (Message& message : messages) message.content = RandomBase(round * 1000 + i);
      ASSERT_OK(engine().PutConversationWithMessages(conversation, messages));
    }
    PutDocument("d" + std::to_string(round), RandomBytes(200'000, static_cast<std::uint64_t>(round)));
  }
  static std::string RandomBase(int seed) {
    std::string text = RandomBytes(600, static_cast<std::uint64_t>(seed));
    for (char& c : text) c = static_cast<char>('a' + (static_cast<unsigned char>(c) % 26));
    return text;
  }
};

TEST_F(BackupFactsTest, ARottenSourceFileIsCaughtByTheFirstBackupThatReadsIt) {
  PutSome("now");
  PutDocument("large", RandomBytes(200'000, 1));
  ASSERT_OK(engine().Reclaim());
  const BackupInfo good = BackUp();
  const std::string state = WholeState(engine());
  for (const char* suffix : {".sst", ".blob"}) {
    const std::vector<std::string> files = StoreFiles(suffix);
    ASSERT_FALSE(files.empty()) << suffix;
    for (const std::string& path : files) {
      const std::size_t middle = std::filesystem::file_size(path) / 2;
      Flip(path, middle);
      const Result<BackupInfo> refused = RunBackup(engine());
      EXPECT_CODE(refused, kCorruption) << path;
      const std::string name = std::filesystem::path(path).filename();
      EXPECT_NE(refused.status().message().find(name), std::string::npos) << refused.status().message();
      EXPECT_EQ(IdsListed(), std::vector<std::string>{good.id});
      if (name.ends_with(".blob")) {
        // The repository already has these bytes, read before the damage.
        const BackupInfo incremental = BackUp(BackupType::kIncremental);
        EXPECT_TRUE(StateOfBackup(incremental.id) == state);
        ASSERT_OK(DeleteBackup(engine(), incremental.id));
      }
      Flip(path, middle);
    }
  }
  EXPECT_OK(RunBackup(engine()));
}

TEST_F(BackupFactsTest, AnIncrementalBackupAfterNaturalGrowthReadsNothingTwice) {
  WatchedFileSystem watched(files_);
  OpenOptions options;
  options.file_system = &watched;
  Open(options);
  std::set<std::string> backed_up;
  std::uint64_t growth_bytes = 0;
  for (int round = 0; round < 4; ++round) {
    Grow(round);
    watched.TakeBytesRead();
    const BackupInfo info = BackUp(BackupType::kIncremental);
    EXPECT_EQ(info.type, round == 0 ? BackupType::kFull : BackupType::kIncremental);
    std::uint64_t from_image = 0;
    for (const auto& [path, bytes] : watched.TakeBytesRead()) {
      const std::string name = std::filesystem::path(path).filename();
      if (path.find("/checkpoint/") == std::string::npos || !(name.ends_with(".sst") || name.ends_with(".blob"))) continue;
      // Opening the image for its counters reads the ends of its files, old ones too.
      constexpr std::uint64_t kEndsBytes = 65'536;
      if (backed_up.contains(name)) {
        EXPECT_LT(bytes, kEndsBytes) << path;
      }
      from_image += bytes;
    }
    if (round == 1) growth_bytes = from_image;
    if (round > 1) {
      EXPECT_LT(from_image, 2 * growth_bytes) << "it grows with the new data, not with the store";
    }
    for (const BackupFile& file : SealedOf(info.id).files) backed_up.insert(file.name);
  }
  EXPECT_GT(growth_bytes, 200'000U);
  engine_.reset();  // before its files
}

TEST_F(BackupFactsTest, DeletedTextIsInBackupsUntilItIsReclaimed) {
  const std::string secret = "a text that was deleted " + RandomBase(7);
  Conversation conversation;
  conversation.id = "c";
  conversation.user_id = "owner";
  conversation.title = "t";
  Message message;
  message.content = secret;
  ASSERT_OK(engine().PutConversationWithMessages(conversation, {&message, 1}));
  PutDocument("d", secret);
  PutSome("kept");
  BackupOptions options;
  options.encrypt = false;
  options.compress = false;
  ASSERT_OK(DeleteBackup(engine(), BackUpWith(options).id));  // flushes
  ASSERT_OK(engine().Delete(Kind::kConversation, "c"));
  ASSERT_OK(engine().Delete(Kind::kDocument, "d"));
  const auto holds = [&](const BackupInfo& info) {
    const TempDirectory copy;
    const BackupManifest manifest = ManifestOf(info.id);
    for (const BackupFile& file : SealedOf(info.id).files) {
      const std::string stored = ReadBytes(ObjectPath(manifest.objects[file.object].id));
      WriteBytes(copy.File(file.name), DecodeObject(stored, false, {}, std::uint64_t{1} << 30).value());
    }
    return !FilesWithText(copy.path(), secret).empty();
  };
  EXPECT_TRUE(holds(BackUpWith(options))) << "otherwise this test searches in the wrong place";
  ASSERT_OK(engine().Reclaim());
  EXPECT_FALSE(holds(BackUpWith(options)));
}

TEST_F(BackupFactsTest, ABackupOpenedWithFewOpenFilesFindsEveryBlobValue) {
  for (int round = 0; round < 90; ++round) {
    PutDocument("d" + std::to_string(round), RandomBytes(8'000, static_cast<std::uint64_t>(round)));
    if (round % 3 == 0) BackUp(BackupType::kIncremental, false);
  }
  OpenOptions options;
  options.open_files_max = 16;
  Open(options);
  const BackupInfo last = BackUp(BackupType::kFull, false);
  std::size_t blob_files = 0;
  for (const BackupFile& file : SealedOf(last.id).files) blob_files += file.name.ends_with(".blob") ? 1 : 0;
  EXPECT_GT(blob_files, 16U);
  Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), last.id);
  ASSERT_OK(opened);
  for (int round = 0; round < 90; ++round) {
    EXPECT_TRUE(ContentOf(**opened, "d" + std::to_string(round)) == RandomBytes(8'000, static_cast<std::uint64_t>(round)));
  }
  EXPECT_TRUE(RunVerifyBackup(engine(), last.id, {.level = 3})->ok);
}

}  // namespace
}  // namespace coffer::operations

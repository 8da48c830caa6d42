// Opening and closing an engine: the contents of the folder, who may have it open, and what is refused.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/engine_fixture.h"
#include "storage/store.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

// Path to size, modification time and bytes of everything below `folder`.
std::map<std::string, std::string> PictureOf(const std::string& folder) {
  std::map<std::string, std::string> picture;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string time = std::to_string(entry.last_write_time().time_since_epoch().count());
    picture[entry.path().string()] = time + (entry.is_regular_file() ? " " + ReadFile(entry.path().string()) : " folder");
  }
  return picture;
}

// Another process that holds the store open until it is released.
class Holder {
 public:
  explicit Holder(const std::string& folder) {
    std::array<int, 2> ready{};
    std::array<int, 2> go{};
    EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(go.data(), O_CLOEXEC), 0);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(go[0], STDIN_FILENO);
      ::dup2(ready[1], STDOUT_FILENO);
      ::execl(COFFER_STORE_HOLDER, "store_holder", folder.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ready[1]);
    ::close(go[0]);
    go_ = go[1];
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1) << "the other process did not open the store";
    ::close(ready[0]);
  }
  void Release() {
    if (go_ < 0) return;
    ::close(go_);
    go_ = -1;
    int status = 0;
    EXPECT_EQ(::waitpid(process_, &status, 0), process_);
    EXPECT_EQ(status, 0);
  }
  ~Holder() { Release(); }
  pid_t process() const { return process_; }

 private:
  pid_t process_ = -1;
  int go_ = -1;
};

class OpenTest : public ::testing::Test {
 protected:
  std::string Folder() const { return directory_.File("store"); }
  Result<std::unique_ptr<Engine>> Open(bool create = true, bool read_only = false) {
    OpenOptions options;
    options.create_if_missing = create;
    options.read_only = read_only;
    return Engine::Open(Folder(), options);
  }
  // A closed store with one conversation.
  void MakeStore() {
    Result<std::unique_ptr<Engine>> engine = Open();
    ASSERT_OK(engine);
    ASSERT_OK((*engine)->PutConversation(MakeConversation("c1")));
    ASSERT_OK((*engine)->Close());
  }
  TempDirectory directory_;
};

TEST_F(OpenTest, MakesAStoreWhereNothingIsAndFindsItAgain) {
  MakeStore();
  EXPECT_TRUE(fs::exists(Folder() + "/CURRENT"));
  EXPECT_TRUE(fs::exists(Folder() + "/gen-000001"));
  Result<std::unique_ptr<Engine>> engine = Open(false);
  ASSERT_OK(engine);
  EXPECT_OK((*engine)->GetConversation("c1"));
  EXPECT_EQ((*engine)->folder(), Folder());
  EXPECT_EQ((*engine)->repository(), Folder() + "/backups");
  EXPECT_OK((*engine)->Close());
  EXPECT_OK((*engine)->Close());
}

TEST_F(OpenTest, MakesAStoreInAnEmptyFolderAndInNestedMissingOnes) {
  fs::create_directory(Folder());
  EXPECT_OK(Open());
  EXPECT_OK(Engine::Open(directory_.File("a/b/c")));
}

TEST_F(OpenTest, MissingStoreIsNotFoundAndNothingIsMade) {
  EXPECT_CODE(Open(false), kNotFound);
  EXPECT_CODE(Open(true, true), kNotFound);
  EXPECT_FALSE(fs::exists(Folder()));
  fs::create_directory(Folder());
  EXPECT_CODE(Open(false), kNotFound);
  EXPECT_CODE(Open(true, true), kNotFound);
  EXPECT_TRUE(fs::is_empty(Folder()));
}

TEST_F(OpenTest, FolderWithOtherThingsIsRefusedAndLeftAsItIs) {
  fs::create_directory(Folder());
  WriteFile(Folder() + "/letter.txt", "dear");
  const auto before = PictureOf(Folder());
  const Status status = StatusOf(Open());
  EXPECT_CODE(status, kInvalidArgument);
  EXPECT_NE(status.message().find("letter.txt"), std::string::npos) << status.ToString();
  EXPECT_EQ(PictureOf(Folder()), before);
}

TEST_F(OpenTest, FileInPlaceOfAFolderIsRefused) {
  WriteFile(Folder(), "I am a file");
  EXPECT_CODE(Open(), kInvalidArgument);
  EXPECT_EQ(ReadFile(Folder()), "I am a file");
}

TEST_F(OpenTest, StoreOfAnotherProgramIsRefusedAndLeftAsItIs) {
  storage::StoreOptions options;
  options.create = true;
  Result<std::unique_ptr<storage::Store>> other = storage::OpenRocksStore(Folder(), options);
  ASSERT_OK(other);
  ASSERT_OK((*other)->Close());
  other->reset();
  const auto before = PictureOf(Folder());
  EXPECT_FALSE(Open().ok());
  EXPECT_EQ(PictureOf(Folder()), before);
}

TEST_F(OpenTest, SecondEngineOfThisProcessIsBusyWithItsProcessId) {
  Result<std::unique_ptr<Engine>> first = Open();
  ASSERT_OK(first);
  for (const bool read_only : {false, true}) {
    const Status status = StatusOf(Open(true, read_only));
    EXPECT_CODE(status, kBusy);
    EXPECT_NE(status.message().find(std::to_string(::getpid())), std::string::npos) << status.ToString();
  }
  ASSERT_OK((*first)->PutConversation(MakeConversation("c1")));
  ASSERT_OK((*first)->Close());
  EXPECT_OK(Open());
}

TEST_F(OpenTest, EngineOfAnotherProcessIsBusyWithItsProcessId) {
  MakeStore();
  Holder holder(Folder());
  const Status status = StatusOf(Open());
  EXPECT_CODE(status, kBusy);
  EXPECT_NE(status.message().find(std::to_string(holder.process())), std::string::npos) << status.ToString();
  holder.Release();
  EXPECT_OK(Open());
}

TEST_F(OpenTest, ReadOnlyEnginesShareAStoreAndExcludeAWriter) {
  MakeStore();
  Result<std::unique_ptr<Engine>> first = Open(false, true);
  ASSERT_OK(first);
  Result<std::unique_ptr<Engine>> second = Open(false, true);
  ASSERT_OK(second);
  EXPECT_OK((*first)->GetConversation("c1"));
  EXPECT_OK((*second)->GetConversation("c1"));
  EXPECT_TRUE((*second)->read_only());
  EXPECT_CODE(Open(), kBusy);
}

TEST_F(OpenTest, ReadOnlyEngineRefusesWritesAndWritesNothing) {
  MakeStore();
  const auto before = PictureOf(Folder());
  {
    Result<std::unique_ptr<Engine>> opened = Open(false, true);
    ASSERT_OK(opened);
    Engine& engine = **opened;
    EXPECT_CODE(engine.PutConversation(MakeConversation("c2")), kPermissionDenied);
    EXPECT_CODE(engine.AppendMessage("c1", MakeMessage("x")), kPermissionDenied);
    EXPECT_CODE(engine.AppendMessage("missing", MakeMessage("x")), kPermissionDenied);
    EXPECT_CODE(engine.DeleteMessage("c1", 0), kPermissionDenied);
    EXPECT_CODE(engine.PutDocument(MakeDocument("d")), kPermissionDenied);
    EXPECT_CODE(engine.PutPrompt(MakePrompt("p")), kPermissionDenied);
    EXPECT_CODE(engine.Delete(Kind::kConversation, "c1"), kPermissionDenied);
    EXPECT_CODE(engine.NewContent(), kPermissionDenied);
    EXPECT_CODE(engine.BulkDelete(Selection{}), kPermissionDenied);
    EXPECT_CODE(engine.Reclaim(), kPermissionDenied);
    Batch empty(engine);
    EXPECT_CODE(engine.Commit(empty), kPermissionDenied);
    EXPECT_OK(engine.GetConversation("c1"));
    EXPECT_OK(engine.Statistics());
    const Result<IntegrityReport> report = engine.CheckIntegrity();
    ASSERT_OK(report);
    EXPECT_TRUE(report->ok);
    BulkDeleteOptions dry_run;
    dry_run.dry_run = true;
    const Result<BulkDeleteReport> dry = engine.BulkDelete(Selection{}, dry_run);
    ASSERT_OK(dry);
    EXPECT_EQ(dry->deleted, 1U);
    EXPECT_OK(engine.Close());
  }
  EXPECT_EQ(PictureOf(Folder()), before);
}

TEST_F(OpenTest, ReadOnlyEngineServesAFolderThatNobodyMayWriteTo) {
  MakeStore();
  fs::remove(Folder() + "/LOCK");
  for (const auto& entry : fs::recursive_directory_iterator(Folder())) {
    fs::permissions(entry.path(), entry.is_directory() ? fs::perms(0555) : fs::perms(0444));
  }
  fs::permissions(Folder(), fs::perms(0555));
  {
    Result<std::unique_ptr<Engine>> engine = Open(false, true);
    ASSERT_OK(engine);
    EXPECT_OK((*engine)->GetConversation("c1"));
  }
  EXPECT_FALSE(fs::exists(Folder() + "/LOCK"));
  fs::permissions(Folder(), fs::perms(0755));
  fs::permissions(Folder() + "/gen-000001", fs::perms(0755));
}

TEST_F(OpenTest, ReadOnlyEngineSeesWhatAWriterLeftInItsLog) {
  {
    Result<std::unique_ptr<Engine>> engine = Open();
    ASSERT_OK(engine);
    ASSERT_OK((*engine)->PutConversationWithMessages(MakeConversation("c1"), MakeMessages(3)));
    fs::copy(Folder(), directory_.File("copy"), fs::copy_options::recursive);
  }
  OpenOptions options;
  options.read_only = true;
  Result<std::unique_ptr<Engine>> copy = Engine::Open(directory_.File("copy"), options);
  ASSERT_OK(copy);
  const Result<Conversation> conversation = (*copy)->GetConversation("c1");
  ASSERT_OK(conversation);
  EXPECT_EQ(conversation->message_count, 3U);
}

TEST_F(OpenTest, NewerFormatIsUnavailableAndNothingChanges) {
  MakeStore();
  WriteFile(Folder() + "/CURRENT", "coffer store format 2\ngen-000001\n");
  const auto before = PictureOf(Folder());
  const Status status = StatusOf(Open());
  EXPECT_CODE(status, kUnavailable);
  EXPECT_NE(status.message().find("format 2"), std::string::npos) << status.ToString();
  EXPECT_CODE(Open(true, true), kUnavailable);
  EXPECT_EQ(PictureOf(Folder()), before);
}

TEST_F(OpenTest, DamagedCurrentIsCorruptionAndNothingChanges) {
  MakeStore();
  for (const std::string_view damaged :
       {"", "gen-000001\n", "coffer store format 1", "coffer store format 1\n", "coffer store format x\ngen-000001\n",
        "coffer store format 1\ngen-1\n", "coffer store format 1\ngen-000000\n", "coffer store format 1\ngen-000001",
        "coffer store format 1\ngen-000001\nmore\n", "coffer store format 0\ngen-000001\n"}) {
    WriteFile(Folder() + "/CURRENT", damaged);
    const auto before = PictureOf(Folder());
    EXPECT_CODE(Open(), kCorruption) << damaged;
    EXPECT_EQ(PictureOf(Folder()), before) << damaged;
  }
}

TEST_F(OpenTest, CurrentThatNamesAMissingGenerationFailsAndKeepsTheOthers) {
  MakeStore();
  WriteFile(Folder() + "/CURRENT", "coffer store format 1\ngen-000007\n");
  EXPECT_FALSE(Open().ok());
  EXPECT_TRUE(fs::exists(Folder() + "/gen-000001"));
  WriteFile(Folder() + "/CURRENT", "coffer store format 1\ngen-000001\n");
  Result<std::unique_ptr<Engine>> engine = Open();
  ASSERT_OK(engine);
  EXPECT_OK((*engine)->GetConversation("c1"));
}

TEST_F(OpenTest, FirstOpeningCutOffBeforeCurrentIsTakenUpAgain) {
  MakeStore();
  fs::remove(Folder() + "/CURRENT");
  EXPECT_CODE(Open(false, true), kNotFound);
  Result<std::unique_ptr<Engine>> engine = Open(false);
  ASSERT_OK(engine);
  EXPECT_OK((*engine)->GetConversation("c1"));
  EXPECT_TRUE(fs::exists(Folder() + "/CURRENT"));
}

TEST_F(OpenTest, FirstOpeningCutOffBeforeItsGenerationStartsAnew) {
  fs::create_directories(Folder() + "/gen-000001.partial");
  WriteFile(Folder() + "/gen-000001.partial/000001.log", "half");
  WriteFile(Folder() + "/LOCK", "");
  EXPECT_CODE(Open(false), kNotFound);
  EXPECT_OK(Open());
  EXPECT_FALSE(fs::exists(Folder() + "/gen-000001.partial"));
}

TEST_F(OpenTest, TwoGenerationsWithoutCurrentAreCorruption) {
  MakeStore();
  fs::copy(Folder() + "/gen-000001", Folder() + "/gen-000002", fs::copy_options::recursive);
  fs::remove(Folder() + "/CURRENT");
  EXPECT_CODE(Open(), kCorruption);
  EXPECT_TRUE(fs::exists(Folder() + "/gen-000001"));
  EXPECT_TRUE(fs::exists(Folder() + "/gen-000002"));
}

TEST_F(OpenTest, LeftoversOfASwitchAreSwept) {
  MakeStore();
  fs::copy(Folder() + "/gen-000001", Folder() + "/gen-000002", fs::copy_options::recursive);
  fs::create_directory(Folder() + "/gen-000003.partial");
  WriteFile(Folder() + "/CURRENT.tmp", "coffer store for");
  Result<std::unique_ptr<Engine>> engine = Open();
  ASSERT_OK(engine);
  EXPECT_FALSE(fs::exists(Folder() + "/gen-000002"));
  EXPECT_FALSE(fs::exists(Folder() + "/gen-000003.partial"));
  EXPECT_FALSE(fs::exists(Folder() + "/CURRENT.tmp"));
  EXPECT_OK((*engine)->GetConversation("c1"));
}

TEST_F(OpenTest, AStoreOfAnEarlierVersionGetsItsControlStore) {
  MakeStore();
  fs::remove_all(Folder() + "/control");
  fs::create_directory(Folder() + "/control.partial");
  WriteFile(Folder() + "/control.partial/CURRENT", "half");
  {
    Result<std::unique_ptr<Engine>> reader = Open(false, true);
    ASSERT_OK(reader) << "which is read without one";
    EXPECT_FALSE(fs::exists(Folder() + "/control"));
  }
  Result<std::unique_ptr<Engine>> engine = Open(false);
  ASSERT_OK(engine);
  EXPECT_OK((*engine)->GetConversation("c1"));
  EXPECT_TRUE(fs::exists(Folder() + "/control/CURRENT"));
  EXPECT_FALSE(fs::exists(Folder() + "/control.partial"));
}

TEST_F(OpenTest, AControlFolderWithoutAStoreIsCorruption) {
  MakeStore();
  fs::remove(Folder() + "/control/CURRENT");
  const Status status = StatusOf(Open());
  EXPECT_CODE(status, kCorruption);
  EXPECT_NE(status.message().find("control"), std::string::npos) << status.ToString();
}

TEST_F(OpenTest, OptionsOutOfRangeAreRefused) {
  OpenOptions options;
  options.write_buffer_bytes = 1 << 20;
  EXPECT_CODE(Engine::Open(Folder(), options), kInvalidArgument);
  options = {};
  options.open_files_max = 1;
  EXPECT_CODE(Engine::Open(Folder(), options), kInvalidArgument);
  options = {};
  options.background_threads = 0;
  EXPECT_CODE(Engine::Open(Folder(), options), kInvalidArgument);
  EXPECT_FALSE(fs::exists(Folder()));
}

TEST_F(OpenTest, RepositoryWithinTheStoresOwnFilesIsRefusedAndNothingIsMade) {
  for (const std::string part : {"", "/.", "/control", "/keys/x", "/exports", "/gen-000001", "/backups/../keys"}) {
    OpenOptions options;
    options.repository = Folder() + part;
    EXPECT_CODE(Engine::Open(Folder(), options), kInvalidArgument) << part;
  }
  EXPECT_FALSE(fs::exists(Folder()));
  fs::create_directory(Folder());
  OpenOptions options;
  options.repository = Folder() + "/keys";
  EXPECT_CODE(Engine::Open(Folder(), options), kInvalidArgument);
  EXPECT_TRUE(fs::is_empty(Folder()));
}

}  // namespace
}  // namespace coffer

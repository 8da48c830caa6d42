// The command line's restores: the whole store, chosen records, and with only a repository and a key.
#include <fstream>

#include "cli/command_line.h"

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;

class Restore : public CommandLine {
 protected:
  Restore() {
    ImportSample();
    backup_ = Run({"backup", "create", "--json"}).json()["id"];
  }

  // The output of a restore of the backup, which must end with `status`.
  Json RestoreWith(std::vector<std::string> words, int status = 0) const {
    words.insert(words.begin(), {"restore", backup_, "--json"});
    const Answer answer = Run(words);
    EXPECT_EQ(answer.status, status) << answer.err;
    return answer.json();
  }

  bool IsThere(const std::string& kind, const std::string& id) const { return Run({"get", kind, id}).status == 0; }

  void Import(const std::string& line) const {
    ASSERT_EQ(Run({"import", Write("more.ndjson", line + "\n"), "--on-conflict", "replace"}).status, 0);
  }

  std::string backup_;
};

TEST_F(Restore, BringsBackWhatWasDeleted) {
  const std::string before = Run({"get", "conversation", "c1"}).out;
  ASSERT_EQ(Run({"delete", "conversations", "--where", "{}", "--yes"}).status, 0);
  const Answer answer = Run({"restore", "latest", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const Json report = answer.json();
  for (const char* member : {"restore_id", "status", "progress", "started_at", "completed_at", "error_message"}) {
    EXPECT_TRUE(report.contains(member)) << member;
  }
  EXPECT_EQ(report["backup_id"], backup_);
  EXPECT_EQ(report["progress"], 100);
  EXPECT_EQ(report["records_restored"], 7);
  EXPECT_EQ(report["restored"],
            (Json{{"conversations", 2}, {"messages", 3}, {"documents", 1}, {"prompts", 1}, {"contents", 1}}));
  EXPECT_EQ(report["contents_missing"], 0);
  EXPECT_EQ(report["failed"], 0);
  EXPECT_EQ(Run({"get", "conversation", "c1"}).out, before);
  EXPECT_EQ(Run({"verify"}).status, 0);
  const std::string safety = report["safety_backup_id"];
  EXPECT_EQ(Run({"backup", "show", safety, "--json"}).json()["metadata"]["reason"], "safety");
  EXPECT_EQ(Run({"restore", safety, "--no-safety-backup", "--json"}).json()["restored"]["conversations"], 0);
  EXPECT_EQ(Run({"get", "conversation", "c1"}).status, 4);
}

TEST_F(Restore, WithoutSafetyBackupMakesNone) {
  EXPECT_TRUE(RestoreWith({"--no-safety-backup", "--no-verify"})["safety_backup_id"].is_null());
  EXPECT_EQ(Run({"backup", "list", "--json"}).json()["total"], 1);
}

TEST_F(Restore, OfAnUnknownBackupIsNotFound) {
  EXPECT_EQ(Run({"restore", "gone"}).status, 4);
  EXPECT_EQ(Run({"--repository", Path("empty"), "restore", "latest"}).status, 4);
  EXPECT_TRUE(IsThere("prompt", "p1"));
}

TEST_F(Restore, NeedsRepositoryAndIdentityAlone) {
  const std::string lost = Path("data");
  fs::rename(lost + "/backups", Path("elsewhere"));
  fs::rename(lost + "/keys/identity.txt", Path("identity.txt"));
  fs::remove_all(lost);
  const Answer locked = Run({"restore", "latest", "--repository", Path("elsewhere"), "--json"});
  EXPECT_EQ(locked.status, 1) << "without an identity";
  EXPECT_EQ(locked.json()["error"]["code"], "permission_denied");
  const Answer answer =
      Run({"restore", "latest", "--repository", Path("elsewhere"), "--identity", Path("identity.txt"), "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["records_restored"], 7);
  EXPECT_EQ(Run({"get", "document", "d1", "--content-out", Path("d1")}).status, 0);
  EXPECT_EQ(Read("d1"), kSampleContent);
  EXPECT_EQ(Run({"verify"}).status, 0);
}

TEST_F(Restore, OfADamagedBackupIsCorruptionAndTheStoreServesOn) {
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "data/backups/objects")) {
    if (!entry.is_regular_file()) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
    file.write("\xde\xad", 2);
  }
  EXPECT_EQ(Run({"restore", "latest"}).status, 5);
  EXPECT_TRUE(IsThere("prompt", "p1"));
  EXPECT_EQ(Run({"verify"}).status, 0);
}

TEST_F(Restore, DryRunTellsAndDoesNothing) {
  ASSERT_EQ(Run({"delete", "conversation", "c1"}).status, 0);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--dry-run"}, {"--dry-run", "--scope", "conversations", "--ids", "c1"}}) {
    const Json report = RestoreWith(words);
    EXPECT_EQ(report["dry_run"], true);
    EXPECT_EQ(report["restored"]["conversations"], words.size() == 1 ? 2 : 1);
    EXPECT_TRUE(report["safety_backup_id"].is_null());
  }
  EXPECT_FALSE(IsThere("conversation", "c1"));
  EXPECT_EQ(Run({"backup", "list", "--json"}).json()["total"], 1);
}

TEST_F(Restore, OfAUserLeavesOthersAlone) {
  ASSERT_EQ(Run({"delete", "conversations", "c1,c2"}).status, 0);
  ASSERT_EQ(Run({"delete", "documents", "d1"}).status, 0);
  const Json report = RestoreWith({"--scope", "user", "--user", "anna"});
  EXPECT_EQ(report["scope"], "user");
  EXPECT_EQ(report["restored"],
            (Json{{"conversations", 1}, {"messages", 2}, {"documents", 1}, {"prompts", 0}, {"contents", 1}}));
  EXPECT_TRUE(IsThere("conversation", "c1"));
  EXPECT_FALSE(IsThere("conversation", "c2"));
  EXPECT_EQ(Run({"get", "document", "d1", "--content-out", Path("d1")}).status, 0);
}

TEST_F(Restore, OfChosenIdsSaysWhatIsNotThere) {
  ASSERT_EQ(Run({"delete", "conversations", "c1,c2"}).status, 0);
  const Json report = RestoreWith({"--scope", "conversations", "--ids", "c2,gone"}, 3);
  EXPECT_EQ(report["restored"]["conversations"], 1);
  EXPECT_EQ(report["failed"], 1);
  ASSERT_EQ(report["errors"].size(), 1U);
  EXPECT_NE(report["errors"][0].get<std::string>().find("gone"), std::string::npos);
  EXPECT_FALSE(IsThere("conversation", "c1"));
  EXPECT_TRUE(IsThere("conversation", "c2"));
}

TEST_F(Restore, PutModeDecidesAboutWhatIsThere) {
  Import(R"({"type":"prompt","id":"p1","owner_id":"ben","name":"New","content":"c"})");
  const Json skipped = RestoreWith({"--scope", "prompts", "--conflict", "skip"});
  EXPECT_EQ(skipped["skipped"], 1);
  EXPECT_EQ(Run({"get", "prompt", "p1"}).json()["name"], "New");
  const Json newest = RestoreWith({"--scope", "prompts", "--conflict", "newest"});
  EXPECT_EQ(newest["skipped"], 1) << "the existing record is newer";
  RestoreWith({"--scope", "prompts"});
  EXPECT_EQ(Run({"get", "prompt", "p1"}).json()["name"], "Sum");
}

TEST_F(Restore, ExactDeletesWhatTheBackupDoesNotHold) {
  Import(R"({"type":"prompt","id":"p2","owner_id":"ben","name":"New","content":"c"})");
  RestoreWith({"--scope", "prompts"});
  EXPECT_TRUE(IsThere("prompt", "p2"));
  const Json report = RestoreWith({"--scope", "prompts", "--exact"});
  EXPECT_EQ(report["deleted"], 1);
  EXPECT_FALSE(IsThere("prompt", "p2"));
  EXPECT_TRUE(IsThere("prompt", "p1"));
  EXPECT_TRUE(IsThere("conversation", "c1"));
}

TEST_F(Restore, WithoutContentsSaysHowManyAreMissing) {
  const std::string bare = Run({"backup", "create", "--no-files", "--json"}).json()["id"];
  const Answer answer = Run({"restore", bare, "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.json()["contents_missing"], 1);
  EXPECT_EQ(Run({"get", "document", "d1"}).status, 0);
  const Answer content = Run({"get", "document", "d1", "--content-out", Path("d1")});
  EXPECT_EQ(content.status, 4);
  EXPECT_NE(content.err.find(bare), std::string::npos) << "names the backup: " << content.err;
}

}  // namespace
}  // namespace coffer::cli_test

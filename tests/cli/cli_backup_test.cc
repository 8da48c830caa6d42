// The command line's backup commands: create, list, verify, delete and prune.
#include <algorithm>
#include <fstream>

#include "cli/command_line.h"

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;

class Backups : public CommandLine {
 protected:
  Backups() { ImportSample(); }

  Json Create(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"backup", "create", "--json"});
    const Answer answer = Run(words);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.json();
  }

  Json List(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"backup", "list", "--json"});
    return Run(words).json();
  }

  std::string Repository() const { return Path("data/backups"); }

  // A recipient whose identity is in the file `name`/keys/identity.txt.
  std::string RecipientOf(const std::string& name) const {
    const Answer answer = RunBare({"--data", Path(name), "key", "generate", "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.json()["recipients"][0];
  }

  // Changes a byte in the middle of every object. Returns the number of objects.
  std::size_t DamageObjects() const {
    std::size_t objects = 0;
    for (const auto& entry : fs::recursive_directory_iterator(Repository() + "/objects")) {
      if (!entry.is_regular_file()) continue;
      const auto middle = static_cast<std::streamoff>(entry.file_size() / 2);
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(middle);
      const int was = file.get();
      file.seekp(middle);
      file.put(static_cast<char>(was ^ 0x55));
      ++objects;
    }
    return objects;
  }

  static std::vector<std::string> IdsOf(const Json& list) {
    std::vector<std::string> ids;
    for (const Json& item : list) ids.push_back(item["id"]);
    return ids;
  }
};

TEST_F(Backups, HaveTheMembersOfTheContract) {
  const Json backup = Create({"--name", "nightly", "--retention-days", "7"});
  for (const char* member :
       {"id", "name", "description", "backup_type", "status", "file_size", "compressed_size", "record_count", "created_at",
        "completed_at", "expires_at", "encrypted", "compressed", "metadata"}) {
    EXPECT_TRUE(backup.contains(member)) << member;
  }
  EXPECT_EQ(backup["name"], "nightly");
  EXPECT_TRUE(backup["description"].is_null());
  EXPECT_EQ(backup["backup_type"], "full");
  EXPECT_EQ(backup["status"], "completed");
  EXPECT_EQ(backup["record_count"], 7);
  EXPECT_EQ(backup["encrypted"], true);
  EXPECT_EQ(backup["compressed"], true);
  EXPECT_GT(backup["file_size"], 0);
  EXPECT_GT(backup["compressed_size"], 0);
  const Json& metadata = backup["metadata"];
  EXPECT_EQ(metadata["requested_type"], "full");
  EXPECT_TRUE(metadata["base_id"].is_null());
  EXPECT_TRUE(metadata["lineage"].is_string());
  EXPECT_EQ(metadata["sequence"], 1);
  EXPECT_EQ(metadata["contents_included"], true);
  EXPECT_EQ(metadata["logs_included"], false);
  EXPECT_EQ(metadata["reason"], "requested");
  EXPECT_TRUE(metadata["engine_version"].is_string());
  EXPECT_EQ(metadata["recipients"].size(), 1U);
  EXPECT_TRUE(metadata["verified"].is_null());
  EXPECT_EQ(Run({"backup", "show", backup["id"], "--json"}).json(), backup);
  EXPECT_EQ(Run({"backup", "show", "gone"}).status, 4);
}

TEST_F(Backups, IncrementalOneWithoutABaseBecomesFullAndSaysSo) {
  const Answer answer = Run({"backup", "create", "--type", "incremental", "--json"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_NE(answer.err.find("becomes full"), std::string::npos);
  EXPECT_EQ(answer.json()["backup_type"], "full");
  EXPECT_EQ(answer.json()["metadata"]["requested_type"], "incremental");
}

TEST_F(Backups, IncrementalAndDifferentialOnesShareWithTheFullOne) {
  const Json full = Create();
  for (const std::string type : {"incremental", "differential"}) {
    const Answer answer = Run({"backup", "create", "--type", type, "--json"});
    const Json backup = answer.json();
    EXPECT_EQ(answer.err.find("becomes full"), std::string::npos) << answer.err;
    EXPECT_EQ(backup["backup_type"], type);
    EXPECT_EQ(backup["metadata"]["base_id"], full["id"]);
    EXPECT_EQ(backup["metadata"]["lineage"], full["metadata"]["lineage"]);
    EXPECT_LT(backup["compressed_size"], full["compressed_size"]);
  }
  EXPECT_EQ(List()["backups"][0]["metadata"]["sequence"], 3);
}

TEST_F(Backups, DoWithoutWhatIsTurnedOffAndWithWhatIsTurnedOn) {
  const Json plain = Create({"--no-encrypt", "--no-compress", "--no-files", "--logs", "--description", "bare"});
  EXPECT_EQ(plain["encrypted"], false);
  EXPECT_EQ(plain["compressed"], false);
  EXPECT_EQ(plain["description"], "bare");
  EXPECT_EQ(plain["metadata"]["contents_included"], false);
  EXPECT_EQ(plain["metadata"]["logs_included"], true);
  EXPECT_EQ(plain["metadata"]["recipients"], Json::array());
  EXPECT_FALSE(fs::exists(Path("data/keys/identity.txt"))) << "nothing was encrypted";
  const Json full = Create({"--encrypt", "--compress", "--files", "--no-logs", "--rate-limit", "100MB"});
  EXPECT_EQ(full["encrypted"], true);
  EXPECT_EQ(full["metadata"]["contents_included"], true);
}

TEST_F(Backups, FirstEncryptedOneMakesAKeyAndSaysToCopyIt) {
  const Answer first = Run({"backup", "create"});
  EXPECT_NE(first.err.find("keys/identity.txt"), std::string::npos) << first.err;
  EXPECT_EQ(Run({"backup", "create"}).err.find("keys/identity.txt"), std::string::npos);
}

TEST_F(Backups, AreEncryptedToFurtherRecipients) {
  const std::string first = RecipientOf("first");
  const std::string second = RecipientOf("second");
  const Json backup = Create({"--recipient", first + "," + second, "--recipient", first});
  const auto recipients = backup["metadata"]["recipients"].get<std::vector<std::string>>();
  EXPECT_EQ(recipients.size(), 3U);
  EXPECT_EQ(std::ranges::count(recipients, first), 1);
  EXPECT_EQ(std::ranges::count(recipients, second), 1);
  EXPECT_EQ(Run({"backup", "create", "--recipient", "age1nobody"}).status, 2);
  EXPECT_EQ(Run({"backup", "create", "--no-encrypt", "--recipient", first}).status, 2);
  EXPECT_EQ(List()["total"], 1);
}

TEST_F(Backups, AreListedNewestFirstByTypeAndStatus) {
  const std::string first = Create()["id"];
  const std::string second = Create({"--type", "incremental"})["id"];
  EXPECT_EQ(List()["total"], 2);
  EXPECT_EQ(IdsOf(List()["backups"]), (std::vector<std::string>{second, first}));
  EXPECT_EQ(IdsOf(List({"--type", "incremental"})["backups"]), std::vector<std::string>{second});
  EXPECT_EQ(List({"--type", "differential"})["total"], 0);
  EXPECT_EQ(List({"--status", "completed"})["total"], 2);
  EXPECT_EQ(List({"--status", "odd"})["backups"], Json::array());
  EXPECT_EQ(Run({"stats", "--json"}).json()["total_backups"], 2);
}

TEST_F(Backups, AreVerifiedAsDeepAsIsAskedFor) {
  const std::string id = Create()["id"];
  const std::vector<std::string> depths = {"manifest", "presence", "plain bytes", "values", "records", "restored"};
  for (int level = 0; level <= 5; ++level) {
    const Answer answer = Run({"backup", "verify", id, "--level", std::to_string(level), "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    const Json report = answer.json();
    EXPECT_EQ(report["ok"], true);
    EXPECT_EQ(report["level"], level);
    EXPECT_EQ(report["depth"], depths[static_cast<std::size_t>(level)]);
    EXPECT_EQ(report["objects"] > 0, level >= 1);
    EXPECT_EQ(report["bytes"] > 0, level >= 2);
    EXPECT_EQ(report["values"] > 0, level >= 3);
    EXPECT_EQ(report["findings"], Json::array());
    const Json verified = Run({"backup", "show", id, "--json"}).json()["metadata"]["verified"];
    EXPECT_EQ(verified["level"], level);
    EXPECT_EQ(verified["ok"], true);
    EXPECT_TRUE(verified["at"].is_string());
  }
  EXPECT_EQ(Run({"backup", "verify", id, "--json"}).json()["level"], 2);
  EXPECT_EQ(Run({"backup", "verify", "gone"}).status, 4);
}

TEST_F(Backups, WithoutAnIdentityAreVerifiedByTheirStoredBytes) {
  const std::string id = Create()["id"];
  fs::rename(Path("data/keys/identity.txt"), Path("identity.txt"));
  const Answer stored = Run({"backup", "verify", id, "--json"});
  EXPECT_EQ(stored.status, 0) << stored.err;
  EXPECT_EQ(stored.json()["depth"], "stored bytes");
  const Answer deeper = Run({"backup", "verify", id, "--level", "3", "--json"});
  EXPECT_EQ(deeper.status, 1);
  EXPECT_EQ(deeper.json()["error"]["code"], "permission_denied");
  EXPECT_NE(deeper.err.find("age1"), std::string::npos) << "names the recipient: " << deeper.err;
  const Answer read = Run({"backup", "verify", id, "--level", "3", "--identity", Path("identity.txt"), "--json"});
  EXPECT_EQ(read.status, 0) << read.err;
  EXPECT_EQ(read.json()["depth"], "values");
}

TEST_F(Backups, DamageIsFoundWithWhatItTouchesAndWhatToDo) {
  const std::string id = Create()["id"];
  const std::size_t damaged = DamageObjects();
  EXPECT_EQ(Run({"backup", "verify", id, "--level", "1"}).status, 0) << "no level was verified yet";
  const Answer answer = Run({"backup", "verify", id, "--json"});
  EXPECT_EQ(answer.status, 5) << answer.err;
  const Json report = answer.json();
  EXPECT_EQ(report["ok"], false);
  EXPECT_EQ(report["findings_total"], damaged);
  ASSERT_EQ(report["findings"].size(), damaged);
  for (const Json& finding : report["findings"]) {
    EXPECT_TRUE(finding["object"].get<std::string>().starts_with("objects/"));
    EXPECT_EQ(finding["backups"], Json::array({id}));
    EXPECT_NE(finding["problem"], "");
    EXPECT_NE(finding["next"], "");
  }
  EXPECT_TRUE(std::ranges::any_of(report["findings"], [](const Json& finding) { return !finding["owners"].empty(); }));
  EXPECT_EQ(Run({"backup", "show", id, "--json"}).json()["metadata"]["verified"]["ok"], false);
  EXPECT_NE(Run({"backup", "verify", id}).err.find("next: "), std::string::npos);
}

TEST_F(Backups, DeletedOneIsOutOfTheWayAndComesBack) {
  const std::string id = Create()["id"];
  const Answer deleted = Run({"backup", "delete", id, "--json"});
  EXPECT_EQ(deleted.status, 0) << deleted.err;
  EXPECT_EQ(deleted.json()["id"], id);
  EXPECT_TRUE(deleted.json()["metadata"]["deleted_at"].is_string());
  EXPECT_EQ(List()["total"], 0);
  EXPECT_EQ(IdsOf(List({"--deleted"})["backups"]), std::vector<std::string>{id});
  EXPECT_TRUE(Run({"backup", "show", id, "--json"}).json()["metadata"].contains("deleted_at"));
  EXPECT_EQ(Run({"restore", id}).status, 4);
  EXPECT_EQ(Run({"backup", "delete", id}).status, 4);
  const Answer back = Run({"backup", "undelete", id, "--json"});
  EXPECT_EQ(back.status, 0) << back.err;
  EXPECT_FALSE(back.json()["metadata"].contains("deleted_at"));
  EXPECT_EQ(IdsOf(List()["backups"]), std::vector<std::string>{id});
  EXPECT_EQ(Run({"backup", "undelete", id}).status, 4);
  EXPECT_EQ(Run({"restore", id}).status, 0);
}

TEST_F(Backups, PlanOfAPruneTellsReasonsAndDropsNothing) {
  const std::string first = Create()["id"];
  const std::string second = Create()["id"];
  const Json plan = Run({"backup", "prune", "--plan", "--as-of", "2099-01-01T00:00:00Z", "--json"}).json();
  EXPECT_EQ(IdsOf(plan["keep"]), std::vector<std::string>{second}) << "the newest of a lineage stays";
  EXPECT_EQ(IdsOf(plan["drop"]), std::vector<std::string>{first});
  for (const char* list : {"keep", "drop"}) EXPECT_FALSE(plan[list][0]["reasons"].empty()) << list;
  EXPECT_EQ(List()["total"], 2);
  const Json kept = Run({"backup", "prune", "--plan", "--as-of", "2099-01-01T00:00:00Z", "--keep-last", "2", "--json"}).json();
  EXPECT_EQ(kept["keep"].size(), 2U);
  EXPECT_EQ(kept["drop"], Json::array());
}

TEST_F(Backups, PrunedOneGoesToTheTrashAndLaterForGood) {
  const std::string first = Create()["id"];
  const std::string second = Create()["id"];
  const Json unexpired = Run({"backup", "prune", "--json"}).json();
  EXPECT_EQ(unexpired["drop"], Json::array());
  const Json pruned = Run({"backup", "prune", "--as-of", "2099-01-01T00:00:00Z", "--json"}).json();
  EXPECT_EQ(IdsOf(pruned["drop"]), std::vector<std::string>{first});
  EXPECT_EQ(pruned["purged"], Json::array());
  EXPECT_EQ(pruned["freed_bytes"], 0);
  EXPECT_EQ(IdsOf(List({"--deleted"})["backups"]), std::vector<std::string>{first});
  const Json purged = Run({"backup", "prune", "--as-of", "2099-01-09T00:00:00Z", "--json"}).json();
  EXPECT_EQ(purged["purged"], Json::array({first}));
  EXPECT_GT(purged["freed_bytes"], 0);
  EXPECT_EQ(Run({"backup", "undelete", first}).status, 4);
  EXPECT_EQ(Run({"backup", "verify", second, "--level", "5"}).status, 0);
}

TEST_F(Backups, AreSeenFromAFreshFolderByTheirRepository) {
  const std::string id = Create()["id"];
  const Answer listed = RunBare({"--data", Path("fresh"), "--repository", Repository(), "backup", "list", "--json"});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_EQ(IdsOf(listed.json()["backups"]), std::vector<std::string>{id});
  const Answer by_environment = RunBare({"backup", "list", "--json"}, {"COFFER_REPOSITORY=" + Repository()});
  EXPECT_EQ(by_environment.json()["total"], 1);
}

TEST_F(Backups, ReadOnlyTheyAreListedAndVerifiedAndNotChanged) {
  const std::string id = Create()["id"];
  EXPECT_EQ(Run({"--read-only", "backup", "list"}).status, 0);
  EXPECT_EQ(Run({"--read-only", "backup", "verify", id}).status, 0);
  EXPECT_EQ(Run({"--read-only", "backup", "prune", "--plan"}).status, 0);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"backup", "delete", id},
                                             {"backup", "undelete", id},
                                             {"backup", "prune"},
                                             {"backup", "verify", id, "--level", "5"}}) {
    std::vector<std::string> all = words;
    all.insert(all.begin(), "--read-only");
    EXPECT_EQ(Run(all).status, 1) << testing::PrintToString(words);
  }
  EXPECT_EQ(List()["total"], 1);
}

}  // namespace
}  // namespace coffer::cli_test

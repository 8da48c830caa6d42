// The command line's key commands, and doctor.
#include <sys/stat.h>

#include <fstream>

#include "cli/command_line.h"
#include "coffer/engine.h"

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;

TEST_F(CommandLine, KeyIsMadeOnceAndShown) {
  const Json none = Run({"key", "show", "--json"}).json();
  EXPECT_EQ(none["recipients"], Json::array());
  EXPECT_TRUE(none["identity_file"].is_null());
  const Answer made = Run({"key", "generate", "--json"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_NE(made.err.find("copy"), std::string::npos) << made.err;
  ASSERT_EQ(made.json()["recipients"].size(), 1U);
  EXPECT_TRUE(made.json()["recipients"][0].get<std::string>().starts_with("age1"));
  EXPECT_EQ(made.json()["identity_file"], Path("data/keys/identity.txt"));
  EXPECT_EQ(made.out.find("AGE-SECRET"), std::string::npos);
  struct stat state {};
  ASSERT_EQ(::stat(Path("data/keys/identity.txt").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600U);
  EXPECT_EQ(Run({"key", "show", "--json"}).json(), made.json());

  const std::string identity = Read("data/keys/identity.txt");
  EXPECT_EQ(Run({"key", "generate"}).status, 1);
  EXPECT_EQ(Read("data/keys/identity.txt"), identity) << "never overwritten";
}

TEST_F(CommandLine, DamagedKeyIsCorruptionThatShowsNoKey) {
  ASSERT_EQ(Run({"key", "generate"}).status, 0);
  const std::string identity = Read("data/keys/identity.txt");
  Write("data/keys/identity.txt", identity.substr(0, identity.size() - 8) + "\n");
  const Answer answer = Run({"key", "show", "--json"});
  EXPECT_EQ(answer.status, 5);
  EXPECT_NE(answer.err.find("identity.txt"), std::string::npos);
  EXPECT_EQ((answer.out + answer.err).find("AGE-SECRET-KEY-1"), std::string::npos);
}

class Doctor : public CommandLine {
 protected:
  Json Check(const std::string& name) const {
    const Json report = Run({"doctor", "--json"}).json();
    for (const Json& check : report["checks"]) {
      if (check["name"] == name) return check;
    }
    ADD_FAILURE() << "no check " << name << " in " << report;
    return {};
  }
};

TEST_F(Doctor, WithoutAStoreSaysSoAndMakesNone) {
  const Answer answer = Run({"doctor", "--json"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_EQ(answer.json()["verdict"], "failed");
  EXPECT_EQ(answer.json()["checks"][0]["ok"], false);
  EXPECT_NE(answer.json()["checks"][0]["next"], "");
  EXPECT_FALSE(fs::exists(Path("data")));
}

TEST_F(Doctor, TellsWhatIsMissingUntilItIsThere) {
  ImportSample();
  EXPECT_EQ(Check("store")["ok"], true);
  EXPECT_EQ(Check("newest backup")["ok"], false);
  EXPECT_EQ(Check("newest backup")["next"], "coffer backup create");
  ASSERT_EQ(Run({"backup", "create"}).status, 0);
  EXPECT_EQ(Check("newest backup")["ok"], true);
  EXPECT_EQ(Check("verified backup")["ok"], false);
  ASSERT_EQ(Run({"backup", "verify", "latest"}).status, 0);
  EXPECT_EQ(Check("verified backup")["ok"], true);
  EXPECT_TRUE(Check("verified backup")["next"].is_null());
  EXPECT_EQ(Check("free space")["ok"], true);
  EXPECT_EQ(Check("devices")["ok"], false) << "data, repository and key are in one folder";
  const Answer answer = Run({"doctor", "--json"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.json()["verdict"], "attention");
}

TEST_F(Doctor, WarnsOfAKeyThatOthersCanRead) {
  ASSERT_EQ(Run({"key", "generate"}).status, 0);
  EXPECT_EQ(Check("key")["ok"], true);
  fs::permissions(Path("data/keys/identity.txt"), fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(Check("key")["ok"], false);
  EXPECT_NE(Check("key")["next"].get<std::string>().find("chmod 600"), std::string::npos);
}

TEST_F(Doctor, TellsOfBackupsThatAreKnownToBeDamaged) {
  ImportSample();
  const std::string id = Run({"backup", "create", "--json"}).json()["id"];
  EXPECT_EQ(Check("damaged backups")["ok"], true);
  for (const auto& entry : fs::recursive_directory_iterator(Path("data/backups/objects"))) {
    if (entry.is_regular_file()) fs::resize_file(entry.path(), entry.file_size() - 1);
  }
  ASSERT_EQ(Run({"backup", "verify", id}).status, 5);
  EXPECT_EQ(Check("damaged backups")["ok"], false);
  EXPECT_NE(Check("damaged backups")["found"].get<std::string>().find(id), std::string::npos);
  EXPECT_EQ(Check("verified backup")["ok"], false);
}

TEST_F(Doctor, NamesABackupWhoseManifestIsDamaged) {
  ImportSample();
  const std::string id = Run({"backup", "create", "--json"}).json()["id"];
  Write("data/backups/manifests/" + id, "nothing of the kind\n");
  const Answer answer = Run({"doctor", "--json"});
  EXPECT_EQ(answer.json()["verdict"], "attention");
  EXPECT_EQ(Check("damaged backups")["ok"], false);
  EXPECT_NE(Check("damaged backups").dump().find(id), std::string::npos);
  EXPECT_EQ(Check("newest backup")["ok"], false) << "an unreadable backup does not count";
}

TEST_F(Doctor, SaysThatManifestsAreNotVisible) {
  ImportSample();
  ASSERT_EQ(Run({"backup", "create"}).status, 0);
  fs::rename(Path("data/backups/manifests"), Path("hidden"));
  EXPECT_EQ(Run({"doctor", "--json"}).status, 5);
  EXPECT_EQ(Check("repository")["ok"], false);
  EXPECT_NE(Check("repository")["found"].get<std::string>().find("objects but no manifest"), std::string::npos);
  EXPECT_EQ(Run({"backup", "create"}).status, 5);
  EXPECT_EQ(Run({"backup", "prune"}).status, 5);
  fs::rename(Path("hidden"), Path("data/backups/manifests"));
  EXPECT_EQ(Run({"backup", "verify", "latest"}).status, 0) << "nothing was removed";
}

TEST_F(CommandLine, AListTellsOfADamagedManifestBesideTheOthers) {
  ImportSample();
  const std::string damaged = Run({"backup", "create", "--json"}).json()["id"];
  const std::string good = Run({"backup", "create", "--json"}).json()["id"];
  Write("data/backups/manifests/" + damaged, "nothing of the kind\n");
  const Answer answer = Run({"backup", "list", "--json"});
  ASSERT_EQ(answer.status, 0);
  EXPECT_EQ(answer.json()["total"], 2);
  EXPECT_EQ(answer.json()["backups"][0]["id"], good);
  EXPECT_EQ(answer.json()["backups"][1]["id"], damaged);
  EXPECT_EQ(answer.json()["backups"][1]["status"], "failed");
  EXPECT_NE(answer.json()["backups"][1]["metadata"]["damage"].dump().find("manifests/" + damaged), std::string::npos);
  EXPECT_NE(Run({"backup", "list"}).out.find(damaged + "  "), std::string::npos);
  EXPECT_EQ(Run({"backup", "list", "--status", "completed", "--json"}).json()["total"], 1);
  EXPECT_EQ(Run({"restore", "latest", "--json"}).status, 0) << "the newer backup";
}

TEST_F(Doctor, OfAStoreThatIsInUseIsBusy) {
  ImportSample();
  OpenOptions options;
  const auto engine = Engine::Open(Path("data"), options);
  ASSERT_TRUE(engine.ok());
  EXPECT_EQ(Run({"doctor"}).status, 6);
}

}  // namespace
}  // namespace coffer::cli_test

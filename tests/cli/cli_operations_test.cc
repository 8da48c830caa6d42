// The command line on tokens, erasures, and operations cancelled by Ctrl-C.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <chrono>
#include <thread>

#include "cli/command_line.h"

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;

TEST_F(CommandLine, ATokenIsMadeShownOnceListedAndRevoked) {
  const Answer created = Run({"token", "create", "--user", "anna", "--role", "admin", "--expires", "30d", "--json"});
  EXPECT_EQ(created.status, 0) << created.err;
  EXPECT_TRUE(created.json()["token"].get<std::string>().starts_with("coffer_"));
  EXPECT_EQ(created.json()["role"], "admin");
  EXPECT_TRUE(created.json()["expires_at"].is_string());
  const std::string id = created.json()["id"];
  const Answer words = Run({"token", "create", "--user", "ben"});
  EXPECT_EQ(words.out.size(), std::string("coffer_").size() + 43 + 1) << "only the token, to be put in a file";
  const Answer listed = Run({"token", "list", "--json"});
  EXPECT_EQ(listed.json()["total"], 2);
  EXPECT_EQ(listed.json()["tokens"][0]["id"], id);
  EXPECT_EQ(listed.out.find("coffer_"), std::string::npos);
  EXPECT_EQ(Run({"token", "revoke", id}).status, 0);
  EXPECT_EQ(Run({"token", "revoke", id}).status, 4);
  EXPECT_EQ(Run({"token", "list", "--json"}).json()["total"], 1);
  EXPECT_EQ(Run({"token", "create"}).status, 2);
  EXPECT_EQ(Run({"token", "create", "--user", "anna", "--expires", "soon"}).status, 2);
  EXPECT_EQ(Run({"token", "create", "--user", "anna", "--expires", "2001-01-01T00:00:00Z"}).status, 2);
}

TEST_F(CommandLine, AnErasedUserIsGoneAndStaysAwayFromARestore) {
  ImportSample();
  ASSERT_EQ(Run({"backup", "create"}).status, 0);
  EXPECT_EQ(Run({"erase", "user", "anna"}).status, 2) << "no terminal to ask for confirmation";
  const Answer erased = Run({"erase", "user", "anna", "--yes", "--json"});
  EXPECT_EQ(erased.status, 0) << erased.err;
  EXPECT_EQ(erased.json()["erased"],
            (Json{{"conversations", 1}, {"messages", 2}, {"documents", 1}, {"prompts", 0}, {"contents", 1}}));
  EXPECT_EQ(erased.json()["backups"].size(), 1U);
  EXPECT_TRUE(erased.json()["backups"][0]["expires_at"].is_string());
  const Answer restored = Run({"restore", "latest", "--json"});
  EXPECT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(restored.json()["erasures_applied"], 1);
  EXPECT_EQ(restored.json()["restored"]["conversations"], 1);
  EXPECT_EQ(Run({"get", "conversation", "c1"}).status, 4);
  EXPECT_EQ(Run({"get", "conversation", "c2"}).status, 0);
  EXPECT_EQ(Run({"verify"}).status, 0);
}

TEST_F(CommandLine, SingleRecordsAreErased) {
  ImportSample();
  const Answer erased = Run({"erase", "prompt", "p1,none", "--yes", "--json"});
  EXPECT_EQ(erased.status, 0) << erased.err;
  EXPECT_EQ(erased.json()["erased"]["prompts"], 1);
  EXPECT_EQ(Run({"get", "prompt", "p1"}).status, 4);
  EXPECT_EQ(Run({"erase", "user", "anna", "ben", "--yes"}).status, 2);
  EXPECT_EQ(Run({"erase", "message", "c2/0", "--yes"}).status, 2);
}

TEST_F(CommandLine, CtrlCCancelsTheOperationAndLeavesWholeBatches) {
  std::array<int, 2> input{};
  ASSERT_EQ(::pipe2(input.data(), O_CLOEXEC), 0);
  const std::string data = Path("data");
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(input[0], 0);
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, 1);
    ::dup2(null, 2);
    ::execl(COFFER_PROGRAM, "coffer", "--data", data.c_str(), "import", "-", nullptr);
    ::_exit(127);
  }
  ::close(input[0]);
  std::string lines;
  for (int i = 0; i < 4200; ++i) lines += ConversationLine("c" + std::to_string(i), "anna", "2025-01-01T00:00:00Z") + "\n";
  // More than a pipe holds: once all is written, the program is reading. The last batch is not full and waits for more.
  for (std::size_t done = 0; done < lines.size();) {
    const ssize_t written = ::write(input[1], lines.data() + done, lines.size() - done);
    ASSERT_GT(written, 0);
    done += static_cast<std::size_t>(written);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  ::kill(process, SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  ::close(input[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(process, &status, 0), process);
  ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 1);
  const Answer statistics = Run({"stats", "--json"});
  EXPECT_EQ(statistics.json()["total_records"].get<int>() % 500, 0);
  EXPECT_EQ(Run({"verify"}).status, 0);
}

}  // namespace
}  // namespace coffer::cli_test

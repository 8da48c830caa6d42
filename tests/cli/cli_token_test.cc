// The command line on tokens.
#include "cli/command_line.h"

namespace coffer::cli_test {
namespace {

TEST_F(CommandLine, TokenIsShownOnceAndListedWithoutItsText) {
  const Json created = Run({"token", "create", "--user", "anna", "--json"}).json();
  EXPECT_TRUE(created["token"].get<std::string>().starts_with("coffer_"));
  EXPECT_EQ(created["role"], "user");
  EXPECT_TRUE(created["expires_at"].is_null());
  const Answer listed = Run({"token", "list", "--json"});
  EXPECT_EQ(listed.out.find(created["token"].get<std::string>()), std::string::npos);
  EXPECT_EQ(listed.json()["tokens"][0]["id"], created["id"]);
  EXPECT_EQ(listed.json()["tokens"][0]["user_id"], "anna");
}

TEST_F(CommandLine, RevokedTokenIsGone) {
  const Json created = Run({"token", "create", "--user", "root", "--role", "admin", "--json"}).json();
  EXPECT_EQ(Run({"token", "revoke", created["id"]}).status, 0);
  EXPECT_EQ(Run({"token", "list", "--json"}).json()["tokens"].size(), 0U);
  EXPECT_EQ(Run({"token", "revoke", created["id"]}).status, 4);
}

TEST_F(CommandLine, TokenMayExpire) {
  for (const std::string expires : {"30d", "12h", "90m", "2999-01-01T00:00:00Z"}) {
    const Answer answer = Run({"token", "create", "--user", "anna", "--expires", expires, "--json"});
    EXPECT_EQ(answer.status, 0) << expires;
    EXPECT_TRUE(answer.json()["expires_at"].is_string());
  }
  for (const std::string expires : {"d", "-1d", "0d", "30", "soon", "2001-01-01T00:00:00Z", "99999999999d"}) {
    EXPECT_EQ(Run({"token", "create", "--user", "anna", "--expires", expires}).status, 2) << expires;
  }
  EXPECT_EQ(Run({"token", "create"}).status, 2);
  EXPECT_EQ(Run({"token", "create", "--user", "anna", "--role", "king"}).status, 2);
}

}  // namespace
}  // namespace coffer::cli_test

#include "coffer/token.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "engine/core.h"
#include "engine/tokens.h"
#include "operations/operations_fixture.h"
#include "support/manual_clock.h"
#include "support/store_fixture.h"

namespace coffer {
namespace {

class TokenTest : public operations::OperationsTest {
 protected:
  TokenTest() { options_.clock = &clock_; }
  ~TokenTest() override { engine_.reset(); }
  void SetUp() override { Open(options_); }

  ManualClock clock_{1'700'000'000'000'000};
  OpenOptions options_;
};

TEST_F(TokenTest, ASecretStandsForItsPrincipalAlsoAfterReopening) {
  Result<CreatedToken> anna = CreateToken(engine(), "anna", PrincipalRole::kUser);
  Result<CreatedToken> root = CreateToken(engine(), "root", PrincipalRole::kAdmin);
  ASSERT_OK(anna);
  ASSERT_OK(root);
  for (int opening = 0; opening < 2; ++opening) {
    Result<Principal> who = Authenticate(engine(), anna->secret);
    ASSERT_OK(who);
    EXPECT_EQ(who->user_id, "anna");
    EXPECT_EQ(who->role, PrincipalRole::kUser);
    EXPECT_EQ(who->token_id, anna->info.id);
    EXPECT_EQ(Authenticate(engine(), root->secret).value().role, PrincipalRole::kAdmin);
    Open(options_);
  }
}

TEST_F(TokenTest, SecretsHave43CharactersOfBase64UrlAndDiffer) {
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    Result<CreatedToken> created = CreateToken(engine(), "anna", PrincipalRole::kUser);
    ASSERT_OK(created);
    ASSERT_EQ(created->secret.size(), 7U + 43U);
    EXPECT_TRUE(created->secret.starts_with("coffer_"));
    EXPECT_EQ(created->secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    secrets.insert(created->secret);
  }
  EXPECT_EQ(secrets.size(), 100U);
}

TEST_F(TokenTest, UnknownRevokedAndExpiredAreRefusedInTheSameWords) {
  Result<CreatedToken> revoked = CreateToken(engine(), "anna", PrincipalRole::kUser);
  Result<CreatedToken> expiring =
      CreateToken(engine(), "anna", PrincipalRole::kUser, Timestamp{clock_.NowMicroseconds() + 1'000'000});
  ASSERT_OK(revoked);
  ASSERT_OK(expiring);
  EXPECT_OK(Authenticate(engine(), expiring->secret));
  EXPECT_OK(RevokeToken(engine(), revoked->info.id));
  clock_.Advance(1'000'000);
  std::set<std::string> answers;
  for (const std::string& secret :
       {revoked->secret, expiring->secret, std::string("coffer_unknown"), std::string(), expiring->secret + "x"}) {
    const Status status = Authenticate(engine(), secret).status();
    EXPECT_CODE(status, kPermissionDenied);
    answers.insert(status.ToString());
  }
  EXPECT_EQ(answers.size(), 1U);
  Open(options_);
  EXPECT_CODE(Authenticate(engine(), revoked->secret), kPermissionDenied);
}

TEST_F(TokenTest, AreListedInOrderOfCreationWhateverTheClockDoes) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(i % 2 == 0 ? -5'000'000 : 0);
    ids.push_back(CreateToken(engine(), "user" + std::to_string(i), PrincipalRole::kUser).value().info.id);
  }
  const std::vector<TokenInfo> listed = ListTokens(engine()).value();
  ASSERT_EQ(listed.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(listed[i].id, ids[i]);
    EXPECT_EQ(listed[i].user_id, "user" + std::to_string(i));
  }
}

TEST_F(TokenTest, WhatCannotBeIsRefused) {
  EXPECT_CODE(CreateToken(engine(), "", PrincipalRole::kUser), kInvalidArgument);
  EXPECT_CODE(CreateToken(engine(), "a b", PrincipalRole::kUser), kInvalidArgument);
  EXPECT_CODE(CreateToken(engine(), "a", PrincipalRole::kUser, Timestamp{clock_.NowMicroseconds()}), kInvalidArgument);
  EXPECT_CODE(RevokeToken(engine(), "none"), kNotFound);
  EXPECT_TRUE(ListTokens(engine()).value().empty());
}

TEST_F(TokenTest, AReadOnlyEngineAuthenticatesAndMakesNone) {
  Result<CreatedToken> created = CreateToken(engine(), "anna", PrincipalRole::kUser);
  ASSERT_OK(created);
  OpenOptions options = options_;
  options.read_only = true;
  Open(options);
  EXPECT_OK(Authenticate(engine(), created->secret));
  EXPECT_CODE(CreateToken(engine(), "anna", PrincipalRole::kUser), kPermissionDenied);
  EXPECT_CODE(RevokeToken(engine(), created->info.id), kPermissionDenied);
}

TEST_F(TokenTest, NoSecretIsOnDisk) {
  Result<CreatedToken> created = CreateToken(engine(), "anna", PrincipalRole::kUser);
  ASSERT_OK(created);
  const std::string random_part = created->secret.substr(7);
  bool user_seen = false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store_path())) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = operations::ReadBytes(entry.path().string());
    EXPECT_EQ(bytes.find(random_part), std::string::npos) << entry.path();
    user_seen = user_seen || bytes.find("anna") != std::string::npos;
  }
  EXPECT_TRUE(user_seen) << "the search must be able to find something";
}

TEST_F(TokenTest, OneThatIsDurableSurvivesALossOfPower) {
  options_.file_system = &files_;
  Open(options_);
  Result<CreatedToken> kept = CreateToken(engine(), "anna", PrincipalRole::kUser);
  Result<CreatedToken> revoked = CreateToken(engine(), "anna", PrincipalRole::kUser);
  ASSERT_OK(kept);
  ASSERT_OK(RevokeToken(engine(), revoked->info.id));
  files_.CutPower();
  engine_.reset();
  files_.RestorePower();
  ASSERT_OK(files_.DropUnsynced());
  Open(options_);
  EXPECT_OK(Authenticate(engine(), kept->secret));
  EXPECT_CODE(Authenticate(engine(), revoked->secret), kPermissionDenied);
}

TEST_F(TokenTest, AFailedWriteMakesNoTokenThatWorks) {
  options_.file_system = &files_;
  Open(options_);
  FileFailure failure;
  failure.path_part = "/control/";
  failure.operation = FileOperation::kAnyChange;
  files_.FailOn(failure);
  EXPECT_FALSE(CreateToken(engine(), "anna", PrincipalRole::kUser).ok());
  files_.Heal();
  EXPECT_TRUE(ListTokens(engine()).value().empty());
  EXPECT_CODE(CreateToken(engine(), "anna", PrincipalRole::kUser), kIoError) << "until it is opened again";
  Open(options_);
  EXPECT_OK(CreateToken(engine(), "anna", PrincipalRole::kUser));
}

TEST(TokensTest, TheSourceOfSecretsMakesThemAndItsFailureMakesNone) {
  const TempDirectory folder;
  storage::StoreOptions options;
  options.create = true;
  options.families = storage::kControlFamilies;
  Result<std::unique_ptr<storage::Store>> control = storage::OpenRocksStore(folder.File("control"), options);
  ASSERT_OK(control);
  unsigned char next = 0;
  engine::Tokens tokens(control->get(), [&next](std::span<unsigned char> bytes) {
    std::fill(bytes.begin(), bytes.end(), next);
    return ++next < 4;
  });
  const auto new_id = [](std::string_view last) { return std::string(last) + "A"; };
  std::vector<CreatedToken> created;
  for (int i = 0; i < 3; ++i) {
    created.push_back(tokens.Create(new_id, "u" + std::to_string(i), PrincipalRole::kUser, std::nullopt, {}).value());
  }
  EXPECT_EQ(created[0].secret, "coffer_" + std::string(43, 'A'));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(tokens.Authenticate(created[static_cast<std::size_t>(i)].secret, {}).value().user_id, "u" + std::to_string(i));
  }
  EXPECT_CODE(tokens.Create(new_id, "u", PrincipalRole::kUser, std::nullopt, {}), kUnavailable) << "no random bytes";
}

TEST_F(TokenTest, AreLimitedAndARevokedOneMakesRoom) {
  files_.SkipRealSyncs();
  options_.file_system = &files_;
  Open(options_);
  std::string last;
  for (std::size_t i = 0; i < kTokensMax; ++i) {
    Result<CreatedToken> created = CreateToken(engine(), "anna", PrincipalRole::kUser);
    ASSERT_OK(created);
    last = created->info.id;
  }
  EXPECT_CODE(CreateToken(engine(), "anna", PrincipalRole::kUser), kResourceExhausted);
  EXPECT_EQ(ListTokens(engine()).value().size(), kTokensMax);
  ASSERT_OK(RevokeToken(engine(), last));
  EXPECT_OK(CreateToken(engine(), "anna", PrincipalRole::kUser));
}

}  // namespace
}  // namespace coffer

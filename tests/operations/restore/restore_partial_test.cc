#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/erase.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/repository_fixture.h"

namespace coffer::operations {
namespace {

class RestorePartialTest : public RepositoryTest {
 protected:
  static RestoreOptions Of(RestoreScope scope) {
    RestoreOptions options;
    options.scope = scope;
    options.safety_backup = false;
    return options;
  }
  static RestoreOptions OfUser(const std::string& user) {
    RestoreOptions options = Of(RestoreScope::kUser);
    options.owner = user;
    return options;
  }
  // The lines of a store's state that belong to an owner.
  static std::string StateOf(Engine& engine, const std::string& owner) {
    std::string state;
    std::istringstream lines(WholeState(engine));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("\"" + owner + "\"") != std::string::npos) state += line + "\n";
    }
    return state;
  }
  std::string StateOf(const std::string& owner) { return StateOf(engine(), owner); }
};

TEST_F(RestorePartialTest, AUsersRecordsComeBackAndTheOthersStay) {
  PutSome("now");
  const std::string of_owner0 = StateOf("owner0");
  const BackupInfo backup = BackUp();
  PutSome("later");
  ASSERT_OK(engine().Delete(Kind::kConversation, "c2"));
  ASSERT_OK(engine().Delete(Kind::kDocument, "d2"));
  ASSERT_OK(engine().Delete(Kind::kPrompt, "p1"));
  const std::string of_owner1 = StateOf("owner1");
  Result<RestoreReport> report = RunRestore(engine(), backup.id, OfUser("owner0"));
  ASSERT_OK(report);
  EXPECT_EQ(report->conversations, 3U);
  EXPECT_EQ(report->messages, 0U + 2U + 4U);
  EXPECT_EQ(report->documents, 2U);
  EXPECT_EQ(report->contents, 2U);
  EXPECT_EQ(report->prompts, 1U);
  EXPECT_EQ(report->failed, 0U);
  EXPECT_EQ(StateOf("owner0"), of_owner0);
  EXPECT_EQ(StateOf("owner1"), of_owner1);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(RestorePartialTest, SkipLeavesAloneWhatIsThere) {
  PutSome("now");
  const BackupInfo backup = BackUp();
  PutSome("later");
  ASSERT_OK(engine().Delete(Kind::kConversation, "c2"));
  RestoreOptions options = OfUser("owner0");
  options.mode = PutMode::kKeepExisting;
  Result<RestoreReport> report = RunRestore(engine(), backup.id, options);
  ASSERT_OK(report);
  EXPECT_EQ(report->conversations, 1U);
  EXPECT_EQ(report->skipped, 2U + 2U + 1U);
  EXPECT_NE(engine().GetConversationJson("c2", true)->find(" now"), std::string::npos);
  EXPECT_NE(engine().GetConversationJson("c4", true)->find(" later"), std::string::npos);
}

TEST_F(RestorePartialTest, NewestKeepsTheLaterOfTheTwo) {
  Conversation conversation;
  conversation.id = "c";
  conversation.user_id = "owner";
  conversation.title = "of the backup";
  conversation.created_at = Timestamp{1};
  conversation.updated_at = Timestamp{1000};
  ASSERT_OK(engine().PutConversation(conversation));
  const BackupInfo backup = BackUp();
  RestoreOptions options = Of(RestoreScope::kConversations);
  options.mode = PutMode::kNewest;
  for (const std::int64_t later : {2000, 500}) {
    conversation.title = "of the store";
    conversation.updated_at = Timestamp{later};
    ASSERT_OK(engine().PutConversation(conversation));
    Result<RestoreReport> report = RunRestore(engine(), backup.id, options);
    ASSERT_OK(report);
    EXPECT_EQ(report->skipped, later > 1000 ? 1U : 0U);
    EXPECT_EQ(engine().GetConversation("c")->title, later > 1000 ? "of the store" : "of the backup");
  }
}

TEST_F(RestorePartialTest, ChosenIdsComeBackAndMissingOnesAreTold) {
  PutSome("now");
  const BackupInfo backup = BackUp();
  ASSERT_OK(engine().Delete(Kind::kConversation, "c1"));
  ASSERT_OK(engine().Delete(Kind::kConversation, "c2"));
  RestoreOptions options = Of(RestoreScope::kConversations);
  options.ids = {"c1", "none", "c1"};
  Result<RestoreReport> report = RunRestore(engine(), backup.id, options);
  ASSERT_OK(report);
  EXPECT_EQ(report->conversations, 1U);
  EXPECT_EQ(report->failed, 1U);
  ASSERT_EQ(report->errors.size(), 1U);
  EXPECT_EQ(report->errors[0].reason, "conversation none: is not in the backup");
  EXPECT_OK(engine().GetConversation("c1"));
  EXPECT_CODE(engine().GetConversation("c2"), kNotFound);

  options.owner = "owner0";  // c1 is owner1's
  options.ids = {"c1"};
  report = RunRestore(engine(), backup.id, options);
  ASSERT_OK(report);
  EXPECT_EQ(report->failed, 1U);
  EXPECT_EQ(report->errors[0].reason, "conversation c1: is not in the backup") << "in the same words";
}

TEST_F(RestorePartialTest, ExactMakesTheScopeEqualToTheBackup) {
  PutSome("now");
  Document bare;
  bare.id = "d9";
  bare.owner_id = "owner0";
  bare.filename = "bare.txt";
  ASSERT_OK(engine().PutDocument(bare));
  const std::string of_owner0 = StateOf("owner0");
  const BackupInfo backup = BackUp();
  PutSome("later", 9);
  PutDocument("d9", "a content that the backup's one has not");
  PutDocument("d8", "new");
  const std::string of_owner1 = StateOf("owner1");
  RestoreOptions options = OfUser("owner0");
  options.exact = true;
  options.dry_run = true;
  const std::string changed = WholeState(engine());
  Result<RestoreReport> dry = RunRestore(engine(), backup.id, options);
  ASSERT_OK(dry);
  EXPECT_EQ(WholeState(engine()), changed);
  options.dry_run = false;
  Result<RestoreReport> report = RunRestore(engine(), backup.id, options);
  ASSERT_OK(report);
  EXPECT_EQ(report->deleted, 2U + 2U) << "c6, c8, d8 and d9";
  EXPECT_EQ(dry->deleted, report->deleted);
  EXPECT_EQ(dry->conversations, report->conversations);
  EXPECT_EQ(dry->documents, report->documents);
  EXPECT_EQ(StateOf("owner0"), of_owner0);
  EXPECT_EQ(StateOf("owner1"), of_owner1);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(RestorePartialTest, WhatIsSomebodyElsesByNowIsNotTaken) {
  PutSome("now");
  const BackupInfo backup = BackUp();
  Conversation conversation;
  conversation.id = "c2";
  conversation.user_id = "somebody";
  conversation.title = "of somebody else";
  ASSERT_OK(engine().PutConversation(conversation));
  for (const bool exact : {false, true}) {
    for (const bool dry_run : {true, false}) {
      RestoreOptions options = OfUser("owner0");
      options.exact = exact;
      options.dry_run = dry_run;
      Result<RestoreReport> report = RunRestore(engine(), backup.id, options);
      ASSERT_OK(report);
      EXPECT_EQ(report->conversations, 2U);
      EXPECT_EQ(report->deleted, 0U);
      ASSERT_EQ(report->failed, 1U);
      EXPECT_EQ(report->errors[0].reason, "conversation c2: belongs to another owner now");
      EXPECT_EQ(engine().GetConversation("c2")->title, "of somebody else");
    }
  }
  ASSERT_OK(RunRestore(engine(), backup.id, Of(RestoreScope::kConversations)));
  EXPECT_EQ(engine().GetConversation("c2")->user_id, "owner0") << "no owner means all owners";
}

TEST_F(RestorePartialTest, WhatWasErasedForGoodDoesNotComeBack) {
  PutSome("now");
  const BackupInfo backup = BackUp();
  Result<OperationOf<EraseReport>> erase = StartEraseUser(engine(), "owner0");
  ASSERT_OK(erase);
  ASSERT_OK(erase->Finish());
  const std::vector<std::string> ids = {"c1"};
  erase = StartErase(engine(), Kind::kConversation, ids);
  ASSERT_OK(erase);
  ASSERT_OK(erase->Finish());
  for (const RestoreScope scope : {RestoreScope::kConversations, RestoreScope::kDocuments, RestoreScope::kPrompts}) {
    Result<RestoreReport> report = RunRestore(engine(), backup.id, Of(scope));
    ASSERT_OK(report);
    EXPECT_EQ(report->failed, 0U);
  }
  EXPECT_EQ(StateOf("owner0"), "");
  EXPECT_CODE(engine().GetConversation("c1"), kNotFound);
  EXPECT_OK(engine().GetConversation("c3"));
}

// The restore applies it to the records that it writes. The store as a whole has not applied it, and must not claim so.
TEST_F(RestorePartialTest, AnErasureThatOnlyTheRepositoryKnowsIsNotAdopted) {
  PutSome("now");
  const BackupInfo backup = BackUp();
  LedgerEntry entry;
  entry.id = "75ZZZZZZZZZZZZZZZZZZZZZZZZ";
  entry.ids = {"owner0"};
  ASSERT_OK(Ledger(engine::CoreOf(engine())).Publish(entry));
  ASSERT_OK(engine().Delete(Kind::kConversation, "c0"));
  ASSERT_OK(RunRestore(engine(), backup.id, Of(RestoreScope::kConversations)));
  EXPECT_CODE(engine().GetConversation("c0"), kNotFound);
  EXPECT_OK(engine().GetConversation("c2"));
  const BackupInfo next = BackUp();
  EXPECT_FALSE(ManifestOf(next.id).ContainsErasure(entry.id));
  EXPECT_EQ(RunRestore(engine(), next.id)->erasures_applied, 1U);
  EXPECT_EQ(StateOf("owner0"), "");
}

TEST_F(RestorePartialTest, AConversationOfManyMessagesAndALargeContentComeBackWhole) {
  Conversation conversation;
  conversation.id = "long";
  conversation.user_id = "owner";
  conversation.title = "long";
  std::vector<Message> messages(30'000);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i].id = "m" + std::to_string(i);
    messages[i].content = std::string(400, static_cast<char>('a' + i % 26));
  }
  ASSERT_OK(engine().PutConversationWithMessages(conversation, messages));
  PutDocument("big", RandomBytes(std::size_t{9} << 20, 1));
  const std::string before = WholeState(engine());
  const BackupInfo backup = BackUp();
  ASSERT_OK(engine().Delete(Kind::kConversation, "long"));
  ASSERT_OK(engine().Delete(Kind::kDocument, "big"));
  ASSERT_OK(RunRestore(engine(), backup.id, OfUser("owner")));
  ASSERT_OK(RunRestore(engine(), backup.id, OfUser("owner0")));
  EXPECT_EQ(WholeState(engine()), before);
}

TEST_F(RestorePartialTest, ABackupWithoutContentsGivesBackTheRecordsAndSaysSo) {
  PutSome("now");
  BackupOptions options;
  options.include_contents = false;
  const BackupInfo backup = BackUpWith(options);
  ASSERT_OK(engine().Delete(Kind::kDocument, "d1"));
  Result<RestoreReport> report = RunRestore(engine(), backup.id, Of(RestoreScope::kDocuments));
  ASSERT_OK(report);
  EXPECT_EQ(report->documents, 3U);
  EXPECT_EQ(report->contents_missing, 2U);
  EXPECT_EQ(report->failed, 0U) << (report->errors.empty() ? "" : report->errors[0].reason);
  EXPECT_OK(engine().GetDocument("d1"));
  EXPECT_NE(ContentOf(engine(), "d2").find(" now"), 0U) << "the existing document keeps its content";
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(RestorePartialTest, ASafetyBackupComesFirst) {
  PutSome("now");
  const BackupInfo backup = BackUp();
  PutSome("later");
  const std::string before = WholeState(engine());
  RestoreOptions options = OfUser("owner0");
  options.safety_backup = true;
  Result<RestoreReport> report = RunRestore(engine(), backup.id, options);
  ASSERT_OK(report);
  EXPECT_EQ(StateOfBackup(report->safety_backup_id), before);
}

}  // namespace
}  // namespace coffer::operations

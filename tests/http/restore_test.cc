// The HTTP calls of restores: of the whole store, of chosen records, and the responses while the store is switched.
#include <optional>

#include "coffer/import.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "http/operations_fixture.h"
#include "http/requests/body_pipe.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

const std::set<std::string> kRestoreMembers = {"restore_id",       "backup_id",  "status",       "progress",
                                               "records_restored", "started_at", "completed_at", "error_message"};

class Restores : public OperationsFixture {
 protected:
  Response Start(const std::string& backup, const std::string& options = "{}") {
    return Post("/restore", "admin-token", R"({"backup_id":")" + backup + R"(","restore_options":)" + options + "}");
  }
  Json Done(const std::string& backup, const std::string& options) {
    const Response response = Start(backup, options);
    EXPECT_EQ(response.status, 202) << options;
    return Ended("/restores/" + BodyOf(response).value("restore_id", ""));
  }
};

TEST_F(Restores, PutTheStateBack) {
  const std::string backup = CompletedBackupId();
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p1"));
  const Response response = Post("/restore", "admin-token", R"({"backup_id":")" + backup + "\"}");
  EXPECT_EQ(response.status, 202);
  const Json accepted = BodyOf(response);
  EXPECT_EQ(MembersOf(accepted), kRestoreMembers);
  EXPECT_EQ(accepted["backup_id"], backup);
  const Json done = Ended("/restores/" + accepted["restore_id"].get<std::string>());
  EXPECT_EQ(MembersOf(done), kRestoreMembers);
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["progress"], 100);
  EXPECT_EQ(done["records_restored"], 6);
  EXPECT_TRUE(done["error_message"].is_null());
  EXPECT_TRUE(engine_->GetPrompt("p1").ok());
  const Json backups = BodyOf(Get("/backups", "admin-token"));
  ASSERT_EQ(backups["total"], 2);
  EXPECT_EQ(backups["backups"][0]["metadata"]["reason"], "safety");
}

TEST_F(Restores, WithoutASafetyBackupMakeNone) {
  const std::string backup = CompletedBackupId();
  const Json accepted = BodyOf(Post("/restore", "admin-token",
                                    R"({"backup_id":"latest","create_backup_before_restore":false,"verify_integrity":false})"));
  EXPECT_EQ(accepted["backup_id"], backup);
  EXPECT_EQ(Ended("/restores/" + accepted["restore_id"].get<std::string>())["status"], "completed");
  EXPECT_EQ(BodyOf(Get("/backups", "admin-token"))["total"], 1);
}

TEST_F(Restores, OfChosenRecordsLeaveTheRestAlone) {
  const std::string backup = CompletedBackupId();
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p1"));
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c2"));
  EXPECT_EQ(Done(backup, R"({"scope":"user","user_id":"anna","dry_run":true})")["records_restored"], 4);
  EXPECT_FALSE(engine_->GetConversation("c1").ok()) << "that was a dry run";
  EXPECT_EQ(Done(backup, R"({"scope":"user","user_id":"anna"})")["status"], "completed");
  EXPECT_TRUE(engine_->GetConversation("c1").ok());
  EXPECT_FALSE(engine_->GetConversation("c2").ok());
  EXPECT_FALSE(engine_->GetPrompt("p1").ok());
  EXPECT_EQ(Done(backup, R"({"scope":"conversations","ids":["c2"]})")["records_restored"], 1);
  EXPECT_TRUE(engine_->GetConversation("c2").ok());
  EXPECT_FALSE(engine_->GetPrompt("p1").ok());
}

TEST_F(Restores, ConflictAndExactDoWhatTheySay) {
  const std::string backup = CompletedBackupId();
  Prompt prompt;
  prompt.id = "p1";
  prompt.owner_id = "ben";
  prompt.name = "New";
  prompt.content = "c";
  ASSERT_OK(engine_->PutPrompt(prompt));
  prompt.id = "p2";
  ASSERT_OK(engine_->PutPrompt(prompt));
  EXPECT_EQ(Done(backup, R"({"scope":"prompts","conflict":"skip"})")["records_restored"], 0);
  EXPECT_EQ(engine_->GetPrompt("p1")->name, "New");
  EXPECT_EQ(Done(backup, R"({"scope":"prompts","exact":true})")["records_restored"], 1);
  EXPECT_EQ(engine_->GetPrompt("p1")->name, "Sum");
  EXPECT_FALSE(engine_->GetPrompt("p2").ok());
}

TEST_F(Restores, MisreadOptionsAreRefused) {
  const std::string backup = CompletedBackupId();
  struct Case {
    const char* options;
    const char* type;
    const char* member;
  };
  for (const Case& each :
       {Case{R"({"dryrun":true})", "extra_forbidden", "dryrun"}, Case{R"({"scope":"user"})", "missing", "user_id"},
        Case{R"({"scope":"user","user_id":"anna","ids":["c1"]})", "value_error", "ids"},
        Case{R"({"scope":"prompts","ids":[]})", "value_error", "ids"},
        Case{R"({"scope":"prompts","conflict":"newest","exact":true})", "value_error", "conflict"},
        Case{R"({"user_id":"anna"})", "value_error", "user_id"}, Case{R"({"ids":["c1"]})", "value_error", "ids"},
        Case{R"({"conflict":"skip"})", "value_error", "conflict"}, Case{R"({"exact":true})", "value_error", "exact"}}) {
    const Response response = Start(backup, each.options);
    EXPECT_EQ(response.status, 422) << each.options;
    const Json detail = BodyOf(response)["detail"];
    ASSERT_EQ(detail.size(), 1U) << each.options;
    EXPECT_EQ(detail[0]["type"], each.type) << each.options;
    EXPECT_EQ(detail[0]["loc"], Json::array({"body", "restore_options", each.member})) << each.options;
  }
  const Response no_id = Start(backup, R"({"scope":"user","user_id":""})");
  EXPECT_EQ(no_id.status, 422);
  EXPECT_EQ(BodyOf(no_id)["detail"][0]["type"], "value_error");
  EXPECT_EQ(BodyOf(Get("/operations?kind=restore", "admin-token"))["operations"].size(), 0U);
}

TEST_F(Restores, OfWhatIsNotThereAreNotFound) {
  ProblemDetail(Start("../../etc"), 404);
  ProblemDetail(Start(""), 404);
  ProblemDetail(Start("latest"), 404);
  ProblemDetail(Start("01ARZ3NDEKTSV4RRFFQ69G5FAV", R"({"scope":"prompts"})"), 404);
}

TEST_F(Restores, SecondOneIsAConflictWhileOneIsUnderWay) {
  const std::string backup = CompletedBackupId();
  // The restore waits for an import whose source has not ended.
  const auto pipe = std::make_shared<BodyPipe>();
  const auto import = StartImport(*engine_, BodyPipe::MakeSource(pipe), "pipe");
  ASSERT_OK(import);
  const Json first = BodyOf(Start(backup));
  EXPECT_EQ(first["status"], "pending");
  ProblemDetail(Start(backup), 409);
  pipe->End();
  EXPECT_EQ(Ended("/restores/" + first["restore_id"].get<std::string>())["status"], "completed");
}

TEST_F(Restores, PendingOneIsCancelled) {
  const std::string backup = CompletedBackupId();
  const auto pipe = std::make_shared<BodyPipe>();
  ASSERT_OK(StartImport(*engine_, BodyPipe::MakeSource(pipe), "pipe"));
  const std::string id = BodyOf(Start(backup))["restore_id"];
  EXPECT_EQ(Call("POST", "/api/v1/data/operations/" + id + "/cancel", "admin-token").status, 202);
  const Json restore = Ended("/restores/" + id);
  EXPECT_EQ(restore["status"], "cancelled");
  EXPECT_TRUE(restore["error_message"].is_string());
  pipe->End();
}

TEST_F(Restores, FailedOneSaysSoWithoutNamingAFile) {
  const std::string backup = CompletedBackupId();
  const auto snapshot = engine_->TakeSnapshot();
  ASSERT_OK(snapshot);
  const Json done = Done(backup, "{}");
  EXPECT_EQ(done["status"], "failed");
  ASSERT_TRUE(done["error_message"].is_string());
  EXPECT_EQ(done["error_message"].get<std::string>().find('/'), std::string::npos);
  EXPECT_LT(done["progress"], 100);
  EXPECT_EQ(done["records_restored"], 0);
}

TEST_F(Restores, CallsAreToldToComeAgainWhileTheStoreIsSwitched) {
  const std::string backup = CompletedBackupId();
  // Blocks the switch.
  std::optional<engine::StoreAccess> access(engine::CoreOf(*engine_).Access());
  const std::string id = BodyOf(Start(backup))["restore_id"];
  for (int i = 0; i < 10'000 && !engine_->switching(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ASSERT_TRUE(engine_->switching());
  for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{{"GET", "/api/v1/data/stats"},
                                                                                     {"GET", "/api/v1/data/backups"},
                                                                                     {"POST", "/api/v1/data/backup"},
                                                                                     {"GET", "/metrics"},
                                                                                     {"GET", "/readyz"}}) {
    const Response response = Call(method, path, "admin-token", method == "POST" ? "{}" : "");
    ProblemDetail(response, 503);
    EXPECT_EQ(HeaderOf(response, "Retry-After"), "1") << path;
  }
  EXPECT_EQ(Call("GET", "/healthz", "").status, 200);
  EXPECT_EQ(BodyOf(Get("/restores/" + id, "admin-token"))["status"], "running") << "the journal stays available";
  EXPECT_EQ(Get("/operations", "admin-token").status, 200);
  EXPECT_EQ(Get("/stats", "").status, 401) << "authentication comes first";
  access.reset();
  for (int i = 0; i < 10'000 && engine_->switching(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(Ended("/restores/" + id)["status"], "completed");
  EXPECT_EQ(Call("GET", "/readyz", "").status, 200);
}

}  // namespace
}  // namespace coffer::http

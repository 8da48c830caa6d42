// The HTTP calls of backups: create, list, delete and verify.
#include "coffer/backup.h"

#include <filesystem>
#include <fstream>

#include "coffer/import.h"
#include "http/connection/request_head.h"
#include "http/operations_fixture.h"
#include "http/requests/body_pipe.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

using Backups = OperationsFixture;

const std::set<std::string> kBackupMembers = {
    "id",           "name",       "description",  "backup_type", "status",    "file_size",  "compressed_size",
    "record_count", "created_at", "completed_at", "expires_at",  "encrypted", "compressed", "metadata"};
const std::set<std::string> kMetadataMembers = {"requested_type",    "base_id",       "lineage", "sequence",
                                                "contents_included", "logs_included", "reason",  "engine_version",
                                                "recipients",        "verified"};

TEST_F(Backups, OneIsAcceptedAndCompletes) {
  const Response response =
      Post("/backup", "admin-token", R"({"name":"nightly","retention_days":"7","backup_type":"incremental"})");
  EXPECT_EQ(response.status, 202);
  const Json accepted = BodyOf(response);
  EXPECT_EQ(MembersOf(accepted), kBackupMembers);
  EXPECT_EQ(accepted["name"], "nightly");
  EXPECT_EQ(accepted["metadata"]["requested_type"], "incremental");
  EXPECT_TRUE(accepted["description"].is_null());
  const Json done = Ended("/backups/" + accepted["id"].get<std::string>());
  EXPECT_EQ(MembersOf(done), kBackupMembers);
  EXPECT_EQ(MembersOf(done["metadata"]), kMetadataMembers);
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["backup_type"], "full") << "there is no base for an incremental backup";
  EXPECT_EQ(done["metadata"]["requested_type"], "incremental");
  EXPECT_EQ(done["record_count"], 6);
  EXPECT_GT(done["file_size"], 0);
  EXPECT_GT(done["compressed_size"], 0);
  EXPECT_EQ(ParseTimestamp(done["expires_at"].get<std::string>())->microseconds -
                ParseTimestamp(done["created_at"].get<std::string>())->microseconds,
            7 * ManualClock::kMicrosecondsPerDay);
}

TEST_F(Backups, OneIsDownloadedWholeOrByRanges) {
  const std::string id = CompletedBackup()["id"];
  const Response whole = Get("/backups/" + id + "/download", "admin-token");
  ASSERT_EQ(whole.status, 200);
  EXPECT_EQ(whole.content_type, "application/x-tar");
  EXPECT_EQ(HeaderOf(whole, "Content-Disposition"), "attachment; filename=\"" + id + ".tar\"");
  ASSERT_TRUE(whole.file);
  const std::string bytes = *ReadFilePart(*whole.file).body;
  EXPECT_EQ(bytes.size(), whole.BodyBytes());
  EXPECT_EQ(bytes.size() % 512, 0U);
  EXPECT_TRUE(bytes.starts_with("repository.json")) << "a tar starts with its first file's name";
  Request request;
  request.method = "GET";
  request.target = "/api/v1/data/backups/" + id + "/download";
  request.authorization = "Bearer admin-token";
  request.range = "bytes=700-1700";
  const Response part = Handle(request, *service_);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(*ReadFilePart(*part.file).body, bytes.substr(700, 1001));
  EXPECT_EQ(Get("/backups/" + id + "/download", "anna-token").status, 403);
  EXPECT_EQ(Get("/backups/01ARZ3NDEKTSV4RRFFQ69G5FAV/download", "admin-token").status, 404);
  EXPECT_EQ(Get("/backups/latest/download", "admin-token").status, 404);
}

TEST_F(Backups, EveryMemberOfTheRequestDoesWhatItSays) {
  const Json whole = CompletedBackup();
  EXPECT_EQ(whole["encrypted"], true);
  EXPECT_EQ(whole["compressed"], true);
  EXPECT_EQ(whole["metadata"]["contents_included"], true);
  EXPECT_EQ(whole["metadata"]["logs_included"], false);
  EXPECT_EQ(whole["metadata"]["recipients"].size(), 1U);
  const Json bare =
      CompletedBackup(R"({"description":"bare","include_files":false,"include_logs":true,"compress":false,"encrypt":false})");
  EXPECT_EQ(bare["description"], "bare");
  EXPECT_EQ(bare["encrypted"], false);
  EXPECT_EQ(bare["compressed"], false);
  EXPECT_EQ(bare["metadata"]["contents_included"], false);
  EXPECT_EQ(bare["metadata"]["logs_included"], true);
  EXPECT_EQ(bare["metadata"]["recipients"], Json::array());
  const Json incremental = CompletedBackup(R"({"backup_type":"incremental"})");
  EXPECT_EQ(incremental["backup_type"], "incremental");
  EXPECT_EQ(incremental["metadata"]["base_id"], whole["id"]);
  EXPECT_LT(incremental["compressed_size"], whole["compressed_size"]);
  EXPECT_EQ(CompletedBackup(R"({"backup_type":"differential"})")["backup_type"], "differential");
}

TEST_F(Backups, NameThatIsTooLongIsAFault) {
  const std::string name(kBackupNameCharactersMax, 'n');
  EXPECT_EQ(Post("/backup", "admin-token", R"({"name":")" + name + "\"}").status, 202);
  const Response response =
      Post("/backup", "admin-token",
           R"({"name":"n)" + name + R"(","description":")" + std::string(kBackupDescriptionCharactersMax + 1, 'd') + "\"}");
  EXPECT_EQ(response.status, 422);
  const Json detail = BodyOf(response)["detail"];
  ASSERT_EQ(detail.size(), 2U);
  EXPECT_EQ(detail[0]["type"], "string_too_long");
  EXPECT_EQ(detail[0]["loc"], Json::array({"body", "name"}));
  EXPECT_EQ(detail[1]["loc"], Json::array({"body", "description"}));
}

TEST_F(Backups, AreListedNewestFirst) {
  EXPECT_EQ(BodyOf(Get("/backups", "admin-token")), Json::parse(R"({"backups":[],"total":0})"));
  const std::string first = CompletedBackupId();
  clock_.Advance(1'000'000);
  const std::string second = CompletedBackup(R"({"backup_type":"incremental"})")["id"];
  const Json list = BodyOf(Get("/backups", "admin-token"));
  ASSERT_EQ(list["total"], 2);
  EXPECT_EQ(list["backups"][0]["id"], second);
  EXPECT_EQ(list["backups"][1]["id"], first);
  EXPECT_EQ(BodyOf(Get("/backups?status=completed&backup_type=full", "admin-token"))["backups"][0]["id"], first);
  EXPECT_EQ(BodyOf(Get("/backups?backup_type=incremental", "admin-token"))["backups"][0]["id"], second);
  EXPECT_EQ(BodyOf(Get("/backups?backup_type=differential", "admin-token"))["total"], 0);
  EXPECT_EQ(BodyOf(Get("/backups?status=failed", "admin-token"))["total"], 0);
  EXPECT_EQ(BodyOf(Get("/backups?status=nonsense", "admin-token"))["total"], 0);
  EXPECT_EQ(Get("/backups?backup_type=nonsense", "admin-token").status, 422);
}

// Backups wait for a restore that waits for an import.
TEST_F(Backups, ThatAreNotDoneAreListedWithTheirStatus) {
  const std::string done = CompletedBackupId();
  const auto pipe = std::make_shared<BodyPipe>();
  ASSERT_OK(StartImport(*engine_, BodyPipe::MakeSource(pipe), "pipe"));
  const std::string restore = BodyOf(Post("/restore", "admin-token", R"({"backup_id":")" + done + "\"}"))["restore_id"];
  const Json pending = BodyOf(Post("/backup", "admin-token", R"({"backup_type":"differential","encrypt":false})"));
  EXPECT_EQ(pending["status"], "pending");
  EXPECT_EQ(pending["backup_type"], "differential");
  EXPECT_EQ(pending["encrypted"], false);
  EXPECT_TRUE(pending["file_size"].is_null());
  const std::string id = pending["id"];
  Json list = BodyOf(Get("/backups", "admin-token"));
  ASSERT_EQ(list["total"], 2);
  EXPECT_EQ(list["backups"][0]["id"], id);
  EXPECT_EQ(list["backups"][1]["id"], done);
  EXPECT_EQ(BodyOf(Get("/backups?status=pending", "admin-token"))["backups"][0]["id"], id);
  ProblemDetail(Delete("/backups/" + id, "admin-token"), 409);

  EXPECT_EQ(Call("POST", "/api/v1/data/operations/" + id + "/cancel", "admin-token").status, 202);
  EXPECT_EQ(Ended("/backups/" + id)["status"], "cancelled");
  EXPECT_EQ(BodyOf(Get("/backups?status=cancelled", "admin-token"))["total"], 1);
  EXPECT_TRUE(BodyOf(Get("/backups/" + id, "admin-token"))["metadata"]["error"].is_string());
  pipe->End();
  Ended("/restores/" + restore);
}

TEST_F(Backups, ThatAreNotThereAreNotFound) {
  for (const char* id : {"nothing", "..%2F..%2Fetc%2Fpasswd", "%F0%9F%98%80", "01ARZ3NDEKTSV4RRFFQ69G5FAV"}) {
    const std::string path = std::string("/backups/") + id;
    ProblemDetail(Get(path, "admin-token"), 404);
    ProblemDetail(Delete(path, "admin-token"), 404);
    ProblemDetail(Post(path + "/verify", "admin-token", "{}"), 404);
  }
}

TEST_F(Backups, AreTheAdminsAlone) {
  const std::string id = CompletedBackupId();
  for (const std::string& path : {"/backups/" + id, std::string("/backups/nothing")}) {
    ProblemDetail(Get(path, "anna-token"), 403);
    ProblemDetail(Delete(path, "anna-token"), 403);
    ProblemDetail(Post(path + "/verify", "anna-token", "{}"), 403);
    ProblemDetail(Delete(path, ""), 401);
  }
  EXPECT_EQ(Get("/backups/" + id, "admin-token").status, 200);
  EXPECT_EQ(HeaderOf(Call("PUT", "/api/v1/data/backups/" + id, "admin-token"), "Allow"), "GET, HEAD, DELETE");
}

TEST_F(Backups, DeletedOneIsGoneFromTheList) {
  const std::string id = CompletedBackupId();
  const Response response = Delete("/backups/" + id, "admin-token");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(BodyOf(response)["id"], id);
  EXPECT_TRUE(BodyOf(response)["metadata"]["deleted_at"].is_string());
  EXPECT_EQ(BodyOf(Get("/backups", "admin-token"))["total"], 0);
  EXPECT_EQ(Get("/backups/" + id, "admin-token").status, 404);
  EXPECT_EQ(Delete("/backups/" + id, "admin-token").status, 404);
  EXPECT_OK(UndeleteBackup(*engine_, id));
  EXPECT_EQ(Get("/backups/" + id, "admin-token").status, 200);
}

TEST_F(Backups, AreVerifiedAsAnOperation) {
  const std::string id = CompletedBackupId();
  const Response response = Post("/backups/" + id + "/verify", "admin-token", R"({"level":"4"})");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(BodyOf(response)["kind"], "verify");
  const Json done = Ended("/operations/" + BodyOf(response)["id"].get<std::string>());
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["result"]["ok"], true);
  EXPECT_EQ(done["result"]["level"], 4);
  EXPECT_EQ(done["result"]["findings"], Json::array());
  EXPECT_EQ(BodyOf(Get("/operations?kind=verify", "admin-token"))["operations"].size(), 1U);
  const Json verified = BodyOf(Get("/backups/" + id, "admin-token"))["metadata"]["verified"];
  EXPECT_EQ(MembersOf(verified), (std::set<std::string>{"level", "at", "ok"}));
  EXPECT_EQ(verified["level"], 4);
  EXPECT_EQ(verified["ok"], true);
}

TEST_F(Backups, VerifyWithoutABodyIsOfTheUsualLevel) {
  const std::string path = "/backups/" + CompletedBackupId() + "/verify";
  EXPECT_EQ(BodyOf(Post(path, "admin-token", ""))["request"]["level"], 2);
  Request request;
  request.method = "POST";
  request.target = kBase + path;
  request.authorization = "Bearer admin-token";
  EXPECT_EQ(Handle(request, *service_).status, 202) << "without a length";
  for (const char* body : {R"({"level":6})", R"({"level":-1})", R"({"level":"deep"})", R"({"level":null})", "[]", "{"}) {
    EXPECT_EQ(Post(path, "admin-token", body).status, 422) << body;
  }
}

TEST_F(Backups, FindingsAreToldWithoutNamesOfFolders) {
  const std::string id = CompletedBackupId();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.File("data/backups/objects"))) {
    if (entry.is_regular_file()) std::filesystem::resize_file(entry.path(), entry.file_size() - 1);
  }
  const Json accepted = BodyOf(Post("/backups/" + id + "/verify", "admin-token", R"({"level":3})"));
  Ended("/operations/" + accepted["id"].get<std::string>());
  const Response response = Get("/operations/" + accepted["id"].get<std::string>(), "admin-token");
  const Json done = BodyOf(response);
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["result"]["ok"], false);
  ASSERT_GT(done["result"]["findings"].size(), 0U);
  EXPECT_EQ(response.body->find(directory_.path()), std::string::npos) << *response.body;
  EXPECT_EQ(BodyOf(Get("/backups/" + id, "admin-token"))["metadata"]["verified"]["ok"], false);
}

}  // namespace
}  // namespace coffer::http

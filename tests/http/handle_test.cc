// What all calls have in common: authentication, rate limits, and their error texts.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <stdexcept>

#include "coffer/limits.h"
#include "http/connection/wire.h"
#include "http/requests/problem.h"
#include "http/service_fixture.h"

namespace coffer::http {
namespace {

class Calls : public ServiceFixture {};

TEST_F(Calls, NeedAToken) {
  for (const char* token : {"", "wrong", "admin-token2"}) {
    const Response response = Get("/stats", token);
    ProblemDetail(response, 401);
    EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Bearer");
  }
}

TEST_F(Calls, TakeTheSchemeInAnyCase) {
  Request request;
  request.method = "GET";
  request.target = "/api/v1/data/stats";
  for (const std::string good : {"bearer admin-token", "BEARER  admin-token ", "Bearer admin-token"}) {
    request.authorization = good;
    EXPECT_EQ(Handle(request, *service_).status, 200) << good;
  }
  for (const std::string bad :
       {"admin-token", "Basic admin-token", "Beareradmin-token", "Bearer", "Bearer ", "Bearer\tadmin-token"}) {
    request.authorization = bad;
    EXPECT_EQ(Handle(request, *service_).status, 401) << bad;
  }
}

TEST_F(Calls, OfAnAdminAreForbiddenToAUserInTheSameWords) {
  const std::string detail = ProblemDetail(Get("/stats", "anna-token"), 403);
  EXPECT_FALSE(detail.empty());
  for (const Route& route : AllRoutes()) {
    if (route.access != Access::kAdmin) continue;
    std::string target(route.pattern);
    if (const auto brace = target.find('{'); brace != std::string::npos)
      target.replace(brace, target.find('}') - brace + 1, "x");
    EXPECT_EQ(ProblemDetail(Call(std::string(route.method), target, "anna-token", "{}"), 403), detail) << target;
  }
}

TEST_F(Calls, ThatDoNotExistAreNotFound) {
  for (const std::string target :
       {"/", "/api/v1/data", "/api/v1/data/", "/api/v1/data/stats/", "/api/v1/data//stats", "/api/v1/data/nothing",
        "/api/v1/data/stats/more", "/API/v1/data/stats", "/api/v1/data/%2e%2e/stats", "/healthz/x"}) {
    ProblemDetail(Call("GET", target, "admin-token"), 404);
    ProblemDetail(Call("GET", target, ""), 404);
  }
  ProblemDetail(Call("GET", "nothing", ""), 400);
  ProblemDetail(Call("GET", "/%zz", ""), 400);
}

TEST_F(Calls, OfAnotherMethodSayWhichThereAre) {
  const Response response = Call("DELETE", "/api/v1/data/stats", "admin-token");
  ProblemDetail(response, 405);
  EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD");
  EXPECT_EQ(HeaderOf(Get("/bulk/delete-prompts", "admin-token"), "Allow"), "POST");
  EXPECT_EQ(Call("OPTIONS", "/healthz", "").status, 405);
}

TEST_F(Calls, OfHeadHaveTheLengthAndNoBody) {
  const Response response = Call("HEAD", "/healthz", "");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.head_only);
  EXPECT_GT(response.BodyBytes(), 0U);
}

TEST_F(Calls, WithoutALengthAreRefused) {
  Request request;
  request.method = "POST";
  request.target = "/api/v1/data/bulk/delete-prompts";
  request.authorization = "Bearer admin-token";
  ProblemDetail(Handle(request, *service_), 411);
  request.has_length = true;
  EXPECT_EQ(Handle(request, *service_).status, 422);
  request.content_length = kJsonBodyBytesMax + 1;
  ProblemDetail(Handle(request, *service_), 413);
}

TEST_F(Calls, WithABodyThatSaysItIsNotJsonAreRefused) {
  Request request;
  request.method = "POST";
  request.target = "/api/v1/data/bulk/delete-prompts";
  request.authorization = "Bearer admin-token";
  request.has_length = true;
  request.body = "[]";
  for (const std::string type :
       {"text/plain", "application/xml", "application/x-www-form-urlencoded", "json", "application/jsonx"}) {
    request.content_type = type;
    ProblemDetail(Handle(request, *service_), 415);
  }
  for (const std::string type :
       {"", "application/json", "application/json; charset=utf-8", "Application/JSON ;x=y", "application/merge-patch+json"}) {
    request.content_type = type;
    EXPECT_EQ(Handle(request, *service_).status, 200) << type;
  }
  request.content_encoding = "gzip";
  ProblemDetail(Handle(request, *service_), 415);
}

TEST_F(Calls, EchoACorrelationIdThatIsUsable) {
  Request request;
  request.method = "GET";
  request.target = "/healthz";
  for (const std::string& id : {std::string("a"), std::string("A-Z.a_z:0-9"), std::string(128, 'x')}) {
    request.correlation_id = id;
    EXPECT_EQ(Handle(request, *service_).correlation_id, id);
  }
  std::set<std::string> made;
  for (const std::string& id : {std::string(), std::string("a b"), std::string("ä"), std::string("a\r\nX: y"),
                                std::string(129, 'x'), std::string("a/b")}) {
    request.correlation_id = id;
    const std::string ulid = Handle(request, *service_).correlation_id;
    EXPECT_TRUE(std::regex_match(ulid, std::regex("[0-7][0-9A-HJKMNP-TV-Z]{25}"))) << ulid;
    made.insert(ulid);
  }
  EXPECT_EQ(made.size(), 6U);
}

TEST_F(Calls, AreLimitedByTheMinute) {
  ServerOptions options;
  options.rate_minute = 2;
  options.rate_hour = 100;
  Serve(options);
  EXPECT_EQ(Get("/stats", "admin-token").rate.remaining_minute, 1U);
  const Response second = Get("/nothing", "admin-token");
  EXPECT_EQ(second.rate.remaining_minute, 0U);
  EXPECT_EQ(second.rate.remaining_hour, 98U);
  now_ += std::chrono::milliseconds(500);
  const Response third = Get("/stats", "admin-token");
  ProblemDetail(third, 429);
  EXPECT_EQ(HeaderOf(third, "Retry-After"), "60");
  EXPECT_EQ(third.rate.remaining_hour, 98U) << "a refused call is not counted";
  EXPECT_EQ(Get("/stats", "anna-token").status, 403) << "each token has a limit of its own";
  now_ += std::chrono::seconds(60);
  EXPECT_EQ(Get("/stats", "admin-token").rate.remaining_minute, 1U);
}

TEST_F(Calls, AreLimitedByTheHour) {
  ServerOptions options;
  options.rate_minute = 2;
  options.rate_hour = 3;
  Serve(options);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Get("/stats", "admin-token").status, 200);
    now_ += std::chrono::minutes(1);
  }
  const Response fourth = Get("/stats", "admin-token");
  ProblemDetail(fourth, 429);
  EXPECT_EQ(HeaderOf(fourth, "Retry-After"), "3420");
  now_ += std::chrono::minutes(57);
  EXPECT_EQ(Get("/stats", "admin-token").status, 200);
}

TEST_F(Calls, ThatFailToAuthenticateAreLimitedByAddress) {
  ServerOptions options;
  options.rate_minute = 3;
  Serve(options);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Get("/stats", "guess" + std::to_string(i)).status, 401);
  const Response fourth = Get("/stats", "guess");
  ProblemDetail(fourth, 429);
  EXPECT_EQ(HeaderOf(fourth, "Retry-After"), "60");
  EXPECT_EQ(Get("/stats", "admin-token").status, 200) << "a valid token is not limited by its address";
  Request elsewhere;
  elsewhere.method = "GET";
  elsewhere.target = "/api/v1/data/stats";
  elsewhere.peer = "192.0.2.2";
  EXPECT_EQ(Handle(elsewhere, *service_).status, 401);
}

TEST_F(Calls, FromOneIpv6NetworkAreOneAddress) {
  ServerOptions options;
  options.rate_minute = 1;
  Serve(options);
  Request request;
  request.method = "GET";
  request.target = "/api/v1/data/stats";
  request.peer = "2001:db8:1:2:3:4:5:6";
  EXPECT_EQ(Handle(request, *service_).status, 401);
  request.peer = "2001:db8:1:2:ffff::1";
  EXPECT_EQ(Handle(request, *service_).status, 429);
  request.peer = "2001:db8:1:3::1";
  EXPECT_EQ(Handle(request, *service_).status, 401);
}

TEST_F(Calls, OfHealthDoNotCount) {
  ServerOptions options;
  options.rate_minute = 1;
  Serve(options);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Call("GET", "/healthz", "").status, 200);
    EXPECT_EQ(Call("GET", "/readyz", "admin-token").status, 200);
  }
  EXPECT_EQ(Call("GET", "/healthz", "").rate.remaining_minute, 1U);
  EXPECT_EQ(Get("/stats", "admin-token").status, 200);
}

TEST_F(Calls, OpenApiNamesEveryCall) {
  const Json document = BodyOf(Call("GET", "/openapi.json", ""));
  EXPECT_EQ(document["openapi"], "3.1.0");
  for (const Route& route : AllRoutes()) {
    const Json& path = document["paths"][std::string(route.pattern)];
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    ASSERT_TRUE(path.contains(method)) << route.method << ' ' << route.pattern;
    EXPECT_TRUE(path[method]["operationId"].is_string()) << route.method << ' ' << route.pattern;
  }
  // Every referenced schema is defined.
  const std::string text = document.dump();
  const std::regex reference("#/components/schemas/([A-Za-z]+)");
  for (std::sregex_iterator match(text.begin(), text.end(), reference), end; match != end; ++match) {
    EXPECT_TRUE(document["components"]["schemas"].contains((*match)[1].str())) << (*match)[1];
  }
}

TEST_F(Calls, OpenApiTellsWhatIsNoJson) {
  const Json paths = BodyOf(Call("GET", "/openapi.json", ""))["paths"];
  const Json& backup = paths["/api/v1/data/backups/{id}/download"]["get"];
  for (const char* status : {"200", "206"}) EXPECT_TRUE(backup["responses"][status]["content"].contains("application/x-tar"));
  EXPECT_EQ(backup["parameters"].back()["name"], "Range");
  const Json& events = paths["/api/v1/data/operations/{id}/events"]["get"];
  EXPECT_TRUE(events["responses"]["200"]["content"].contains("text/event-stream"));
}

TEST_F(Calls, OfMetricsAreTheAdminsAndDoNotCount) {
  PutSample();
  EXPECT_EQ(Call("GET", "/metrics", "").status, 401);
  EXPECT_EQ(Call("GET", "/metrics", "anna-token").status, 403);
  const Response response = Call("GET", "/metrics", "admin-token");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.rate.remaining_minute, 600U);
  EXPECT_NE(response.body->find("# TYPE coffer_http_responses_total counter\ncoffer_http_responses_total{class=\"2xx\"} 0\n"),
            std::string::npos);
  EXPECT_NE(response.body->find("coffer_records{kind=\"messages\"} 2\n"), std::string::npos);
}

TEST(RateLimitsTest, KeysBeyondTheLimitShareACount) {
  RateLimits limits(2, 2);
  const RateLimits::Time now{std::chrono::hours(5)};
  for (std::size_t i = 0; i < RateLimits::kKeysMax - 1; ++i) limits.Count(std::to_string(i), now);
  limits.Count("one more", now);
  EXPECT_TRUE(limits.Count("further", now).allowed);
  EXPECT_TRUE(limits.Count("and further", now).allowed);
  EXPECT_FALSE(limits.Count("and on", now).allowed);
  EXPECT_TRUE(limits.Count("later", now + std::chrono::hours(2)).allowed) << "an ended call frees its place";
}

std::string Head(const Response& response, bool keep_alive) {
  std::string head = "something of before";
  WriteHead(response, keep_alive, std::chrono::system_clock::from_time_t(784'111'777), head);
  return head;
}

TEST(Wire, HeadHasWhatEveryResponseHas) {
  Response response;
  response.body = std::make_shared<const std::string>("{}");
  response.correlation_id = "abc";
  response.rate = {600, 10'000, 599, 9'999};
  const std::string head = Head(response, true);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  for (const char* line :
       {"Content-Type: application/json", "Content-Length: 2", "x-correlation-id: abc", "X-RateLimit-Limit-Minute: 600",
        "X-RateLimit-Limit-Hour: 10000", "X-RateLimit-Remaining-Minute: 599", "X-RateLimit-Remaining-Hour: 9999"}) {
    EXPECT_NE(head.find(std::string("\r\n") + line + "\r\n"), std::string::npos) << line;
  }
  EXPECT_EQ(head.find("Connection"), std::string::npos);
  EXPECT_NE(Head(response, false).find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST(Wire, ValueCannotEndItsLine) {
  Response response;
  response.correlation_id = "a\r\nSet-Cookie: x";
  EXPECT_EQ(Head(response, true).find("\r\nSet-Cookie"), std::string::npos);
}

TEST(Problems, EveryStatusUsedHasAReason) {
  for (const int status : {200, 202, 206, 304, 400, 401, 403, 404, 405, 408, 409, 410, 411,
                           413, 415, 416, 417, 422, 429, 431, 500, 501, 503, 505, 507}) {
    EXPECT_NE(ReasonPhrase(status), "Unknown") << status;
  }
}

TEST(Problems, DoNotPassTheEnginesWordsOn) {
  for (const StatusCode code :
       {StatusCode::kIoError, StatusCode::kCorruption, StatusCode::kInternal, StatusCode::kUnavailable, StatusCode::kBusy,
        StatusCode::kResourceExhausted, StatusCode::kPermissionDenied, StatusCode::kInvalidArgument}) {
    const Response response = ProblemOf(Status(code, "/var/lib/secret/000012.sst"), "/x");
    EXPECT_EQ(response.body->find("secret"), std::string::npos);
    EXPECT_GE(response.status, 400);
  }
}

TEST_F(Calls, AreRefusedWhereTheHostsOwnFunctionThrows) {
  std::string logged;
  ServerOptions options;
  options.authenticate = [](std::string_view secret) -> Result<Principal> {
    if (secret == "number") throw 7;
    throw std::runtime_error("out of luck");
  };
  options.log = [&](std::string_view line) {
    logged = line;
    throw std::runtime_error("no room for a line");
  };
  Serve(options);
  ProblemDetail(Get("/stats", "number"), 401);
  ProblemDetail(Get("/stats", "admin-token"), 401);
  EXPECT_NE(logged.find("out of luck"), std::string::npos) << logged;
}

}  // namespace
}  // namespace coffer::http

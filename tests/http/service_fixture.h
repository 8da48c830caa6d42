// ServiceFixture: an engine with a few records behind the service, and three tokens: "admin-token", "anna-token", "ben-token".
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "coffer/engine.h"
#include "http/calls/handle.h"
#include "http/calls/service.h"
#include "http/requests/json.h"
#include "support/manual_clock.h"
#include "support/temp_directory.h"

namespace coffer::http {

inline constexpr const char* kBase = "/api/v1/data";

class ServiceFixture : public testing::Test {
 protected:
  ServiceFixture();
  ~ServiceFixture() override;

  // The principals of the fixture's tokens.
  static Result<Principal> WhoHas(std::string_view secret);
  // Two conversations (c1 of anna with two messages, c2 of ben), a document d1 of anna with content, a prompt p1 of ben.
  void PutSample();

  // Replaces the service by one with other options on the same engine.
  void Serve(ServerOptions options);

  Response Call(const std::string& method, const std::string& target, const std::string& token, const std::string& body = {});
  // A call below the base path.
  Response Get(const std::string& path, const std::string& token) { return Call("GET", kBase + path, token); }
  Response Post(const std::string& path, const std::string& token, const std::string& body) {
    return Call("POST", kBase + path, token, body);
  }

  TempDirectory directory_;
  ManualClock clock_{1'735'689'600'000'000};
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Service> service_;
  RateLimits::Time now_{std::chrono::hours(1000)};
};

Json BodyOf(const Response& response);
// The value of a header; empty if it is missing.
std::string HeaderOf(const Response& response, std::string_view name);
// Checks that it is a problem with this status and all members; returns its detail.
std::string ProblemDetail(const Response& response, int status);

}  // namespace coffer::http

#include "http/calls/answers.h"

#include <string>

#include "http/requests/problem.h"

namespace coffer::http {
namespace {

// Always names the id. Only the messages of these two codes are passed on: others might name a file.
std::string ErrorText(const BulkDeleteError& error) {
  const bool own_words = error.status.code() == StatusCode::kNotFound || error.status.code() == StatusCode::kInvalidArgument;
  const std::string text(own_words ? error.status.message() : PublicWords(error.status.code()));
  return text.find(error.id) != std::string::npos && !error.id.empty() ? text : error.id + ": " + text;
}

}  // namespace

Response JsonAnswer(int status, const Json& body) {
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(ToText(body));
  return response;
}

Response EngineFailure(const Status& failure, const Service& service, std::string_view instance) {
  Response response = ProblemOf(failure, instance);
  if (response.status >= 500) service.Log(std::string(instance) + ": " + failure.ToString());
  return response;
}

Json BulkDeleteJson(const BulkDeleteReport& report) {
  Json errors = Json::array();
  for (const BulkDeleteError& error : report.errors) errors.push_back(ErrorText(error));
  return {{"total_requested", report.requested},
          {"successful_deletions", report.deleted},
          {"failed_deletions", report.errors.size()},
          {"errors", std::move(errors)}};
}

}  // namespace coffer::http

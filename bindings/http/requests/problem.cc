#include "http/requests/problem.h"

#include <array>
#include <string>

#include "http/requests/json.h"

namespace coffer::http {
namespace {

struct Phrase {
  int status;
  std::string_view words;
};

constexpr std::array<Phrase, 27> kPhrases = {{{200, "OK"},
                                              {202, "Accepted"},
                                              {204, "No Content"},
                                              {206, "Partial Content"},
                                              {304, "Not Modified"},
                                              {400, "Bad Request"},
                                              {401, "Unauthorized"},
                                              {403, "Forbidden"},
                                              {404, "Not Found"},
                                              {405, "Method Not Allowed"},
                                              {408, "Request Timeout"},
                                              {409, "Conflict"},
                                              {410, "Gone"},
                                              {411, "Length Required"},
                                              {413, "Content Too Large"},
                                              {414, "URI Too Long"},
                                              {415, "Unsupported Media Type"},
                                              {416, "Range Not Satisfiable"},
                                              {417, "Expectation Failed"},
                                              {422, "Unprocessable Content"},
                                              {429, "Too Many Requests"},
                                              {431, "Request Header Fields Too Large"},
                                              {500, "Internal Server Error"},
                                              {501, "Not Implemented"},
                                              {503, "Service Unavailable"},
                                              {505, "HTTP Version Not Supported"},
                                              {507, "Insufficient Storage"}}};

struct Meaning {
  StatusCode code;
  int status;
  std::string_view words;
};

constexpr std::array<Meaning, 12> kMeanings = {{
    {StatusCode::kInvalidArgument, 400, "A value of the request is not valid."},
    {StatusCode::kNotFound, 404, "The object does not exist."},
    {StatusCode::kAlreadyExists, 409, "The object exists already."},
    {StatusCode::kPermissionDenied, 403, "The store does not allow this."},
    {StatusCode::kConflict, 409, "Another call changed the object meanwhile."},
    {StatusCode::kBusy, 409, "Another operation that is running excludes this one."},
    {StatusCode::kCancelled, 409, "The operation was cancelled."},
    {StatusCode::kResourceExhausted, 507, "A limit is reached or the device is full."},
    {StatusCode::kCorruption, 500, "Stored data is damaged."},
    {StatusCode::kUnavailable, 503, "The store cannot serve this call right now."},
    {StatusCode::kIoError, 500, "The file system failed."},
    {StatusCode::kInternal, 500, "The server failed."},
}};

constexpr unsigned kUnavailableRetrySeconds = 5;

const Meaning& MeaningOf(StatusCode code) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.code == code) return meaning;
  }
  return kMeanings.back();
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.words;
  }
  return "Unknown";
}

Response Problem(int status, std::string_view code, std::string_view detail, std::string_view instance) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = std::make_shared<const std::string>(ToText({{"type", "urn:coffer:problem:" + std::string(code)},
                                                              {"title", ReasonPhrase(status)},
                                                              {"status", status},
                                                              {"detail", detail},
                                                              {"instance", instance}}));
  return response;
}

Response ProblemForNow(int status, std::string_view code, std::string_view detail, std::string_view instance,
                       unsigned retry_after_seconds) {
  Response response = Problem(status, code, detail, instance);
  response.headers.push_back({"Retry-After", std::to_string(retry_after_seconds)});
  return response;
}

Response NotFound(std::string_view detail, std::string_view instance) { return Problem(404, "not_found", detail, instance); }

Response Forbidden(std::string_view instance) {
  return Problem(403, "forbidden", "The role of this token does not allow this.", instance);
}

Response StoreIsSwitching(std::string_view instance) {
  constexpr unsigned kRetrySeconds = 1;
  return ProblemForNow(503, "unavailable", "A restore is switching the store.", instance, kRetrySeconds);
}

Response ProblemOf(const Status& status, std::string_view instance) {
  const Meaning& meaning = MeaningOf(status.code());
  const std::string_view code = StatusCodeName(status.code());
  if (meaning.status != 503) return Problem(meaning.status, code, meaning.words, instance);
  return ProblemForNow(meaning.status, code, meaning.words, instance, kUnavailableRetrySeconds);
}

std::string_view PublicWords(StatusCode code) { return MeaningOf(code).words; }

}  // namespace coffer::http

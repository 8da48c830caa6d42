// From a request to a response, without a socket. A request is judged by its header first, so a body is read only if it will be
// used.
#pragma once

#include <optional>

#include "http/calls/routes.h"
#include "http/calls/service.h"
#include "http/requests/exchange.h"

namespace coffer::http {

struct Admission {
  Call call;  // has a route unless `refusal` is set
  std::optional<Response> refusal;
  std::string correlation_id;
  RateFigures rate;
  bool head_only = false;
};

// Judges `request` without its body: path, caller, rate limit, and the type and length that the header gives for the body.
Admission Admit(const Request& request, Service& service);
// For input that is not a valid request: holds only what every response carries.
Admission AdmissionOfStranger(const Request& request, Service& service);
// Runs the handler of an admitted request, whose body has been read. Exceptions become a 500, std::bad_alloc a 503.
Response Answer(const Admission& admission, Service& service);
// Adds what every response carries, and counts the response.
Response Finished(Response response, const Admission& admission, Service& service);

// 413, for a body that announces or turns out to have more than `bytes_max` bytes.
Response TooLarge(std::uint64_t bytes_max, std::string_view path);

// Admit, Answer and Finished.
Response Handle(const Request& request, Service& service);

}  // namespace coffer::http

// From a request to a response, without a socket: judged by its head first, so that a body is read only where it will be used.
#pragma once

#include <optional>

#include "http/calls/routes.h"
#include "http/calls/service.h"
#include "http/requests/exchange.h"

namespace coffer::http {

struct Admission {
  Call call;  // with a route, unless `refusal` is set
  std::optional<Response> refusal;
  std::string correlation_id;
  RateFigures rate;
  bool head_only = false;
};

// Looks at all of `request` but its body: its path, who asks, how often, and what the body will be.
Admission Admit(const Request& request, Service& service);
// The same for something that cannot be read as a request: nothing but what every response carries.
Admission AdmissionOfStranger(const Request& request, Service& service);
// Runs the handler of what was let in, whose body is there by now. Exceptions end here, as a 500.
Response Answer(const Admission& admission, Service& service);
// Puts what every response carries into one, and counts it.
Response Finished(Response response, const Admission& admission, Service& service);

// 413, in the words for a body that turned out too large as well as for one that said so.
Response TooLarge(std::uint64_t bytes_max, std::string_view path);

// All three.
Response Handle(const Request& request, Service& service);

}  // namespace coffer::http

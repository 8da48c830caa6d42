// Problems: every error but a 422, as application/problem+json (RFC 9457). None of them tells a path, a key or a message from
// within the engine that might.
#pragma once

#include <string_view>

#include "coffer/status.h"
#include "http/requests/exchange.h"

namespace coffer::http {

// "Not Found".
std::string_view ReasonPhrase(int status);

// `code` is the last part of the problem's type, `instance` the path that was asked for.
Response Problem(int status, std::string_view code, std::string_view detail, std::string_view instance);
// The same with Retry-After.
Response ProblemForNow(int status, std::string_view code, std::string_view detail, std::string_view instance,
                       unsigned retry_after_seconds);

Response NotFound(std::string_view detail, std::string_view instance);
// The same words whether or not the thing is there.
Response Forbidden(std::string_view instance);
// A restore is putting its store in the place of the present one.
Response StoreIsSwitching(std::string_view instance);

// What the engine's failure is to a client. Its message is not passed on.
Response ProblemOf(const Status& status, std::string_view instance);
// A failure's words for a client.
std::string_view PublicWords(StatusCode code);

}  // namespace coffer::http

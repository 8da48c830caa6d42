// Problems: every error but a 422, as application/problem+json (RFC 9457). None contains a file path, a key, or a message of
// the engine, which might contain one.
#pragma once

#include <string_view>

#include "coffer/status.h"
#include "http/requests/exchange.h"

namespace coffer::http {

// "Not Found".
std::string_view ReasonPhrase(int status);

// `code` is the last part of the problem's type, `instance` the path of the request.
Response Problem(int status, std::string_view code, std::string_view detail, std::string_view instance);
// The same with Retry-After.
Response ProblemForNow(int status, std::string_view code, std::string_view detail, std::string_view instance,
                       unsigned retry_after_seconds);

Response NotFound(std::string_view detail, std::string_view instance);
// The same text whether or not the object exists.
Response Forbidden(std::string_view instance);
// A restore is switching the store.
Response StoreIsSwitching(std::string_view instance);

// The problem for a failure of the engine. The failure's message is not passed on.
Response ProblemOf(const Status& status, std::string_view instance);
// The text that a client gets for a failure of this code.
std::string_view PublicWords(StatusCode code);

}  // namespace coffer::http

// The id that ties a response to a request and to the log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/random_source.h"

namespace coffer::http {

// 1 to 128 characters of A-Za-z0-9._:-
bool IsUsableCorrelationId(std::string_view id);
// A ULID.
std::string MakeCorrelationId(std::int64_t now_microseconds, RandomSource& random);

}  // namespace coffer::http

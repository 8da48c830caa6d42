// The JSON of a request's body, read under limits.
#pragma once

#include <optional>
#include <string_view>

#include "http/requests/faults.h"
#include "http/requests/json.h"

namespace coffer::http {

// The value, or nullopt with one fault added. "missing": the body is empty. "json_invalid": it is not JSON, not UTF-8, nested
// deeper than kJsonDepthMax, or has a number that no double holds. If a member occurs twice, the last one counts.
std::optional<GivenJson> ReadJsonBody(std::string_view body, Faults& faults);

}  // namespace coffer::http

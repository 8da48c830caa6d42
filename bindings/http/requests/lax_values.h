// Values of a request as Pydantic 2 takes them in its lax mode: "30" is an integer, "yes" a boolean, 1.5 is no integer.
// The words and types of what it refuses are those that clients of such servers know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/timestamp.h"
#include "http/requests/faults.h"
#include "http/requests/json.h"

namespace coffer::http {

struct IntegerRange {
  std::int64_t least;
  std::int64_t most;
};

// Each answers the value, or adds the fault of `value` at `loc` and answers nullopt.
std::optional<std::string> ReadText(const GivenJson& value, const Json& loc, Faults& faults);
std::optional<bool> ReadFlag(const GivenJson& value, const Json& loc, Faults& faults);
std::optional<std::int64_t> ReadInteger(const GivenJson& value, const Json& loc, IntegerRange range, Faults& faults);
std::optional<Timestamp> ReadTime(const GivenJson& value, const Json& loc, Faults& faults);
std::optional<GivenJson> ReadObject(const GivenJson& value, const Json& loc, Faults& faults);
// One of `words`, as its place among them.
std::optional<std::size_t> ReadChoice(const GivenJson& value, const Json& loc, const std::vector<std::string_view>& words,
                                      Faults& faults);

}  // namespace coffer::http

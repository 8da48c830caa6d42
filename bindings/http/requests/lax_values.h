// Values of a request by the rules of Pydantic 2's lax mode: "30" is an integer, "yes" a boolean, 1.5 not an integer. The
// types and messages of the faults are Pydantic's too, since generated clients know them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/timestamp.h"
#include "http/requests/faults.h"
#include "http/requests/json.h"
#include "json/choices.h"

namespace coffer::http {

struct IntegerRange {
  std::int64_t least;
  std::int64_t most;
};

// Each returns the value, or adds the fault of `value` at `loc` and returns nullopt.
std::optional<std::string> ReadText(const GivenJson& value, const Json& loc, Faults& faults);
std::optional<bool> ReadFlag(const GivenJson& value, const Json& loc, Faults& faults);
std::optional<std::int64_t> ReadInteger(const GivenJson& value, const Json& loc, IntegerRange range, Faults& faults);
std::optional<Timestamp> ReadTime(const GivenJson& value, const Json& loc, Faults& faults);
std::optional<GivenJson> ReadObject(const GivenJson& value, const Json& loc, Faults& faults);
void RefuseChoice(const Json& loc, const std::vector<std::string_view>& names, Faults& faults);
template <typename Enum>
std::optional<Enum> ReadChoice(const GivenJson& value, const Json& loc, const json::Choices<Enum>& choices, Faults& faults) {
  std::optional<Enum> choice;
  if (value.is_string()) choice = choices.Find(value.get_ref<const std::string&>());
  if (!choice) RefuseChoice(loc, choices.Names(), faults);
  return choice;
}

}  // namespace coffer::http

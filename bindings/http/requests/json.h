// The JSON of request and response bodies.
#pragma once

#include "json/value.h"

namespace coffer::http {

using Json = json::Value;
using json::ToText;

// JSON that a client sent. Sorted by name: in the ordered form each look-up takes time linear in the number of members, and so
// does each insertion.
using GivenJson = nlohmann::json;

}  // namespace coffer::http

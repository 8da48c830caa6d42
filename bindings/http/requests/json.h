// The JSON of request and response bodies.
#pragma once

#include "json/value.h"

namespace coffer::http {

using Json = json::Value;
using json::ToText;

// What a client sent. Sorted by name: looking a member up in the ordered form takes time in the number of members, and adding
// one looks it up.
using GivenJson = nlohmann::json;

}  // namespace coffer::http

// The first bytes of a response, as they go over the wire.
#pragma once

#include <chrono>
#include <string>

#include "http/requests/exchange.h"

namespace coffer::http {

// Puts status line and header of `response` into `out`, in place of what is there; a reused text need not grow.
void WriteHead(const Response& response, bool keep_alive, std::chrono::system_clock::time_point now, std::string& out);

}  // namespace coffer::http

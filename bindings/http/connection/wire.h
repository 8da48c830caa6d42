// The status line and header of a response as bytes.
#pragma once

#include <chrono>
#include <string>

#include "http/requests/exchange.h"

namespace coffer::http {

// Replaces `out` with the status line and header of `response`. A reused `out` keeps its memory.
void WriteHead(const Response& response, bool keep_alive, std::chrono::system_clock::time_point now, std::string& out);

}  // namespace coffer::http

// Download: a file sent to a client, whole or by ranges.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/requests/exchange.h"

namespace coffer::http {

struct Download {
  std::string name;  // the name under which a client saves it
  std::string etag;  // including its quotes
  std::shared_ptr<const ReadAt> read;
  std::uint64_t bytes = 0;
};

// 200, 206, 304 or 416, by the request's Range, If-Range and If-None-Match.
Response DownloadAnswer(const Request& request, const Download& file, std::string_view path);

}  // namespace coffer::http

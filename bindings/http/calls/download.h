// Download: something that is sent as a file, whole or by ranges.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/requests/exchange.h"

namespace coffer::http {

struct Download {
  std::string name;  // by which a client saves it
  std::string etag;  // with its quotes
  std::shared_ptr<const ReadAt> read;
  std::uint64_t bytes = 0;
};

// 200, 206, 304 or 416, by what the request says of ranges and tags.
Response DownloadAnswer(const Request& request, const Download& file, std::string_view path);

}  // namespace coffer::http

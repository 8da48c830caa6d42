#include "http/calls/download.h"

#include <utility>

#include "http/requests/byte_range.h"
#include "http/requests/problem.h"

namespace coffer::http {
namespace {

// The result has static storage duration.
std::string_view ContentTypeOf(std::string_view file_name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".age", "application/octet-stream"}, {".zst", "application/zstd"},  {".json", "application/json"},
      {".ndjson", "application/x-ndjson"},  {".csv", "text/csv"},          {".xml", "application/xml"},
      {".sql", "application/sql"},          {".tar", "application/x-tar"}, {".parquet", "application/vnd.apache.parquet"}};
  for (const auto& [ending, type] : kTypes) {
    if (file_name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

Response DownloadAnswer(const Request& request, const Download& file, std::string_view path) {
  Response response;
  response.content_type = ContentTypeOf(file.name);
  response.headers = {{"ETag", file.etag}, {"Accept-Ranges", "bytes"}};
  if (request.if_none_match == file.etag || request.if_none_match == "*") {
    response.status = 304;
    return response;
  }
  const bool same_file = request.if_range.empty() || request.if_range == file.etag;
  const RangeChoice choice = same_file ? ChooseRange(request.range, file.bytes) : RangeChoice{};
  const std::string total = std::to_string(file.bytes);
  if (choice.answer == RangeAnswer::kUnsatisfiable) {
    Response refusal = Problem(416, "range_not_satisfiable", "The range contains no byte of the file.", path);
    refusal.headers.push_back({"Content-Range", "bytes */" + total});
    return refusal;
  }
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + file.name + "\""});
  response.file = FilePart{file.read, 0, file.bytes};
  if (choice.answer == RangeAnswer::kPart) {
    response.status = 206;
    response.file->offset = choice.range.offset;
    response.file->length = choice.range.length;
    const std::uint64_t last = choice.range.offset + choice.range.length - 1;
    response.headers.push_back(
        {"Content-Range", "bytes " + std::to_string(choice.range.offset) + "-" + std::to_string(last) + "/" + total});
  }
  return response;
}

}  // namespace coffer::http

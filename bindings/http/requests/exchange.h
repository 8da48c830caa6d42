// Request and Response: one HTTP exchange as plain data, so everything above the socket can be tested without one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::http {

// Header values are as sent; empty if absent.
struct Request {
  std::string method;  // "GET"
  std::string target;  // path and query, percent-encoded; or an absolute URL
  std::string peer;    // the client's address
  std::string authorization;
  std::string correlation_id;
  std::string content_type;
  std::string content_encoding;
  std::string range;
  std::string if_range;
  std::string if_none_match;
  bool has_length = false;           // has a Content-Length or chunks
  std::uint64_t content_length = 0;  // 0 for chunks: unknown
  std::string body;
};

// Reads up to `length` bytes at `offset`; fewer only at the end or if the read fails. Safe to use from many threads.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::size_t length, char* buffer)>;

// A part of a file that is sent in pieces instead of a body. The file stays open as long as a response refers to it.
struct FilePart {
  std::shared_ptr<const ReadAt> read;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// The next part of a response that grows while it is sent.
struct Events {
  std::string text;  // empty: nothing new
  bool last = false;
};
using NextEvents = std::function<Events()>;

struct Header {
  std::string_view name;  // has static storage duration
  std::string value;
};

// A caller's limits and the calls left to it in the current minute and hour.
struct RateFigures {
  unsigned limit_minute = 0;
  unsigned limit_hour = 0;
  unsigned remaining_minute = 0;
  unsigned remaining_hour = 0;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // has static storage duration
  std::vector<Header> headers;                         // in addition to those of every response
  std::shared_ptr<const std::string> body;             // shared, since one text may serve many calls; null: no body
  std::optional<FilePart> file;
  // Called repeatedly instead of a body of known length. The response ends with the connection, so `close` must be set. One
  // call at a time.
  std::shared_ptr<const NextEvents> events;
  bool head_only = false;  // response to HEAD: with the length of a body but without the body
  bool close = false;      // close the connection after it

  // On every response.
  std::string correlation_id;
  RateFigures rate;

  std::uint64_t BodyBytes() const { return file ? file->length : body ? body->size() : 0; }
};

}  // namespace coffer::http

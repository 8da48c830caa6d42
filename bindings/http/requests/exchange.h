// Request and Response: one HTTP exchange as plain data, so that everything above the socket is tested without one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::http {

// Header values are as they were sent, empty where absent.
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
  bool has_length = false;           // Content-Length, or chunks
  std::uint64_t content_length = 0;  // 0 for chunks: not known
  std::string body;
};

// Reads up to so many bytes at a place; fewer only at the end, or where it cannot. Safe to use from many threads.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::size_t length, char* buffer)>;

// A part of something that is sent piece by piece instead of a body, and kept open as long as an answer refers to it.
struct FilePart {
  std::shared_ptr<const ReadAt> read;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// What comes next of something that goes on while it is sent.
struct Events {
  std::string text;  // empty: nothing new
  bool last = false;
};
using NextEvents = std::function<Events()>;

struct Header {
  std::string_view name;  // of static storage
  std::string value;
};

// Calls left to somebody within the present minute and hour.
struct RateFigures {
  unsigned limit_minute = 0;
  unsigned limit_hour = 0;
  unsigned remaining_minute = 0;
  unsigned remaining_hour = 0;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // of static storage
  std::vector<Header> headers;                         // besides those that every response has
  std::shared_ptr<const std::string> body;             // shared, since one text may answer many; null: none
  std::optional<FilePart> file;
  // Asked again and again instead of a body of some length, which ends with the connection; `close` is to be set. One call at a time.
  std::shared_ptr<const NextEvents> events;
  bool head_only = false;  // the answer to HEAD: the length of a body, without it
  bool close = false;      // the connection is of no further use

  // On every response.
  std::string correlation_id;
  RateFigures rate;

  std::uint64_t BodyBytes() const { return file ? file->length : body ? body->size() : 0; }
};

}  // namespace coffer::http

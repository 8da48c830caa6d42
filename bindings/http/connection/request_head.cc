#include "http/connection/request_head.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <cerrno>

#include "http/calls/handle.h"
#include "http/requests/problem.h"

namespace coffer::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

Response BadRequest(std::string_view detail) {
  Response response = Problem(400, "bad_request", detail, "");
  response.close = true;
  return response;
}

// Takes the header fields that matter. Each may occur once: two readers might read a request with a second one differently.
class Fields {
 public:
  explicit Fields(const beast::http::fields& fields) : fields_(fields) {}

  // false: a field occurs twice.
  bool TakeInto(Request& request) {
    for (const auto& entry : fields_) {
      std::string* place = PlaceOf(entry, request);
      if (place == nullptr) continue;
      if (!place->empty()) return false;
      place->assign(entry.value().data(), entry.value().size());
    }
    return true;
  }

  const std::string& host() const { return host_; }

 private:
  std::string* PlaceOf(const beast::http::fields::value_type& entry, Request& request) {
    switch (entry.name()) {
      case field::authorization:
        return &request.authorization;
      case field::content_type:
        return &request.content_type;
      case field::content_encoding:
        return &request.content_encoding;
      case field::range:
        return &request.range;
      case field::if_range:
        return &request.if_range;
      case field::if_none_match:
        return &request.if_none_match;
      case field::host:
        return &host_;
      case field::unknown:
        return beast::iequals(entry.name_string(), "x-correlation-id") ? &request.correlation_id : nullptr;
      default:
        return nullptr;
    }
  }

  const beast::http::fields& fields_;
  std::string host_;
};

void Clear(Request& request) {
  for (std::string* text :
       {&request.method, &request.target, &request.authorization, &request.correlation_id, &request.content_type,
        &request.content_encoding, &request.range, &request.if_range, &request.if_none_match, &request.body}) {
    text->clear();
  }
}

constexpr unsigned kVersion10 = 10;
constexpr unsigned kVersion11 = 11;

}  // namespace

std::optional<Response> TakeHead(const RequestParser& parser, Request& request) {
  const auto& message = parser.get();
  Clear(request);
  request.method = View(message.method_string());
  request.target = View(message.target());
  request.has_length = parser.chunked() || parser.content_length().has_value();
  request.content_length = parser.content_length().value_or(0);
  Fields fields(message);
  if (!fields.TakeInto(request)) return BadRequest("A header field that may occur once occurs twice.");
  if (message.version() != kVersion10 && message.version() != kVersion11) {
    return Problem(505, "bad_request", "The server supports HTTP/1.0 and HTTP/1.1.", "");
  }
  if (message.version() == kVersion11 && message.count(field::host) != 1)
    return BadRequest("Exactly one Host header is required.");
  // Without a final "chunked", two readers might see different ends of the body.
  if (message.count(field::transfer_encoding) > 0 && (!parser.chunked() || message.version() == kVersion10)) {
    return BadRequest("The only supported Transfer-Encoding is chunked, with HTTP/1.1.");
  }
  if (message.count(field::expect) > 0 && !ExpectsContinue(parser)) {
    return Problem(417, "expectation_failed", "The only supported expectation is 100-continue.", "");
  }
  return std::nullopt;
}

bool ExpectsContinue(const RequestParser& parser) {
  return parser.get().version() == kVersion11 && beast::iequals(parser.get()[field::expect], "100-continue");
}

std::optional<Response> UnreadableHead(const Error& error, bool late) {
  using Http = beast::http::error;
  if (late) return Problem(408, "timeout", "The header of the request did not arrive in time.", "");
  if (error == Http::header_limit || error == Http::buffer_overflow) {
    return Problem(431, "too_large", "The header may have at most " + std::to_string(kHeaderBytesMax) + " bytes.", "");
  }
  if (error == Http::bad_version) return Problem(505, "bad_request", "The server supports HTTP/1.0 and HTTP/1.1.", "");
  const bool of_parser = error.category() == beast::http::make_error_code(Http::bad_method).category();
  if (!of_parser || error == Http::end_of_stream || error == Http::partial_message) return std::nullopt;
  return BadRequest("This is not a valid HTTP request.");
}

Response UnreadableBody(const Error& error, bool late, std::uint64_t bytes_max, std::string_view path) {
  if (late) return Problem(408, "timeout", "The body of the request did not arrive in time.", path);
  if (error == beast::http::error::body_limit) return TooLarge(bytes_max, path);
  if (error == boost::asio::error::no_memory) {
    return ProblemForNow(503, "unavailable", "The bodies of other requests use all memory for bodies right now.", path, 1);
  }
  return Problem(400, "bad_request", "The body of the request is incomplete, or its chunks are malformed.", path);
}

Response ReadFilePart(const FilePart& part) {
  std::string bytes(part.length, '\0');
  bytes.resize((*part.read)(part.offset, bytes.size(), bytes.data()));
  Response response;
  response.body = std::make_shared<const std::string>(std::move(bytes));
  return response;
}

Response AnswerOf(Events events) {
  Response response;
  response.close = events.last;
  if (!events.text.empty()) response.body = std::make_shared<const std::string>(std::move(events.text));
  return response;
}

SteadyClock::duration WatchTick(const ServerOptions& options) {
  constexpr std::chrono::milliseconds kCoarsest{500};
  constexpr std::chrono::milliseconds kFinest{10};
  const auto shortest = std::min({options.idle_timeout, options.header_timeout, options.body_timeout, options.write_timeout});
  return std::clamp(shortest / 4, kFinest, kCoarsest);
}

}  // namespace coffer::http

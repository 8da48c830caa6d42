// Converts the parser's header to a Request, and makes the refusals of what the parser could not read.
#pragma once

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <string_view>

#include "coffer/http/server.h"
#include "http/connection/strand.h"
#include "http/requests/exchange.h"

namespace coffer::http {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

// Fills `request` except its peer, and clears its body. Returns a refusal if two readers might see two different requests in
// the message, or if its version is not supported.
std::optional<Response> TakeHead(const RequestParser& parser, Request& request);

// Whether the client waits for "100 Continue" before it sends the body.
bool ExpectsContinue(const RequestParser& parser);

// The refusal of a header that could not be read; nullopt: the client has gone. `late`: the deadline passed.
std::optional<Response> UnreadableHead(const Error& error, bool late);
Response UnreadableBody(const Error& error, bool late, std::uint64_t bytes_max, std::string_view path);

// A response whose body is this part of a file, or as much of it as could be read.
Response ReadFilePart(const FilePart& part);

// A response whose body is the text of `events`: without a body if there is no new one, with `close` set after the last.
Response AnswerOf(Events events);

// How often deadlines are checked: often enough for the shortest one.
SteadyClock::duration WatchTick(const ServerOptions& options);

}  // namespace coffer::http

// From what the parser has of a request to what the calls need of it, and the refusals of what it could not read.
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

// Fills `request` but for its peer and body, whose memory is used again. A refusal where the message is framed so that two
// readers might see two different requests, or is of another version.
std::optional<Response> TakeHead(const RequestParser& parser, Request& request);

// Whether the client waits for "100 Continue" before it sends the body.
bool ExpectsContinue(const RequestParser& parser);

// For a head that could not be read; nullopt: nobody is there to be told. `late`: its deadline ended it.
std::optional<Response> UnreadableHead(const Error& error, bool late);
Response UnreadableBody(const Error& error, bool late, std::uint64_t bytes_max, std::string_view path);

// A response whose body is that part of a file, or as much as could be read.
Response ReadFilePart(const FilePart& part);

// A response whose body are the events, none where nothing is new, and that closes behind the last.
Response AnswerOf(Events events);

// How often deadlines are looked at: fine enough for the shortest.
SteadyClock::duration WatchTick(const ServerOptions& options);

}  // namespace coffer::http

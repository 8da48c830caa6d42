// A bare Beast server that sends the same text for every request: the baseline for the HTTP adapter.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>

namespace coffer::bench {

// Accepts on a free port of 127.0.0.1 while the context runs. Returns the port.
std::uint16_t StartConstantServer(boost::asio::io_context& context, std::string body);

}  // namespace coffer::bench

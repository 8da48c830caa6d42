// A bare Beast server that answers every request with the same text: what the HTTP adapter is measured by.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>

namespace coffer::bench {

// Accepts on a free port of 127.0.0.1 as soon as the context runs, and until it is stopped; answers the port.
std::uint16_t StartConstantServer(boost::asio::io_context& context, std::string body);

}  // namespace coffer::bench

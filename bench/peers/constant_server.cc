#include "peers/constant_server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <memory>

namespace coffer::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;

// As in Beast's own examples: one strand per connection, one deadline per step, one message object per response.
asio::awaitable<void> Serve(beast::tcp_stream stream, std::shared_ptr<const std::string> body) {
  constexpr std::chrono::seconds kDeadline{30};
  beast::flat_buffer buffer;
  for (;;) {
    error_code error;
    bhttp::request<bhttp::empty_body> request;
    stream.expires_after(kDeadline);
    co_await bhttp::async_read(stream, buffer, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    bhttp::response<bhttp::string_body> response(bhttp::status::ok, request.version());
    response.set(bhttp::field::server, "constant");
    response.set(bhttp::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = *body;
    response.prepare_payload();
    stream.expires_after(kDeadline);
    co_await bhttp::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !request.keep_alive()) co_return;
  }
}

asio::awaitable<void> Accept(asio::io_context& context, std::shared_ptr<asio::ip::tcp::acceptor> acceptor,
                             std::shared_ptr<const std::string> body) {
  for (;;) {
    error_code error;
    asio::ip::tcp::socket socket =
        co_await acceptor->async_accept(asio::make_strand(context), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    socket.set_option(asio::ip::tcp::no_delay(true), error);
    auto executor = socket.get_executor();
    asio::co_spawn(executor, Serve(beast::tcp_stream(std::move(socket)), body), asio::detached);
  }
}

}  // namespace

std::uint16_t StartConstantServer(asio::io_context& context, std::string body) {
  const asio::ip::tcp::endpoint any(asio::ip::make_address("127.0.0.1"), 0);
  auto acceptor = std::make_shared<asio::ip::tcp::acceptor>(context, any);
  const std::uint16_t port = acceptor->local_endpoint().port();
  asio::co_spawn(context, Accept(context, std::move(acceptor), std::make_shared<const std::string>(std::move(body))),
                 asio::detached);
  return port;
}

}  // namespace coffer::bench

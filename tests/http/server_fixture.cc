#include "http/server_fixture.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "http/requests/correlation_id.h"
#include "support/status_matchers.h"

namespace coffer::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

Client::Client(std::uint16_t port) {
  boost::system::error_code error;
  socket_.connect({asio::ip::make_address("127.0.0.1"), port}, error);
  EXPECT_FALSE(error) << error.message();
  const timeval limit{10, 0};
  setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

bool Client::Send(std::string_view bytes) {
  boost::system::error_code error;
  asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), error);
  return !error;
}

std::optional<HttpAnswer> Client::Receive(bool head) {
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(boost::none);
  parser.skip(head);
  boost::system::error_code error;
  beast::http::read(socket_, buffer_, parser, error);
  if (error) return std::nullopt;
  return parser.release();
}

std::string Client::ReceiveLine() {
  constexpr std::size_t kPieceBytes = 512;
  constexpr std::string_view kEnd = "\r\n\r\n";
  boost::system::error_code error;
  for (;;) {
    const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    if (const auto end = text.find(kEnd); end != std::string_view::npos || error) {
      std::string line(text.substr(0, error ? text.size() : end + kEnd.size()));
      buffer_.consume(line.size());
      return line;
    }
    buffer_.commit(socket_.read_some(buffer_.prepare(kPieceBytes), error));
  }
}

std::size_t Client::CountRest() {
  std::size_t bytes = buffer_.size();
  buffer_.consume(bytes);
  std::array<char, 65'536> dropped{};
  boost::system::error_code error;
  while (!error) bytes += socket_.read_some(asio::buffer(dropped), error);
  EXPECT_EQ(error, asio::error::eof) << error.message();
  return bytes;
}

bool Client::IsEnded() {
  std::array<char, 4096> dropped{};
  boost::system::error_code error;
  while (!error) socket_.read_some(asio::buffer(dropped), error);
  return error == asio::error::eof || error == asio::error::connection_reset;
}

void Client::EndSending() {
  boost::system::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  EXPECT_FALSE(error) << error.message();
}

void ServerFixture::StartServer(ServerOptions options, int threads) {
  options.port = 0;
  options.authenticate = &WhoHas;
  context_ = std::make_unique<asio::io_context>();
  auto server = Server::Start(*context_, *engine_, std::move(options));
  ASSERT_OK(server);
  server_ = *std::move(server);
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      const auto work = asio::make_work_guard(*context_);
      context_->run();
    });
  }
}

void ServerFixture::StopServer() {
  server_.reset();
  if (context_) context_->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  context_.reset();
}

std::string ServerFixture::RequestText(const std::string& method, const std::string& path, const std::string& token,
                                       const std::string& body, const std::string& more_headers) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more_headers;
  if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
  if (method == "POST") text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

HttpAnswer ServerFixture::Ask(const std::string& method, const std::string& path, const std::string& token,
                              const std::string& body) {
  Client client = Connect();
  EXPECT_TRUE(client.Send(RequestText(method, path, token, body)));
  auto answer = client.Receive(method == "HEAD");
  EXPECT_TRUE(answer) << method << ' ' << path;
  if (!answer) return {};
  ExpectCommonHeaders(*answer);
  return *std::move(answer);
}

void ExpectCommonHeaders(const HttpAnswer& answer) {
  const auto id = answer["x-correlation-id"];
  EXPECT_TRUE(IsUsableCorrelationId({id.data(), id.size()})) << id;
  for (const char* name :
       {"X-RateLimit-Limit-Minute", "X-RateLimit-Limit-Hour", "X-RateLimit-Remaining-Minute", "X-RateLimit-Remaining-Hour"}) {
    const std::string figure(answer[name]);
    EXPECT_FALSE(figure.empty()) << name;
    EXPECT_EQ(figure.find_first_not_of("0123456789"), std::string::npos) << name << ": " << figure;
  }
}

}  // namespace coffer::http

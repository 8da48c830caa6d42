// ServerFixture: a server on a free port of 127.0.0.1 over the records of ServiceFixture, and clients that send bytes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "coffer/http/server.h"
#include "http/service_fixture.h"

namespace coffer::http {

using HttpAnswer = boost::beast::http::response<boost::beast::http::string_body>;

// One connection; every wait is limited to ten seconds.
class Client {
 public:
  explicit Client(std::uint16_t port);

  // False if not everything could be sent.
  bool Send(std::string_view bytes);
  // The next response; nullopt: the connection ended, or the bytes are not a response. `head`: without a body, whatever its
  // Content-Length.
  std::optional<HttpAnswer> Receive(bool head = false);
  // "HTTP/1.1 100 Continue", unparsed.
  std::string ReceiveLine();
  // The number of bytes received until the connection ends.
  std::size_t CountRest();
  // Whether the server ends the connection; further bytes are dropped.
  bool IsEnded();
  void EndSending();

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_{context_};
  boost::beast::flat_buffer buffer_;
};

class ServerFixture : public ServiceFixture {
 protected:
  ServerFixture() { PutSample(); }
  ~ServerFixture() override { StopServer(); }

  // On any free port, with the fixture's tokens.
  void StartServer(ServerOptions options = {}, int threads = 2);
  void StopServer();
  Client Connect() const { return Client(server_->port()); }
  // One request on a new connection.
  HttpAnswer Ask(const std::string& method, const std::string& path, const std::string& token, const std::string& body = {});

  static std::string RequestText(const std::string& method, const std::string& path, const std::string& token,
                                 const std::string& body = {}, const std::string& more_headers = {});

  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<Server> server_;
  std::vector<std::thread> threads_;
};

// Checks the headers of every response: a usable correlation id and the four rate-limit headers.
void ExpectCommonHeaders(const HttpAnswer& answer);

}  // namespace coffer::http

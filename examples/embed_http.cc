// Serves the data over HTTP on the program's own Asio loop, without another thread for connections. The program sends its
// server one request and ends.
#include <coffer/coffer.h>
#include <coffer/http/server.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;

namespace {

// Sends a request as any client would, with a token that the program created.
std::string RequestStatistics(std::uint16_t port, const std::string& token) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  const std::string request =
      "GET /api/v1/data/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n";
  asio::write(socket, asio::buffer(request));
  std::string response;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(response), end);
  return response;
}

// The program's own work continues on the same loop while the server runs.
void ContinueWork(asio::steady_timer& timer, coffer::Engine& engine, int left) {
  coffer::Prompt prompt;
  prompt.owner_id = "anna";
  prompt.name = "Prompt " + std::to_string(left);
  prompt.content = "Sum up: {text}";
  if (!engine.PutPrompt(prompt).ok() || left == 1) return;
  timer.expires_after(std::chrono::milliseconds(10));
  timer.async_wait([&timer, &engine, left](const boost::system::error_code& error) {
    if (!error) ContinueWork(timer, engine, left - 1);
  });
}

}  // namespace

int main() {
  auto engine = coffer::Engine::Open("embed-http-data");
  if (!engine.ok()) return 1;
  const auto token = coffer::CreateToken(**engine, "admin", coffer::PrincipalRole::kAdmin);
  if (!token.ok()) return 1;

  asio::io_context context;
  coffer::http::ServerOptions options;
  options.port = 0;  // any free port
  auto server = coffer::http::Server::Start(context, **engine, options);
  if (!server.ok()) {
    std::cerr << server.status().ToString() << '\n';
    return 1;
  }

  asio::steady_timer timer(context);
  ContinueWork(timer, **engine, 5);
  std::string response;
  std::thread client([&] {
    response = RequestStatistics((*server)->port(), token->secret);
    // Once the server has stopped, the loop has no work left, and run() returns.
    (*server)->Stop(std::chrono::seconds(5), [] {});
  });
  context.run();
  client.join();

  std::cout << response << '\n';
  server->reset();
  return (*engine)->Close().ok() && response.starts_with("HTTP/1.1 200 OK\r\n") ? 0 : 1;
}

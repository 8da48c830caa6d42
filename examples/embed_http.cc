// A program with an Asio loop of its own that also serves its data over HTTP: no further thread for connections, no further
// port for its own work. It asks its own server once and ends.
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

// What any client sends, with a token that the program made for it.
std::string AskForFigures(std::uint16_t port, const std::string& token) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  const std::string request =
      "GET /api/v1/data/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n";
  asio::write(socket, asio::buffer(request));
  std::string answer;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(answer), end);
  return answer;
}

// The program's own work goes on beside the server, on the same loop.
void WorkOn(asio::steady_timer& timer, coffer::Engine& engine, int left) {
  coffer::Prompt prompt;
  prompt.owner_id = "anna";
  prompt.name = "Prompt " + std::to_string(left);
  prompt.content = "Sum up: {text}";
  if (!engine.PutPrompt(prompt).ok() || left == 1) return;
  timer.expires_after(std::chrono::milliseconds(10));
  timer.async_wait([&timer, &engine, left](const boost::system::error_code& error) {
    if (!error) WorkOn(timer, engine, left - 1);
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
  options.port = 0;  // any free one
  auto server = coffer::http::Server::Start(context, **engine, options);
  if (!server.ok()) {
    std::cerr << server.status().ToString() << '\n';
    return 1;
  }

  asio::steady_timer timer(context);
  WorkOn(timer, **engine, 5);
  std::string answer;
  std::thread client([&] {
    answer = AskForFigures((*server)->port(), token->secret);
    // Without connections nothing keeps the loop, and run() returns.
    (*server)->Stop(std::chrono::seconds(5), [] {});
  });
  context.run();
  client.join();

  std::cout << answer << '\n';
  server->reset();
  return (*engine)->Close().ok() && answer.starts_with("HTTP/1.1 200 OK\r\n") ? 0 : 1;
}

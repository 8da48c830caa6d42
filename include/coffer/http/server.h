// Server: an engine's data API over HTTP/1.1, inside a program's own Asio loop. The contract of the calls is in
// bindings/README.md. Installed with COFFER_HTTP; links as coffer::http.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "coffer/token.h"
#include "coffer/visibility.h"

namespace coffer {

class Clock;
class Engine;

namespace http {

// What one connection or request may take, whoever sends it.
inline constexpr std::size_t kHeaderBytesMax = std::size_t{16} << 10;     // 431 above
inline constexpr std::size_t kJsonBodyBytesMax = std::size_t{4} << 20;    // 413 above
inline constexpr std::size_t kBlockingCallsMax = 256;                     // that wait for a thread; 503 above
inline constexpr std::uint64_t kImportBytesMax = std::uint64_t{8} << 30;  // 413 above

struct ServerOptions {
  // Where to listen. Port 0: any that is free; Server::port() tells it.
  std::string address = "127.0.0.1";
  std::uint16_t port = 8000;

  // PEM files; both or neither. With them the server speaks TLS (1.2 and newer) only.
  std::string tls_certificate;
  std::string tls_key;

  // What clients reach the server by, such as "https://data.example.org": download links then begin with it. Empty: links
  // are paths.
  std::string public_url;

  // Calls of one token, and failures to authenticate from one address (an IPv6 network of 64 bits counts as one). What a good
  // token asks for is served whatever its address did: others may share the address.
  unsigned rate_minute = 600;
  unsigned rate_hour = 10'000;

  // Threads for calls of the engine that read or write files; the host's own never wait for those.
  std::size_t blocking_threads = 4;
  // Connections at once. Further ones wait in the backlog of the operating system.
  std::size_t connections_max = 1024;

  // How long a client may take: to send the first byte of a request, its header, its body; and to read a piece of the
  // answer. A header or body that comes too slowly is a 408.
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds write_timeout{60'000};

  // How long a link in `download_url` is good. Links end with the server that made them at the latest.
  std::chrono::seconds link_lifetime{15 * 60};

  // Whom a bearer token stands for, called on the host's threads: it must not block. A failure, or an exception, is a refusal
  // (401). Null: coffer::Authenticate.
  std::function<Result<Principal>(std::string_view secret)> authenticate;
  // Gets a line for each answer of 500 and above, with the engine's own words, which no client sees. From any thread.
  // What it throws is dropped. Null: nobody is told.
  std::function<void(std::string_view line)> log;
  // The time that links expire by. Null: SystemClock(). Must outlive the server.
  Clock* clock = nullptr;
};

// Owned by the host. The engine and the io_context outlive it. The io_context may be run by one thread or by many.
class COFFER_API Server {
 public:
  // Listens and begins to accept as soon as the context runs.
  // kInvalidArgument: address, public_url, a limit of 0. kBusy: the address is in use. kNotFound, kInvalidArgument: a PEM file.
  // kIoError: the operating system refuses otherwise.
  static Result<std::unique_ptr<Server>> Start(boost::asio::io_context& context, Engine& engine, ServerOptions options = {});

  // Ends what is left of it: connections are cut, and calls of the engine that run are waited for. May be called while the
  // context runs, from any thread but those of the server's own calls.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;

  // Accepts no more, lets requests that have begun end, and cuts what is left after `grace`. Returns at once; `done` is called
  // from the context when all connections are closed; what it throws comes out of the context's run(). Operations of the engine
  // go on. Call it once.
  void Stop(std::chrono::milliseconds grace, std::function<void()> done);

 private:
  class Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace http
}  // namespace coffer

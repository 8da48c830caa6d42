// Server: serves the data API of an engine over HTTP/1.1 and TLS, on the Asio io_context of the host program.
// Installed if the library was built with COFFER_HTTP. Link coffer::http. The errors of the engine become HTTP statuses.
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

// Limits of one connection or request.
inline constexpr std::size_t kHeaderBytesMax = std::size_t{16} << 10;     // bytes of a header; more is a 431
inline constexpr std::size_t kJsonBodyBytesMax = std::size_t{4} << 20;    // bytes of a JSON body; more is a 413
inline constexpr std::size_t kBlockingCallsMax = 256;                     // calls that wait for a thread; more is a 503
inline constexpr std::uint64_t kImportBytesMax = std::uint64_t{8} << 30;  // bytes of an import; more is a 413

struct ServerOptions {
  // Where to listen. Port 0: any free port; Server::port() returns it.
  std::string address = "127.0.0.1";
  std::uint16_t port = 8000;

  // Paths of PEM files, both or neither. If they are set, the server accepts only TLS, 1.2 or newer.
  std::string tls_certificate;
  std::string tls_key;

  // The URL at which clients reach the server, such as "https://data.example.org"; download links begin with it.
  // Empty: links are paths.
  std::string public_url;

  // Calls a minute and an hour of one token; and failures to authenticate of one address (an IPv6 /64 counts as one). A valid
  // token is served even if its address is over the limit, since others may share it.
  unsigned rate_minute = 600;
  unsigned rate_hour = 10'000;

  // Threads for engine calls that read or write files. The host's own threads never wait for those.
  std::size_t blocking_threads = 4;
  // Open connections. Further ones wait in the operating system's backlog.
  std::size_t connections_max = 1024;

  // Time for a client to send the first byte of a request, its header and its body, and to read a piece of the response. A
  // header or body that takes longer is a 408.
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds write_timeout{60'000};

  // Lifetime of a link in `download_url`. A link also ends with the server that made it.
  std::chrono::seconds link_lifetime{15 * 60};

  // Returns who a bearer token stands for. Called on the host's threads, so it must not block.
  // A failure or an exception is a 401. Null: coffer::Authenticate.
  std::function<Result<Principal>(std::string_view secret)> authenticate;
  // Receives one line for each response of 500 or above, with the engine's own message, which no client sees.
  // Called from any thread. Its exceptions are dropped. Null: no log.
  std::function<void(std::string_view line)> log;
  // The time by which links expire. Null: SystemClock(). Must outlive the server.
  Clock* clock = nullptr;
};

// Owned by the host. The Engine and the io_context must outlive it. One thread or many may run the io_context.
class COFFER_API Server {
 public:
  // Listens, and accepts connections once the io_context runs.
  // kInvalidArgument: malformed address or public_url, a limit of 0, or an invalid PEM file.
  // kBusy: the address is in use.
  // kNotFound: a PEM file does not exist.
  // kIoError: any other failure of the operating system.
  static Result<std::unique_ptr<Server>> Start(boost::asio::io_context& context, Engine& engine, ServerOptions options = {});

  // Closes all connections and waits for running engine calls. May be called while the io_context runs, from any thread except
  // those that run the server's own calls.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port that it listens on.
  std::uint16_t port() const noexcept;

  // Stops accepting, lets requests that have begun finish, and closes connections still open after `grace`. Returns at once.
  // Operations of the engine go on. `done` is called from the io_context once all connections are closed; an exception from it
  // leaves the io_context's run(). Call it once.
  void Stop(std::chrono::milliseconds grace, std::function<void()> done);

 private:
  class Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace http
}  // namespace coffer

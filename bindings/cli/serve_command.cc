// `coffer serve`: the HTTP adapter as a program.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <iostream>
#include <thread>

#include "coffer/clock.h"
#include "coffer/http/server.h"
#include "coffer/token.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kGrace{10};
constexpr const char* kAdminUser = "admin";

struct ServeRequest {
  std::string listen = "127.0.0.1:8000";
  unsigned threads = 0;  // 0: as many as the machine has
  bool new_token = false;
  http::ServerOptions options;
};

// "host:port", "[::1]:port".
bool SplitAddress(const std::string& listen, http::ServerOptions& options) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const char* end = listen.data() + listen.size();
  const auto read = std::from_chars(listen.data() + colon + 1, end, options.port);
  options.address = host;
  return read.ec == std::errc() && read.ptr == end && !host.empty();
}

std::string Url(const http::ServerOptions& options, std::uint16_t port) {
  const std::string host = options.address.find(':') == std::string::npos ? options.address : "[" + options.address + "]";
  return (options.tls_certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

// The secret of a new admin token if `always` or if no admin token is valid; otherwise empty.
Result<std::string> TokenForNow(Engine& engine, bool always) {
  const auto tokens = ListTokens(engine);
  if (!tokens.ok()) return tokens.status();
  const Timestamp now{SystemClock().NowMicroseconds()};
  const bool has_admin = std::ranges::any_of(*tokens, [now](const TokenInfo& token) {
    return token.role == PrincipalRole::kAdmin && (!token.expires_at || *token.expires_at > now);
  });
  if (has_admin && !always) return std::string();
  auto created = CreateToken(engine, kAdminUser, PrincipalRole::kAdmin);
  if (!created.ok()) return created.status();
  return std::move(created->secret);
}

void Announce(const std::string& url, const std::string& secret, bool json) {
  if (json) {
    PrintLine(ToText({{"url", url}, {"token", json::OrNull(secret)}}));
  } else {
    if (!secret.empty()) PrintLine("admin token, shown only once: " + secret);
    PrintLine("serving at " + url + "/api/v1/data; Ctrl-C stops it");
  }
  std::cout.flush();
}

void RunWithThreads(asio::io_context& context, unsigned threads) {
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([&context] { context.run(); });
  context.run();
}

ExitStatus Serve(Engine& engine, const ServeRequest& request, bool json) {
  const unsigned threads = request.threads > 0 ? request.threads : std::max(1U, std::thread::hardware_concurrency());
  asio::io_context context(static_cast<int>(threads));
  auto server = http::Server::Start(context, engine, request.options);
  if (!server.ok()) return Fail(server.status(), json);
  const auto secret = TokenForNow(engine, request.new_token);
  if (!secret.ok()) return Fail(secret.status(), json);
  Announce(Url(request.options, (*server)->port()), *secret, json);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    PrintMessage("stopping; running requests have " + std::to_string(kGrace.count()) + " s to end");
    (*server)->Stop(kGrace, [] {});
  });
  RunWithThreads(context, threads);
  return ExitStatus::kDone;
}

}  // namespace

void AddServeCommand(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("serve", "Serve the data over HTTP; prints a new admin token if there is no valid one");
  auto request = std::make_shared<ServeRequest>();
  http::ServerOptions& options = request->options;
  command->add_option("--listen", request->listen, "Address and port (127.0.0.1:8000); port 0: any free port")
      ->type_name("HOST:PORT");
  command->add_option("--threads", request->threads, "Threads for connections (default: as many as the machine has)")
      ->check(CLI::Range(1, 256));
  command->add_option("--tls-cert", options.tls_certificate, "Certificate chain, a PEM file; the server then speaks TLS only")
      ->type_name("FILE");
  command->add_option("--tls-key", options.tls_key, "Key of the certificate, a PEM file")->type_name("FILE");
  command->add_option("--public-url", options.public_url,
                      "The URL at which clients reach the server; download links begin with it");
  command->add_option("--rate-minute", options.rate_minute, "Calls per minute and token (600)")
      ->check(CLI::Range(1U, 1'000'000'000U));
  command->add_option("--rate-hour", options.rate_hour, "Calls per hour and token (10000)")
      ->check(CLI::Range(1U, 1'000'000'000U));
  command->add_flag("--new-token", request->new_token, "Make and print another admin token");
  options.log = [](std::string_view line) { PrintMessage(line); };
  command->callback([request, &session] {
    if (!SplitAddress(request->listen, request->options)) throw CLI::ValidationError("--listen", "must be HOST:PORT");
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Serve(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli

// Listens and accepts. The rest of the server is in server_core and session.
#include "coffer/http/server.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <utility>

#include "http/connection/server_core.h"
#include "http/connection/sessions.h"

namespace coffer::http {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Strand>;

Status CheckOptions(const ServerOptions& options) {
  if (options.rate_minute == 0 || options.rate_hour == 0)
    return Status::InvalidArgument("rate_minute and rate_hour must be at least 1");
  if (options.blocking_threads == 0) return Status::InvalidArgument("blocking_threads must be at least 1");
  if (options.connections_max == 0) return Status::InvalidArgument("connections_max must be at least 1");
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return Status::InvalidArgument("tls_certificate and tls_key must be given together");
  }
  const bool absolute = options.public_url.starts_with("http://") || options.public_url.starts_with("https://");
  if (!options.public_url.empty() && (!absolute || options.public_url.ends_with('/'))) {
    return Status::InvalidArgument("public_url must begin with http:// or https:// and must not end with /");
  }
  return Status::Ok();
}

Status MakeTls(const ServerOptions& options, std::optional<asio::ssl::context>& tls) {
  if (options.tls_certificate.empty()) return Status::Ok();
  tls.emplace(asio::ssl::context::tls_server);
  Error error;
  tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 |
                       asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1,
                   error);
  if (!error) tls->use_certificate_chain_file(options.tls_certificate, error);
  if (error)
    return Status::InvalidArgument("cannot read the TLS certificate " + options.tls_certificate + ": " + error.message());
  tls->use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
  if (error) return Status::InvalidArgument("cannot use the TLS key " + options.tls_key + ": " + error.message());
  return Status::Ok();
}

Result<asio::ip::tcp::endpoint> Resolve(asio::io_context& context, const ServerOptions& options) {
  asio::ip::tcp::resolver resolver(context);
  Error error;
  const auto found = resolver.resolve(options.address, std::to_string(options.port), asio::ip::resolver_base::passive, error);
  if (error || found.empty()) return Status::InvalidArgument("cannot resolve the address " + options.address);
  return found.begin()->endpoint();
}

Status Listen(Acceptor& acceptor, const asio::ip::tcp::endpoint& endpoint) {
  Error error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  const std::string what = "cannot listen on " + endpoint.address().to_string() + " port " + std::to_string(endpoint.port()) +
                           ": " + error.message();
  if (error == asio::error::address_in_use) return Status::Busy(what);
  return error ? Status::IoError(what) : Status::Ok();
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(asio::io_context& context, std::shared_ptr<ServerCore> core, std::optional<asio::ssl::context> tls)
      : context_(context),
        acceptor_(asio::make_strand(context)),
        room_(acceptor_.get_executor()),
        grace_(acceptor_.get_executor()),
        core_(std::move(core)),
        tls_(std::move(tls)) {}

  Status Open() {
    const auto endpoint = Resolve(context_, core_->options());
    if (!endpoint.ok()) return endpoint.status();
    if (Status status = Listen(acceptor_, *endpoint); !status.ok()) return status;
    Error ignored;  // cannot fail on an open acceptor
    port_ = acceptor_.local_endpoint(ignored).port();
    core_->OnRemoved([weak = weak_from_this()] {
      if (const auto self = weak.lock()) asio::post(self->acceptor_.get_executor(), [self] { self->OneLess(); });
    });
    asio::co_spawn(
        acceptor_.get_executor(), [self = shared_from_this()]() -> Task<void> { return self->Accept(); },
        [](const std::exception_ptr&) {});
    return Status::Ok();
  }

  std::uint16_t port() const { return port_; }

  void Stop(std::chrono::milliseconds grace, std::function<void()> done) {
    asio::dispatch(acceptor_.get_executor(), [self = shared_from_this(), grace, done = std::move(done)]() mutable {
      self->done_ = std::move(done);
      self->StopAccepting();
      self->core_->EndConnectionsSoon();
      self->grace_.expires_after(grace);
      self->grace_.async_wait([self](Error stopped) {
        if (!stopped) self->core_->CutConnections();
      });
      self->OneLess();
    });
  }

  void Cut() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->StopAccepting(); });
    core_->CutConnections();
    core_->Close();
  }

 private:
  static constexpr std::chrono::milliseconds kAcceptPause{50};

  Task<void> Accept() {
    while (!stopped_) {
      // At the limit, the next connection waits in the system's backlog.
      Error error;
      if (core_->connections() >= core_->options().connections_max) {
        room_.expires_at(SteadyClock::time_point::max());
        co_await room_.async_wait(asio::redirect_error(kAwait, error));
        continue;
      }
      Socket socket = co_await acceptor_.async_accept(asio::make_strand(context_), asio::redirect_error(kAwait, error));
      if (!error) {
        Begin(std::move(socket));
      } else if (!stopped_) {
        // For instance out of descriptors: an immediate retry would only use the CPU.
        room_.expires_after(kAcceptPause);
        co_await room_.async_wait(asio::redirect_error(kAwait, error));
      }
    }
  }

  void Begin(Socket socket) {
    Error ignored;  // only the latency would suffer
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls_) {
      StartTlsSession(std::move(socket), *tls_, core_);
    } else {
      StartPlainSession(std::move(socket), core_);
    }
  }

  void StopAccepting() {
    stopped_ = true;
    Error ignored;  // it is closed either way
    acceptor_.close(ignored);
    room_.cancel();
  }

  void OneLess() {
    room_.cancel();
    if (!done_ || core_->connections() > 0) return;
    grace_.cancel();
    std::exchange(done_, nullptr)();
  }

  asio::io_context& context_;
  Acceptor acceptor_;
  Timer room_;
  Timer grace_;
  const std::shared_ptr<ServerCore> core_;
  std::optional<asio::ssl::context> tls_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;  // on the acceptor's strand
  std::function<void()> done_;
};

Result<std::unique_ptr<Server>> Server::Start(asio::io_context& context, Engine& engine, ServerOptions options) try {
  if (Status status = CheckOptions(options); !status.ok()) return status;
  std::optional<asio::ssl::context> tls;
  if (Status status = MakeTls(options, tls); !status.ok()) return status;
  const auto key = LinkSigner::MakeKey();
  if (!key.ok()) return key.status();
  if (!options.authenticate) {
    options.authenticate = [&engine](std::string_view secret) { return Authenticate(engine, secret); };
  }
  auto core = std::make_shared<ServerCore>(engine, std::move(options), *key);
  auto impl = std::make_shared<Impl>(context, std::move(core), std::move(tls));
  if (Status status = impl->Open(); !status.ok()) return status;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
} catch (const std::exception& failure) {
  return Status::Internal(std::string("the server cannot start: ") + failure.what());
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { impl_->Cut(); }

std::uint16_t Server::port() const noexcept { return impl_->port(); }

void Server::Stop(std::chrono::milliseconds grace, std::function<void()> done) { impl_->Stop(grace, std::move(done)); }

}  // namespace coffer::http

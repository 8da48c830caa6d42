#include "http/connection/sessions.h"

#include "http/connection/session.h"

namespace coffer::http {

void StartPlainSession(Socket socket, std::shared_ptr<ServerCore> core) {
  std::string peer = PeerOf(socket);
  std::make_shared<Session<Socket>>(std::move(socket), std::move(core), std::move(peer))->Start();
}

void StartTlsSession(Socket socket, asio::ssl::context& tls, std::shared_ptr<ServerCore> core) {
  std::string peer = PeerOf(socket);
  // OpenSSL counts references to the context's own part, which is all that a stream keeps of it.
  TlsStream stream(std::move(socket), tls);
  std::make_shared<Session<TlsStream>>(std::move(stream), std::move(core), std::move(peer))->Start();
}

std::string PeerOf(const Socket& socket) {
  Error error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return {};
  const auto address = peer.address();
  // The same host by both families is one address.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace coffer::http

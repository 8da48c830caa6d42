#include "http/connection/sessions.h"

#include "http/connection/session.h"

namespace coffer::http {

void StartPlainSession(Socket socket, std::shared_ptr<ServerCore> core) {
  std::string peer = PeerOf(socket);
  std::make_shared<Session<Socket>>(std::move(socket), std::move(core), std::move(peer))->Start();
}

void StartTlsSession(Socket socket, asio::ssl::context& tls, std::shared_ptr<ServerCore> core) {
  std::string peer = PeerOf(socket);
  // The stream keeps only OpenSSL's part of the context, which is reference-counted.
  TlsStream stream(std::move(socket), tls);
  std::make_shared<Session<TlsStream>>(std::move(stream), std::move(core), std::move(peer))->Start();
}

std::string PeerOf(const Socket& socket) {
  Error error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return {};
  const auto address = peer.address();
  // A host counts as one address, whether it connects by IPv4 or IPv6.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace coffer::http

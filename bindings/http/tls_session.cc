#include "session.h"
#include "sessions.h"

namespace coffer::http {

void StartTlsSession(Socket socket, asio::ssl::context& tls, std::shared_ptr<ServerCore> core) {
  std::string peer = PeerOf(socket);
  // OpenSSL counts references to the context's own part, which is all that a stream keeps of it.
  TlsStream stream(std::move(socket), tls);
  std::make_shared<Session<TlsStream>>(std::move(stream), std::move(core), std::move(peer))->Start();
}

}  // namespace coffer::http

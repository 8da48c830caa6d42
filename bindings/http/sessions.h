// Starts the connection behind an accepted socket. Each kind is compiled in a file of its own: Beast takes its time.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "server_core.h"
#include "strand.h"

namespace coffer::http {

void StartPlainSession(Socket socket, std::shared_ptr<ServerCore> core);
// Connections keep what they need of `tls`.
void StartTlsSession(Socket socket, asio::ssl::context& tls, std::shared_ptr<ServerCore> core);

// The other side's address; empty where it is gone already.
std::string PeerOf(const Socket& socket);

}  // namespace coffer::http

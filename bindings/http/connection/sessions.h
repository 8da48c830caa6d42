// Starts the connection behind an accepted socket. The only file that compiles Session: Beast is slow to compile.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "http/connection/server_core.h"
#include "http/connection/strand.h"

namespace coffer::http {

void StartPlainSession(Socket socket, std::shared_ptr<ServerCore> core);
// Connections keep what they need of `tls`.
void StartTlsSession(Socket socket, asio::ssl::context& tls, std::shared_ptr<ServerCore> core);

// The other side's address; empty where it is gone already.
std::string PeerOf(const Socket& socket);

}  // namespace coffer::http

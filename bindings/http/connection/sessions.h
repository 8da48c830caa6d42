// Starts a session on an accepted socket. Only sessions.cc compiles Session, since Beast is slow to compile.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "http/connection/server_core.h"
#include "http/connection/strand.h"

namespace coffer::http {

void StartPlainSession(Socket socket, std::shared_ptr<ServerCore> core);
// `tls` need not outlive the session.
void StartTlsSession(Socket socket, asio::ssl::context& tls, std::shared_ptr<ServerCore> core);

// The address of the peer; empty if it has gone already.
std::string PeerOf(const Socket& socket);

}  // namespace coffer::http

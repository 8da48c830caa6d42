// The differences between a plain connection and one with TLS.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/connection/strand.h"

namespace coffer::http {

using TlsStream = asio::ssl::stream<Socket>;

inline Socket& SocketOf(Socket& socket) { return socket; }
inline Socket& SocketOf(TlsStream& stream) { return stream.next_layer(); }

// Pending reads and writes end with operation_aborted.
template <typename Stream>
void CancelReading(Stream& stream) {
  Error ignored;  // there may be nothing to cancel
  SocketOf(stream).cancel(ignored);
}

template <typename Stream>
void CloseSocket(Stream& stream) {
  Error ignored;  // it is closed either way
  SocketOf(stream).close(ignored);
}

inline Task<bool> OpenStream(Socket& /*socket*/) { co_return true; }
inline Task<bool> OpenStream(TlsStream& stream) {
  Error error;
  co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(kAwait, error));
  co_return !error;
}

// Signals the end of the data to the peer.
inline Task<void> CloseSending(Socket& socket) {
  Error ignored;
  socket.shutdown(Socket::shutdown_send, ignored);
  co_return;
}
inline Task<void> CloseSending(TlsStream& stream) {
  Error ignored;
  co_await stream.async_shutdown(asio::redirect_error(kAwait, ignored));
  stream.next_layer().shutdown(Socket::shutdown_send, ignored);
}

}  // namespace coffer::http

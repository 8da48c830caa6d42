// Session: one connection, from its first byte to its last. Reads a request under limits and deadlines, has it handled and
// writes the response. Pipelined requests are handled one after the other.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/connection/request_head.h"
#include "http/connection/server_core.h"
#include "http/connection/stream.h"
#include "http/connection/wire.h"
#include "http/requests/body_pipe.h"
#include "http/requests/problem.h"

namespace coffer::http {

// `Stream` is a Socket, or TLS over one. The session lives as long as one of its asynchronous operations is pending. EndSoon
// and Cut may be called from any thread; everything else runs on the strand of the socket.
template <typename Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, std::shared_ptr<ServerCore> core, std::string peer)
      : stream_(std::move(stream)), watchdog_(stream_.get_executor()), core_(std::move(core)), peer_(std::move(peer)) {}

  void Start() {
    const auto self = this->shared_from_this();
    number_ = core_->Add(self);
    if (number_ == 0) return;
    asio::co_spawn(
        stream_.get_executor(), [self]() -> Task<void> { return self->Run(); },
        [self](const std::exception_ptr& failure) { self->Ended(failure); });
  }

  void EndSoon() override {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
      self->ending_ = true;
      if (self->idle_) CancelReading(self->stream_);
    });
  }

  void Cut() override {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
      self->ending_ = true;
      CloseSocket(self->stream_);
      self->watchdog_.cancel();
      if (self->pending_) self->pending_->Cut();
    });
  }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  // A refused body up to this size is read and discarded, so that the connection can be used again.
  static constexpr std::uint64_t kDiscardedBytesMax = 64 << 10;
  static constexpr std::size_t kPieceBytes = 16 << 10;
  static constexpr std::size_t kFilePieceBytes = 256 << 10;

  Task<void> Run() {
    Watch();
    SetDeadline(core_->options().header_timeout);
    const bool open = co_await OpenStream(stream_);
    bool more = open;
    while (more) more = co_await ServeOne();
    if (open) co_await EndStream();
  }

  void Ended(const std::exception_ptr& failure) {
    CloseSocket(stream_);
    watchdog_.cancel();
    if (failure) core_->Log("a connection ended with an exception");
    core_->Remove(number_);
  }

  // ---- Deadlines -----------------------------------------------------------------------------------------------------------
  // One timer checks periodically whether the current step is late. Setting a deadline is then an assignment, while a timer for
  // each step would be started and cancelled several times a request.

  void SetDeadline(SteadyClock::duration time) {
    deadline_ = SteadyClock::now() + time;
    late_ = false;
  }

  void Watch() {
    watchdog_.expires_after(tick_);
    watchdog_.async_wait([self = this->shared_from_this()](Error stopped) {
      if (stopped) return;
      // Repeated while the step is late: a cancel between two reads of one step has no effect.
      if (SteadyClock::now() >= self->deadline_) {
        self->late_ = true;
        CancelReading(self->stream_);
      }
      self->Watch();
    });
  }

  // ---- One request ---------------------------------------------------------------------------------------------------------

  // Returns whether another request may follow.
  Task<bool> ServeOne() {
    const bool begun = co_await AwaitRequest();
    if (!begun) co_return false;
    const bool readable = co_await ReadHead();
    if (!readable) co_return false;
    std::shared_ptr<Admission> admission = Judge();
    if (!admission) co_return false;
    keep_alive_ = parser_->keep_alive() && !ending_;
    const bool streams = !admission->refusal && admission->call.route->body == Body::kStream;
    if (!streams) co_await ReadBody(*admission);
    Response response;
    if (admission->refusal) {
      response = *std::move(admission->refusal);
    } else if (streams) {
      response = co_await TakeStream(admission);
    } else {
      response = co_await MakeAnswer(admission);
    }
    keep_alive_ = keep_alive_ && !ending_ && !response.close;
    response = core_->Finish(std::move(response), *admission);
    DropBody();
    const bool written = co_await Write(response);
    keep_alive_ = keep_alive_ && written;
    co_return keep_alive_;
  }

  // An idle connection keeps at most kBodyBytesKept of memory for bodies.
  void DropBody() {
    constexpr std::size_t kBodyBytesKept = 64 << 10;
    body_share_.reset();
    if (request_.use_count() != 1) return;  // the call that just ended may hold it briefly; the next request gets a new one
    request_->body.clear();
    if (request_->body.capacity() > kBodyBytesKept) request_->body.shrink_to_fit();
  }

  // Waits for the first byte under idle_timeout; the rest of the header has the shorter header_timeout.
  Task<bool> AwaitRequest() {
    if (buffer_.size() > 0) co_return true;
    if (ending_) co_return false;
    constexpr std::size_t kFirstBytes = 4096;
    SetDeadline(core_->options().idle_timeout);
    Error error;
    idle_ = true;
    const std::size_t bytes =
        co_await stream_.async_read_some(buffer_.prepare(kFirstBytes), asio::redirect_error(kAwait, error));
    idle_ = false;
    buffer_.commit(bytes);
    co_return !error;
  }

  Task<bool> ReadHead() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(boost::none);  // the route sets the limit before the body is read
    parser_->eager(false);
    SetDeadline(core_->options().header_timeout);
    Error error;
    co_await boost::beast::http::async_read_header(stream_, buffer_, *parser_, asio::redirect_error(kAwait, error));
    if (!request_ || request_.use_count() > 1) request_ = std::make_shared<Request>();
    request_->peer = peer_;
    if (!error) co_return true;
    auto refusal = UnreadableHead(error, late_);
    if (refusal) co_await RefuseStranger(*std::move(refusal));
    co_return false;
  }

  // Refuses a request that cannot be parsed, so its path is unknown.
  Task<void> RefuseStranger(Response refusal) {
    *request_ = Request();
    request_->peer = peer_;
    keep_alive_ = false;
    const Response response = core_->Finish(std::move(refusal), core_->Stranger(*request_));
    co_await Write(response);
  }

  std::shared_ptr<Admission> Judge() {
    std::optional<Response> unservable = TakeHead(*parser_, *request_);
    std::optional<Admission> admission = unservable ? core_->Stranger(*request_) : core_->Admit(*request_);
    if (!admission) return nullptr;
    if (unservable) {
      admission->refusal = std::move(unservable);
      admission->refusal->close = true;
    }
    return std::make_shared<Admission>(*std::move(admission));
  }

  // ---- Bodies --------------------------------------------------------------------------------------------------------------

  Task<void> ReadBody(Admission& admission) {
    if (parser_->is_done()) co_return;
    const bool wanted = !admission.refusal && admission.call.route->body != Body::kNone;
    const bool waits = ExpectsContinue(*parser_);
    const std::uint64_t bytes_max = wanted ? kJsonBodyBytesMax : kDiscardedBytesMax;
    // A client that waits for 100-continue will not send a refused body, and a long one is not worth reading.
    if (!wanted && (waits || request_->content_length > bytes_max)) {
      keep_alive_ = false;
      co_return;
    }
    parser_->body_limit(bytes_max);
    SetDeadline(core_->options().body_timeout);
    Error error = co_await AskForBody();
    while (!error && !parser_->is_done()) {
      error = co_await ReadPiece();
      if (wanted && !Keep()) error = asio::error::no_memory;
    }
    if (!error) co_return;
    keep_alive_ = false;
    if (wanted) admission.refusal = UnreadableBody(error, late_, bytes_max, admission.call.path);
  }

  // Appends the piece to the body. false: all bodies together exceed their budget.
  bool Keep() {
    if (!body_share_) body_share_.emplace(core_->bodies());
    if (!body_share_->Grow(piece_bytes_)) return false;
    request_->body.append(piece_.data(), piece_bytes_);
    return true;
  }

  // Sends 100 Continue to a client that waits for it before it sends the body.
  Task<Error> AskForBody() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    Error error;
    if (ExpectsContinue(*parser_)) {
      co_await asio::async_write(stream_, asio::buffer(kContinue), asio::redirect_error(kAwait, error));
    }
    co_return error;
  }

  // Reads into piece_, piece_bytes_ long.
  Task<Error> ReadPiece() {
    parser_->get().body().data = piece_.data();
    parser_->get().body().size = piece_.size();
    Error error;
    co_await boost::beast::http::async_read_some(stream_, buffer_, *parser_, asio::redirect_error(kAwait, error));
    if (error == boost::beast::http::error::need_buffer) error = {};
    piece_bytes_ = piece_.size() - parser_->get().body().size;
    co_return error;
  }

  // Streams a body to an operation, which is started first and waits for the bytes.
  Task<Response> TakeStream(std::shared_ptr<Admission> admission) {
    const std::string path = admission->call.path;
    const std::shared_ptr<BodyPipe> pipe = core_->NewPipe();
    // However this ends, the operation does not wait forever.
    const std::shared_ptr<void> last(nullptr,
                                     [pipe](void*) { pipe->Fail(Status::Cancelled("the request body is incomplete")); });
    admission->call.stream = pipe;
    Response response = co_await MakeAnswer(admission);
    if (response.status >= 300) {
      response.close = true;
      co_return response;
    }
    parser_->body_limit(kImportBytesMax);
    SetDeadline(core_->options().body_timeout);
    Error error = co_await AskForBody();
    bool wanted = true;
    while (!error && wanted && !parser_->is_done()) {
      SetDeadline(core_->options().body_timeout);
      error = co_await ReadPiece();
      wanted = co_await PassOn(pipe);
    }
    if (!error && wanted) pipe->End();
    response.close = error || !wanted;
    if (error) response = UnreadableBody(error, late_, kImportBytesMax, path);
    co_return response;
  }

  // Passes the piece on. Returns whether the operation still reads.
  Task<bool> PassOn(std::shared_ptr<BodyPipe> pipe) {
    for (;;) {
      const BodyPipe::Push push = pipe->Write({piece_.data(), piece_bytes_});
      if (push != BodyPipe::Push::kFull) co_return push == BodyPipe::Push::kTaken;
      pending_ = std::make_shared<Pending>(stream_.get_executor());
      pipe->OnRoom([waiting = pending_] { Pending::Deliver(waiting, Response()); });
      deadline_ = SteadyClock::time_point::max();  // the operation's time does not count against the client
      const bool room = co_await pending_->Wait(SteadyClock::duration::max());
      pending_ = nullptr;
      if (!room) co_return false;
    }
  }

  // ---- Answers -------------------------------------------------------------------------------------------------------------

  Task<Response> MakeAnswer(std::shared_ptr<Admission> admission) {
    pending_ = std::make_shared<Pending>(stream_.get_executor());
    std::optional<Response> at_once = core_->Begin(admission, request_, pending_);
    if (at_once) co_return *std::move(at_once);
    // The time of the engine does not count against the client.
    deadline_ = SteadyClock::time_point::max();
    const bool made = co_await pending_->Wait(ServerCore::WaitMax(*admission->call.route));
    const std::shared_ptr<Pending> pending = std::exchange(pending_, nullptr);
    if (made) co_return std::move(pending->response());
    Response waiting = StoreIsSwitching(admission->call.path);
    waiting.close = true;  // the late response must not be taken for the next request's
    co_return waiting;
  }

  Task<bool> Write(const Response& response) {
    WriteHead(response, keep_alive_, std::chrono::system_clock::now(), head_);
    const bool with_body = response.body && !response.head_only;
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head_),
                                                     with_body ? asio::buffer(*response.body) : asio::const_buffer()};
    SetDeadline(core_->options().write_timeout);
    Error error;
    co_await asio::async_write(stream_, parts, asio::redirect_error(kAwait, error));
    if (error) co_return false;
    if (response.events && !response.head_only) {
      co_await WriteEvents(response.events);
      co_return false;
    }
    if (!response.file || response.head_only) co_return true;
    const bool sent = co_await WriteFile(*response.file);
    co_return sent;
  }

  // Polls for new events, so no thread waits for them.
  Task<void> WriteEvents(std::shared_ptr<const NextEvents> next) {
    constexpr std::chrono::milliseconds kPause{250};
    for (bool last = false; !last && !ending_;) {
      pending_ = std::make_shared<Pending>(stream_.get_executor());
      // If too many calls wait, it polls again later.
      const bool asked = core_->Post([next] { return AnswerOf((*next)()); }, pending_);
      deadline_ = SteadyClock::time_point::max();
      const bool made = co_await pending_->Wait(asked ? SteadyClock::duration::max() : SteadyClock::duration::zero());
      const std::shared_ptr<Pending> pending = std::exchange(pending_, nullptr);
      if (asked && !made) co_return;
      if (made && pending->response().body) {
        SetDeadline(core_->options().write_timeout);
        Error error;
        co_await asio::async_write(stream_, asio::buffer(*pending->response().body), asio::redirect_error(kAwait, error));
        if (error) co_return;
      }
      last = made && pending->response().close;
      if (last) co_return;
      deadline_ = SteadyClock::time_point::max();
      pending_ = std::make_shared<Pending>(stream_.get_executor());
      co_await pending_->Wait(kPause);
      pending_ = nullptr;
    }
  }

  Task<bool> WriteFile(const FilePart& file) {
    for (std::uint64_t done = 0; done < file.length;) {
      const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(kFilePieceBytes, file.length - done));
      pending_ = std::make_shared<Pending>(stream_.get_executor());
      const FilePart piece = {file.read, file.offset + done, length};
      if (!core_->Post([piece] { return ReadFilePart(piece); }, pending_)) co_return false;
      deadline_ = SteadyClock::time_point::max();
      const bool made = co_await pending_->Wait(SteadyClock::duration::max());
      const std::shared_ptr<Pending> pending = std::exchange(pending_, nullptr);
      // If the file has become shorter or cannot be read, it is too late for an error status: the connection ends early.
      if (!made || !pending->response().body || pending->response().body->size() != length) co_return false;
      SetDeadline(core_->options().write_timeout);
      Error error;
      co_await asio::async_write(stream_, asio::buffer(*pending->response().body), asio::redirect_error(kAwait, error));
      if (error) co_return false;
      done += length;
    }
    co_return true;
  }

  // A client that still sends would get a reset and lose the response, so this reads on briefly before the socket is closed.
  Task<void> EndStream() {
    constexpr std::chrono::seconds kLingerTime{2};
    constexpr std::uint64_t kLingerBytesMax = 8 << 20;
    SetDeadline(kLingerTime);
    co_await CloseSending(stream_);
    Error error;
    for (std::uint64_t bytes = 0; !error && bytes < kLingerBytesMax;) {
      bytes += co_await SocketOf(stream_).async_read_some(asio::buffer(piece_), asio::redirect_error(kAwait, error));
    }
  }

  Stream stream_;
  Timer watchdog_;
  const std::shared_ptr<ServerCore> core_;
  const std::string peer_;
  std::uint64_t number_ = 0;

  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  const SteadyClock::duration tick_ = WatchTick(core_->options());
  bool late_ = false;    // the current step is past its deadline
  bool idle_ = false;    // between requests
  bool ending_ = false;  // no further request
  bool keep_alive_ = true;

  boost::beast::flat_buffer buffer_{kHeaderBytesMax + kPieceBytes};
  std::optional<Parser> parser_;
  std::shared_ptr<Request> request_;
  std::optional<BodyShare> body_share_;
  std::string head_;
  std::array<char, kPieceBytes> piece_;
  std::size_t piece_bytes_ = 0;
  std::shared_ptr<Pending> pending_;
};

}  // namespace coffer::http

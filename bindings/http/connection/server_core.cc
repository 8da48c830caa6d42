#include "http/connection/server_core.h"

#include <utility>
#include <vector>

#include "http/requests/problem.h"

namespace coffer::http {
namespace {

constexpr unsigned kBusyRetrySeconds = 1;

Response TooManyCalls(std::string_view path) {
  return ProblemForNow(503, "unavailable", "Too many calls wait right now.", path, kBusyRetrySeconds);
}

}  // namespace

bool BodyBudget::Take(std::size_t bytes) {
  if (taken_.fetch_add(bytes) + bytes <= kBytesMax) return true;
  taken_.fetch_sub(bytes);
  return false;
}

bool BodyShare::Grow(std::size_t bytes) {
  if (!budget_->Take(bytes)) return false;
  bytes_ += bytes;
  return true;
}

ServerCore::ServerCore(Engine& engine, ServerOptions options, const LinkSigner::Key& key)
    : service_(engine, std::move(options), key),
      calls_(service_.options.blocking_threads, kBlockingCallsMax),
      quick_calls_(1, kBlockingCallsMax),
      shared_answers_(quick_calls_) {}

std::optional<Admission> ServerCore::Admit(const Request& request) {
  const edges::ReaderLock lock(closing_mutex_);
  if (closed_) return std::nullopt;
  return http::Admit(request, service_);
}

Admission ServerCore::Stranger(const Request& request) { return AdmissionOfStranger(request, service_); }

std::optional<Response> ServerCore::Begin(std::shared_ptr<const Admission> admission, std::shared_ptr<const Request> request,
                                          const std::shared_ptr<Pending>& pending) {
  const Call& call = admission->call;
  if (call.route->runs == Runs::kHere) return Answer(*admission, service_);
  auto make = [this, admission, request = std::move(request)] { return Answer(*admission, service_); };
  const bool begun = call.route->runs == Runs::kShared ? shared_answers_.Ask(call.route, std::move(make), pending)
                                                       : Post(std::move(make), pending);
  if (begun) return std::nullopt;
  return TooManyCalls(call.path);
}

SteadyClock::duration ServerCore::WaitMax(const Route& route) {
  return route.runs == Runs::kShared ? SteadyClock::duration(kFiguresWaitMax) : SteadyClock::duration::max();
}

bool ServerCore::Post(std::function<Response()> work, std::shared_ptr<Pending> pending) {
  return calls_.Post([work = std::move(work), pending = std::move(pending)] { Pending::Deliver(pending, work()); });
}

std::uint64_t ServerCore::Add(const std::shared_ptr<Connection>& connection) {
  const edges::MutexLock lock(connections_mutex_);
  if (ending_) return 0;
  connections_.emplace(++last_number_, connection);
  return last_number_;
}

void ServerCore::Remove(std::uint64_t number) {
  std::function<void()> removed;
  {
    const edges::MutexLock lock(connections_mutex_);
    if (connections_.erase(number) > 0) removed = removed_;
  }
  if (removed) removed();
}

std::size_t ServerCore::connections() const {
  const edges::MutexLock lock(connections_mutex_);
  return connections_.size();
}

void ServerCore::OnRemoved(std::function<void()> call) {
  const edges::MutexLock lock(connections_mutex_);
  removed_ = std::move(call);
}

void ServerCore::EndConnectionsSoon() {
  std::vector<std::shared_ptr<Connection>> living;
  {
    const edges::MutexLock lock(connections_mutex_);
    ending_ = true;
    for (const auto& [number, connection] : connections_) living.push_back(connection.lock());
  }
  for (const auto& connection : living) {
    if (connection) connection->EndSoon();
  }
}

void ServerCore::CutConnections() {
  std::vector<std::shared_ptr<Connection>> living;
  {
    const edges::MutexLock lock(connections_mutex_);
    ending_ = true;
    for (const auto& [number, connection] : connections_) living.push_back(connection.lock());
  }
  for (const auto& connection : living) {
    if (connection) connection->Cut();
  }
}

std::shared_ptr<BodyPipe> ServerCore::NewPipe() {
  auto pipe = std::make_shared<BodyPipe>();
  const edges::MutexLock lock(pipes_mutex_);
  std::erase_if(pipes_, [](const std::weak_ptr<BodyPipe>& held) { return held.expired(); });
  pipes_.push_back(pipe);
  return pipe;
}

void ServerCore::Close() {
  {
    const edges::WriterLock lock(closing_mutex_);
    closed_ = true;
  }
  {
    const edges::MutexLock lock(pipes_mutex_);
    for (const std::weak_ptr<BodyPipe>& held : pipes_) {
      if (const auto pipe = held.lock()) pipe->Fail(Status::Cancelled("the server has stopped"));
    }
  }
  calls_.Close();
  quick_calls_.Close();
}

}  // namespace coffer::http

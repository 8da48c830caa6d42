// ServerCore: what the connections of one server share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "http/calls/handle.h"
#include "http/calls/service.h"
#include "http/connection/blocking_calls.h"
#include "http/requests/body_pipe.h"

namespace coffer::http {

// One connection as the server sees it. Both may be called from any thread, and return at once.
class Connection {
 public:
  virtual ~Connection() = default;
  // Ends behind the request that it is at, or now where there is none.
  virtual void EndSoon() = 0;
  virtual void Cut() = 0;
};

// Memory for the bodies of requests that are being read or served, all connections together.
class BodyBudget {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{256} << 20;
  bool Take(std::size_t bytes);
  void GiveBack(std::size_t bytes) { taken_.fetch_sub(bytes); }

 private:
  std::atomic<std::size_t> taken_{0};
};

// One request's part of it, given back at its end.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) : budget_(&budget) {}
  ~BodyShare() { budget_->GiveBack(bytes_); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  // False: there is no room.
  bool Grow(std::size_t bytes);

 private:
  BodyBudget* budget_;
  std::size_t bytes_ = 0;
};

// Held by the server and by each connection; the engine is not touched any more once Close has returned.
// Safe to use from many threads.
class ServerCore {
 public:
  // Waiting calls of the engine that a client need not wait for longer: a restore is switching the store.
  static constexpr std::chrono::seconds kFiguresWaitMax{2};

  ServerCore(Engine& engine, ServerOptions options, const LinkSigner::Key& key);

  const ServerOptions& options() const { return service_.options; }

  // Judges a request; nullopt once the server is closed.
  std::optional<Admission> Admit(const Request& request);
  // What a response to something unreadable carries.
  Admission Stranger(const Request& request);
  // Has the answer made, here or on another thread; nullopt: `pending` gets it. The request of the admission is `request`,
  // which stays as it is until the answer is there.
  std::optional<Response> Begin(std::shared_ptr<const Admission> admission, std::shared_ptr<const Request> request,
                                const std::shared_ptr<Pending>& pending);
  Response Finish(Response response, const Admission& admission) { return Finished(std::move(response), admission, service_); }
  // How long a connection waits for the answer that was begun.
  static SteadyClock::duration WaitMax(const Route& route);
  // Runs `work` on a thread for blocking calls, where its answer goes to `pending`. false: too many wait.
  bool Post(std::function<Response()> work, std::shared_ptr<Pending> pending);

  // A pipe that Close fails, so that no operation waits for a connection that is no more.
  std::shared_ptr<BodyPipe> NewPipe();

  BodyBudget& bodies() { return bodies_; }

  void Log(const std::string& line) const { service_.Log(line); }

  // ---- Connections ---------------------------------------------------------------------------------------------------------
  // The number of it; 0: the server is at its end.
  std::uint64_t Add(const std::shared_ptr<Connection>& connection);
  void Remove(std::uint64_t number);
  std::size_t connections() const;
  // Called, from any thread, each time there is one connection less.
  void OnRemoved(std::function<void()> call);
  void EndConnectionsSoon();
  void CutConnections();

  // No call of the engine runs or begins once this has returned.
  void Close();

 private:
  Service service_;
  BlockingCalls calls_;
  // Figures have a thread of their own: they take microseconds, and are not to wait behind long deletes.
  BlockingCalls quick_calls_;
  SharedAnswers shared_answers_;

  std::shared_mutex closing_mutex_;  // held shared while a request is judged
  bool closed_ = false;

  mutable std::mutex connections_mutex_;
  std::map<std::uint64_t, std::weak_ptr<Connection>> connections_;
  std::uint64_t last_number_ = 0;
  bool ending_ = false;
  std::function<void()> removed_;

  BodyBudget bodies_;
  std::mutex pipes_mutex_;
  std::vector<std::weak_ptr<BodyPipe>> pipes_;
};

}  // namespace coffer::http

// ServerCore: the state that the connections of one server share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "http/calls/handle.h"
#include "http/calls/service.h"
#include "http/connection/blocking_calls.h"
#include "http/requests/body_pipe.h"
#include "json/mutex.h"

namespace coffer::http {

// One connection as the server sees it. Both calls are safe from any thread and return at once.
class Connection {
 public:
  virtual ~Connection() = default;
  // Ends after the current request, or now if there is no current one.
  virtual void EndSoon() = 0;
  virtual void Cut() = 0;
};

// The memory for request bodies that are being read or served, for all connections together.
class BodyBudget {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{256} << 20;
  bool Take(std::size_t bytes);
  void GiveBack(std::size_t bytes) { taken_.fetch_sub(bytes); }

 private:
  std::atomic<std::size_t> taken_{0};
};

// One request's part of the budget; the destructor gives it back.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) : budget_(&budget) {}
  ~BodyShare() { budget_->GiveBack(bytes_); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  // false: the budget is used up.
  bool Grow(std::size_t bytes);

 private:
  BodyBudget* budget_;
  std::size_t bytes_ = 0;
};

// Held by the server and by each connection. Once Close has returned, the engine is not used any more.
// Safe to use from many threads.
class ServerCore {
 public:
  // A call of Runs::kShared that takes longer gets a 503: a restore is switching the store.
  static constexpr std::chrono::seconds kFiguresWaitMax{2};

  ServerCore(Engine& engine, ServerOptions options, const LinkSigner::Key& key);

  const ServerOptions& options() const { return service_.options; }

  // Judges a request; nullopt once the server is closed.
  std::optional<Admission> Admit(const Request& request);
  // What the response to an unreadable request carries.
  Admission Stranger(const Request& request);
  // Starts the call, here or on another thread. nullopt: `pending` gets the response. `request` is the request of the
  // admission and must not change until the response is made.
  std::optional<Response> Begin(std::shared_ptr<const Admission> admission, std::shared_ptr<const Request> request,
                                const std::shared_ptr<Pending>& pending);
  Response Finish(Response response, const Admission& admission) { return Finished(std::move(response), admission, service_); }
  // How long a connection waits for the response of a started call.
  static SteadyClock::duration WaitMax(const Route& route);
  // Runs `work` on a thread for blocking calls; its response goes to `pending`. false: too many calls wait.
  bool Post(std::function<Response()> work, std::shared_ptr<Pending> pending);

  // A pipe that Close fails, so no operation waits for a connection that has gone.
  std::shared_ptr<BodyPipe> NewPipe();

  BodyBudget& bodies() { return bodies_; }

  void Log(const std::string& line) const { service_.Log(line); }

  // ---- Connections ---------------------------------------------------------------------------------------------------------
  // The number of the connection; 0: the server is stopping.
  std::uint64_t Add(const std::shared_ptr<Connection>& connection);
  void Remove(std::uint64_t number);
  std::size_t connections() const;
  // `call` runs, on any thread, each time a connection has been removed.
  void OnRemoved(std::function<void()> call);
  void EndConnectionsSoon();
  void CutConnections();

  // Once this has returned, no call of the engine runs or begins.
  void Close();

 private:
  Service service_;
  BlockingCalls calls_;
  // Figures take microseconds and must not wait for long deletes, so they have a thread of their own.
  BlockingCalls quick_calls_;
  SharedAnswers shared_answers_;

  edges::SharedMutex closing_mutex_;  // held shared while a request is judged
  bool closed_ COFFER_GUARDED_BY(closing_mutex_) = false;

  mutable edges::Mutex connections_mutex_;
  std::map<std::uint64_t, std::weak_ptr<Connection>> connections_ COFFER_GUARDED_BY(connections_mutex_);
  std::uint64_t last_number_ COFFER_GUARDED_BY(connections_mutex_) = 0;
  bool ending_ COFFER_GUARDED_BY(connections_mutex_) = false;
  std::function<void()> removed_ COFFER_GUARDED_BY(connections_mutex_);

  BodyBudget bodies_;
  edges::Mutex pipes_mutex_;
  std::vector<std::weak_ptr<BodyPipe>> pipes_ COFFER_GUARDED_BY(pipes_mutex_);
};

}  // namespace coffer::http

// GET /operations/{id}/events: Server-Sent Events (WHATWG HTML, 9.2) of one operation until it ends.
#include <memory>
#include <string>
#include <utility>

#include "http/calls/answers.h"
#include "http/calls/handlers.h"
#include "http/calls/operation_answers.h"
#include "http/requests/problem.h"

namespace coffer::http {
namespace {

// Each listener holds a connection and reads the journal four times a second.
constexpr std::size_t kListenersMax = 64;
constexpr int kRetrySeconds = 5;
// Keeps proxies from closing the connection, and detects clients that have gone.
constexpr std::int64_t kHeartbeatSeconds = 15;

// One listener's slot; the destructor frees it.
class Place {
 public:
  explicit Place(std::shared_ptr<std::atomic<std::size_t>> taken)
      : taken_(std::move(taken)), free_(taken_->fetch_add(1) < kListenersMax) {}
  ~Place() { taken_->fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool free() const { return free_; }

 private:
  const std::shared_ptr<std::atomic<std::size_t>> taken_;
  const bool free_;
};

bool HasEnded(OperationState state) { return state != OperationState::kPending && state != OperationState::kRunning; }

// Returns an event if the operation has changed since the last one.
class Listener {
 public:
  Listener(std::string id, Service& service, std::shared_ptr<Place> place)
      : id_(std::move(id)), service_(service), place_(std::move(place)), told_at_(service.NowSeconds()) {}

  Events Next() {
    const auto info = GetOperation(service_.engine, id_);
    if (!info.ok()) return {"", true};  // no longer in the journal
    const bool last = HasEnded(info->state);
    std::string state = ToText(OperationJson(*info, service_));
    const bool heartbeat = service_.NowSeconds() - told_at_ >= kHeartbeatSeconds;
    if (state == told_ && !last && !heartbeat) return {};
    told_at_ = service_.NowSeconds();
    if (state == told_ && !last) return {":\n\n", false};
    told_ = std::move(state);
    return {"id: " + std::to_string(++number_) + "\nevent: " + (last ? "end" : "progress") + "\ndata: " + told_ + "\n\n", last};
  }

 private:
  const std::string id_;
  Service& service_;
  const std::shared_ptr<Place> place_;
  std::string told_;
  std::int64_t told_at_;
  std::uint64_t number_ = 0;
};

}  // namespace

Response ListenToOperation(const Call& call, Service& service) {
  const auto info = FindOperation(call, service);
  if (!info.ok()) return NoSuchOperation(info.status(), call, service);
  auto place = std::make_shared<Place>(service.listeners);
  if (!place->free()) {
    return ProblemForNow(503, "unavailable", "Too many clients listen to operations right now.", call.path, kRetrySeconds);
  }
  const auto listener = std::make_shared<Listener>(info->id, service, std::move(place));
  Response response;
  response.content_type = "text/event-stream";
  response.events = std::make_shared<const NextEvents>([listener] { return listener->Next(); });
  response.close = true;
  return response;
}

}  // namespace coffer::http

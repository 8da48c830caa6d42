#include "http/connection/blocking_calls.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

namespace coffer::http {

Task<bool> Pending::Wait(SteadyClock::duration limit) {
  timer_.expires_at(limit == SteadyClock::duration::max() ? SteadyClock::time_point::max() : SteadyClock::now() + limit);
  Error cancelled;
  // The response may have been delivered on the strand before this call, by another thread of the context.
  if (!response_ && !cut_) co_await timer_.async_wait(asio::redirect_error(kAwait, cancelled));
  co_return response_.has_value();
}

void Pending::Deliver(const std::shared_ptr<Pending>& pending, Response response) {
  asio::post(pending->timer_.get_executor(), [pending, response = std::move(response)]() mutable {
    pending->response_ = std::move(response);
    pending->timer_.cancel();
  });
}

void Pending::Cut() {
  cut_ = true;
  timer_.cancel();
}

bool BlockingCalls::Post(std::function<void()> work) {
  if (waiting_.fetch_add(1) >= waiting_max_) {
    waiting_.fetch_sub(1);
    return false;
  }
  asio::post(pool_, [this, work = std::move(work)] {
    waiting_.fetch_sub(1);
    if (!closed_.load()) work();
  });
  return true;
}

void BlockingCalls::Close() {
  closed_.store(true);
  pool_.join();
}

bool SharedAnswers::Ask(const void* what, Make make, std::shared_ptr<Pending> who) {
  const edges::MutexLock lock(mutex_);
  Question& question = questions_[what];
  question.askers.push_back(std::move(who));
  if (question.running) return true;
  question.make = std::move(make);
  question.running = calls_.Post([this, what] { Run(what); });
  if (!question.running) question.askers.pop_back();
  return question.running;
}

void SharedAnswers::Run(const void* what) {
  std::vector<std::shared_ptr<Pending>> askers;
  Make make;
  {
    const edges::MutexLock lock(mutex_);
    askers.swap(questions_[what].askers);
    make = questions_[what].make;
  }
  const Response response = make();
  for (const std::shared_ptr<Pending>& asker : askers) Pending::Deliver(asker, response);
  const edges::MutexLock lock(mutex_);
  Question& question = questions_[what];
  question.running = !question.askers.empty() && calls_.Post([this, what] { Run(what); });
}

}  // namespace coffer::http

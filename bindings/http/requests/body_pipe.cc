#include "http/requests/body_pipe.h"

#include <algorithm>
#include <utility>

namespace coffer::http {

class BodyPipe::Source final : public ByteSource {
 public:
  explicit Source(std::shared_ptr<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  ~Source() override { pipe_->Leave(); }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  Result<std::size_t> Read(char* buffer, std::size_t length) override { return pipe_->Read(buffer, length); }

 private:
  std::shared_ptr<BodyPipe> pipe_;
};

std::unique_ptr<ByteSource> BodyPipe::MakeSource(std::shared_ptr<BodyPipe> pipe) {
  return std::make_unique<Source>(std::move(pipe));
}

BodyPipe::Push BodyPipe::Write(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (left_ || ended_) return Push::kNobodyReads;
  if (window_.size() >= kWindowBytes) return Push::kFull;
  window_.append(bytes);
  more_.notify_one();
  return Push::kTaken;
}

void BodyPipe::OnRoom(std::function<void()> room) {
  std::unique_lock lock(mutex_);
  room_ = std::move(room);
  if (left_ || window_.size() < kWindowBytes) TellOfRoom(lock);
}

void BodyPipe::End() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  more_.notify_one();
}

void BodyPipe::Fail(Status why) {
  std::unique_lock lock(mutex_);
  if (ended_) return;
  ended_ = true;
  failure_ = std::move(why);
  more_.notify_one();
  TellOfRoom(lock);
}

Result<std::size_t> BodyPipe::Read(char* buffer, std::size_t length) {
  std::unique_lock lock(mutex_);
  more_.wait(lock, [this] { return !window_.empty() || ended_; });
  // What came before a failure is as good as it was.
  if (window_.empty() && !failure_.ok()) return failure_;
  const std::size_t bytes = std::min(length, window_.size());
  std::copy_n(window_.data(), bytes, buffer);
  window_.erase(0, bytes);
  if (window_.size() < kWindowBytes) TellOfRoom(lock);
  return bytes;
}

void BodyPipe::Leave() {
  std::unique_lock lock(mutex_);
  left_ = true;
  window_ = {};
  TellOfRoom(lock);
}

void BodyPipe::TellOfRoom(std::unique_lock<std::mutex>& lock) {
  const std::function<void()> room = std::exchange(room_, nullptr);
  lock.unlock();
  if (room) room();
}

}  // namespace coffer::http

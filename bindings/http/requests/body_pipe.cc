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
  const edges::MutexLock lock(mutex_);
  if (left_ || ended_) return Push::kNobodyReads;
  if (window_.size() >= kWindowBytes) return Push::kFull;
  window_.append(bytes);
  more_.notify_one();
  return Push::kTaken;
}

void BodyPipe::OnRoom(std::function<void()> room) {
  {
    const edges::MutexLock lock(mutex_);
    room_ = std::move(room);
    if (!left_ && window_.size() >= kWindowBytes) return;
    room = TakeRoom();
  }
  if (room) room();
}

void BodyPipe::End() {
  const edges::MutexLock lock(mutex_);
  ended_ = true;
  more_.notify_one();
}

void BodyPipe::Fail(Status why) {
  std::function<void()> room;
  {
    const edges::MutexLock lock(mutex_);
    if (ended_) return;
    ended_ = true;
    failure_ = std::move(why);
    more_.notify_one();
    room = TakeRoom();
  }
  if (room) room();
}

Result<std::size_t> BodyPipe::Read(char* buffer, std::size_t length) {
  std::size_t bytes = 0;
  std::function<void()> room;
  {
    edges::MutexLock lock(mutex_);
    while (window_.empty() && !ended_) more_.wait(lock);
    // Bytes that arrived before a failure are delivered first.
    if (window_.empty() && !failure_.ok()) return failure_;
    bytes = std::min(length, window_.size());
    std::copy_n(window_.data(), bytes, buffer);
    window_.erase(0, bytes);
    if (window_.size() < kWindowBytes) room = TakeRoom();
  }
  if (room) room();
  return bytes;
}

void BodyPipe::Leave() {
  std::function<void()> room;
  {
    const edges::MutexLock lock(mutex_);
    left_ = true;
    window_ = {};
    room = TakeRoom();
  }
  if (room) room();
}

std::function<void()> BodyPipe::TakeRoom() { return std::exchange(room_, nullptr); }

}  // namespace coffer::http

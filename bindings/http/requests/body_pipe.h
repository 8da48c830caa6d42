// BodyPipe: passes a request's body to an operation as a stream, with at most about one window of it in memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"
#include "json/mutex.h"

namespace coffer::http {

// One connection writes and one operation reads, each on its own thread. Either side may leave at any time; the other side is
// notified.
class BodyPipe {
 public:
  static constexpr std::size_t kWindowBytes = std::size_t{1} << 20;

  enum class Push { kTaken, kFull, kNobodyReads };

  // The connection's side. No call waits.
  Push Write(std::string_view bytes);
  // Calls `room` once, as soon as Write can take bytes or nobody reads any more: at once, or later from the reader's thread.
  void OnRoom(std::function<void()> room);
  // The body is complete. A Fail after it has no effect.
  void End();
  // The body is broken off: the reader gets `why` after the bytes written so far.
  void Fail(Status why);

  // The reader's side: a source that keeps the pipe alive. Call it once.
  static std::unique_ptr<ByteSource> MakeSource(std::shared_ptr<BodyPipe> pipe);

 private:
  class Source;
  Result<std::size_t> Read(char* buffer, std::size_t length);
  void Leave();
  // The callback that waits for room, to be called without the lock; null if none waits.
  std::function<void()> TakeRoom() COFFER_REQUIRES(mutex_);

  edges::Mutex mutex_;
  edges::CondVar more_;
  std::string window_ COFFER_GUARDED_BY(mutex_);
  bool ended_ COFFER_GUARDED_BY(mutex_) = false;
  bool left_ COFFER_GUARDED_BY(mutex_) = false;  // the reader has gone
  Status failure_ COFFER_GUARDED_BY(mutex_);
  std::function<void()> room_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::http

// BodyPipe: a request's body on its way to an operation that reads it as a stream, without more of it in memory than a window.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::http {

// One connection writes, one operation reads; each side may leave at any time, and the other learns of it.
class BodyPipe {
 public:
  static constexpr std::size_t kWindowBytes = std::size_t{1} << 20;

  enum class Push { kTaken, kFull, kNobodyReads };

  // The connection's side; none of it waits.
  Push Write(std::string_view bytes);
  // Calls `room` once, from the reader's thread, when Write may take again or nobody reads any more; at once where that is so.
  void OnRoom(std::function<void()> room);
  // The body was complete. Only the first End or Fail counts.
  void End();
  // It was not: the reader gets `why`.
  void Fail(Status why);

  // The reader's side: a source that keeps the pipe alive. One of them.
  static std::unique_ptr<ByteSource> MakeSource(std::shared_ptr<BodyPipe> pipe);

 private:
  class Source;
  Result<std::size_t> Read(char* buffer, std::size_t length);
  void Leave();
  void TellOfRoom(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable more_;
  std::string window_;
  bool ended_ = false;
  bool left_ = false;  // the reader has gone
  Status failure_;
  std::function<void()> room_;
};

}  // namespace coffer::http

#include "waiting.h"

#include <chrono>
#include <csignal>

#include "output.h"

namespace coffer::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void NoteInterrupt(int) { interrupted = 1; }

// Handles Ctrl-C while an operation runs; otherwise Ctrl-C ends the process at once.
class InterruptWatch {
 public:
  InterruptWatch() {
    struct sigaction action = {};
    action.sa_handler = &NoteInterrupt;
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigaction(SIGINT, &action, &before_);
  }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch() {
    if (interrupted == 0) sigaction(SIGINT, &before_, nullptr);
  }

 private:
  struct sigaction before_ = {};
};

void Show(const OperationProgress& progress, ProgressBar& bar) {
  if (progress.bytes_expected > 0) {
    bar.Update(progress.bytes_done, progress.bytes_expected, "bytes");
  } else {
    bar.Update(progress.records_done, progress.records_expected, "records");
  }
}

}  // namespace

void AwaitEnd(const Operation& operation, const std::string& label) {
  constexpr std::chrono::milliseconds kLookInterval(100);
  const InterruptWatch watch;
  ProgressBar bar(label);
  while (!operation.WaitFor(kLookInterval)) {
    if (interrupted != 0) operation.Cancel();
    Show(operation.Info().progress, bar);
  }
}

}  // namespace coffer::cli

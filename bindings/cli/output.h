// The output of a command: its result on stdout, as JSON or text; messages and progress on stderr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/status.h"
#include "coffer/timestamp.h"
#include "exit_status.h"
#include "json/value.h"

namespace coffer::cli {

using JsonObject = json::Value;
using json::ToText;

void PrintLine(std::string_view text);
// Prints to stderr, after the program's name.
void PrintMessage(std::string_view text);

// Prints a failure on stderr and, with `json`, as the one object on stdout: {"error":{"code","message"}}.
ExitStatus Fail(const Status& status, bool json);

std::string Grouped(std::uint64_t number);  // 33,290
std::string Bytes(std::uint64_t bytes);     // 12.4 MB, in powers of ten

// A progress bar on stderr; prints nothing if stderr is not a terminal. For one thread.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  // Erases the bar.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `expected` 0: unknown; only `done` is shown.
  void Update(std::uint64_t done, std::uint64_t expected, std::string_view unit);

 private:
  std::string label_;
  bool terminal_;
  std::int64_t drawn_at_ms_ = 0;
};

}  // namespace coffer::cli

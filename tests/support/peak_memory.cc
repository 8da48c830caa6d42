#include "support/peak_memory.h"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <string_view>

namespace coffer {
namespace {

// A member of /proc/self/status in bytes.
std::size_t StatusBytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(name)) return std::stoull(line.substr(name.size() + 1)) * 1024;
  }
  return 0;
}

std::string Report(const std::function<std::string()>& work) {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // VmHWM begins again
  const std::size_t before = StatusBytes("VmRSS");
  std::string failure;
  try {
    failure = work();
  } catch (const std::exception& thrown) {
    failure = thrown.what();
  }
  return std::to_string(before) + " " + std::to_string(StatusBytes("VmHWM")) + " " + failure;
}

std::string ReadAll(int descriptor) {
  std::string text;
  char piece[4096];
  for (ssize_t got = 0; (got = read(descriptor, piece, sizeof(piece))) > 0;) text.append(piece, static_cast<std::size_t>(got));
  return text;
}

}  // namespace

PeakMemory PeakMemoryOf(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return {.failure = "pipe: " + std::string(std::strerror(errno))};
  const pid_t child = fork();
  if (child < 0) return {.failure = "fork: " + std::string(std::strerror(errno))};
  if (child == 0) {
    const std::string report = Report(work);
    const bool written = write(ends[1], report.data(), report.size()) == static_cast<ssize_t>(report.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  const std::string report = ReadAll(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  PeakMemory peak;
  int failure_at = 0;
  if (status != 0 || std::sscanf(report.c_str(), "%zu %zu %n", &peak.before, &peak.highest, &failure_at) != 2) {
    peak.failure = "the process ended with status " + std::to_string(status);
    return peak;
  }
  peak.failure = report.substr(static_cast<std::size_t>(failure_at));
  peak.ok = peak.failure.empty();
  return peak;
}

bool PeakMemoryIsMeasured() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  return true;
#endif
}

}  // namespace coffer

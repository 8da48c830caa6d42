#include "session.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "output.h"

namespace coffer::cli {
namespace {

// Empty: the folder, or the one it is to be made in, can be written to.
std::string WhyNotWritable(const Session& session) {
  if (session.read_only) return "--read-only was given";
  if (access(session.data.c_str(), W_OK) == 0 || errno == ENOENT) return {};
  return session.data + ": " + std::strerror(errno);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Result<std::unique_ptr<Engine>> OpenEngine(const Session& session, Access access) {
  OpenOptions options;
  options.repository = session.repository;
  const std::string obstacle = WhyNotWritable(session);
  if (!obstacle.empty()) {
    if (access == Access::kWrites) return Status::PermissionDenied("this command writes, but " + obstacle);
    options.read_only = true;
    options.create_if_missing = false;
  }
  return Engine::Open(session.data, options);
}

ExitStatus WithEngine(const Session& session, Access access, const std::function<ExitStatus(Engine&)>& work) {
  auto engine = OpenEngine(session, access);
  if (!engine.ok()) {
    const ExitStatus status = Fail(engine.status(), session.json);
    // A folder that holds something else is no mistake in the words of the command.
    return status == ExitStatus::kUsage ? ExitStatus::kFailed : status;
  }
  const ExitStatus done = work(**engine);
  const Status closed = (*engine)->Close();
  if (closed.ok()) return done;
  PrintMessage(closed.WithContext("closing " + session.data).message());
  return done == ExitStatus::kDone ? ExitStatusOf(closed.code()) : done;
}

void Refuse(CLI::App& command, const std::vector<std::string>& options, const std::string& reason) {
  for (const std::string& option : options) {
    command.add_flag_callback(option, [option, reason] { throw CLI::ValidationError(option, reason); })->group("");
  }
}

void AcceptAsIs(CLI::App& command, const std::vector<std::string>& options) {
  for (const std::string& option : options) command.add_flag(option)->group("");
}

CLI::Validator ServedWords(std::vector<std::string> served) {
  const std::string description = Joined(served);
  const auto check = [served = std::move(served)](const std::string& word) -> std::string {
    if (std::ranges::find(served, word) != served.end()) return {};
    return word + " is none of " + Joined(served);
  };
  return CLI::Validator(check, description);
}

}  // namespace coffer::cli

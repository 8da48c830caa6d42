#include "session.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "output.h"

namespace coffer::cli {
namespace {

// Empty: the folder is writable or does not exist yet.
std::string WhyNotWritable(const Session& session) {
  if (session.read_only) return "--read-only was given";
  if (access(session.data.c_str(), W_OK) == 0 || errno == ENOENT) return {};
  return session.data + ": " + std::strerror(errno);
}

std::string Joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : ", ").append(word);
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
    // An unusable folder is a failure, not wrong usage of the command.
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

CLI::Validator ServedWords(std::vector<std::string_view> words) {
  const std::string description = Joined(words);
  const auto check = [words = std::move(words)](const std::string& word) -> std::string {
    if (std::ranges::find(words, word) != words.end()) return {};
    return word + " is not one of " + Joined(words);
  };
  return CLI::Validator(check, description);
}

std::vector<std::string_view> KindWords(std::initializer_list<Kind> kinds) {
  std::vector<std::string_view> words;
  for (const Kind kind : kinds) words.push_back(KindName(kind));
  for (const Kind kind : kinds) words.push_back(KindNamePlural(kind));
  return words;
}

CLI::Option* AddTime(CLI::App& command, const std::string& name, std::optional<Timestamp>& value,
                     const std::string& description) {
  const auto assign = [name, &value](const std::string& text) {
    const Result<Timestamp> time = ParseTimestamp(text);
    if (!time.ok()) throw CLI::ValidationError(name, std::string(time.status().message()));
    value = *time;
  };
  return command.add_option_function<std::string>(name, assign, description)->type_name("TIME");
}

}  // namespace coffer::cli

// `coffer doctor`.
#include <algorithm>

#include "doctor_checks.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

JsonObject ToJson(const std::vector<DoctorCheck>& checks, const std::string& verdict) {
  JsonObject list = JsonObject::array();
  for (const DoctorCheck& check : checks) {
    list.push_back({{"name", check.name}, {"ok", check.ok}, {"found", check.found}, {"next", json::OrNull(check.next)}});
  }
  return {{"verdict", verdict}, {"checks", std::move(list)}};
}

void PrintWords(const std::vector<DoctorCheck>& checks, const std::string& verdict) {
  for (const DoctorCheck& check : checks) {
    PrintLine((check.ok ? "ok       " : "look at  ") + check.name + ": " + check.found);
    if (!check.next.empty()) PrintLine("         next: " + check.next);
  }
  PrintLine(verdict);
}

// Only a check that could not be made is a failure; a check that finds a risk is not.
ExitStatus Answer(const std::vector<DoctorCheck>& checks, bool json) {
  const auto failed = std::ranges::find_if(checks, [](const DoctorCheck& check) { return !check.failure.ok(); });
  const std::string verdict = failed != checks.end()                          ? "failed"
                              : std::ranges::all_of(checks, &DoctorCheck::ok) ? "ok"
                                                                              : "attention";
  json ? PrintLine(ToText(ToJson(checks, verdict))) : PrintWords(checks, verdict);
  return failed == checks.end() ? ExitStatus::kDone : ExitStatusOf(failed->failure.code());
}

// The store is opened read-only, so the checks change nothing.
ExitStatus Examine(Session session) {
  session.read_only = true;
  const auto engine = OpenEngine(session, Access::kReads);
  if (!engine.ok()) return Answer({StoreThatDoesNotOpen(engine.status())}, session.json);
  return Answer(ExamineStore(**engine), session.json);
}

}  // namespace

void AddDoctorCommand(CLI::App& app, Session& session) {
  app.add_subcommand("doctor", "Check the store, its backups and its key for faults and risks, and say what to do")
      ->callback([&session] { session.run = [&session] { return Examine(session); }; });
}

}  // namespace coffer::cli

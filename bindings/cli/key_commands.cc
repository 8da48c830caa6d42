// `coffer key show|generate`.
#include "coffer/key.h"

#include "json/value.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

ExitStatus Answer(const KeyInfo& keys, bool json) {
  if (json) {
    PrintLine(ToText({{"recipients", keys.recipients}, {"identity_file", json::OrNull(keys.identity_file)}}));
    return ExitStatus::kDone;
  }
  for (const std::string& recipient : keys.recipients) PrintLine(recipient);
  return ExitStatus::kDone;
}

ExitStatus Show(Engine& engine, bool json) {
  const auto keys = ShowKeys(engine);
  if (!keys.ok()) return Fail(keys.status(), json);
  if (keys->recipients.empty()) PrintMessage("no key yet: the first encrypted backup or `coffer key generate` makes one");
  if (!keys->identity_file.empty()) PrintMessage("the identity is in " + keys->identity_file);
  return Answer(*keys, json);
}

ExitStatus Generate(Engine& engine, bool json) {
  const auto keys = GenerateKey(engine);
  if (!keys.ok()) return Fail(keys.status(), json);
  PrintMessage("copy " + keys->identity_file + " to another place: without it, no encrypted backup can be read");
  return Answer(*keys, json);
}

}  // namespace

void AddKeyCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("key", "Show or generate the key that backups are encrypted to");
  group->require_subcommand(1);
  group->add_subcommand("show", "Print the recipients of backups, and where the identity file is")->callback([&session] {
    session.run = [&session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Show(engine, session.json); });
    };
  });
  group->add_subcommand("generate", "Make the identity file; an existing one is never overwritten")->callback([&session] {
    session.run = [&session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Generate(engine, session.json); });
    };
  });
}

}  // namespace coffer::cli

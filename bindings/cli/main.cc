// coffer: the command line of the engine. Uses the public headers only.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "coffer/version.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

std::string FromEnvironment(const char* name, std::string otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : std::move(otherwise);
}

void AddSharedOptions(CLI::App& app, Session& session) {
  session.data = FromEnvironment("COFFER_DATA", "./coffer-data");
  session.repository = FromEnvironment("COFFER_REPOSITORY", "");
  app.add_option("--data", session.data, "The data folder, created on first use (default: $COFFER_DATA, else ./coffer-data)")
      ->type_name("DIR");
  app.add_option("--repository", session.repository,
                 "The repository of backups (default: $COFFER_REPOSITORY, else backups/ in the data folder)")
      ->type_name("DIR");
  app.add_flag("--json", session.json, "Print one JSON object on stdout and nothing else there");
  app.add_flag("--read-only", session.read_only,
               "Write nothing in the data folder; for get, list, stats, verify, export and backup list");
  app.set_version_flag("--version", std::string(Version()));
}

void AddCommands(CLI::App& app, Session& session) {
  app.require_subcommand(1);
  // Allows --data, --json and --read-only after the command too.
  app.fallthrough();
  AddImportCommand(app, session);
  AddGetCommand(app, session);
  AddListCommand(app, session);
  AddDeleteCommand(app, session);
  AddStatisticsCommands(app, session);
  AddBackupCommands(app, session);
  AddRestoreCommand(app, session);
  AddExportCommand(app, session);
  AddEraseCommand(app, session);
  AddTokenCommands(app, session);
  AddKeyCommands(app, session);
  AddDoctorCommand(app, session);
#ifdef COFFER_WITH_HTTP
  AddServeCommand(app, session);
#else
  CLI::App* serve = app.add_subcommand("serve")->group("")->fallthrough(false)->allow_extras();
  serve->callback([] { throw CLI::ValidationError("serve", "this build has no HTTP adapter"); });
#endif
}

ExitStatus Usage(const CLI::ParseError& error, bool json) {
  PrintMessage(error.what());
  PrintMessage("see `coffer --help` and `coffer COMMAND --help`");
  if (json) PrintLine(ToText({{"error", {{"code", "usage"}, {"message", error.what()}}}}));
  return ExitStatus::kUsage;
}

ExitStatus Run(int argument_count, char** arguments) {
  CLI::App app("Stores conversations, documents and prompts: import, read, delete, back up, restore, export.", "coffer");
  app.footer("Exit status: 0 done, 1 failed, 2 usage, 3 done in part, 4 not found, 5 corruption found, 6 busy.");
  Session session;
  AddSharedOptions(app, session);
  AddCommands(app, session);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
    return ExitStatus::kDone;
  } catch (const CLI::ParseError& error) {
    return Usage(error, session.json);
  }
  return session.run();
}

}  // namespace
}  // namespace coffer::cli

int main(int argument_count, char** arguments) {
  using coffer::cli::ExitStatus;
  ExitStatus status = ExitStatus::kFailed;
  try {
    status = coffer::cli::Run(argument_count, arguments);
  } catch (const std::exception& failure) {
    coffer::cli::PrintMessage(failure.what());
  }
  // A command whose output could not be written has failed.
  std::cout.flush();
  if (!std::cout && status == ExitStatus::kDone) {
    coffer::cli::PrintMessage("cannot write to stdout");
    status = ExitStatus::kFailed;
  }
  return static_cast<int>(status);
}

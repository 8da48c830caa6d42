// Session: what all commands share, and the engine they work on.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "coffer/engine.h"
#include "exit_status.h"

namespace coffer::cli {

struct Session {
  std::string data;        // --data, else $COFFER_DATA, else ./coffer-data
  std::string repository;  // --repository, else $COFFER_REPOSITORY, else empty: the engine's default
  bool json = false;
  bool read_only = false;
  // What the command line asks for; set while it is parsed, called once it has been.
  std::function<ExitStatus()> run;
};

enum class Access {
  kReads,   // also served from a folder that cannot be written to
  kWrites,  // says why not
};

// Opens the session's folder. A folder on a read-only file system is opened read-only for commands that only read.
Result<std::unique_ptr<Engine>> OpenEngine(const Session& session, Access access);

// Opens the engine, lets `work` answer, and closes it; says why where the opening or the closing fails.
ExitStatus WithEngine(const Session& session, Access access, const std::function<ExitStatus(Engine&)>& work);

// Options that the contract names and this version does not serve: not shown in the help, refused in clear words.
void Refuse(CLI::App& command, const std::vector<std::string>& options, const std::string& reason);
// Options that say what is so anyway: taken, and not shown in the help.
void AcceptAsIs(CLI::App& command, const std::vector<std::string>& options);

// Checks that a value is one of `served`; a refusal names them.
CLI::Validator ServedWords(std::vector<std::string> served);

// Each adds its command to the application; `session` outlives it.
void AddImportCommand(CLI::App& app, Session& session);
void AddGetCommand(CLI::App& app, Session& session);
void AddListCommand(CLI::App& app, Session& session);
void AddDeleteCommand(CLI::App& app, Session& session);
void AddStatisticsCommands(CLI::App& app, Session& session);
void AddBackupCommands(CLI::App& app, Session& session);
void AddRestoreCommand(CLI::App& app, Session& session);
void AddExportCommand(CLI::App& app, Session& session);
void AddEraseCommand(CLI::App& app, Session& session);
void AddTokenCommands(CLI::App& app, Session& session);
void AddKeyCommands(CLI::App& app, Session& session);
void AddDoctorCommand(CLI::App& app, Session& session);
// Where it is built with the HTTP adapter.
void AddServeCommand(CLI::App& app, Session& session);

}  // namespace coffer::cli

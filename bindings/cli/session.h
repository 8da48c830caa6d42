// Session: the options and helpers that all commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/engine.h"
#include "coffer/kind.h"
#include "coffer/timestamp.h"
#include "exit_status.h"
#include "json/choices.h"

namespace coffer::cli {

struct Session {
  std::string data;        // --data, else $COFFER_DATA, else ./coffer-data
  std::string repository;  // --repository, else $COFFER_REPOSITORY, else empty: the engine's default
  bool json = false;
  bool read_only = false;
  // Runs the command; set while the command line is parsed, called afterwards.
  std::function<ExitStatus()> run;
};

enum class Access {
  kReads,   // also works on a folder that is not writable
  kWrites,  // fails on a folder that is not writable
};

// Opens the session's folder. kPermissionDenied: the command writes but the folder is not writable. For a command that only
// reads, such a folder is opened read-only.
Result<std::unique_ptr<Engine>> OpenEngine(const Session& session, Access access);

// Opens the engine, calls `work` and closes the engine. A failure to open or close is printed.
ExitStatus WithEngine(const Session& session, Access access, const std::function<ExitStatus(Engine&)>& work);

// Options that the contract names but this version does not support: hidden from the help and refused with `reason`.
void Refuse(CLI::App& command, const std::vector<std::string>& options, const std::string& reason);
// Options that restate the default: accepted and hidden from the help.
void AcceptAsIs(CLI::App& command, const std::vector<std::string>& options);

// Checks that a value is one of `words`, which have static storage duration. The error message lists them.
CLI::Validator ServedWords(std::vector<std::string_view> words);

// Adds an option that takes one name of `choices`. Parsing assigns its value to `value`, an Enum or std::optional<Enum>.
template <typename Value, typename Enum>
CLI::Option* AddChoice(CLI::App& command, const std::string& name, Value& value, const json::Choices<Enum>& choices,
                       const std::string& description) {
  const auto assign = [&value, choices](const std::string& word) { value = *choices.Find(word); };
  return command.add_option_function<std::string>(name, assign, description)->check(ServedWords(choices.Names()));
}

// The singular and plural names of `kinds`.
std::vector<std::string_view> KindWords(std::initializer_list<Kind> kinds);

// Adds an option that takes a name of one of `kinds`. Parsing assigns the kind to `value`, a Kind or std::optional<Kind>.
template <typename Value>
CLI::Option* AddKind(CLI::App& command, const std::string& name, Value& value, std::initializer_list<Kind> kinds,
                     const std::string& description) {
  const auto assign = [&value](const std::string& word) { value = *ParseKind(word); };
  return command.add_option_function<std::string>(name, assign, description)->check(ServedWords(KindWords(kinds)));
}

// Adds an option that takes a time.
CLI::Option* AddTime(CLI::App& command, const std::string& name, std::optional<Timestamp>& value,
                     const std::string& description);

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
// Only in builds with the HTTP adapter.
void AddServeCommand(CLI::App& app, Session& session);

}  // namespace coffer::cli

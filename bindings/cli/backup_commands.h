// The commands of the group `coffer backup` that have their own files, and their shared parts.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "coffer/backup.h"
#include "session.h"

namespace coffer::cli {

void AddBackupCreate(CLI::App& group, Session& session);
void AddBackupVerify(CLI::App& group, Session& session);
void AddBackupPrune(CLI::App& group, Session& session);

// A backup in one line.
std::string InWords(const BackupInfo& backup);

}  // namespace coffer::cli

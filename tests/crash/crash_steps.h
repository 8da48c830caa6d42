// The work that a process is killed in: steps that depend on nothing but a seed and their number, so that another process can
// do them again and compare.
#pragma once

#include <cstdint>
#include <string_view>

#include "coffer/engine.h"
#include "support/manual_clock.h"

namespace coffer {

enum class CrashWork : std::uint8_t {
  kWrites,    // puts, appends, contents and bulk deletes of one commit
  kBackups,   // the same, with a backup each third step
  kRestores,  // the same, with a backup or a restore each second step
};

// Does step `number` of the work. Each step but a backup is one atomic change. `clock` is the engine's and set to the step.
// What a step asks for may not be there (an append to a deleted conversation): that is fine and changes nothing.
Status DoCrashStep(Engine& engine, ManualClock& clock, CrashWork work, std::uint64_t seed, std::uint64_t number,
                   Durability durability);

// The name of the backup that step `number` takes.
std::string CrashBackupName(std::uint64_t number);

}  // namespace coffer

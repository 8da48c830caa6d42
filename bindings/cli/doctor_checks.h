// The checks of `coffer doctor`: whether the store, its backups and its key are safe. They change nothing.
#pragma once

#include <string>
#include <vector>

#include "coffer/engine.h"

namespace coffer::cli {

// `coffer doctor` warns of a newest backup that is older than this.
inline constexpr int kBackupAgeDaysMax = 7;

struct DoctorCheck {
  std::string name;
  bool ok = false;
  std::string found;
  std::string next;     // what to do about it; empty if `ok`
  Status failure = {};  // set if the check could not be made
};

std::vector<DoctorCheck> ExamineStore(Engine& engine);
// The check for a store that does not open.
DoctorCheck StoreThatDoesNotOpen(const Status& failure);

}  // namespace coffer::cli

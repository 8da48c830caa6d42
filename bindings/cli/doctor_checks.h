// What `coffer doctor` looks at: whether what is kept here would survive a bad day. Nothing is changed by it.
#pragma once

#include <string>
#include <vector>

#include "coffer/engine.h"

namespace coffer::cli {

// A backup older than this is warned of.
inline constexpr int kBackupAgeDaysMax = 7;

struct DoctorCheck {
  std::string name;
  bool ok = false;
  std::string found;
  std::string next;     // what to do about it; empty where it is ok
  Status failure = {};  // where it could not be looked at
};

std::vector<DoctorCheck> ExamineStore(Engine& engine);
// Where the store does not even open.
DoctorCheck StoreThatDoesNotOpen(const Status& failure);

}  // namespace coffer::cli

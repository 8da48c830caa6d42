#include "doctor_checks.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "coffer/backup.h"
#include "coffer/clock.h"
#include "coffer/key.h"
#include "output.h"

namespace coffer::cli {
namespace {

constexpr const char* kStore = "store";
constexpr std::int64_t kMicrosecondsInDay = std::int64_t{86'400} * 1'000'000;

DoctorCheck Good(std::string name, std::string found) { return {std::move(name), true, std::move(found), {}}; }

DoctorCheck Bad(std::string name, std::string found, std::string next) {
  return {std::move(name), false, std::move(found), std::move(next)};
}

DoctorCheck Failed(std::string name, const Status& failure, std::string next) {
  return {std::move(name), false, std::string(failure.message()), std::move(next), failure};
}

std::int64_t AgeDays(Timestamp time) { return (SystemClock().NowMicroseconds() - time.microseconds) / kMicrosecondsInDay; }

std::string InDays(Timestamp time) { return std::to_string(AgeDays(time)) + " days old"; }

DoctorCheck CheckAge(const std::vector<BackupInfo>& backups) {
  constexpr const char* kName = "newest backup";
  if (backups.empty() || !backups.front().damage.empty()) return Bad(kName, "there is none", "coffer backup create");
  const BackupInfo& newest = backups.front();
  if (AgeDays(newest.created_at) <= kBackupAgeDaysMax) return Good(kName, newest.id + ", " + InDays(newest.created_at));
  return Bad(kName, newest.id + ", " + InDays(newest.created_at), "coffer backup create --type incremental");
}

DoctorCheck CheckDamaged(const std::vector<BackupInfo>& backups) {
  constexpr const char* kName = "damaged backups";
  std::string damaged;
  for (const BackupInfo& backup : backups) {
    if (!backup.damage.empty() || (backup.verified && !backup.verified->ok))
      damaged += (damaged.empty() ? "" : ", ") + backup.id;
  }
  if (damaged.empty()) return Good(kName, "none is known");
  return Bad(kName, damaged, "coffer backup create, then coffer backup verify latest; delete the damaged ones");
}

DoctorCheck CheckVerified(const std::vector<BackupInfo>& backups) {
  constexpr const char* kName = "verified backup";
  const auto verified = std::ranges::find_if(
      backups, [](const BackupInfo& backup) { return backup.verified && backup.verified->ok && backup.verified->level >= 2; });
  if (verified == backups.end()) return Bad(kName, "none was read to its end", "coffer backup verify latest");
  return Good(kName, verified->id + ", " + InDays(verified->created_at) + ", checked at level " +
                         std::to_string(verified->verified->level));
}

void AddBackupChecks(Engine& engine, std::vector<DoctorCheck>& checks) {
  constexpr const char* kName = "repository";
  const auto backups = ListBackups(engine);
  if (!backups.ok()) {
    checks.push_back(Failed(kName, backups.status(), "put the named file back from a copy, or move it out of the repository"));
    return;
  }
  checks.push_back(Good(kName, Grouped(backups->size()) + " backups in " + engine.repository()));
  checks.push_back(CheckAge(*backups));
  checks.push_back(CheckVerified(*backups));
  checks.push_back(CheckDamaged(*backups));
}

DoctorCheck CheckKey(Engine& engine) {
  constexpr const char* kName = "key";
  constexpr mode_t kForOthers = 077;
  const auto keys = ShowKeys(engine);
  if (!keys.ok()) return Failed(kName, keys.status(), "put the key file back from a copy");
  if (keys->recipients.empty()) return Good(kName, "none yet: the first encrypted backup makes one");
  if (keys->identity_file.empty()) return Good(kName, "recipients only: this host backs up and cannot read");
  struct stat state {};
  if (::stat(keys->identity_file.c_str(), &state) != 0)
    return Bad(kName, keys->identity_file + " is gone", "put it back from a copy");
  if ((state.st_mode & kForOthers) != 0) {
    return Bad(kName, keys->identity_file + " can be read by others", "chmod 600 " + keys->identity_file);
  }
  return Good(kName, keys->identity_file + "; keep a copy in another place");
}

// Of a folder that is to be made: the device of the one it will stand in.
std::optional<dev_t> DeviceOf(std::filesystem::path path) {
  struct stat state {};
  path = std::filesystem::absolute(path);
  while (::stat(path.c_str(), &state) != 0) {
    if (path == path.parent_path()) return std::nullopt;
    path = path.parent_path();
  }
  return state.st_dev;
}

DoctorCheck CheckDevices(Engine& engine) {
  constexpr const char* kName = "devices";
  const auto data = DeviceOf(engine.folder());
  const auto repository = DeviceOf(engine.repository());
  if (data && repository && *data != *repository) return Good(kName, "the repository is on another device than the data");
  return Bad(kName, "data, repository and key are on one device, and would be lost together",
             "--repository on another device, and a copy of the key elsewhere");
}

DoctorCheck CheckSpace(Engine& engine) {
  constexpr const char* kName = "free space";
  struct statvfs state {};
  if (::statvfs(engine.folder().c_str(), &state) != 0)
    return Bad(kName, "is not told by the file system", "look at the device");
  const std::uint64_t free = std::uint64_t{state.f_bavail} * state.f_frsize;
  const auto statistics = engine.Statistics();
  if (!statistics.ok()) return Failed(kName, statistics.status(), "coffer verify");
  // A restore builds the new store beside the present one.
  const std::uint64_t needed = statistics->database_bytes + statistics->contents_bytes;
  std::string found = Bytes(free) + " free, the store has " + Bytes(needed);
  if (free > needed) return Good(kName, std::move(found));
  return Bad(kName, std::move(found), "free some: a restore needs as much again as the store has");
}

}  // namespace

std::vector<DoctorCheck> ExamineStore(Engine& engine) {
  std::vector<DoctorCheck> checks = {Good(kStore, "opened")};
  AddBackupChecks(engine, checks);
  checks.push_back(CheckKey(engine));
  checks.push_back(CheckDevices(engine));
  checks.push_back(CheckSpace(engine));
  return checks;
}

DoctorCheck StoreThatDoesNotOpen(const Status& failure) {
  switch (failure.code()) {
    case StatusCode::kNotFound:
      return Failed(kStore, failure, "coffer import, or coffer --repository DIR restore latest --identity FILE");
    case StatusCode::kBusy:
      return Failed(kStore, failure, "ask again when the other process has ended");
    case StatusCode::kCorruption:
      return Failed(kStore, failure, "keep the folder as it is, and restore a backup into a new one");
    default:
      return Failed(kStore, failure, "see the message");
  }
}

}  // namespace coffer::cli

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
  if (backups.empty() || !backups.front().damage.empty()) return Bad(kName, "no readable backup", "coffer backup create");
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
  if (damaged.empty()) return Good(kName, "no known damage");
  return Bad(kName, damaged, "coffer backup create, then coffer backup verify latest; delete the damaged ones");
}

DoctorCheck CheckVerified(const std::vector<BackupInfo>& backups) {
  constexpr const char* kName = "verified backup";
  const auto verified = std::ranges::find_if(
      backups, [](const BackupInfo& backup) { return backup.verified && backup.verified->ok && backup.verified->level >= 2; });
  if (verified == backups.end())
    return Bad(kName, "no backup has been verified at level 2 or above", "coffer backup verify latest");
  return Good(kName, verified->id + ", " + InDays(verified->created_at) + ", checked at level " +
                         std::to_string(verified->verified->level));
}

void AddBackupChecks(Engine& engine, std::vector<DoctorCheck>& checks) {
  constexpr const char* kName = "repository";
  const auto backups = ListBackups(engine);
  if (!backups.ok()) {
    checks.push_back(Failed(kName, backups.status(), "make the named file readable or restore it from a copy, or move it out of the repository"));
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
  if (!keys.ok()) return Failed(kName, keys.status(), "restore the key file from a copy");
  if (keys->recipients.empty()) return Good(kName, "no key yet: the first encrypted backup makes one");
  if (keys->identity_file.empty())
    return Good(kName, "recipients only: this host can write encrypted backups but not read them");
  struct stat state {};
  if (::stat(keys->identity_file.c_str(), &state) != 0)
    return Bad(kName, keys->identity_file + " is missing", "restore it from a copy");
  if ((state.st_mode & kForOthers) != 0) {
    return Bad(kName, keys->identity_file + " is readable by other users", "chmod 600 " + keys->identity_file);
  }
  return Good(kName, keys->identity_file + "; keep a copy elsewhere");
}

// The device of `path`, or of its nearest existing parent if the folder does not exist yet.
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
  if (data && repository && *data != *repository) return Good(kName, "the repository and the data are on different devices");
  return Bad(kName, "data, repository and key are on one device and would be lost together",
             "use --repository on another device, and keep a copy of the key elsewhere");
}

DoctorCheck CheckSpace(Engine& engine) {
  constexpr const char* kName = "free space";
  struct statvfs state {};
  if (::statvfs(engine.folder().c_str(), &state) != 0)
    return Bad(kName, "the file system does not report it", "check the device");
  const std::uint64_t free = std::uint64_t{state.f_bavail} * state.f_frsize;
  const auto statistics = engine.Statistics();
  if (!statistics.ok()) return Failed(kName, statistics.status(), "coffer verify");
  // A restore builds the new store next to the current one.
  const std::uint64_t needed = statistics->database_bytes + statistics->contents_bytes;
  std::string found = Bytes(free) + " free, the store takes " + Bytes(needed);
  if (free > needed) return Good(kName, std::move(found));
  return Bad(kName, std::move(found), "free some space: a restore needs as much again as the store takes");
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
      return Failed(kStore, failure, "try again when the other process has ended");
    case StatusCode::kCorruption:
      return Failed(kStore, failure, "keep the folder unchanged, and restore a backup into a new folder");
    default:
      return Failed(kStore, failure, "see the message");
  }
}

}  // namespace coffer::cli

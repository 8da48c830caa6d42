#include "engine/store_folder.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "coffer/version.h"
#include "storage/durable_file.h"
#include "vocabulary/check.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

constexpr std::string_view kCurrentHeader = "coffer store format ";
constexpr std::string_view kGenerationPrefix = "gen-";
constexpr std::string_view kTemporarySuffix = ".partial";
constexpr std::string_view kCurrentTemporary = "CURRENT.tmp";
constexpr std::uint64_t kCurrentBytesMax = 4096;

// Names in a data folder. A folder without CURRENT that holds any other name is not a data folder.
bool IsOurName(std::string_view name) {
  constexpr std::string_view kNames[] = {"LOCK",    "CURRENT", "CURRENT.tmp", "control", "control.partial",
                                         "backups", "exports", "keys"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) || name.starts_with(kGenerationPrefix);
}

std::optional<std::uint64_t> ParseGeneration(std::string_view name) {
  if (!name.starts_with(kGenerationPrefix)) return std::nullopt;
  name.remove_prefix(kGenerationPrefix.size());
  if (name.size() < 6 || name.size() > 18 ||
      !std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); })) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  for (char digit : name) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  return number == 0 ? std::nullopt : std::optional(number);
}

std::string GenerationName(std::uint64_t generation) {
  char name[32];
  std::snprintf(name, sizeof name, "gen-%06llu", static_cast<unsigned long long>(generation));
  return name;
}

// "coffer store format 1\ngen-000001\n"
Result<std::uint64_t> ParseCurrent(const std::string& text, const std::string& path) {
  const auto damaged = [&] { return Status::Corruption(path + ": not a valid CURRENT file"); };
  if (!text.starts_with(kCurrentHeader) || !text.ends_with('\n')) return damaged();
  const std::size_t line_end = text.find('\n');
  const std::string version = text.substr(kCurrentHeader.size(), line_end - kCurrentHeader.size());
  if (version.empty() || version.size() > 9 || version.find_first_not_of("0123456789") != std::string::npos) return damaged();
  if (const unsigned long number = std::stoul(version); number > kStoreFormatWritten) {
    return Status::Unavailable(path + ": the store has format " + version + "; this library reads formats up to " +
                               std::to_string(kStoreFormatWritten));
  } else if (number < kStoreFormatOldestReadable) {
    return damaged();
  }
  const std::optional<std::uint64_t> generation =
      text.size() > line_end + 1 ? ParseGeneration(text.substr(line_end + 1, text.size() - line_end - 2)) : std::nullopt;
  if (!generation) return damaged();
  return *generation;
}

std::string CurrentText(std::uint64_t generation) {
  return std::string(kCurrentHeader) + std::to_string(kStoreFormatWritten) + "\n" + GenerationName(generation) + "\n";
}

// Looks for the generation in a folder without CURRENT. A crash of the first open just before it wrote CURRENT leaves one
// complete generation. Returns 0 if there is no generation: the folder is new.
// kInvalidArgument: the folder holds other files.
// kCorruption: there are several generations.
Result<std::uint64_t> FindUnclaimed(const std::string& root, const std::vector<std::string>& names) {
  std::uint64_t found = 0;
  for (const std::string& name : names) {
    if (!IsOurName(name)) {
      return Status::InvalidArgument(root + ": not a Coffer store (it holds \"" + name + "\" and no CURRENT file)");
    }
    const std::optional<std::uint64_t> generation = ParseGeneration(name);
    if (generation && found != 0) {
      return Status::Corruption(root + ": CURRENT is missing, and there are several generations: " + GenerationName(found) +
                                " and " + name);
    }
    if (generation) found = *generation;
  }
  return found;
}

}  // namespace

std::string StoreFolder::GenerationPath(std::uint64_t generation) const { return root_ + "/" + GenerationName(generation); }

Result<std::unique_ptr<StoreFolder>> StoreFolder::Open(FileSystem& files, const std::string& root, bool create,
                                                       bool read_only) {
  std::unique_ptr<StoreFolder> folder(new StoreFolder(files, root));
  COFFER_TRY(folder->CheckRoot(create && !read_only));

  // Read-only engines share the lock. If there is no lock file, because the file system is read-only, no process can be
  // writing.
  Result<std::unique_ptr<FileLock>> lock = files.Lock(root + "/LOCK", !read_only);
  if (lock.ok()) {
    folder->lock_ = std::move(*lock);
  } else if (!(read_only && lock.status().code() == StatusCode::kNotFound)) {
    return std::move(lock).status().WithContext("opening " + root);
  }
  // A process that died may have renamed CURRENT, a generation or control/ without syncing the folder. What this one removes or
  // makes durable depends on these names.
  if (!read_only) {
    COFFER_TRY_CONTEXT(files.SyncDirectory(root), "opening " + root);
  }
  COFFER_TRY(folder->ReadCurrent(read_only));
  return folder;
}

// Checks the folder before the lock file is created, so that a folder without a store is not changed.
Status StoreFolder::CheckRoot(bool create) {
  Result<FileInfo> info = files_.Stat(root_);
  if (!info.ok() && info.status().code() != StatusCode::kNotFound) return std::move(info).status();
  if (!info.ok() && !create) return Status::NotFound(root_ + ": no store");
  if (!info.ok()) return storage::CreateDirectories(files_, root_).WithContext("creating " + root_);
  if (!info->is_directory) return Status::InvalidArgument(root_ + ": not a folder");

  Result<FileInfo> current = files_.Stat(root_ + "/CURRENT");
  if (current.ok()) {
    // Checked before the lock file is written. A concurrent switch does no harm: CURRENT is always complete.
    COFFER_ASSIGN(std::string text, storage::ReadWholeFile(files_, root_ + "/CURRENT", kCurrentBytesMax));
    Result<std::uint64_t> generation = ParseCurrent(text, root_ + "/CURRENT");
    return generation.ok() ? Status::Ok() : std::move(generation).status();
  }
  if (current.status().code() != StatusCode::kNotFound) return std::move(current).status();
  COFFER_ASSIGN(std::vector<std::string> names, files_.List(root_));
  COFFER_ASSIGN(std::uint64_t unclaimed, FindUnclaimed(root_, names));
  if (unclaimed == 0 && !create) return Status::NotFound(root_ + ": no store");
  return Status::Ok();
}

// Called under the lock: another process may have created or switched the store before.
Status StoreFolder::ReadCurrent(bool read_only) {
  const std::string path = root_ + "/CURRENT";
  Result<std::string> current = storage::ReadWholeFile(files_, path, kCurrentBytesMax);
  if (current.ok()) {
    COFFER_ASSIGN(std::uint64_t generation, ParseCurrent(*current, path));
    generation_ = generation;
    return Status::Ok();
  }
  if (current.status().code() != StatusCode::kNotFound) return std::move(current).status();

  COFFER_ASSIGN(std::vector<std::string> names, files_.List(root_));
  COFFER_ASSIGN(std::uint64_t unclaimed, FindUnclaimed(root_, names));
  if (read_only) return Status::NotFound(root_ + ": CURRENT is missing; open the store for writing once");
  // The folder's own name, in case a process died before it synced that. A parent that cannot be synced is not ours.
  files_.SyncDirectory(storage::DirectoryName(root_)).Ignore();
  if (unclaimed == 0) return Status::Ok();
  COFFER_TRY(storage::WriteDurably(files_, path, CurrentText(unclaimed)));
  generation_ = unclaimed;
  return Status::Ok();
}

Status StoreFolder::CheckRepository(const std::string& root, const std::string& path) {
  namespace fs = std::filesystem;
  const auto whole = [](const std::string& given) {
    fs::path full = fs::path(given.starts_with('/') ? given : fs::current_path().string() + "/" + given).lexically_normal();
    return full.filename().empty() ? full.parent_path() : full;
  };
  const fs::path below = whole(path).lexically_relative(whole(root));
  const std::string first = below.empty() ? "" : below.begin()->string();
  if (first == "..") return Status::Ok();
  if (first.starts_with(kGenerationPrefix) || first == "." || first == "control" || first == "keys" || first == "exports") {
    return Status::InvalidArgument("repository " + path + ": is inside the data folder " + root);
  }
  return Status::Ok();
}

Status StoreFolder::Switch(std::uint64_t generation) {
  COFFER_TRY(PrepareSwitch(generation));
  return CommitSwitch(generation);
}

Status StoreFolder::PrepareSwitch(std::uint64_t generation) {
  COFFER_CHECK(lock_ != nullptr && generation != generation_);
  const std::string path = GenerationPath(generation);
  COFFER_TRY(storage::RemoveRecursively(files_, path));  // a cancelled switch may have left it
  COFFER_TRY(storage::PublishDurably(files_, TemporaryPath(generation), path));
  COFFER_ASSIGN(std::unique_ptr<WritableFile> current, files_.NewWritableFile(root_ + "/" + std::string(kCurrentTemporary)));
  Status status = current->Append(CurrentText(generation));
  if (status.ok()) status = current->Sync();
  Status closed = current->Close();
  return status.ok() ? closed : status;
}

Status StoreFolder::CommitSwitch(std::uint64_t generation) {
  const std::string current = root_ + "/CURRENT";
  Status status = files_.Rename(root_ + "/" + std::string(kCurrentTemporary), current);
  if (status.ok()) status = files_.SyncDirectory(root_);
  if (!status.ok()) return status.WithContext("switching to " + GenerationName(generation));
  generation_ = generation;
  return Status::Ok();
}

Status StoreFolder::CancelSwitch(std::uint64_t generation) {
  COFFER_CHECK(generation != generation_);
  COFFER_TRY(storage::RemoveRecursively(files_, root_ + "/" + std::string(kCurrentTemporary)));
  return storage::RemoveRecursively(files_, GenerationPath(generation));
}

Status StoreFolder::Sweep() {
  COFFER_ASSIGN(std::vector<std::string> names, files_.List(root_));
  for (const std::string& name : names) {
    const bool partial = name == kCurrentTemporary || (name.starts_with(kGenerationPrefix) && name.ends_with(kTemporarySuffix));
    const std::optional<std::uint64_t> generation = ParseGeneration(name);
    if (!partial && (!generation || *generation == generation_)) continue;
    COFFER_TRY_CONTEXT(storage::RemoveRecursively(files_, root_ + "/" + name), "removing " + name);
  }
  return Status::Ok();
}

Status StoreFolder::SweepExports() {
  Result<std::vector<std::string>> names = files_.List(ExportsPath());
  if (!names.ok()) return names.status().code() == StatusCode::kNotFound ? Status::Ok() : std::move(names).status();
  Status first_failure;
  for (const std::string& name : *names) {
    if (!name.ends_with(kTemporarySuffix)) continue;
    Status status = files_.RemoveFile(ExportsPath() + "/" + name);
    if (!status.ok() && first_failure.ok()) first_failure = status.WithContext("removing temporary files in " + ExportsPath());
  }
  return first_failure;
}

}  // namespace coffer::engine

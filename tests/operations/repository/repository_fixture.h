// Shared by the tests of backups: access to the repository's files.
#pragma once

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/random_source.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/operations_fixture.h"
#include "operations/repository/open_backup.h"
#include "operations/repository/repository.h"

namespace coffer::operations {

// Incompressible bytes.
inline std::string RandomBytes(std::size_t size, std::uint64_t seed) {
  const std::unique_ptr<RandomSource> random = SeededRandom(seed);
  std::string bytes;
  while (bytes.size() < size) {
    const std::uint64_t word = random->Next();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(size);
  return bytes;
}

class RepositoryTest : public OperationsTest {
 protected:
  using OperationsTest::OperationsTest;
  std::string repository_path() const { return store_path() + "/backups"; }
  std::string ManifestPath(const std::string& id) const { return repository_path() + "/manifests/" + id; }
  std::string ObjectPath(const std::string& object_id) const {
    return repository_path() + "/" + Repository::ObjectName(object_id);
  }
  std::string IdentityPath() const { return store_path() + "/keys/identity.txt"; }

  Repository repository() { return Repository(PosixFileSystem(), repository_path()); }

  BackupManifest ManifestOf(const std::string& id) {
    Result<BackupManifest> manifest = repository().Read(id);
    EXPECT_OK(manifest);
    return manifest.ok() ? std::move(*manifest) : BackupManifest();
  }
  SealedManifest SealedOf(const std::string& id) {
    Result<std::vector<format::AgeIdentity>> identities = IdentitiesFor(engine::CoreOf(engine()), {});
    EXPECT_OK(identities);
    Result<SealedManifest> sealed = repository().ReadSealed(ManifestOf(id), *identities);
    EXPECT_OK(sealed);
    return sealed.ok() ? std::move(*sealed) : SealedManifest();
  }
  std::set<std::string> ObjectsOf(const std::string& id) {
    std::set<std::string> ids;
    for (const StoredObject& object : ManifestOf(id).objects) ids.insert(object.id);
    return ids;
  }
  // Every file below a folder of the repository.
  std::vector<std::string> FilesBelow(const std::string& folder) const {
    std::vector<std::string> files;
    const std::string path = repository_path() + "/" + folder;
    if (!std::filesystem::exists(path)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
    std::ranges::sort(files);
    return files;
  }

  BackupInfo BackUp(BackupType type = BackupType::kFull, bool encrypt = true) {
    BackupOptions options;
    options.type = type;
    options.encrypt = encrypt;
    return BackUpWith(options);
  }
  BackupInfo BackUpWith(const BackupOptions& options) {
    Result<BackupInfo> info = RunBackup(engine(), options);
    EXPECT_OK(info);
    return info.ok() ? std::move(*info) : BackupInfo();
  }

  static RestoreOptions Quick() {
    RestoreOptions options;
    options.safety_backup = false;
    return options;
  }

  std::vector<std::string> IdsListed() {
    Result<std::vector<BackupInfo>> backups = ListBackups(engine());
    EXPECT_OK(backups);
    std::vector<std::string> ids;
    if (backups.ok()) {
      for (const BackupInfo& info : *backups) ids.push_back(info.id);
    }
    return ids;
  }

  // The state in a backup, read in place.
  std::string StateOfBackup(const std::string& id) {
    Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), id);
    EXPECT_OK(opened);
    return opened.ok() ? WholeState(**opened) : "";
  }
};

}  // namespace coffer::operations

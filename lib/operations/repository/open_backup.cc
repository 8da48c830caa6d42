#include "operations/repository/open_backup.h"

#include <utility>

#include "engine/core.h"
#include "engine/internals.h"
#include "operations/keys/key_folder.h"
#include "operations/repository/backup_file_system.h"
#include "operations/runner/runner.h"
#include "storage/guarded_file_system.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {

Result<std::vector<format::AgeIdentity>> IdentitiesFor(engine::EngineCore& core, const std::string& identity_file) {
  // A backup that is open in place has no key folder.
  if (identity_file.empty() && core.folder().detached()) return std::vector<format::AgeIdentity>();
  return KeyFolder(core.files(), core.folder().KeysPath()).Identities(identity_file);
}

Result<std::unique_ptr<Engine>> OpenInPlace(const OpenOptions& options, const Repository& repository,
                                            const BackupManifest& manifest,
                                            const std::vector<format::AgeIdentity>& identities) {
  constexpr std::size_t kBlockCacheBytes = std::size_t{16} << 20;
  COFFER_ASSIGN(SealedManifest sealed, repository.ReadSealed(manifest, identities));
  OpenOptions opened = options;
  opened.repository = repository.path();
  opened.block_cache_bytes = kBlockCacheBytes;
  FileSystem& files = options.file_system != nullptr ? *options.file_system : PosixFileSystem();
  const std::string root = "backup-" + manifest.info.id;
  auto store_files = std::make_shared<BackupFileSystem>(Repository(files, repository.path()), manifest, std::move(sealed),
                                                        identities, root, kOpenBackupCacheBytes);
  COFFER_ASSIGN_CONTEXT(
      std::unique_ptr<engine::EngineCore> core,
      engine::EngineCore::OpenDetached(opened, repository.path() + "/" + Repository::ManifestName(manifest.info.id), root,
                                       std::move(store_files)),
      "opening backup " + manifest.info.id);
  core->Attach(std::make_shared<Runner>(*core));
  return engine::Internals::EngineOver(std::move(core));
}

}  // namespace operations

Result<std::unique_ptr<Engine>> OpenBackup(Engine& engine, std::string_view backup_id, const OpenBackupOptions& options) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  const operations::Repository repository(core.files(), core.repository());
  COFFER_ASSIGN(operations::BackupManifest manifest, repository.Find(backup_id));
  COFFER_ASSIGN(std::vector<format::AgeIdentity> identities, operations::IdentitiesFor(core, options.identity_file));
  OpenOptions opened = core.options();
  if (options.clock != nullptr) opened.clock = options.clock;
  if (options.file_system != nullptr) opened.file_system = options.file_system;
  return operations::OpenInPlace(opened, repository, manifest, identities);
} catch (...) {
  return StatusOfException();
}

Result<std::unique_ptr<Engine>> OpenBackupIn(const std::string& repository_path, std::string_view backup_id,
                                             const OpenBackupOptions& options) try {
  FileSystem& named = options.file_system != nullptr ? *options.file_system : PosixFileSystem();
  const std::shared_ptr<FileSystem> files = storage::GuardFileSystem(named);
  const operations::Repository repository(*files, repository_path);
  COFFER_ASSIGN(operations::BackupManifest manifest, repository.Find(backup_id));
  std::vector<format::AgeIdentity> identities;
  if (!options.identity_file.empty()) {
    COFFER_ASSIGN(std::vector<format::AgeIdentity> given,
                  operations::KeyFolder(*files, repository_path).Identities(options.identity_file));
    identities = std::move(given);
  }
  OpenOptions opened;
  opened.clock = options.clock;
  opened.file_system = options.file_system;
  return operations::OpenInPlace(opened, repository, manifest, identities);
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

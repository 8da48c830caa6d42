// Opens a backup in place, for the public calls, verify and partial restore.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "coffer/result.h"
#include "format/age/age.h"
#include "operations/repository/manifest.h"
#include "operations/repository/repository.h"

namespace coffer::operations {

// The identities in `identity_file`; if that is empty, the store's own, which may be missing.
Result<std::vector<format::AgeIdentity>> IdentitiesFor(engine::EngineCore& core, const std::string& identity_file);

// `options`: clock, files and random source of the opened engine, which is always read-only.
Result<std::unique_ptr<Engine>> OpenInPlace(const OpenOptions& options, const Repository& repository,
                                            const BackupManifest& manifest, const std::vector<format::AgeIdentity>& identities);

}  // namespace coffer::operations

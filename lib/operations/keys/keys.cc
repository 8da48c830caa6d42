// The public calls for keys.
#include "coffer/key.h"

#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/keys/key_folder.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace {

operations::KeyFolder FolderOf(engine::EngineCore& core) { return {core.files(), core.folder().KeysPath()}; }

Result<KeyInfo> InfoOf(operations::KeyFolder folder) {
  COFFER_ASSIGN(std::vector<format::AgeIdentity> identities, folder.Identities({}));
  COFFER_ASSIGN(std::vector<format::AgeRecipient> recipients, folder.Recipients());
  KeyInfo info;
  for (const format::AgeRecipient& recipient : recipients) info.recipients.push_back(format::AgeRecipientText(recipient));
  if (!identities.empty()) info.identity_file = folder.IdentityPath();
  return info;
}

}  // namespace

Result<KeyInfo> ShowKeys(Engine& engine) try {
  if (engine::CoreOf(engine).folder().detached()) return KeyInfo();
  return InfoOf(FolderOf(engine::CoreOf(engine)));
} catch (...) {
  return StatusOfException();
}

Result<KeyInfo> GenerateKey(Engine& engine) try {
  if (engine.read_only()) return Status::PermissionDenied("key: the store is opened read-only");
  operations::KeyFolder folder = FolderOf(engine::CoreOf(engine));
  COFFER_TRY(folder.Generate(engine::CoreOf(engine).Now()));
  return InfoOf(folder);
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

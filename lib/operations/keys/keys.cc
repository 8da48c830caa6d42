// The public calls of keys.
#include "coffer/key.h"

#include "coffer/engine.h"
#include "engine/core.h"
#include "operations/keys/key_folder.h"
#include "vocabulary/exceptions.h"

namespace coffer {
namespace {

operations::KeyFolder FolderOf(engine::EngineCore& core) { return {core.files(), core.folder().KeysPath()}; }

Result<KeyInfo> InfoOf(operations::KeyFolder folder) {
  Result<std::vector<format::AgeIdentity>> identities = folder.Identities({});
  if (!identities.ok()) return std::move(identities).status();
  Result<std::vector<format::AgeRecipient>> recipients = folder.Recipients();
  if (!recipients.ok()) return std::move(recipients).status();
  KeyInfo info;
  for (const format::AgeRecipient& recipient : *recipients) info.recipients.push_back(format::AgeRecipientText(recipient));
  if (!identities->empty()) info.identity_file = folder.IdentityPath();
  return info;
}

}  // namespace

Result<KeyInfo> ShowKeys(Engine& engine) try {
  if (engine.core().folder().detached()) return KeyInfo();
  return InfoOf(FolderOf(engine.core()));
} catch (...) {
  return StatusOfException();
}

Result<KeyInfo> GenerateKey(Engine& engine) try {
  if (engine.read_only()) return Status::PermissionDenied("key: the store is opened read-only");
  operations::KeyFolder folder = FolderOf(engine.core());
  if (Status made = folder.Generate(engine.core().Now()); !made.ok()) return made;
  return InfoOf(folder);
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer

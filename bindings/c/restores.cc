#include <array>

#include "arguments.h"
#include "coffer/backup.h"
#include "engine_use.h"
#include "operations.h"

namespace coffer::c {
namespace {

RestoreOptions OptionsOf(const coffer_restore_options* given) {
  static constexpr std::array kScopes = {RestoreScope::kFull, RestoreScope::kUser, RestoreScope::kConversations,
                                         RestoreScope::kDocuments, RestoreScope::kPrompts};
  const auto asked = ReadOptions(given);
  RestoreOptions options;
  options.scope = ValueOf(asked.scope, kScopes, COFFER_RESTORE_FULL, "scope");
  options.owner = Text(asked.owner, "owner");
  options.ids = Texts(asked.ids, asked.ids_count, "ids");
  options.mode = ConflictOf(asked.conflict, PutMode::kUpsert);
  options.exact = asked.exact != 0;
  options.dry_run = asked.dry_run != 0;
  options.safety_backup = asked.without_safety_backup == 0;
  options.verify = asked.without_verification == 0;
  options.without_ledger = asked.without_ledger != 0;
  options.identity_file = Text(asked.identity_file, "identity_file");
  return options;
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_start_restore(coffer_engine* engine, coffer_text backup_id, const coffer_restore_options* options,
                                   coffer_text principal, coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartRestore(*use, View(backup_id, "backup_id"), OptionsOf(options), Start(principal)));
  });
}

coffer_status coffer_start_roll_back(coffer_engine* engine, coffer_text restore_id, coffer_text principal,
                                     coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartRollBack(*use, View(restore_id, "restore_id"), Start(principal)));
  });
}

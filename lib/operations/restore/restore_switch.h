// RestoreSwitch: what a full restore writes to the control store before it switches to its generation. CURRENT decides whether
// the switch happened; after a crash this row says which restore that was, and what it still owes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "engine/core.h"
#include "operations/ledger/due_erasures.h"

namespace coffer::operations {

struct RestoreSwitch {
  std::string restore_id;
  std::uint64_t generation = 0;  // the one that the restore built
  bool with_ledger = true;       // the repository's ledger was applied too
  Timestamp completed_at;
  std::string report;  // the text of a JSON object
};

// Durable. Replaces the row of an earlier restore, together with the erasures that are to be adopted.
Status WriteSwitch(engine::EngineCore& core, const RestoreSwitch& restore, const std::vector<DueErasure>& erasures);
// Nullopt: no restore has come as far as its switch, or the last one has ended.
// kCorruption: the row is damaged.
Result<std::optional<RestoreSwitch>> ReadSwitch(engine::EngineCore& core);
// After the switch. Copies the adopted erasures into the engine's own ledger, so that they hold even without the repository,
// and lifts the bound on what backups may claim if the ledger was applied. Durable; may be repeated.
Status FinishSwitch(engine::EngineCore& core, const RestoreSwitch& restore);
// Removes the row if it is of that restore. Call it when the journal has the restore's end.
Status ForgetSwitch(engine::EngineCore& core, std::string_view restore_id);

}  // namespace coffer::operations

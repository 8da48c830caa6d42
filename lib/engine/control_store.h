// The control store: a second, small store next to the live one. It holds what a restore must not change: the journal of
// operations, the state of the repository, the ledger of erasures, tokens.
#pragma once

#include <memory>
#include <string>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::engine {

// Opens the control store in `path`. Creates it if `path` does not exist, for example for a store of an earlier version;
// read-only, returns null instead, which stands for an empty control store. `options` are those of the live store. After a
// crash or a failure `path` does not exist or is complete.
// kCorruption: `path` exists, but is not a complete store.
Result<std::unique_ptr<storage::Store>> OpenControlStore(FileSystem& files, const std::string& path,
                                                         storage::StoreOptions options);

}  // namespace coffer::engine

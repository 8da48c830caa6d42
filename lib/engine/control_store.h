// The control store: a second, small store beside the live one. It keeps what must survive a restore: the journal of
// operations, the ledger of erasures, tokens.
#pragma once

#include <memory>
#include <string>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::engine {

// Opens the control store in `path`, and makes one where there is none: a store of an earlier version gets its own so.
// `options` are the live store's. Read-only and none there: null, which is as good as an empty one. kCorruption: the folder is
// there and holds no store.
Result<std::unique_ptr<storage::Store>> OpenControlStore(FileSystem& files, const std::string& path,
                                                         storage::StoreOptions options);

}  // namespace coffer::engine

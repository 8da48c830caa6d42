// The rows of a custom query, from a walk to a table.
#pragma once

#include "coffer/result.h"
#include "operations/export/record_writer.h"
#include "operations/files/temporary_files.h"
#include "storage/store.h"

namespace coffer::operations {

// Writes the whole table. The plan has a query. `sort_prefix`: where rows that do not fit in memory wait.
Status WriteCustomRows(const ExportWork& work, storage::Store& store, const storage::StoreSnapshot* snapshot,
                       TemporaryFiles& files, const std::string& sort_prefix);

}  // namespace coffer::operations

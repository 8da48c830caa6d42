// Writes the rows of a custom query.
#pragma once

#include "coffer/result.h"
#include "operations/export/record_writer.h"
#include "operations/files/temporary_files.h"
#include "storage/store.h"

namespace coffer::operations {

// Writes the whole table. The plan must have a query. `sort_prefix`: path prefix of the sort's temporary files.
Status WriteCustomRows(const ExportWork& work, storage::Store& store, const storage::StoreSnapshot* snapshot,
                       TemporaryFiles& files, const std::string& sort_prefix);

}  // namespace coffer::operations

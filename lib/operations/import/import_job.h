// ImportStream with what its tests turn.
#pragma once

#include <cstddef>
#include <string>

#include "coffer/engine.h"
#include "coffer/import.h"
#include "operations/import/import_reader.h"
#include "operations/runner/job.h"

namespace coffer::operations {

// Lines above `line_bytes_max` are read as streams; the outcome is the same.
Result<ImportReport> RunImport(Engine& engine, ByteSource& source, const std::string& name, const ImportOptions& options,
                               std::size_t line_bytes_max = kImportLineBytesMax);

// An import as a part of another operation, which `context` is of.
Result<ImportReport> ImportWithin(Engine& engine, ByteSource& source, const std::string& name, const ImportOptions& options,
                                  JobContext& context);

}  // namespace coffer::operations

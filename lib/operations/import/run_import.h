// RunImport with the parameters that tests and other operations set.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "coffer/engine.h"
#include "coffer/import.h"
#include "operations/import/import_reader.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// The mode's name in the journal, the command line and HTTP: "replace", "skip", "newest", "fail".
std::string_view ModeWord(PutMode mode);

// Lines above `line_bytes_max` are read as streams. The outcome does not depend on it.
Result<ImportReport> ImportWithLineLimit(Engine& engine, ByteSource& source, const std::string& name,
                                         const ImportOptions& options, std::size_t line_bytes_max = kImportLineBytesMax);

// Imports as part of the operation of `context`.
Result<ImportReport> ImportWithin(Engine& engine, ByteSource& source, const std::string& name, const ImportOptions& options,
                                  OperationContext& context);

}  // namespace coffer::operations

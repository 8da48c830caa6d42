// RunImport with what its tests turn.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "coffer/engine.h"
#include "coffer/import.h"
#include "operations/import/import_reader.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// The word that the journal, the command line and HTTP have for a mode: "replace", "skip", "newest", "fail".
std::string_view ModeWord(PutMode mode);

// Lines above `line_bytes_max` are read as streams; the outcome is the same.
Result<ImportReport> ImportWithLineLimit(Engine& engine, ByteSource& source, const std::string& name,
                                         const ImportOptions& options, std::size_t line_bytes_max = kImportLineBytesMax);

// An import as a part of another operation, which `context` is of.
Result<ImportReport> ImportWithin(Engine& engine, ByteSource& source, const std::string& name, const ImportOptions& options,
                                  OperationContext& context);

}  // namespace coffer::operations

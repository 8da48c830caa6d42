// BufferedExportFile: a write buffer for one file of an export.
#pragma once

#include <cstddef>
#include <string>

#include "coffer/result.h"
#include "operations/export/export_bundle.h"
#include "operations/runner/live_operation.h"
#include "vocabulary/try.h"

namespace coffer::operations {

inline constexpr std::size_t kExportFlushBytes = std::size_t{256} << 10;

// Reports progress to the operation. kCancelled: the operation was cancelled. One thread at a time.
class BufferedExportFile {
 public:
  BufferedExportFile(ExportBundle& bundle, std::size_t file, OperationContext& context)
      : bundle_(bundle), file_(file), context_(context) {}

  // Append the text here; Step and Flush write it.
  std::string& text() { return text_; }
  // Call after each complete row or record. Flushes once the buffer holds kExportFlushBytes.
  Status Step() { return text_.size() < kExportFlushBytes ? Status::Ok() : Flush(); }
  Status Flush() {
    COFFER_TRY(context_.CheckStop());
    Status status = bundle_.Write(file_, text_);
    context_.AddBytes(text_.size());
    text_.clear();
    return status;
  }

 private:
  ExportBundle& bundle_;
  const std::size_t file_;
  OperationContext& context_;
  std::string text_;
};

}  // namespace coffer::operations

// BufferedExportFile: one of an export's files while its text is made: gathered in memory, handed on in pieces.
#pragma once

#include <cstddef>
#include <string>

#include "coffer/result.h"
#include "operations/export/export_bundle.h"
#include "operations/runner/live_operation.h"
#include "vocabulary/try.h"

namespace coffer::operations {

inline constexpr std::size_t kExportFlushBytes = std::size_t{256} << 10;

// Tells the operation's progress, and ends with kCancelled when it is to. One thread at a time.
class BufferedExportFile {
 public:
  BufferedExportFile(ExportBundle& bundle, std::size_t file, OperationContext& context)
      : bundle_(bundle), file_(file), context_(context) {}

  // What is appended here is written by and by.
  std::string& text() { return text_; }
  // To be called when something whole was appended.
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

// Export: one snapshot of the records as a file that others can read.
#pragma once

#include <cstdint>
#include <string>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

struct ExportOptions {
  bool compress = true;          // one zstd stream
  int compression_level = 3;     // zstd's; 1..19
  bool include_contents = true;  // documents carry their bytes as content_base64
  // Where the file goes; empty: "exports/<export id>.json[.zst]" in the data folder. An existing file is kAlreadyExists.
  std::string output;
};

struct ExportReport {
  std::string export_id;  // the operation's id
  std::string path;
  std::string sha256;  // of the file
  std::uint64_t file_bytes = 0;
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  Timestamp created_at;
  Timestamp completed_at;
};

// Writes every record of one snapshot as JSON while writers go on, in memory that does not depend on their number. The snapshot
// is taken when the operation begins to run. The file appears under its name when it is complete and durable; before that, and
// after a failure, a cancel or a crash, there is none; a crash may leave "<output>.partial", which the next opening of the store
// sweeps from its own exports folder, and the next export of that name writes over. Progress: records and bytes of JSON written.
// From the start: kInvalidArgument (compression_level), kPermissionDenied (read-only and no output named).
// From the end: kAlreadyExists, kNotFound (no such folder), kResourceExhausted (the device is full), kIoError, kCorruption,
// kCancelled.
// A read-only engine keeps no journal: its exports are known as long as they run.
// Safe to run beside any other call; what waits for what is told in operation.h. The layout is told in lib/format/FORMAT.md.
COFFER_API Result<OperationOf<ExportReport>> StartExport(Engine& engine, const ExportOptions& options = {},
                                                         StartOptions start = {});

// Start and Finish in one.
COFFER_API Result<ExportReport> ExportJson(Engine& engine, const ExportOptions& options = {});

}  // namespace coffer

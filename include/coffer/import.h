// Import: records from interchange files into an engine, as a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/options.h"
#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// Bytes read from start to end: a file, a pipe, a socket. Read by one thread at a time, not always the same one.
class COFFER_API ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `buffer` with up to `length` bytes; 0 at the end.
  virtual Result<std::size_t> Read(char* buffer, std::size_t length) = 0;
};

// Standard input of the process. Owned by the caller.
COFFER_API std::unique_ptr<ByteSource> StandardInput();

enum class ConflictPolicy : std::uint8_t {
  kSkip,     // leave the record that is there
  kReplace,  // write over it; a conversation that brings messages replaces all it had
  kNewest,   // write over it if ours has a later updated_at (a message: created_at)
  kFail,     // count the line as failed
};

// What one import may use, whatever the size of the data.
inline constexpr std::size_t kImportErrorsKeptMax = 1000;
inline constexpr std::size_t kImportBatchRecordsMax = 500;
inline constexpr std::size_t kImportBatchBytesMax = std::size_t{4} << 20;

struct ImportOptions {
  ConflictPolicy on_conflict = ConflictPolicy::kSkip;
  // The owner of records that name none; empty: such a record is an error.
  std::string owner;
  // Records without an id get one. Without this they are errors, since two runs would make two records.
  bool generate_ids = false;
  // The kind of lines without "type"; absent: such a line is an error.
  std::optional<Kind> kind;
  // A tar file (plain or zstd) or a folder with the contents of documents, found by `filename`.
  std::string contents;
  Durability durability = Durability::kDurable;
};

struct ImportError {
  std::string file;
  std::uint64_t line = 0;  // 1-based; 0: the file as a whole
  std::string reason;
};

struct ImportCounts {
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
};

struct ImportReport {
  ImportCounts imported;
  std::uint64_t contents = 0;       // documents that got their content
  std::uint64_t skipped = 0;        // records that were there already
  std::uint64_t failed = 0;         // lines refused
  std::vector<ImportError> errors;  // the first kImportErrorsKeptMax
  std::uint64_t errors_total = 0;
};

// Reads NDJSON, plain or zstd (recognised by its first bytes), and stores a record a line. A line that cannot be stored is
// reported and the rest goes on; blank lines are passed over. Records become durable in batches of at most
// kImportBatchRecordsMax records or kImportBatchBytesMax bytes; a crash or a cancel leaves whole batches, and a second run with
// kSkip completes it. A line may have any length: of its parts each message and the rest of the record may have
// kRecordBytesMax, the content kDocumentContentBytesMax. Whatever its length, a line is stored whole or not at all; a cancel
// waits for a conversation that is being committed, seconds a gigabyte. Progress: bytes read of the files as they are (expected:
// their sizes), records stored.
// From the start: kNotFound, kIoError: a file is not there. kPermissionDenied: the engine is read-only. kUnavailable: a write
// has failed before. kResourceExhausted: kOperationsPendingMax.
// From the end: kIoError: a file cannot be read. kCorruption: a zstd stream is damaged or cut off; the whole records before it
// are stored, and the message names the file. kCancelled.
// Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<ImportReport>> StartImport(Engine& engine, const std::vector<std::string>& files,
                                                         const ImportOptions& options = {}, StartOptions start = {});
// The same from one source, which is taken over; `name` stands for it in errors. content_path is refused: there is no folder to
// look in. A cancel waits for the source's Read under way.
COFFER_API Result<OperationOf<ImportReport>> StartImport(Engine& engine, std::unique_ptr<ByteSource> source,
                                                         const std::string& name, const ImportOptions& options = {},
                                                         StartOptions start = {});

// Start and Finish in one.
COFFER_API Result<ImportReport> ImportFiles(Engine& engine, const std::vector<std::string>& files,
                                            const ImportOptions& options = {});
COFFER_API Result<ImportReport> ImportStream(Engine& engine, ByteSource& source, const std::string& name,
                                             const ImportOptions& options = {});

}  // namespace coffer

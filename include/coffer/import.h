// Import: reads records from interchange files, exports and other programs' chats into an engine, as a stream.
#pragma once

#include <cstddef>
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

// Bytes that are read from start to end: a file, a pipe, a socket. Owned as the call that takes it says.
// Read by one thread at a time, not always the same one.
class COFFER_API ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `length` bytes into `buffer` and returns their number; 0 at the end.
  // A failure fails the import with the same code. An exception becomes kIoError with its text.
  // A number above `length` becomes kInvalidArgument.
  virtual Result<std::size_t> Read(char* buffer, std::size_t length) = 0;
};

// The standard input of the process. Owned by the caller.
COFFER_API std::unique_ptr<ByteSource> StandardInput();

enum class ImportFormat : std::uint8_t {
  kAuto,           // decided by the first bytes
  kNdjson,         // one record a line
  kCofferJson,     // a JSON export
  kCofferCsv,      // a CSV export: the tar, or one of its tables
  kCofferParquet,  // a Parquet export: the tar, or one of its tables; also such a table from another writer
  kChatGpt,        // conversations.json of a ChatGPT export, or the whole ZIP
  kOpenWebUi,      // chats exported by Open WebUI
  kLibreChat,      // conversations exported by LibreChat
};

// Limits of one import, for data of any size.
inline constexpr std::size_t kImportErrorsKeptMax = 1000;  // errors kept in the report
inline constexpr std::size_t kImportLossesKeptMax = 1000;  // losses kept in the report
// Records and bytes of one commit.
inline constexpr std::size_t kImportBatchRecordsMax = 500;
inline constexpr std::size_t kImportBatchBytesMax = std::size_t{4} << 20;
// Bytes of one chat with all its branches, which is held in memory about three times; and its messages and other nodes.
inline constexpr std::size_t kImportChatBytesMax = std::size_t{32} << 20;
inline constexpr std::size_t kImportChatNodesMax = 100'000;
// A ZIP of a chat export: entries, unpacked bytes, and unpacked bytes for each byte of the file, beyond the first 64 MiB.
inline constexpr std::size_t kImportZipEntriesMax = 100'000;
inline constexpr std::uint64_t kImportZipUnpackedBytesMax = std::uint64_t{64} << 30;
inline constexpr std::uint64_t kImportZipRatioMax = 100;

struct ImportOptions {
  ImportFormat format = ImportFormat::kAuto;
  // What to do with a record that exists. kInsert: it is an error of its line. kUpdate is not supported.
  PutMode mode = PutMode::kKeepExisting;
  // The owner of records that do not name one; empty: such a record is an error.
  // Required for chats: their users are those of another program.
  std::string owner = {};
  // Generate ids for records without one. false: such a record is an error, since a second import would store it twice.
  bool generate_ids = false;
  // The kind of lines without "type"; absent: such a line is an error.
  std::optional<Kind> kind = std::nullopt;
  // Path of a folder or a tar (plain or zstd) that holds the contents of documents, found by `filename`.
  std::string contents = {};
  // What each commit survives.
  Durability durability = Durability::kDurable;
};

struct ImportError {
  std::string file;        // its path or name
  std::uint64_t line = 0;  // from 1; 0: the whole file
  std::string reason;
};

struct ImportCounts {
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
};

// A field of a chat export that the stored records do not hold exactly.
struct ImportLoss {
  std::string field;        // as the export names it: mapping[].message.author.role
  std::string reason;       // why
  std::uint64_t count = 0;  // occurrences
  std::string first;        // the place of the first one
};

struct ImportReport {
  ImportCounts imported;            // records written
  std::uint64_t contents = 0;       // documents that received their content
  std::uint64_t skipped = 0;        // records that existed
  std::uint64_t failed = 0;         // lines that were not stored
  std::vector<ImportError> errors;  // the first kImportErrorsKeptMax
  std::uint64_t errors_total = 0;   // all errors
  std::vector<ImportLoss> losses;   // the first kImportLossesKeptMax pairs of field and reason
  std::uint64_t losses_total = 0;   // all occurrences
};

// Reads files and stores their records.
//
// Input. Without options.format the first bytes decide, not the name:
// - NDJSON with one record a line; a JSON, NDJSON, CSV or Parquet export; a tar with one of these; a chat export.
// - Any of them may be compressed with zstd. A file, not a stream, may also be encrypted with age to an identity of the data
//   folder (keys/identity.txt).
// - Anything else is an error with line 0.
// - A Parquet table may come from any writer: its columns in any order; a missing column leaves the member absent; other
//   columns become unknown members.
// - A Parquet file or a ZIP in a tar or a stream is first copied to a temporary file, since it is read from its end.
// - In a tar, the content of a document must precede its record, as in an export.
//
// Errors of lines. A line that cannot be stored is reported, and the import continues; blank lines are skipped.
// - ImportError::line is, for a JSON export, the number of the record; for a CSV table, the line where the row begins; for a
//   Parquet table, the row; for a chat, the number of the conversation in its file.
// - An NDJSON export is checked against the SHA-256 in its last line, a JSON export against its counts. A mismatch is an error;
//   the records are kept.
// - A line of JSON may have any length. Each message, and the rest of the record, may have kRecordBytesMax; the content
//   kDocumentContentBytesMax. A line is stored whole or not at all.
//
// Chats of ChatGPT, Open WebUI and LibreChat:
// - options.owner owns the records.
// - A chat becomes one conversation for its current branch and one for each other branch. The latter holds the messages after
//   the fork and names the former in extra_metadata.branch_of.
// - Ids are those of the export or digests of them, so a second import finds the same records.
// - Data without a member in our records is kept in extra_metadata, under the program's name. ImportReport::losses lists what
//   is not kept exactly.
// - The files of a ZIP become documents; messages name them in extra_metadata.documents.
//
// On disk: records become durable in batches of at most kImportBatchRecordsMax records or kImportBatchBytesMax bytes. A
// failure, a cancel or a crash keeps whole batches; a second import with kKeepExisting completes it. A cancel waits for a
// conversation that is being committed: seconds for a gigabyte.
// Progress: bytes of the files (expected: their sizes), records stored.
// Thread-safe. operation.h says which operations wait for each other.
//
// From the start:
// kNotFound, kIoError: a file does not exist or cannot be examined.
// kInvalidArgument: options.mode is kUpdate.
// kPermissionDenied: the engine is read-only.
// kUnavailable: an earlier write has failed (engine.h).
// kResourceExhausted: kOperationsPendingMax operations wait.
// From the operation; all records before the failure are stored, and the message names the file:
// kIoError: a file cannot be read, or the store failed.
// kCorruption: a zstd stream, tar, ZIP, JSON export, chat array, age file or Parquet file is damaged or truncated.
// kInvalidArgument: an export that cannot be imported: of rows (scopes analytics and custom), or of a newer layout.
// kInvalidArgument: a CSV table with an unknown column.
// kInvalidArgument: a Parquet table of no known kind, or with a column whose type no member has.
// kInvalidArgument: not a valid ZIP file.
// kPermissionDenied: an age file that no identity decrypts.
// kResourceExhausted: too many contents before their documents in a tar.
// kResourceExhausted: a ZIP beyond the kImportZip… limits.
// kResourceExhausted: a Parquet table with more than eight rows for each byte.
// kResourceExhausted: a temporary file that unpacks to more than 100 times what was read, beyond the first 256 MiB.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<ImportReport>> StartImport(Engine& engine, const std::vector<std::string>& files,
                                                         const ImportOptions& options = {}, StartOptions start = {});
// The same from one source, which the operation owns. `name` stands for it in errors. A cancel waits for a running Read.
// Records with content_path are errors, since there is no folder to search.
// From the start, kInvalidArgument: `source` is null.
COFFER_API Result<OperationOf<ImportReport>> StartImport(Engine& engine, std::unique_ptr<ByteSource> source,
                                                         const std::string& name, const ImportOptions& options = {},
                                                         StartOptions start = {});

COFFER_API Result<ImportReport> RunImport(Engine& engine, const std::vector<std::string>& files,
                                          const ImportOptions& options = {});
// The caller keeps `source`.
COFFER_API Result<ImportReport> RunImport(Engine& engine, ByteSource& source, const std::string& name,
                                          const ImportOptions& options = {});

}  // namespace coffer

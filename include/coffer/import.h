// Import: records from interchange files and from exports into an engine, as a stream.
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

// Bytes read from start to end: a file, a pipe, a socket. Read by one thread at a time, not always the same one.
class COFFER_API ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `buffer` with up to `length` bytes and answers how many; 0 at the end. A failure is that of the import, its code too;
  // an exception is kIoError with its words, and more bytes than `length` are kInvalidArgument.
  virtual Result<std::size_t> Read(char* buffer, std::size_t length) = 0;
};

// Standard input of the process. Owned by the caller.
COFFER_API std::unique_ptr<ByteSource> StandardInput();

enum class ImportFormat : std::uint8_t {
  kAuto,           // what the first bytes say
  kNdjson,         // records a line
  kCofferJson,     // a JSON export of ours
  kCofferCsv,      // a CSV export of ours: the tar, or one of its tables
  kCofferParquet,  // a Parquet export of ours, or its tables as others have written them: the tar, or one of them
  kChatGpt,        // conversations.json of a ChatGPT export, or the whole ZIP
  kOpenWebUi,      // chats exported by Open WebUI
  kLibreChat,      // conversations exported by LibreChat
};

// What one import may use, whatever the size of the data.
inline constexpr std::size_t kImportErrorsKeptMax = 1000;
inline constexpr std::size_t kImportBatchRecordsMax = 500;
inline constexpr std::size_t kImportBatchBytesMax = std::size_t{4} << 20;
// One conversation of a chat export as it stands there, with all its branches. It is held whole, some three times over.
inline constexpr std::size_t kImportChatBytesMax = std::size_t{32} << 20;
// The messages of it, in all branches, and the other places of its tree.
inline constexpr std::size_t kImportChatNodesMax = 100'000;
inline constexpr std::size_t kImportLossesKeptMax = 1000;
// A ZIP of a chat export: its entries, what they may unpack to, and how much more than the file itself beyond the first 64 MiB.
inline constexpr std::size_t kImportZipEntriesMax = 100'000;
inline constexpr std::uint64_t kImportZipUnpackedBytesMax = std::uint64_t{64} << 30;
inline constexpr std::uint64_t kImportZipRatioMax = 100;

struct ImportOptions {
  ImportFormat format = ImportFormat::kAuto;
  PutMode mode = PutMode::kKeepExisting;
  // The owner of records that name none; empty: such a record is an error. A chat export needs one, since the users it names
  // are another program's.
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

// What of a chat export the records do not carry as it stood there, field by field.
struct ImportLoss {
  std::string field;  // as the export names it: mapping[].message.author.role
  std::string reason;
  std::uint64_t count = 0;
  std::string first;  // where it was met first
};

struct ImportReport {
  ImportCounts imported;
  std::uint64_t contents = 0;       // documents that got their content
  std::uint64_t skipped = 0;        // records that were there already
  std::uint64_t failed = 0;         // lines refused
  std::vector<ImportError> errors;  // the first kImportErrorsKeptMax
  std::uint64_t errors_total = 0;
  std::vector<ImportLoss> losses;  // the first kImportLossesKeptMax fields and reasons
  std::uint64_t losses_total = 0;  // all places
};

// Reads files and stores their records. What a file is its first bytes tell, not its name: NDJSON (a record a line), a JSON,
// NDJSON, CSV or Parquet export of ours, or a tar with one; any of them zstd-compressed, and, in a file, age-encrypted to an
// identity of the data folder (keys/identity.txt) besides. What is none of them is an error of line 0. In errors, the line of a
// JSON export is the record's place in it, that of a CSV table the line at which its row begins, that of a Parquet table its
// row. A Parquet table may come from any writer: columns in any order, members without a column absent, other columns unknown
// members. From a tar or a stream it waits on disk, since it is read from its end.
// A line that cannot be stored is reported and the rest goes on; blank lines are passed over. An NDJSON export is held against
// the SHA-256 in its last line, a JSON export against its counts; what differs is an error, and the records stay. In a tar a
// document's content has to come before the record that names it, as exports have it.
// Chats of ChatGPT, Open WebUI and LibreChat are given to `owner`. Each conversation becomes one that stands where it stood,
// and one more for each other branch, which holds the messages behind the branching and names it in extra_metadata.branch_of.
// Ids are the export's, or digests of them, so that a second import finds the same records. What our records have no member
// for is kept in extra_metadata, under the program's name; what is not carried as it stood is told in `losses`. The files of a
// ZIP become documents, which the messages name in extra_metadata.documents; from a tar or a stream it waits on disk, as
// Parquet does. In errors the line is the conversation's place in its file.
// Records become durable in batches of at most kImportBatchRecordsMax records or kImportBatchBytesMax bytes; a crash or a
// cancel leaves whole batches, and a second run with kSkip completes it. A line of JSON may have any length: of its parts each
// message and the rest of the record may have kRecordBytesMax, the content kDocumentContentBytesMax. Whatever its length, a
// line is stored whole or not at all; a cancel waits for a conversation that is being committed, seconds a gigabyte. Progress:
// bytes read of the files as they are (expected: their sizes), records stored.
// From the start: kNotFound, kIoError: a file is not there. kPermissionDenied: the engine is read-only. kUnavailable: a write
// has failed before. kResourceExhausted: kOperationsPendingMax.
// From the end: kIoError: a file cannot be read. kCorruption: a zstd stream, a tar, a ZIP, a JSON export, an array of chats, an
// age file or a Parquet file is damaged or cut off. kInvalidArgument: an export of rows (analytics, custom) or of a newer
// layout, a CSV table with an unknown column, a Parquet table of no kind, or with a column of a type that no member can be of,
// or what begins as a ZIP and is none. kPermissionDenied: an age file that no identity reads. kResourceExhausted: a tar with
// too many contents, a ZIP beyond its limits, a Parquet table with more than eight rows a byte, what waits on disk and unpacks
// to more than 100 times what was read, beyond the first 256 MiB. In each case the whole records before it are stored, and the
// message names the file. kCancelled.
// Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<ImportReport>> StartImport(Engine& engine, const std::vector<std::string>& files,
                                                         const ImportOptions& options = {}, StartOptions start = {});
// The same from one source, which is taken over (kInvalidArgument: null); `name` stands for it in errors. content_path is
// refused: there is no folder to look in. A cancel waits for the source's Read under way.
COFFER_API Result<OperationOf<ImportReport>> StartImport(Engine& engine, std::unique_ptr<ByteSource> source,
                                                         const std::string& name, const ImportOptions& options = {},
                                                         StartOptions start = {});

// Start and Finish in one.
COFFER_API Result<ImportReport> RunImport(Engine& engine, const std::vector<std::string>& files,
                                          const ImportOptions& options = {});
COFFER_API Result<ImportReport> RunImport(Engine& engine, ByteSource& source, const std::string& name,
                                          const ImportOptions& options = {});

}  // namespace coffer

// Export: writes the records of one snapshot to a file that other programs can read. FORMAT.md defines the layouts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// JSON, NDJSON, CSV and Parquet exports can be imported again (import.h).
enum class ExportFormat : std::uint8_t { kJson, kCsv, kXml, kParquet, kSql, kNdjson };

enum class ExportScope : std::uint8_t {
  kUser,          // everything that one owner has
  kConversation,  // conversations with their messages; one if conversation_id is set
  kDocument,      // documents with their contents
  kAnalytics,     // tables of sums
  kFull,          // everything
  kCustom,        // one table, the result of custom_query
};

// The names: "json", "csv", "xml", "parquet", "sql", "ndjson"; "user", "conversation", "document", "analytics", "full",
// "custom". Parse… returns nothing for another text.
COFFER_API std::string_view ExportFormatName(ExportFormat format);
COFFER_API std::string_view ExportScopeName(ExportScope scope);
COFFER_API std::optional<ExportFormat> ParseExportFormat(std::string_view name);
COFFER_API std::optional<ExportScope> ParseExportScope(std::string_view name);

// Contents up to this size are inline in JSON, NDJSON and XML. With a larger one the export is a tar that holds it as a file.
inline constexpr std::uint64_t kExportInlineContentBytesMax = std::uint64_t{16} << 20;
// Exports in the data folder are removed this long after their start: when an export is started or the store is opened.
inline constexpr std::chrono::hours kExportKept{7 * 24};
// Bytes of a custom query, and its clauses on all levels together.
inline constexpr std::size_t kCustomQueryBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kCustomQueryClausesMax = 1000;
// Recipients in ExportOptions. The store's own are added; if the sum is above 256, the operation fails with kInvalidArgument.
inline constexpr std::size_t kExportRecipientsMax = 255;
// Rows of one table of analytics. One more is kResourceExhausted.
inline constexpr std::size_t kAnalyticsRowsMax = 500'000;

struct ExportOptions {
  ExportFormat format = ExportFormat::kJson;
  ExportScope scope = ExportScope::kFull;
  // Scope user: the owner whose records are exported; required. Other scopes: only records of this owner; empty: all owners.
  std::string owner = {};
  // Scope conversation only: export this conversation; empty: all of them.
  std::string conversation_id = {};
  // Only records whose created_at is in [created_from, created_before). A conversation is exported with all its messages.
  std::optional<Timestamp> created_from = std::nullopt;
  std::optional<Timestamp> created_before = std::nullopt;
  // Scope custom only: the query, a JSON object. Members:
  //   "entity"    "conversations", "messages", "documents" or "prompts"; required
  //   "fields"    array of member names: the columns; "_unknown" is an object of the members that Coffer does not know
  //   "where"     {field: {op: value, …}, …, "or": [{…}, …]}: all conditions must hold, and at least one element of "or"
  //   "order_by"  array of fields; "-field" sorts in descending order
  //   "limit"     rows at most
  // Ops: eq, ne, lt, lte, gt, gte, in, contains, exists. "_unknown" supports exists only.
  // An absent member satisfies only ne and exists:false.
  // A query with eq on the owner, the id or the conversation uses an index; any other reads every record of the kind.
  std::string custom_query = {};

  bool include_metadata = true;  // false: omit extra_metadata and unknown members
  bool include_contents = true;  // false: omit the bytes of documents
  bool compress = true;          // one zstd stream; Parquet: its pages
  int compression_level = 3;     // of zstd, 1..19
  // Encrypt (age v1) to the store's recipients, see key.h, and to `recipients`. Creates the store's key if it has none.
  bool encrypt = false;
  std::vector<std::string> recipients = {};  // "age1…"; at most kExportRecipientsMax; only with `encrypt`
  // Path of the file; must not exist. Empty: "exports/<export id>.<ext>" in the data folder. <ext> is the format's name, or
  // "tar" if the export has more than one file, then ".zst" if compressed (not Parquet), then ".age" if encrypted.
  std::string output = {};
};

struct ExportReport {
  std::string export_id;            // the operation's id
  std::string path;                 // of the file
  std::string sha256;               // of the file, 64 lower-case hex digits
  std::uint64_t file_bytes = 0;     // size of the file
  std::uint64_t conversations = 0;  // records written, by kind
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  std::uint64_t rows = 0;  // scope analytics: rows of all tables
  Timestamp created_at;    // when the snapshot was taken
  Timestamp completed_at;
  std::optional<Timestamp> expires_at;  // when the file may be removed; absent outside the data folder: never
};

// Exports records of one snapshot, which is taken when the operation begins to run. Writers are not blocked.
// Memory does not depend on the number of records. A tar needs temporary disk space for its texts, uncompressed.
// On disk: the file appears under its name once it is complete and durable. After a failure, a cancel or a crash there is no
// such file.
// A crash may leave temporary files: "<output>.partial" and, for a tar, others that end in ".partial". The next opening of the
// store removes all of them in its exports folder, and "<output>.partial" elsewhere if `output` is an absolute path. The next
// export to the same output overwrites them.
// Progress: records read, bytes of text written.
// On a read-only engine an export has no journal entry: it is known only while it runs.
// Thread-safe. operation.h says which operations wait for each other.
//
// From the start:
// kInvalidArgument: compression_level out of range.
// kInvalidArgument: scope user without owner.
// kInvalidArgument: conversation_id or custom_query with a scope that does not use it.
// kInvalidArgument: malformed custom_query; the message names the clause.
// kInvalidArgument: malformed recipient, recipients without `encrypt`, or more than kExportRecipientsMax.
// kPermissionDenied: the engine is read-only and `output` is empty.
// From the operation:
// kInvalidArgument: `encrypt` without any recipient, on a read-only store that has no keys; or more than 256 recipients.
// kAlreadyExists: `output` exists.
// kNotFound: the folder of `output` or the conversation does not exist.
// kResourceExhausted: the device is full, or a table has more than kAnalyticsRowsMax rows.
// kCorruption: a stored record or content is damaged.
// kIoError: the file system failed.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<ExportReport>> StartExport(Engine& engine, const ExportOptions& options = {},
                                                         StartOptions start = {});
COFFER_API Result<ExportReport> RunExport(Engine& engine, const ExportOptions& options = {});

}  // namespace coffer

// Export: records of one snapshot as a file that others can read. The layouts are told in lib/format/FORMAT.md.
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

enum class ExportFormat : std::uint8_t { kJson, kCsv, kXml, kParquet, kSql, kNdjson };

enum class ExportScope : std::uint8_t {
  kUser,          // everything of one owner
  kConversation,  // conversations with their messages: the one of conversation_id, else all
  kDocument,      // documents, with their contents
  kAnalytics,     // tables of sums
  kFull,          // everything
  kCustom,        // one table, by custom_query
};

// "json", "csv" …; "user", "conversation" …
COFFER_API std::string_view ExportFormatName(ExportFormat format);
COFFER_API std::string_view ExportScopeName(ExportScope scope);
COFFER_API std::optional<ExportFormat> ParseExportFormat(std::string_view name);
COFFER_API std::optional<ExportScope> ParseExportScope(std::string_view name);

// A larger content does not stand within the text of json, ndjson and xml, but beside it, and the export becomes a tar.
inline constexpr std::uint64_t kExportInlineContentBytesMax = std::uint64_t{16} << 20;
// Exports in the data folder are removed this long after their start, when another one is started or the store is opened.
inline constexpr std::chrono::hours kExportKept{7 * 24};
// A custom query's text; its clauses, of all levels together.
inline constexpr std::size_t kCustomQueryBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kCustomQueryClausesMax = 1000;
// Recipients that are named. The store's own come to them; above 256 together the export ends as kInvalidArgument.
inline constexpr std::size_t kExportRecipientsMax = 255;
// Rows that one table of analytics may have; one more group is kResourceExhausted.
inline constexpr std::size_t kAnalyticsRowsMax = 500'000;

struct ExportOptions {
  ExportFormat format = ExportFormat::kJson;
  ExportScope scope = ExportScope::kFull;
  // Of scope user: whose records. Of the others, if not empty: only those of this owner.
  std::string owner;
  // If not empty: only this conversation. Goes with scope conversation alone.
  std::string conversation_id;
  // By the record's created_at: at or after, before. A conversation brings all its messages.
  std::optional<Timestamp> created_from;
  std::optional<Timestamp> created_before;
  // Of scope custom, a JSON object: {"entity":"conversations"|"messages"|"documents"|"prompts", "fields"?:[name …],
  // "where"?:{field:{op:value …} …, "or":[{…} …]}, "order_by"?:[field or "-field" …], "limit"?}. Ops: eq ne lt lte gt gte in
  // contains exists; all of `where` holds together, and of "or" one at least. Fields are the members of records, and
  // "_unknown", the unknown ones as an object, which takes exists alone. A member that is absent fits no op but ne and
  // exists:false. An owner, an id or a conversation asked for by eq is looked up; other queries read the whole kind.
  std::string custom_query;

  bool include_metadata = true;  // false: without extra_metadata and unknown members
  bool include_contents = true;  // documents bring their bytes
  bool compress = true;          // one zstd stream; of parquet the pages within, each by itself
  int compression_level = 3;     // zstd's; 1..19
  // age v1, to the store's recipients (coffer/key.h; a key is made where there is none) and these ("age1…").
  bool encrypt = false;
  std::vector<std::string> recipients;
  // Where the file goes; empty: "exports/<export id>.<ext>" in the data folder, ext being the format's name, or tar where there
  // is more than one file, .zst behind it if compressed (but for parquet) and .age if encrypted. An existing file is
  // kAlreadyExists.
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
  std::uint64_t rows = 0;  // of scope analytics
  Timestamp created_at;    // of the snapshot
  Timestamp completed_at;
  std::optional<Timestamp> expires_at;  // absent where the file is outside the data folder, and kept
};

// Writes records of one snapshot while writers go on, in memory that does not depend on their number. The snapshot is taken
// when the operation begins to run. The file appears under its name when it is complete and durable; before that, and after a
// failure, a cancel or a crash, there is none; a crash may leave "<output>.partial" and, of an export that is a tar,
// "<output>.….partial" with its texts: the next opening of the store sweeps both in its own exports folder, and the first of a
// named output whose path is absolute; the next export of that name writes over both. A tar needs the disk that its texts take
// uncompressed, until it ends. Progress: records read and bytes of text written.
// From the start: kInvalidArgument (compression_level; scope user without owner; conversation_id or custom_query with another
// scope; a custom query that is none, its clause named; a recipient that is none, without encrypt, or beyond
// kExportRecipientsMax), kPermissionDenied (read-only and no output named).
// From the end: kInvalidArgument (encrypt for a store without keys that is read-only), kAlreadyExists, kNotFound (no such
// folder; the conversation asked for is not there), kResourceExhausted (the device is full; kAnalyticsRowsMax), kIoError,
// kCorruption, kCancelled.
// A read-only engine keeps no journal: its exports are known as long as they run.
// Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<ExportReport>> StartExport(Engine& engine, const ExportOptions& options = {},
                                                         StartOptions start = {});

// Start and Finish in one.
COFFER_API Result<ExportReport> RunExport(Engine& engine, const ExportOptions& options = {});

}  // namespace coffer

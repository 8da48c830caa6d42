// RecordWriter: writes the records of an export in one format. Each format implements it in its own file.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/export.h"
#include "coffer/result.h"
#include "format/zstd/compression.h"
#include "operations/export/export_bundle.h"
#include "operations/export/export_plan.h"
#include "operations/export/record_stream.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Passes a document's content to the sink in pieces.
using ContentSource =
    std::function<Status(std::string_view document_id, const format::ContentReference& content, const format::ByteSink& sink)>;

// What every writer needs. All of it must outlive the writer.
struct ExportWork {
  const ExportPlan& plan;
  ExportReport& report;  // the writer increments its counts
  OperationContext& context;
  ExportBundle& bundle;
  ContentSource contents;
};

// Call order: Begin; for each kind BeginKind, its records, EndKind; then End. One thread at a time.
class RecordWriter : public RecordSink {
 public:
  virtual Status Begin() = 0;
  virtual Status BeginKind(Kind kind) = 0;
  virtual Status EndKind(Kind kind) = 0;
  virtual Status End() = 0;
};

std::unique_ptr<RecordWriter> NewJsonWriter(const ExportWork& work);
std::unique_ptr<RecordWriter> NewNdjsonWriter(const ExportWork& work);
std::unique_ptr<RecordWriter> NewXmlWriter(const ExportWork& work);
// CSV, SQL and Parquet.
std::unique_ptr<RecordWriter> NewRecordTables(const ExportWork& work);

// Whether the content is a separate file of the tar rather than inline.
inline bool StandsBeside(const ExportWork& work, const format::ContentReference& content) {
  return work.bundle.is_tar() && content.size_bytes > kExportInlineContentBytesMax;
}
// Writes the content into the tar.
Status WriteBeside(const ExportWork& work, std::string_view document_id, const format::ContentReference& content);
// Passes the content's base64 text to `take` in pieces.
Status ForEachBase64Piece(const ExportWork& work, std::string_view document_id, const format::ContentReference& content,
                          const std::function<Status(std::string_view base64)>& take);

// Appends the header of an export: `"version":1,"export_id":…,"engine_version":…`.
void AppendHeaderMembers(const ExportWork& work, std::string& out);
// Appends the counts of written records: `{"conversations":…}`.
void AppendCounts(const ExportWork& work, std::string& out);

}  // namespace coffer::operations

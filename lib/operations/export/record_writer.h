// RecordWriter: what a layout makes of an export's records. Each layout has its own in a file of its own.
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

// Reads a document's content piece by piece into the sink given.
using ContentSource =
    std::function<Status(std::string_view document_id, const format::ContentReference& content, const format::ByteSink& sink)>;

// What every writer works with. All of it outlives the writer.
struct ExportWork {
  const ExportPlan& plan;
  ExportReport& report;  // counted up by the writer
  OperationContext& context;
  ExportBundle& bundle;
  ContentSource contents;
};

// In this order: Begin; for each kind BeginKind, its records, EndKind; End. One thread at a time.
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
// CSV, SQL and Parquet, which are tables.
std::unique_ptr<RecordWriter> NewRecordTables(const ExportWork& work);

// Whether a content of this size stands beside the file that names it, within a tar.
inline bool StandsBeside(const ExportWork& work, const format::ContentReference& content) {
  return work.bundle.is_tar() && content.size_bytes > kExportInlineContentBytesMax;
}
// Writes the content into the tar.
Status WriteBeside(const ExportWork& work, std::string_view document_id, const format::ContentReference& content);
// Hands the content's base64 text on in pieces.
Status ForEachBase64Piece(const ExportWork& work, std::string_view document_id, const format::ContentReference& content,
                          const std::function<Status(std::string_view base64)>& take);

// `"version":1,"export_id":…,"engine_version":…`: what an export says of itself.
void AppendHeaderMembers(const ExportWork& work, std::string& out);
// `{"conversations":…}` of what was written.
void AppendCounts(const ExportWork& work, std::string& out);

}  // namespace coffer::operations

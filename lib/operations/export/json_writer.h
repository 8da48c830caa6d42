// JsonWriter: records as one JSON document, the layout of FORMAT.md. Stored text is copied, never parsed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "coffer/export.h"
#include "coffer/result.h"
#include "operations/export/export_file.h"
#include "operations/export/record_stream.h"
#include "operations/runner/job.h"

namespace coffer::operations {

// Reads a document's content piece by piece into the sink given.
using ContentSource =
    std::function<Status(std::string_view document_id, const format::ContentReference& content, const format::ByteSink& sink)>;

// Counts into the report as it writes, and ends with kCancelled when the operation is to. File, report, options and context
// must outlive it. One thread at a time.
class JsonWriter final : public RecordSink {
 public:
  JsonWriter(ExportFile& file, const ExportOptions& options, ExportReport& report, JobContext& context, ContentSource contents)
      : file_(file), options_(options), report_(report), context_(context), contents_(std::move(contents)) {}

  // In this order: Begin; for each kind BeginKind, its records, EndKind; End.
  Status Begin();
  Status BeginKind(Kind kind);
  Status EndKind();
  Status End();

  Status BeginConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) override;
  Status AddMessage(std::string_view conversation_id, std::uint64_t sequence_number,
                    const format::StoredMessage& message) override;
  Status EndConversation() override;
  Status AddDocument(std::string_view id, const format::StoredRecord& record) override;
  Status AddPrompt(std::string_view id, const format::StoredRecord& record) override;

 private:
  void Separate(bool& first) {
    if (!first) buffer_ += ',';
    first = false;
  }
  Status AddContent(std::string_view document_id, const format::ContentReference& content);
  Status RecordDone();
  Status Flush();

  ExportFile& file_;
  const ExportOptions& options_;
  ExportReport& report_;
  JobContext& context_;
  ContentSource contents_;
  std::string buffer_;
  bool first_record_ = true;
  bool first_message_ = true;
  std::string message_place_;  // of the conversation under way
};

}  // namespace coffer::operations

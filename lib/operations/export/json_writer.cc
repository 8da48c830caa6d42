// Records as one JSON document and as NDJSON.
#include "format/json/json_text.h"
#include "format/records/record_codec.h"
#include "format/records/sha256.h"
#include "operations/export/buffered_export_file.h"
#include "operations/export/exported_record.h"
#include "operations/export/record_writer.h"
#include "operations/files/content_entry_names.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// Common to both: a conversation holds its messages; a document holds its content or the content's path.
class JsonRecords : public RecordWriter {
 public:
  explicit JsonRecords(const ExportWork& work)
      : work_(work), out_(work.bundle, 0, work.context), json_(work.plan.options.include_metadata) {}

  Status BeginConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) override {
    const std::size_t begin = BeginRecord();
    COFFER_TRY(json_.AppendOpenConversation(text, head, out_.text()));
    NameKind(Kind::kConversation, begin);
    out_.text() += ",\"messages\":[";
    first_message_ = true;
    message_place_ = format::MessagePlaceText(id);
    ++work_.report.conversations;
    return Status::Ok();
  }

  Status AddMessage(std::string_view, std::uint64_t sequence_number, const format::StoredMessage& message) override {
    if (!first_message_) out_.text() += ',';
    first_message_ = false;
    COFFER_TRY(json_.AppendMessage(message, message_place_, sequence_number, out_.text()));
    ++work_.report.messages;
    return Counted();
  }

  Status EndConversation() override {
    out_.text() += ']';
    return EndRecord();
  }

  Status AddDocument(std::string_view id, const format::StoredRecord& record) override {
    const std::size_t begin = BeginRecord();
    COFFER_TRY(json_.AppendOpenDocument(record, out_.text()));
    NameKind(Kind::kDocument, begin);
    ++work_.report.documents;
    if (work_.plan.options.include_contents && record.content) {
      COFFER_TRY(AddContent(id, *record.content));
      ++work_.report.contents;
    }
    return EndRecord();
  }

  Status AddPrompt(std::string_view, const format::StoredRecord& record) override {
    const std::size_t begin = BeginRecord();
    COFFER_TRY(json_.AppendPrompt(record, out_.text()));
    NameKind(Kind::kPrompt, begin);
    out_.text().pop_back();
    ++work_.report.prompts;
    return EndRecord();
  }

 protected:
  // Returns the offset at which the record begins.
  virtual std::size_t BeginRecord() { return out_.text().size(); }
  // Called when the first members of the record are in the text, from `begin` on.
  virtual void NameKind(Kind, std::size_t) {}
  // Appends what follows a record's closing brace.
  virtual void AppendRecordEnd() {}
  // Called with the text before it is written.
  virtual void Note(std::string_view) {}

  Status Flush() {
    Note(out_.text());
    return out_.Flush();
  }

  const ExportWork work_;
  BufferedExportFile out_;

 private:
  Status AddContent(std::string_view id, const format::ContentReference& content) {
    if (StandsBeside(work_, content)) {
      out_.text() += ",\"content_path\":";
      format::AppendJsonString(ContentEntryPath(id), out_.text());
      return WriteBeside(work_, id, content);
    }
    out_.text() += ",\"content_base64\":\"";
    Status status = ForEachBase64Piece(work_, id, content, [this](std::string_view base64) {
      out_.text() += base64;
      return Step();
    });
    out_.text() += '"';
    return status;
  }

  Status EndRecord() {
    out_.text() += '}';
    AppendRecordEnd();
    return Counted();
  }

  Status Counted() {
    work_.context.AddRecords(1);
    return Step();
  }

  Status Step() { return out_.text().size() < kExportFlushBytes ? Status::Ok() : Flush(); }

  ExportedRecord json_;
  bool first_message_ = true;
  std::string message_place_;  // of the current conversation
};

class JsonWriter final : public JsonRecords {
 public:
  using JsonRecords::JsonRecords;

  Status Begin() override {
    out_.text() += "{\"coffer_export\":{";
    AppendHeaderMembers(work_, out_.text());
    out_.text() += '}';
    return Status::Ok();
  }

  Status BeginKind(Kind kind) override {
    out_.text().append(",\"").append(KindNamePlural(kind)).append("\":[");
    first_record_ = true;
    return Status::Ok();
  }

  Status EndKind(Kind) override {
    out_.text() += ']';
    return Status::Ok();
  }

  Status End() override {
    out_.text() += ",\"counts\":";
    AppendCounts(work_, out_.text());
    out_.text() += "}\n";
    return Flush();
  }

 protected:
  std::size_t BeginRecord() override {
    if (!first_record_) out_.text() += ',';
    first_record_ = false;
    return out_.text().size();
  }

 private:
  bool first_record_ = true;
};

// The last line holds the hash of all lines before it.
class NdjsonWriter final : public JsonRecords {
 public:
  using JsonRecords::JsonRecords;

  Status Begin() override {
    out_.text() += "{\"type\":\"export\",";
    AppendHeaderMembers(work_, out_.text());
    out_.text() += "}\n";
    return Status::Ok();
  }
  Status BeginKind(Kind) override { return Status::Ok(); }
  Status EndKind(Kind) override { return Status::Ok(); }

  Status End() override {
    Note(out_.text());
    std::string last = "{\"type\":\"end\",\"counts\":";
    AppendCounts(work_, last);
    last.append(",\"sha256\":\"").append(format::HexText(hash_.Finish())).append("\"}\n");
    out_.text() += last;
    return out_.Flush();
  }

 protected:
  void NameKind(Kind kind, std::size_t begin) override {
    out_.text().insert(begin + 1, "\"type\":\"" + std::string(KindName(kind)) + "\",");
  }
  void AppendRecordEnd() override { out_.text() += '\n'; }
  void Note(std::string_view text) override { hash_.Update(text); }

 private:
  format::Sha256 hash_;
};

}  // namespace

std::unique_ptr<RecordWriter> NewJsonWriter(const ExportWork& work) { return std::make_unique<JsonWriter>(work); }
std::unique_ptr<RecordWriter> NewNdjsonWriter(const ExportWork& work) { return std::make_unique<NdjsonWriter>(work); }

}  // namespace coffer::operations

// Records and tables as XML.
#include "format/json/json_text.h"
#include "format/records/record_codec.h"
#include "format/text/xml_text.h"
#include "operations/export/buffered_export_file.h"
#include "operations/export/exported_record.h"
#include "operations/export/record_writer.h"
#include "operations/export/table_writer.h"
#include "operations/files/content_entry_names.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// The header of the export as attributes of the root element.
void AppendRoot(const ExportWork& work, std::string& out) {
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<coffer-export";
  std::string header;
  AppendHeaderMembers(work, header);
  std::string_view members = header;
  std::string_view name;
  std::string_view value;
  std::string text;
  while (format::TakeCanonicalMember(members, name, value)) {
    text.clear();
    value.starts_with('"') ? format::AppendUnescaped(value, text) : static_cast<void>(text = value);
    out.append(" ").append(name.substr(1, name.size() - 2)).append("=\"");
    format::AppendXmlAttribute(text, out);
    out += '"';
  }
  out += ">\n";
}

void AppendEnd(const ExportWork& work, std::string& out) {
  std::string counts;
  std::string scratch;
  AppendCounts(work, counts);
  format::AppendXmlMember("\"counts\"", counts, scratch, out);
  out += "\n</coffer-export>\n";
}

class XmlWriter final : public RecordWriter {
 public:
  explicit XmlWriter(const ExportWork& work)
      : work_(work), out_(work.bundle, 0, work.context), json_(work.plan.options.include_metadata) {}

  Status Begin() override {
    AppendRoot(work_, out_.text());
    return Status::Ok();
  }
  Status BeginKind(Kind kind) override {
    out_.text().append("<").append(KindNamePlural(kind)).append(">\n");
    return Status::Ok();
  }
  Status EndKind(Kind kind) override {
    out_.text().append("</").append(KindNamePlural(kind)).append(">\n");
    return Status::Ok();
  }
  Status End() override {
    AppendEnd(work_, out_.text());
    return out_.Flush();
  }

  Status BeginConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) override {
    record_.clear();
    COFFER_TRY(json_.AppendOpenConversation(text, head, record_));
    out_.text() += "<conversation>";
    AppendMembers(std::string_view(record_).substr(1));
    out_.text() += "<messages>";
    message_place_ = format::MessagePlaceText(id);
    ++work_.report.conversations;
    return Status::Ok();
  }

  Status AddMessage(std::string_view, std::uint64_t sequence_number, const format::StoredMessage& message) override {
    record_.clear();
    COFFER_TRY(json_.AppendMessage(message, message_place_, sequence_number, record_));
    out_.text() += "\n<message>";
    AppendMembers(std::string_view(record_).substr(1, record_.size() - 2));
    out_.text() += "</message>";
    ++work_.report.messages;
    return Counted();
  }

  Status EndConversation() override {
    out_.text() += "</messages></conversation>\n";
    return Counted();
  }

  Status AddDocument(std::string_view id, const format::StoredRecord& record) override {
    record_.clear();
    COFFER_TRY(json_.AppendOpenDocument(record, record_));
    out_.text() += "<document>";
    AppendMembers(std::string_view(record_).substr(1));
    ++work_.report.documents;
    if (work_.plan.options.include_contents && record.content) {
      COFFER_TRY(AddContent(id, *record.content));
      ++work_.report.contents;
    }
    out_.text() += "</document>\n";
    return Counted();
  }

  Status AddPrompt(std::string_view, const format::StoredRecord& record) override {
    record_.clear();
    COFFER_TRY(json_.AppendPrompt(record, record_));
    out_.text() += "<prompt>";
    AppendMembers(std::string_view(record_).substr(1, record_.size() - 2));
    out_.text() += "</prompt>\n";
    ++work_.report.prompts;
    return Counted();
  }

 private:
  void AppendMembers(std::string_view members) {
    std::string_view name;
    std::string_view value;
    while (format::TakeCanonicalMember(members, name, value)) format::AppendXmlMember(name, value, scratch_, out_.text());
  }

  Status AddContent(std::string_view id, const format::ContentReference& content) {
    if (StandsBeside(work_, content)) {
      out_.text() += "<content_path>";
      format::AppendXmlText(ContentEntryPath(id), out_.text());
      out_.text() += "</content_path>";
      return WriteBeside(work_, id, content);
    }
    out_.text() += "<content_base64>";
    Status status = ForEachBase64Piece(work_, id, content, [this](std::string_view base64) {
      out_.text() += base64;
      return out_.Step();
    });
    out_.text() += "</content_base64>";
    return status;
  }

  Status Counted() {
    work_.context.AddRecords(1);
    return out_.Step();
  }

  const ExportWork work_;
  BufferedExportFile out_;
  ExportedRecord json_;
  std::string record_;
  std::string scratch_;
  std::string message_place_;  // of the current conversation
};

// <table><row>…</row></table>, one element per present cell.
class XmlTables final : public TableWriter {
 public:
  explicit XmlTables(const ExportWork& work) : work_(work), out_(work.bundle, 0, work.context) {}

  Status Begin(std::vector<Table> tables) override {
    tables_ = std::move(tables);
    AppendRoot(work_, out_.text());
    OpenTable();
    return Status::Ok();
  }

  Status AddRow(std::size_t table, std::span<const std::string_view> cells) override {
    while (open_ < table) CloseTable();
    out_.text() += "<row>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      format::AppendXmlMember("\"" + tables_[table].columns[i].name + "\"", cells[i], scratch_, out_.text());
    }
    out_.text() += "</row>\n";
    return out_.Step();
  }

  Status End() override {
    while (open_ < tables_.size()) CloseTable();
    AppendEnd(work_, out_.text());
    return out_.Flush();
  }

 private:
  void OpenTable() { out_.text().append("<").append(tables_[open_].name).append(">\n"); }
  void CloseTable() {
    out_.text().append("</").append(tables_[open_].name).append(">\n");
    if (++open_ < tables_.size()) OpenTable();
  }

  const ExportWork work_;
  BufferedExportFile out_;
  std::vector<Table> tables_;
  std::size_t open_ = 0;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<RecordWriter> NewXmlWriter(const ExportWork& work) { return std::make_unique<XmlWriter>(work); }
std::unique_ptr<TableWriter> NewXmlTables(const ExportWork& work) { return std::make_unique<XmlTables>(work); }

}  // namespace coffer::operations

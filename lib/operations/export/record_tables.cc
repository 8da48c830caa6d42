// Records as tables, one per kind, for CSV, SQL and Parquet. Contents are files in the tar (CSV) or a table of chunks.
#include <algorithm>
#include <optional>

#include "coffer/limits.h"
#include "format/age/base64.h"
#include "format/json/json_text.h"
#include "format/records/member_list.h"
#include "format/records/record_codec.h"
#include "operations/export/export_plan.h"
#include "operations/export/record_writer.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

class RecordTables final : public RecordWriter {
 public:
  explicit RecordTables(const ExportWork& work)
      : work_(work), in_chunks_(work.plan.options.format != ExportFormat::kCsv), tables_(NewTables(work)) {}

  Status Begin() override {
    const ScopeKinds& kinds = work_.plan.kinds;
    std::vector<Table> tables;
    if (kinds.conversations) {
      conversations_.Open(work_.plan.options, tables);
      messages_.Open(work_.plan.options, tables);
    }
    // In the order of FileNamesOf.
    if (kinds.documents && in_chunks_ && work_.plan.options.include_contents) {
      contents_table_ = tables.size();
      tables.push_back({"contents",
                        {{"document_id", format::ValueType::kText},
                         {"chunk", format::ValueType::kWhole, true, true},
                         {"bytes", format::ValueType::kText, false, false, true}}});
    }
    if (kinds.documents) documents_.Open(work_.plan.options, tables);
    if (kinds.prompts) prompts_.Open(work_.plan.options, tables);
    return tables_->Begin(std::move(tables));
  }
  Status BeginKind(Kind) override { return Status::Ok(); }
  Status EndKind(Kind kind) override {
    if (kind == Kind::kPrompt) return tables_->EndTable(prompts_.table);
    if (kind == Kind::kDocument) {
      if (work_.plan.options.include_contents && in_chunks_) {
        COFFER_TRY(tables_->EndTable(contents_table_));
      }
      return tables_->EndTable(documents_.table);
    }
    COFFER_TRY(tables_->EndTable(conversations_.table));
    return tables_->EndTable(messages_.table);
  }
  Status End() override { return tables_->End(); }

  Status BeginConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) override {
    record_.clear();
    format::AppendOpenConversation(text, head.messages.count, head.last_message_at, record_);
    record_ += '}';
    message_place_ = format::MessagePlaceText(id);
    ++work_.report.conversations;
    return AddRecord(conversations_, record_);
  }

  Status AddMessage(std::string_view, std::uint64_t sequence_number, const format::StoredMessage& message) override {
    record_.clear();
    format::AppendFullMessage(message, message_place_, sequence_number, record_);
    ++work_.report.messages;
    return AddRecord(messages_, record_);
  }

  Status EndConversation() override { return Status::Ok(); }

  Status AddDocument(std::string_view id, const format::StoredRecord& record) override {
    ++work_.report.documents;
    COFFER_TRY(AddRecord(documents_, record.json));
    if (!work_.plan.options.include_contents || !record.content) return Status::Ok();
    ++work_.report.contents;
    return in_chunks_ ? AddChunks(id, *record.content) : WriteBeside(work_, id, *record.content);
  }

  Status AddPrompt(std::string_view, const format::StoredRecord& record) override {
    ++work_.report.prompts;
    return AddRecord(prompts_, record.json);
  }

 private:
  struct KindTable {
    explicit KindTable(Kind the_kind) : kind(the_kind), members(the_kind) {}

    void Open(const ExportOptions& options, std::vector<Table>& tables) {
      table = tables.size();
      tables.push_back({std::string(KindNamePlural(kind)), ColumnsOfKind(kind, options.include_metadata)});
      for (std::size_t i = 0; i < members.members().size(); ++i) {
        if (options.include_metadata || members.members()[i].name != format::kExtraMetadataName) shown.push_back(i);
      }
      with_unknown = options.include_metadata;
    }

    const Kind kind;
    format::RecordMembers members;
    std::size_t table = 0;
    std::vector<std::size_t> shown;  // indexes of members that have a column
    bool with_unknown = true;
  };

  Status AddRecord(KindTable& kind, std::string_view json) {
    if (!kind.members.Read(json)) return Status::Corruption("malformed record text");
    cells_.clear();
    for (std::size_t member : kind.shown) cells_.push_back(kind.members.value(member));
    if (kind.with_unknown) {
      unknown_.clear();
      if (!kind.members.unknown().empty()) unknown_.append("{").append(kind.members.unknown()).append("}");
      cells_.push_back(unknown_);
    }
    work_.context.AddRecords(1);
    return tables_->AddRow(kind.table, cells_);
  }

  // One row per kContentChunkBytes. An empty content has one empty row, to differ from a document without content.
  Status AddChunks(std::string_view id, const format::ContentReference& content) {
    std::string chunk;
    std::uint64_t number = 0;
    Status status = work_.contents(id, content, [&](std::string_view piece) {
      while (!piece.empty()) {
        const std::size_t take = std::min(piece.size(), kContentChunkBytes - chunk.size());
        chunk += piece.substr(0, take);
        piece.remove_prefix(take);
        if (chunk.size() < kContentChunkBytes) continue;
        COFFER_TRY(AddChunk(id, number++, chunk));
        chunk.clear();
      }
      return Status::Ok();
    });
    if (!status.ok() || (chunk.empty() && number > 0)) return status;
    return AddChunk(id, number, chunk);
  }

  Status AddChunk(std::string_view id, std::uint64_t number, std::string_view bytes) {
    std::string id_text;
    format::AppendJsonString(id, id_text);
    std::string base64 = "\"";
    format::AppendBase64(bytes, base64);
    base64 += '"';
    const std::string number_text = std::to_string(number);
    const std::string_view cells[] = {id_text, number_text, base64};
    return tables_->AddRow(contents_table_, cells);
  }

  const ExportWork work_;
  const bool in_chunks_;
  const std::unique_ptr<TableWriter> tables_;
  KindTable conversations_{Kind::kConversation};
  KindTable messages_{Kind::kMessage};
  KindTable documents_{Kind::kDocument};
  KindTable prompts_{Kind::kPrompt};
  std::size_t contents_table_ = 0;
  std::string record_;
  std::string message_place_;
  std::string unknown_;
  std::vector<std::string_view> cells_;
};

}  // namespace

std::unique_ptr<RecordWriter> NewRecordTables(const ExportWork& work) { return std::make_unique<RecordTables>(work); }

std::unique_ptr<TableWriter> NewTables(const ExportWork& work) {
  switch (work.plan.options.format) {
    case ExportFormat::kCsv:
      return NewCsvTables(work);
    case ExportFormat::kSql:
      return NewSqlTables(work);
    case ExportFormat::kXml:
      return NewXmlTables(work);
    case ExportFormat::kNdjson:
      return NewNdjsonTables(work);
    case ExportFormat::kParquet:
      return NewParquetTables(work);
    case ExportFormat::kJson:
      break;
  }
  return NewJsonTables(work);
}

std::vector<Column> ColumnsOfKind(Kind kind, bool include_metadata) {
  std::vector<Column> columns;
  for (const format::MemberInfo& member : format::MembersOfKind(kind)) {
    if (!include_metadata && member.name == format::kExtraMetadataName) continue;
    columns.push_back({std::string(member.name), member.type, member.whole});
  }
  if (include_metadata) columns.push_back({std::string(kUnknownColumn), format::ValueType::kJson});
  return columns;
}

}  // namespace coffer::operations

#include "operations/export/custom_rows.h"

#include <memory>
#include <vector>

#include "format/records/member_list.h"
#include "operations/export/export_plan.h"
#include "operations/export/exported_record.h"
#include "operations/export/row_sorter.h"
#include "operations/export/table_writer.h"
#include "vocabulary/check.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

class CustomRows final : public RecordSink {
 public:
  CustomRows(const ExportWork& work, const CustomQuery& query, TableWriter& table, RowSorter* sorter)
      : work_(work), query_(query), table_(table), sorter_(sorter), members_(query.entity()) {}

  // The limit is reached, and no sort needs the rest of the walk.
  bool full() const { return sorter_ == nullptr && query_.limit() && rows_ >= *query_.limit(); }
  std::uint64_t rows() const { return rows_; }

  Status BeginConversation(std::string_view id, const format::StoredText& text, const format::ConversationHead& head) override {
    if (query_.entity() == Kind::kMessage) {
      message_place_ = format::MessagePlaceText(id);
      return Status::Ok();
    }
    record_.clear();
    format::AppendOpenConversation(text, head.messages.count, head.last_message_at, record_);
    record_ += '}';
    return AddRecord(record_);
  }

  Status AddMessage(std::string_view, std::uint64_t sequence_number, const format::StoredMessage& message) override {
    if (query_.entity() != Kind::kMessage) return Status::Ok();
    if (work_.plan.options.created_from || work_.plan.options.created_before) {
      COFFER_ASSIGN(Timestamp created_at, message.created_at());
      if (work_.plan.options.created_from && created_at < *work_.plan.options.created_from) return Status::Ok();
      if (work_.plan.options.created_before && created_at >= *work_.plan.options.created_before) return Status::Ok();
    }
    record_.clear();
    format::AppendFullMessage(message, message_place_, sequence_number, record_);
    return AddRecord(record_);
  }

  Status EndConversation() override { return Status::Ok(); }
  Status AddDocument(std::string_view, const format::StoredRecord& record) override { return AddRecord(record.json); }
  Status AddPrompt(std::string_view, const format::StoredRecord& record) override { return AddRecord(record.json); }

  Status AddRow(std::span<const std::string_view> cells) {
    ++rows_;
    work_.context.AddRecords(1);
    return table_.AddRow(0, cells);
  }

 private:
  Status AddRecord(std::string_view json) {
    if (full()) return Status::Cancelled("limit");
    COFFER_TRY(work_.context.CheckStop());
    if (!members_.Read(json)) return Status::Corruption("malformed record text");
    if (!query_.Holds(members_)) return Status::Ok();
    unknown_.clear();
    if (!members_.unknown().empty()) unknown_.append("{").append(members_.unknown()).append("}");
    const auto cell = [this](std::size_t member) {
      return member < members_.values().size() ? members_.value(member) : std::string_view(unknown_);
    };
    cells_.clear();
    for (std::size_t field : query_.fields()) cells_.push_back(cell(field));
    if (sorter_ == nullptr) return AddRow(cells_);
    keys_.clear();
    for (const QueryOrder& order : query_.order()) keys_.push_back(cell(order.member));
    return sorter_->Add(keys_, cells_);
  }

  const ExportWork& work_;
  const CustomQuery& query_;
  TableWriter& table_;
  RowSorter* const sorter_;
  format::RecordMembers members_;
  std::uint64_t rows_ = 0;
  std::string record_;
  std::string message_place_;
  std::string unknown_;
  std::vector<std::string_view> cells_;
  std::vector<std::string_view> keys_;
};

std::vector<Column> ColumnsOf(const CustomQuery& query) {
  const std::vector<Column> all = ColumnsOfKind(query.entity(), true);
  std::vector<Column> columns;
  for (std::size_t field : query.fields()) columns.push_back(all[field]);
  return columns;
}

Status Walk(const CustomQuery& query, storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
            RecordSink& sink) {
  switch (query.entity()) {
    case Kind::kDocument:
      return WalkDocuments(store, snapshot, filter, sink);
    case Kind::kPrompt:
      return WalkPrompts(store, snapshot, filter, sink);
    default:
      return WalkConversations(store, snapshot, filter, sink);
  }
}

std::uint64_t& CountOf(Kind kind, ExportReport& report) {
  switch (kind) {
    case Kind::kDocument:
      return report.documents;
    case Kind::kPrompt:
      return report.prompts;
    case Kind::kMessage:
      return report.messages;
    default:
      return report.conversations;
  }
}

}  // namespace

Status WriteCustomRows(const ExportWork& work, storage::Store& store, const storage::StoreSnapshot* snapshot,
                       TemporaryFiles& files, const std::string& sort_prefix) {
  COFFER_CHECK(work.plan.query.has_value());
  const CustomQuery& query = *work.plan.query;
  RecordFilter filter = FilterOf(work.plan.options);
  query.Narrow(filter);
  if (query.entity() == Kind::kMessage) filter.created_from = filter.created_before = std::nullopt;

  const std::unique_ptr<TableWriter> table = NewTables(work);
  COFFER_TRY(table->Begin({{std::string(KindNamePlural(query.entity())), ColumnsOf(query)}}));
  std::optional<RowSorter> sorter;
  if (!query.order().empty()) sorter.emplace(files, sort_prefix, query.order(), query.limit());
  CustomRows rows(work, query, *table, sorter ? &*sorter : nullptr);
  Status status = query.limit() == 0 ? Status::Ok() : Walk(query, store, snapshot, filter, rows);
  // Neither a missing record that the query names by id nor the stop at the limit is a failure.
  const bool named_nothing = status.code() == StatusCode::kNotFound && filter.id;
  if (!status.ok() && !named_nothing && !rows.full()) return status;
  COFFER_TRY(work.context.CheckStop());
  if (sorter) COFFER_TRY(sorter->ForEach([&](RowSorter::Cells cells) { return rows.AddRow(cells); }));
  CountOf(query.entity(), work.report) = rows.rows();
  return table->End();
}

}  // namespace coffer::operations

#include "operations/export/analytics.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/json/decimal_sum.h"
#include "format/json/json_text.h"
#include "format/records/member_list.h"
#include "operations/export/export_plan.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kDateBytes = 10;  // of 2026-11-22T10:00:00.000000Z

struct TokenSums {
  std::uint64_t messages = 0;
  format::DecimalSum prompt_tokens;
  format::DecimalSum completion_tokens;
  format::DecimalSum total_tokens;
  format::DecimalSum cost;
};

struct UserSums {
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t bytes = 0;
};

struct DaySums {
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

struct RoleSums {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

std::size_t PlaceOf(std::string_view member) { return *format::FindMember(Kind::kMessage, member); }

// Bytes are the bytes of the stored text, as in the engine's counters.
class AnalyticsSums final : public RecordSink {
 public:
  explicit AnalyticsSums(OperationContext& context) : context_(context) {}

  Status BeginConversation(std::string_view, const format::StoredText& text, const format::ConversationHead& head) override {
    owner_ = head.owner;
    ++conversations_;
    conversation_bytes_ += text.json.size();
    UserSums* const user = Row(users_, owner_);
    DaySums* const day = Row(days_, FormatTimestamp(head.created_at).substr(0, kDateBytes));
    if (user == nullptr || day == nullptr) return TooMany();
    ++user->conversations;
    user->bytes += text.json.size();
    ++day->conversations;
    day->bytes += text.json.size();
    return Step();
  }

  Status AddMessage(std::string_view, std::uint64_t, const format::StoredMessage& message) override {
    if (!message_.Read(message.json)) return Status::Corruption("message: malformed record text");
    ++totals_.messages;
    message_bytes_ += message.json.size();
    const std::string_view model = message_.value(model_);
    UserSums* const user = Row(users_, owner_);
    DaySums* const day = Row(days_, message.json.substr(message.created_at_offset, kDateBytes));
    RoleSums* const role = Row(roles_, message_.value(role_));
    TokenSums* const tokens = Row(models_, model);
    if (user == nullptr || day == nullptr || role == nullptr || tokens == nullptr) return TooMany();
    ++user->messages;
    user->bytes += message.json.size();
    ++day->messages;
    day->bytes += message.json.size();
    ++role->messages;
    role->bytes += message.json.size();
    ++tokens->messages;
    AddTokens(*tokens);
    AddTokens(totals_);
    return Step();
  }

  Status EndConversation() override { return Status::Ok(); }

  Status AddDocument(std::string_view, const format::StoredRecord& record) override {
    UserSums* const user = Row(users_, record.owner);
    if (user == nullptr) return TooMany();
    const std::uint64_t content = record.content ? record.content->size_bytes : 0;
    ++documents_;
    contents_ += record.content ? 1 : 0;
    document_bytes_ += record.json.size();
    content_bytes_ += content;
    ++user->documents;
    user->bytes += record.json.size() + content;
    return Step();
  }

  Status AddPrompt(std::string_view, const format::StoredRecord& record) override {
    UserSums* const user = Row(users_, record.owner);
    if (user == nullptr) return TooMany();
    ++prompts_;
    prompt_bytes_ += record.json.size();
    ++user->prompts;
    user->bytes += record.json.size();
    return Step();
  }

  // Returns the number of rows written.
  Result<std::uint64_t> Write(TableWriter& tables) {
    tables_ = &tables;
    COFFER_TRY(tables.Begin(Tables()));
    COFFER_TRY(WriteTotals());
    COFFER_TRY(WriteGroups());
    COFFER_TRY(WriteStorage());
    return rows_;
  }

 private:
  template <typename Sums>
  using Groups = std::map<std::string, Sums, std::less<>>;

  // Null: the limit on groups is reached.
  template <typename Sums>
  static Sums* Row(Groups<Sums>& groups, std::string_view key) {
    const auto found = groups.find(key);
    if (found != groups.end()) return &found->second;
    if (groups.size() == kAnalyticsRowsMax) return nullptr;
    return &groups[std::string(key)];
  }

  static Status TooMany() {
    return Status::ResourceExhausted("analytics: a table exceeds " + std::to_string(kAnalyticsRowsMax) + " rows");
  }

  Status Step() {
    context_.AddRecords(1);
    return context_.CheckStop();
  }

  void AddTokens(TokenSums& sums) {
    const auto add = [this](std::size_t member, format::DecimalSum& sum) {
      const std::string_view number = message_.value(member);
      if (!number.empty() && !sum.Add(number)) ++unsummed_;
    };
    add(prompt_tokens_, sums.prompt_tokens);
    add(completion_tokens_, sums.completion_tokens);
    add(total_tokens_, sums.total_tokens);
    add(cost_, sums.cost);
  }

  static std::vector<Table> Tables() {
    using format::ValueType;
    const auto text = [](const char* name) { return Column{name, ValueType::kText}; };
    const auto number = [](const char* name) { return Column{name, ValueType::kNumber}; };
    const auto tokens = [](const char* name) { return Column{name, ValueType::kNumber, true}; };
    const auto count = [](const char* name) { return Column{name, ValueType::kWhole, true, true}; };
    return {
        {"totals",
         {count("conversations"), count("messages"), count("documents"), count("contents"), count("prompts"), count("bytes"),
          tokens("prompt_tokens"), tokens("completion_tokens"), tokens("total_tokens"), number("cost"), count("unsummed")}},
        {"by_day", {text("day"), count("conversations"), count("messages"), count("bytes")}},
        {"by_user",
         {text("user_id"), count("conversations"), count("messages"), count("documents"), count("prompts"), count("bytes")}},
        {"by_role", {text("role"), count("messages"), count("bytes")}},
        {"by_model",
         {text("model"), count("messages"), tokens("prompt_tokens"), tokens("completion_tokens"), tokens("total_tokens"),
          number("cost")}},
        {"storage_by_type", {text("type"), count("bytes")}}};
  }

  static std::string Literal(std::string_view text) {
    std::string literal;
    format::AppendJsonString(text, literal);
    return literal;
  }

  Status AddRow(std::size_t table, const std::vector<std::string>& cells) {
    ++rows_;
    views_.assign(cells.begin(), cells.end());
    return tables_->AddRow(table, views_);
  }

  Status WriteTotals() {
    const std::uint64_t bytes = conversation_bytes_ + message_bytes_ + document_bytes_ + content_bytes_ + prompt_bytes_;
    return AddRow(0, {std::to_string(conversations_), std::to_string(totals_.messages), std::to_string(documents_),
                      std::to_string(contents_), std::to_string(prompts_), std::to_string(bytes), totals_.prompt_tokens.Text(),
                      totals_.completion_tokens.Text(), totals_.total_tokens.Text(), totals_.cost.Text(),
                      // Already counted for its model.
                      std::to_string(unsummed_ / 2)});
  }

  Status WriteGroups() {
    for (const auto& [day, sums] : days_) {
      COFFER_TRY(AddRow(
          1, {Literal(day), std::to_string(sums.conversations), std::to_string(sums.messages), std::to_string(sums.bytes)}));
    }
    for (const auto& [user, sums] : users_) {
      COFFER_TRY(AddRow(2, {Literal(user), std::to_string(sums.conversations), std::to_string(sums.messages),
                            std::to_string(sums.documents), std::to_string(sums.prompts), std::to_string(sums.bytes)}));
    }
    for (const auto& [role, sums] : roles_) {
      COFFER_TRY(AddRow(3, {role, std::to_string(sums.messages), std::to_string(sums.bytes)}));
    }
    for (const auto& [model, sums] : models_) {
      COFFER_TRY(AddRow(4, {model, std::to_string(sums.messages), sums.prompt_tokens.Text(), sums.completion_tokens.Text(),
                            sums.total_tokens.Text(), sums.cost.Text()}));
    }
    return Status::Ok();
  }

  Status WriteStorage() {
    const std::pair<std::string_view, std::uint64_t> types[] = {{"conversations", conversation_bytes_},
                                                                {"messages", message_bytes_},
                                                                {"documents", document_bytes_},
                                                                {"contents", content_bytes_},
                                                                {"prompts", prompt_bytes_}};
    for (const auto& [type, bytes] : types) {
      COFFER_TRY(AddRow(5, {Literal(type), std::to_string(bytes)}));
    }
    return Status::Ok();
  }

  OperationContext& context_;
  std::string owner_;  // of the current conversation
  format::RecordMembers message_{Kind::kMessage};
  const std::size_t role_ = PlaceOf("role");
  const std::size_t model_ = PlaceOf("model_used");
  const std::size_t prompt_tokens_ = PlaceOf("prompt_tokens");
  const std::size_t completion_tokens_ = PlaceOf("completion_tokens");
  const std::size_t total_tokens_ = PlaceOf("total_tokens");
  const std::size_t cost_ = PlaceOf("cost");

  std::uint64_t conversations_ = 0;
  std::uint64_t documents_ = 0;
  std::uint64_t contents_ = 0;
  std::uint64_t prompts_ = 0;
  std::uint64_t conversation_bytes_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::uint64_t document_bytes_ = 0;
  std::uint64_t content_bytes_ = 0;
  std::uint64_t prompt_bytes_ = 0;
  std::uint64_t unsummed_ = 0;  // numbers outside the range of DecimalSum
  TokenSums totals_;
  Groups<DaySums> days_;
  Groups<UserSums> users_;
  // Roles and models as JSON literals; a message without a model is in the group of the empty key.
  Groups<RoleSums> roles_;
  Groups<TokenSums> models_;

  TableWriter* tables_ = nullptr;
  std::uint64_t rows_ = 0;
  std::vector<std::string_view> views_;
};

}  // namespace

Status WriteAnalytics(const ExportWork& work, storage::Store& store, const storage::StoreSnapshot* snapshot) {
  AnalyticsSums sums(work.context);
  const RecordFilter filter = FilterOf(work.plan.options);
  COFFER_TRY(WalkConversations(store, snapshot, filter, sums));
  COFFER_TRY(WalkDocuments(store, snapshot, filter, sums));
  COFFER_TRY(WalkPrompts(store, snapshot, filter, sums));
  const std::unique_ptr<TableWriter> tables = NewTables(work);
  COFFER_ASSIGN(std::uint64_t rows, sums.Write(*tables));
  work.report.rows = rows;
  return tables->End();
}

}  // namespace coffer::operations

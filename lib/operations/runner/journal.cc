#include "operations/runner/journal.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "format/json/json_tree.h"
#include "format/stored/keys.h"
#include "operations/runner/journal_json.h"
#include "vocabulary/check.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint8_t kEntryFormat = 1;
constexpr char kEntryTag = 'E';
constexpr char kResultTag = 'R';
constexpr char kPlanTag = 'P';
constexpr auto kFamily = storage::Family::kOperations;

std::string KeyOf(char tag, std::string_view id) { return tag + std::string(id); }

std::string PlanRowKey(std::string_view id, std::uint32_t row) {
  std::string key = KeyOf(kPlanTag, id);
  key.push_back('\0');
  format::AppendBigEndian(row, key);
  return key;
}

Status Damaged(std::string_view id) {
  return Status::Corruption("journal: the entry of operation " + std::string(id) + " is damaged");
}

OrderedJson TimeOrNull(const std::optional<Timestamp>& time) {
  return time ? OrderedJson(time->microseconds) : OrderedJson(nullptr);
}

std::optional<Timestamp> ReadTime(const OrderedJson& json) {
  if (json.is_null()) return std::nullopt;
  return Timestamp{json.get<std::int64_t>()};
}

std::string EncodeEntry(const OperationInfo& info) {
  std::string value;
  value.push_back(static_cast<char>(kEntryFormat));
  value.push_back(static_cast<char>(info.kind));
  value.push_back(static_cast<char>(info.state));
  const OperationProgress& progress = info.progress;
  OrderedJson json;
  json["principal"] = info.principal;
  json["created_at"] = info.created_at.microseconds;
  json["started_at"] = TimeOrNull(info.started_at);
  json["completed_at"] = TimeOrNull(info.completed_at);
  json["progress"] = {progress.records_done, progress.records_expected, progress.bytes_done, progress.bytes_expected};
  json["error"] = {{"code", static_cast<int>(info.error.code())}, {"message", std::string(info.error.message())}};
  json["request"] = format::ParseJsonTree<OrderedJson>(info.request.text());
  return value + ToText(json);
}

// Running out of memory while reading does not mean that the entry is damaged.
Status NotRead(std::string_view id, Status fault) {
  return fault.code() == StatusCode::kResourceExhausted ? fault : Damaged(id);
}

Status ReadMembers(const OrderedJson& json, OperationInfo& info) {
  info.principal = json.at("principal").get<std::string>();
  info.created_at.microseconds = json.at("created_at").get<std::int64_t>();
  info.started_at = ReadTime(json.at("started_at"));
  info.completed_at = ReadTime(json.at("completed_at"));
  const OrderedJson& progress = json.at("progress");
  info.progress = {progress.at(0).get<std::uint64_t>(), progress.at(1).get<std::uint64_t>(),
                   progress.at(2).get<std::uint64_t>(), progress.at(3).get<std::uint64_t>()};
  const int code = json.at("error").at("code").get<int>();
  if (code < 0 || code > static_cast<int>(StatusCode::kInternal)) return Damaged(info.id);
  if (code != 0) info.error = Status(static_cast<StatusCode>(code), json.at("error").at("message").get<std::string>());
  Result<Json> request = Json::Parse(json.at("request").dump());
  if (!request.ok()) return NotRead(info.id, std::move(request).status());
  info.request = std::move(*request);
  return Status::Ok();
}

// Nullopt: there are no errors to remove.
std::optional<std::string> WithoutErrors(const OperationInfo& info) {
  const bool quotes = info.kind == OperationKind::kImport || info.kind == OperationKind::kRestore;
  if (!quotes || !info.result.is_object()) return std::nullopt;
  auto result = format::ParseJsonTree<OrderedJson>(info.result.text());
  if (!result.contains("errors") || result["errors"].empty()) return std::nullopt;
  result["errors"] = OrderedJson::array();
  return ToText(result);
}

bool IsEnded(OperationState state) { return state >= OperationState::kCompleted; }

Result<OperationInfo> DecodeEntry(std::string_view id, std::string_view value) {
  OperationInfo info;
  info.id = id;
  format::FieldReader fields(value);
  const auto version = fields.Number<std::uint8_t>();
  const auto kind = fields.Number<std::uint8_t>();
  const auto state = fields.Number<std::uint8_t>();
  if (fields.ok() && version > kEntryFormat)
    return Status::Unavailable("journal: operation " + info.id + " was written by a newer version");
  if (!fields.ok() || version != kEntryFormat || OperationKindName(static_cast<OperationKind>(kind)).empty() ||
      OperationStateName(static_cast<OperationState>(state)).empty()) {
    return Damaged(id);
  }
  info.kind = static_cast<OperationKind>(kind);
  info.state = static_cast<OperationState>(state);
  try {
    COFFER_TRY(ReadMembers(format::ParseJsonTree<OrderedJson>(fields.rest()), info));
  } catch (const OrderedJson::exception&) {
    return Damaged(id);
  }
  return info;
}

}  // namespace

Result<std::vector<OperationInfo>> Journal::Load() {
  std::vector<OperationInfo> unfinished;
  if (control_ == nullptr) return unfinished;
  const MutexLock lock(mutex_);
  const std::string prefix(1, kEntryTag);
  const std::unique_ptr<storage::Scan> scan = control_->NewScan(kFamily, prefix, format::PrefixEnd(prefix), {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const std::string id(scan->key().substr(1));
    if (scan->value().size() < 3) return Damaged(id);
    ids_.insert(id);
    if (IsEnded(static_cast<OperationState>(scan->value()[2]))) {
      ended_.insert(id);
      continue;
    }
    COFFER_ASSIGN(OperationInfo info, DecodeEntry(id, scan->value()));
    unfinished.push_back(std::move(info));
  }
  COFFER_TRY_CONTEXT(scan->status(), "journal");
  return unfinished;
}

std::string Journal::LastId() const {
  const MutexLock lock(mutex_);
  return ids_.empty() ? std::string() : *ids_.rbegin();
}

Status Journal::Begin(const OperationInfo& info, storage::WriteBatch& batch) {
  if (!writes_) return Status::Ok();
  batch.Put(kFamily, KeyOf(kEntryTag, info.id), EncodeEntry(info));
  bool added = false;
  {
    // Before the commit, because nothing may fail after it: recovery acts on every entry that the journal holds.
    const MutexLock lock(mutex_);
    added = ids_.insert(info.id).second;
  }
  Status status = control_->Commit(batch, Durability::kDurable);
  const MutexLock lock(mutex_);
  if (status.ok()) {
    ended_.erase(info.id);
  } else if (added) {
    ids_.erase(info.id);
  }
  return status.WithContext("journal");
}

Status Journal::Update(const OperationInfo& info) {
  if (!writes_) return Status::Ok();
  storage::WriteBatch batch;
  batch.Put(kFamily, KeyOf(kEntryTag, info.id), EncodeEntry(info));
  return control_->Commit(batch, Durability::kBuffered).WithContext("journal");
}

Status Journal::DropPlan(std::string_view id, storage::WriteBatch& batch) const {
  const std::string prefix = KeyOf(kPlanTag, id);
  const std::unique_ptr<storage::Scan> scan = control_->NewScan(kFamily, prefix, format::PrefixEnd(prefix), {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) batch.Delete(kFamily, scan->key());
  return scan->status();
}

Status Journal::End(const OperationInfo& info) {
  if (!writes_) return Status::Ok();
  const MutexLock lock(mutex_);
  storage::WriteBatch batch;
  batch.Put(kFamily, KeyOf(kEntryTag, info.id), EncodeEntry(info));
  if (info.result != Json()) {
    std::optional<std::string> shorter;
    if (info.id <= errors_forgotten_through_) shorter = WithoutErrors(info);
    batch.Put(kFamily, KeyOf(kResultTag, info.id), shorter ? *shorter : info.result.text());
  } else {
    batch.Delete(kFamily, KeyOf(kResultTag, info.id));  // one that was kept before the end
  }
  COFFER_TRY_CONTEXT(DropPlan(info.id, batch), "journal");
  std::vector<std::string> forgotten;
  for (auto oldest = ended_.begin(); ended_.size() + 1 - forgotten.size() > kOperationsRememberedMax; ++oldest) {
    batch.Delete(kFamily, KeyOf(kEntryTag, *oldest));
    batch.Delete(kFamily, KeyOf(kResultTag, *oldest));
    forgotten.push_back(*oldest);
  }
  COFFER_TRY_CONTEXT(control_->Commit(batch, Durability::kDurable), "journal");
  ended_.insert(info.id);
  for (const std::string& id : forgotten) {
    ended_.erase(id);
    ids_.erase(id);
  }
  COFFER_CHECK(ended_.size() <= kOperationsRememberedMax);
  return Status::Ok();
}

Status Journal::KeepResult(std::string_view id, std::string_view text) {
  if (!writes_) return Status::Ok();
  storage::WriteBatch batch;
  batch.Put(kFamily, KeyOf(kResultTag, id), text);
  return control_->Commit(batch, Durability::kDurable).WithContext("journal");
}

Result<std::string> Journal::KeptResult(std::string_view id) const {
  storage::PinnedValue value;
  COFFER_TRY(control_->Get(kFamily, KeyOf(kResultTag, id), nullptr, value));
  return value.found() ? std::string(value.view()) : std::string();
}

Result<std::optional<OperationInfo>> Journal::Read(std::string_view id) const {
  if (control_ == nullptr) return std::optional<OperationInfo>();
  storage::PinnedValue value;
  COFFER_TRY(control_->Get(kFamily, KeyOf(kEntryTag, id), nullptr, value));
  if (!value.found()) return std::optional<OperationInfo>();
  COFFER_ASSIGN(OperationInfo info, DecodeEntry(id, value.view()));
  if (!IsEnded(info.state)) return std::optional(std::move(info));
  COFFER_TRY(control_->Get(kFamily, KeyOf(kResultTag, id), nullptr, value));
  if (value.found()) {
    Result<Json> result = Json::Parse(value.view());
    if (!result.ok()) return NotRead(id, std::move(result).status());
    info.result = std::move(*result);
  }
  return std::optional(std::move(info));
}

std::vector<std::string> Journal::Ids() const {
  const MutexLock lock(mutex_);
  return {ids_.begin(), ids_.end()};
}

void Journal::AppendPlanRow(std::string_view id, std::uint32_t row, std::span<const std::string_view> ids,
                            storage::WriteBatch& batch) {
  std::string value;
  for (std::string_view one : ids) {
    format::AppendLittleEndian(static_cast<std::uint16_t>(one.size()), value);
    value.append(one);
  }
  batch.Put(kFamily, PlanRowKey(id, row), value);
}

void Journal::AppendPlanHead(std::string_view id, const Plan& plan, storage::WriteBatch& batch) {
  std::string value;
  format::AppendLittleEndian(plan.ids, value);
  format::AppendLittleEndian(plan.refused, value);
  batch.Put(kFamily, KeyOf(kPlanTag, id), value);
}

Result<std::optional<Plan>> Journal::ReadPlan(std::string_view id) const {
  storage::PinnedValue value;
  COFFER_TRY(control_->Get(kFamily, KeyOf(kPlanTag, id), nullptr, value));
  if (!value.found()) return std::optional<Plan>();
  format::FieldReader fields(value.view());
  Plan plan;
  plan.ids = fields.Number<std::uint64_t>();
  plan.refused = fields.Number<std::uint64_t>();
  if (!fields.ok()) return Damaged(id);
  return std::optional(plan);
}

Result<std::vector<std::string>> Journal::ReadPlanRow(std::string_view id, std::uint32_t row) const {
  storage::PinnedValue value;
  COFFER_TRY(control_->Get(kFamily, PlanRowKey(id, row), nullptr, value));
  if (!value.found()) return Damaged(id);
  std::vector<std::string> ids;
  format::FieldReader fields(value.view());
  while (!fields.rest().empty()) {
    const auto length = fields.Number<std::uint16_t>();
    ids.emplace_back(fields.Bytes(length));
    if (!fields.ok()) return Damaged(id);
  }
  return ids;
}

Status Journal::ForgetImportErrors() {
  {
    const MutexLock lock(mutex_);
    if (!ids_.empty()) errors_forgotten_through_ = *ids_.rbegin();
  }
  for (const std::string& id : Ids()) {
    COFFER_ASSIGN(std::optional<OperationInfo> info, Read(id));
    const std::optional<std::string> shorter = info ? WithoutErrors(*info) : std::nullopt;
    if (!shorter) continue;
    storage::WriteBatch batch;
    batch.Put(kFamily, KeyOf(kResultTag, id), *shorter);
    COFFER_TRY_CONTEXT(control_->Commit(batch, Durability::kDurable), "journal");
  }
  return Status::Ok();
}

}  // namespace coffer::operations

#include "engine/selection_scan.h"

#include "format/records/enum_names.h"
#include "format/stored/keys.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// What a selection compares, from the header of a record.
struct Traits {
  std::uint8_t status = 0;
  Timestamp created_at;
};

Result<std::optional<std::uint8_t>> StatusNumber(const Selection& selection) {
  if (selection.status.empty()) return std::optional<std::uint8_t>();
  const auto unknown = [&] {
    return Status::InvalidArgument("status: " + std::string(KindNamePlural(selection.kind)) + " have no status \"" +
                                   selection.status + "\"");
  };
  if (selection.kind == Kind::kConversation) {
    ConversationStatus status{};
    if (!format::ParseEnum(selection.status, status)) return unknown();
    return std::optional(static_cast<std::uint8_t>(status));
  }
  if (selection.kind == Kind::kDocument) {
    DocumentStatus status{};
    if (!format::ParseEnum(selection.status, status)) return unknown();
    return std::optional(static_cast<std::uint8_t>(status));
  }
  return unknown();
}

Result<Traits> TraitsOf(Kind kind, std::string_view value) {
  if (kind == Kind::kConversation) {
    COFFER_ASSIGN(format::ConversationHead head, format::DecodeConversationHead(value));
    return Traits{head.status, head.created_at};
  }
  COFFER_ASSIGN(format::StoredRecord record, format::DecodeStoredRecord(kind, value));
  return Traits{record.status, record.created_at};
}

bool InTime(const Selection& selection, Timestamp created_at) {
  return (!selection.created_from || created_at >= *selection.created_from) &&
         (!selection.created_before || created_at < *selection.created_before);
}

Status ForEachOwned(const ReadView& view, const Selection& selection, std::optional<std::uint8_t> status_number,
                    const std::function<Status(std::string_view)>& visit) {
  const std::string prefix = format::OwnerPrefix(selection.kind, selection.owner);
  const std::string begin =
      selection.created_from ? format::OwnerKey(selection.kind, selection.owner, *selection.created_from, {}) : prefix;
  const std::string end = selection.created_before
                              ? format::OwnerKey(selection.kind, selection.owner, *selection.created_before, {})
                              : format::PrefixEnd(prefix);
  if (begin >= end) return Status::Ok();
  storage::ScanOptions options;
  options.snapshot = view.snapshot;
  const std::unique_ptr<storage::Scan> scan = view.store.NewScan(storage::Family::kByOwner, begin, end, options);
  std::size_t count = 0;
  storage::PinnedValue value;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const auto key = format::ParseOwnerKey(scan->key());
    if (!key) return Status::Corruption("by_owner: malformed key");
    if (status_number) {
      COFFER_TRY(view.store.Get(FamilyOf(selection.kind), key->id, view.snapshot, value));
      if (!value.found()) continue;
      COFFER_ASSIGN_CONTEXT(Traits traits, TraitsOf(selection.kind, value.view()), key->id);
      if (traits.status != *status_number) continue;
    }
    COFFER_TRY(visit(key->id));
    if (++count == selection.limit) return Status::Ok();
  }
  return scan->status();
}

}  // namespace

Status CheckSelection(const Selection& selection) {
  if (selection.kind == Kind::kMessage || selection.kind == Kind::kContent) {
    return Status::InvalidArgument("kind: " + std::string(KindName(selection.kind)) + " cannot be selected");
  }
  Result<std::optional<std::uint8_t>> status = StatusNumber(selection);
  return status.ok() ? Status::Ok() : std::move(status).status();
}

Status ForEachSelected(const ReadView& view, const Selection& selection,
                       const std::function<Status(std::string_view id)>& visit) {
  COFFER_TRY(CheckSelection(selection));
  COFFER_ASSIGN(std::optional<std::uint8_t> status_number, StatusNumber(selection));
  if (!selection.owner.empty()) return ForEachOwned(view, selection, status_number, visit);

  storage::ScanOptions options;
  options.snapshot = view.snapshot;
  options.fill_cache = false;
  const std::unique_ptr<storage::Scan> scan = view.store.NewScan(FamilyOf(selection.kind), {}, {}, options);
  std::size_t count = 0;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    COFFER_ASSIGN_CONTEXT(Traits traits, TraitsOf(selection.kind, scan->value()), scan->key());
    if (!InTime(selection, traits.created_at) || (status_number && traits.status != *status_number)) continue;
    COFFER_TRY(visit(scan->key()));
    if (++count == selection.limit) return Status::Ok();
  }
  return scan->status();
}

}  // namespace coffer::engine

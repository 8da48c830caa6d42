// Pages of records, their order and their cursors.
#include <charconv>

#include "coffer/limits.h"
#include "engine/record_reads.h"
#include "format/records/record_codec.h"
#include "format/stored/keys.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// A cursor is the position of the last item: "i.<id>" by id, "t.<created_at in microseconds>.<id>" by owner and time.
constexpr std::string_view kIdCursor = "i.";
constexpr std::string_view kTimeCursor = "t.";

std::string TimeCursor(const format::OwnerKeyParts& key) {
  return std::string(kTimeCursor) + std::to_string(key.created_at.microseconds) + "." + std::string(key.id);
}

// The first key after the cursor.
Result<std::string> AfterIdCursor(std::string_view cursor) {
  if (!cursor.starts_with(kIdCursor)) return BadCursor();
  cursor.remove_prefix(kIdCursor.size());
  if (!format::CheckId("after", cursor).ok()) return BadCursor();
  return std::string(cursor) + '\0';
}

Result<std::string> AfterTimeCursor(Kind kind, std::string_view owner, std::string_view cursor) {
  if (!cursor.starts_with(kTimeCursor)) return BadCursor();
  cursor.remove_prefix(kTimeCursor.size());
  Timestamp created_at;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), created_at.microseconds);
  const std::size_t digits = static_cast<std::size_t>(end - cursor.data());
  if (error != std::errc() || digits >= cursor.size() || cursor[digits] != '.') return BadCursor();
  const std::string_view id = cursor.substr(digits + 1);
  if (!format::CheckId("after", id).ok()) return BadCursor();
  return format::OwnerKey(kind, owner, created_at, id) + '\0';
}

Result<std::string> RecordText(const ReadView& view, Kind kind, std::string_view id) {
  return kind == Kind::kConversation ? ReadConversationText(view, id, false) : ReadRecordText(view, kind, id);
}

}  // namespace

Status BadCursor() { return Status::InvalidArgument("after: not a valid cursor of this listing"); }

Result<TextPage> ReadTextPage(const ReadView& view, Kind kind, const ListOptions& options) {
  if (kind == Kind::kMessage || kind == Kind::kContent) {
    return Status::InvalidArgument("kind: " + std::string(KindName(kind)) + " cannot be listed by itself");
  }
  if (options.limit < 1 || options.limit > kPageItemsMax) {
    return Status::InvalidArgument("limit: 1 to " + std::to_string(kPageItemsMax));
  }
  const bool by_owner = !options.owner.empty();
  const std::string prefix = by_owner ? format::OwnerPrefix(kind, options.owner) : std::string();
  std::string begin = prefix;
  if (!options.after.empty()) {
    COFFER_ASSIGN(std::string after,
                  by_owner ? AfterTimeCursor(kind, options.owner, options.after) : AfterIdCursor(options.after));
    begin = std::move(after);
  }
  const std::string end = by_owner ? format::PrefixEnd(prefix) : std::string();
  storage::ScanOptions scan_options;
  scan_options.snapshot = view.snapshot;
  const std::unique_ptr<storage::Scan> scan =
      view.store.NewScan(by_owner ? storage::Family::kByOwner : FamilyOf(kind), begin, end, scan_options);

  TextPage page;
  std::size_t bytes = 0;
  std::string last;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    if (page.texts.size() == options.limit || bytes > kPageBytesMax) {
      page.next = last;
      break;
    }
    std::string_view id = scan->key();
    if (by_owner) {
      const auto key = format::ParseOwnerKey(scan->key());
      if (!key) return Status::Corruption("by_owner: malformed key");
      id = key->id;
      last = TimeCursor(*key);
    } else {
      last = std::string(kIdCursor) + std::string(id);
    }
    Result<std::string> text = RecordText(view, kind, id);
    if (!text.ok() && text.status().code() == StatusCode::kNotFound) continue;  // deleted since the scan began
    if (!text.ok()) return std::move(text).status();
    bytes += text->size();
    page.ids.emplace_back(id);
    page.texts.push_back(std::move(*text));
  }
  COFFER_TRY(scan->status());
  return page;
}

}  // namespace coffer::engine

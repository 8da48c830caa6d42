// Pages of records, their order and their cursors.
#include <algorithm>
#include <charconv>
#include <utility>

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

// Where a listing reads: an index of one owner, or all records of a kind.
struct Place {
  bool by_owner = false;
  storage::Family family;
  std::string begin;
  std::string end;
  std::size_t id_offset = 0;  // in the keys
};

Result<Place> PlaceOf(Kind kind, const ListOptions& options) {
  Place place;
  place.by_owner = !options.owner.empty();
  place.family = place.by_owner ? storage::Family::kByOwner : FamilyOf(kind);
  if (place.by_owner) {
    place.begin = format::OwnerPrefix(kind, options.owner);
    place.end = format::PrefixEnd(place.begin);
    place.id_offset = place.begin.size() + format::kOwnerKeyTimeBytes;
  }
  if (!options.after.empty()) {
    COFFER_ASSIGN(place.begin, place.by_owner ? AfterTimeCursor(kind, options.owner, options.after)  //
                                              : AfterIdCursor(options.after));
  }
  return place;
}

// The rows that a listing needs in addition to those at its place.
std::vector<storage::JoinedRow> JoinedRows(Kind kind, const Place& place) {
  std::vector<storage::JoinedRow> rows;
  if (place.by_owner) rows.push_back({FamilyOf(kind), place.id_offset, {}});
  if (kind == Kind::kConversation) {
    rows.push_back({storage::Family::kMessages, place.id_offset, format::kConversationTextSuffix});
  }
  return rows;
}

// Fills a page with the records at a place.
class TextPageFiller {
 public:
  TextPageFiller(Kind kind, const Place& place, const std::string& owner) : kind_(kind), place_(place), owner_(owner) {}

  // Returns whether the page has room for more bytes.
  Result<bool> Add(const storage::RunRow& row) {
    const std::string_view id = row.key.substr(std::min(place_.id_offset, row.key.size()));
    COFFER_ASSIGN(last_, CursorAt(row.key));
    const std::string_view record = place_.by_owner ? row.joined.front().view() : row.value;
    if (place_.by_owner && !row.joined.front().found()) {
      return Status::Corruption(NameOf(kind_, id) + ": the index names it, but it is missing");
    }
    COFFER_TRY_CONTEXT(kind_ == Kind::kConversation ? AddConversation(record, row.joined.back()) : AddRecord(record),
                       NameOf(kind_, id));
    page_.ids.emplace_back(id);
    bytes_ += page_.texts.back().size();
    return bytes_ <= kPageBytesMax;
  }

  TextPage Take(bool more) {
    if (more) page_.next = std::move(last_);
    return std::move(page_);
  }

 private:
  Result<std::string> CursorAt(std::string_view key) const {
    if (!place_.by_owner) return std::string(kIdCursor).append(key);
    const auto parts = format::ParseOwnerKey(key);
    if (!parts) return Status::Corruption("by_owner: malformed key");
    return TimeCursor(*parts);
  }

  // The index agrees with the records, because both are read at one moment. No owner may see another's records even if it does
  // not.
  Status CheckOwner(std::string_view owner) const {
    if (owner_.empty() || owner == owner_) return Status::Ok();
    return Status::Corruption("the index of owner " + owner_ + " names it, but it belongs to another owner");
  }

  Status AddConversation(std::string_view head_row, const storage::PinnedValue& text_row) {
    COFFER_ASSIGN(const format::ConversationHead head, format::DecodeConversationHead(head_row));
    COFFER_TRY(CheckOwner(head.owner));
    if (!text_row.found()) return Status::Corruption("its text is missing");
    COFFER_ASSIGN(const format::StoredText stored, format::DecodeStoredText(text_row.view()));
    std::string& text = page_.texts.emplace_back();
    format::AppendOpenConversation(stored, head.messages.count, head.last_message_at, text);
    text.push_back('}');
    page_.derived.emplace_back(head);
    return Status::Ok();
  }

  Status AddRecord(std::string_view value) {
    COFFER_ASSIGN(const format::StoredRecord record, format::DecodeStoredRecord(kind_, value));
    COFFER_TRY(CheckOwner(record.owner));
    page_.texts.emplace_back(record.json);
    return Status::Ok();
  }

  const Kind kind_;
  const Place& place_;
  const std::string& owner_;
  TextPage page_;
  std::size_t bytes_ = 0;
  std::string last_;
};

}  // namespace

Status BadCursor() { return Status::InvalidArgument("after: not a valid cursor of this listing"); }

Result<TextPage> ReadTextPage(const ReadView& view, Kind kind, const ListOptions& options) {
  if (kind == Kind::kMessage || kind == Kind::kContent) {
    return Status::InvalidArgument("kind: " + std::string(KindName(kind)) + " cannot be listed by itself");
  }
  if (options.limit < 1 || options.limit > kPageItemsMax) {
    return Status::InvalidArgument("limit: 1 to " + std::to_string(kPageItemsMax));
  }
  COFFER_ASSIGN(const Place place, PlaceOf(kind, options));
  const std::vector<storage::JoinedRow> joined = JoinedRows(kind, place);
  const storage::Run run = {
      .family = place.family, .begin = place.begin, .end = place.end, .rows_max = options.limit, .joined = joined};
  TextPageFiller page(kind, place, options.owner);
  bool more = false;
  COFFER_TRY(view.store.Read(
      {.run = &run}, view.snapshot, {}, [&](const storage::RunRow& row) { return page.Add(row); }, &more));
  return page.Take(more);
}

}  // namespace coffer::engine

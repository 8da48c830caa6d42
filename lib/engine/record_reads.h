// Reads of single records and of pages, as text and as structs, over one store and one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/engine.h"
#include "engine/core.h"
#include "format/stored/stored_record.h"

namespace coffer::engine {

// Where to read. Copies are cheap; the store and the snapshot must outlive it.
struct ReadView {
  storage::Store& store;
  const storage::StoreSnapshot* snapshot = nullptr;
};

// A scan that stands at the row which holds this message, if any does: the last one that begins at or before it.
std::unique_ptr<storage::Scan> ScanToMessage(const ReadView& view, std::string_view conversation_id,
                                             std::uint64_t sequence_number);
// Calls `found` with the message, if it is there, and with whether others stand in the same row.
Result<bool> FindMessage(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number,
                         const std::function<void(const format::StoredMessage& message, bool shares_row)>& found);

Result<std::string> ReadConversationText(const ReadView& view, std::string_view id, bool with_messages);
Result<std::string> ReadMessageText(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number);
// Documents and prompts.
Result<std::string> ReadRecordText(const ReadView& view, Kind kind, std::string_view id);

Result<Conversation> ReadConversation(const ReadView& view, std::string_view id);
Result<Message> ReadMessage(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number);
Result<Page<Message>> ReadMessages(const ReadView& view, std::string_view conversation_id, const MessageListOptions& options);

// One page of texts, in the order that ListOptions tells. `next` becomes the cursor behind it.
struct TextPage {
  std::vector<std::string> ids;
  std::vector<std::string> texts;
  std::string next;
};
Result<TextPage> ReadTextPage(const ReadView& view, Kind kind, const ListOptions& options);

// The failure of a page whose `after` is not a cursor of its listing.
Status BadCursor();

// Fills in the members that come from the head, which is read for it. A conversation that is gone by now keeps them empty.
Status ReadDerived(const ReadView& view, Conversation& conversation);

storage::Family FamilyOf(Kind kind);

}  // namespace coffer::engine

// Reads single records and pages, as text and as structs, from a store or a snapshot of it.
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

// What to read from. Cheap to copy. The store and the snapshot must outlive it, and so must the text of the owner.
struct ReadView {
  storage::Store& store;
  const storage::StoreSnapshot* snapshot = nullptr;
  std::string_view owner = {};  // as in ReadOptions
};

// A scan at the row that holds this message, if one does: the last row that begins at or before it.
std::unique_ptr<storage::Scan> ScanToMessage(const ReadView& view, std::string_view conversation_id,
                                             std::uint64_t sequence_number);
// Calls `found` with the message and with whether its row has others. Returns whether the message exists and belongs to the
// view's owner.
Result<bool> FindMessage(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number,
                         const std::function<void(const format::StoredMessage& message, bool shares_row)>& found);

Result<std::string> ReadConversationText(const ReadView& view, std::string_view id, bool with_messages);
Result<std::string> ReadMessageText(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number);
// Documents and prompts.
Result<std::string> ReadRecordText(const ReadView& view, Kind kind, std::string_view id);

Result<Conversation> ReadConversation(const ReadView& view, std::string_view id);
Result<Message> ReadMessage(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number);
Result<Page<Message>> ReadMessages(const ReadView& view, std::string_view conversation_id, const MessageListOptions& options);

// What a conversation's messages add to it.
struct DerivedMembers {
  explicit DerivedMembers(const format::ConversationHead& head);
  void SetIn(Conversation& conversation) const;

  std::uint64_t message_count = 0;
  std::optional<Timestamp> last_message_at;
};

// One page of texts, in the order of ListOptions. `next` is the cursor of the next page; empty: there is no next page.
struct TextPage {
  std::vector<std::string> ids;
  std::vector<std::string> texts;
  std::vector<DerivedMembers> derived;  // of conversations: one for each
  std::string next;
};
// The owner of `options` counts, not that of the view.
Result<TextPage> ReadTextPage(const ReadView& view, Kind kind, const ListOptions& options);

// A document, as far as its content is concerned.
// kNotFound: there is no such document, or it has no content.
Result<format::ContentReference> ReadContentReference(const ReadView& view, std::string_view document_id,
                                                      storage::PinnedValue& value);

// kInvalidArgument for `after`.
Status BadCursor();

// "conversation c1", for messages.
std::string NameOf(Kind kind, std::string_view id);

storage::Family FamilyOf(Kind kind);

}  // namespace coffer::engine

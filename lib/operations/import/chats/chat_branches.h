// ChatBranches: converts the tree of a chat to conversations without branches.
#pragma once

#include <string_view>
#include <vector>

#include "format/records/record_codec.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {

inline constexpr std::string_view kBranchOfName = "branch_of";

// The first conversation is the chat itself: the path from its root to the current node, else to the newest leaf. Every other
// leaf becomes a conversation with the messages after the branching point. Shared messages are not repeated, so every message
// is stored once and a chat with a hundred answers to one question does not grow a hundredfold. extra_metadata.branch_of
// ({"conversation_id", "message_id", "sequence_number"}) is the message that the branch follows. It may be in another branch,
// which then comes earlier in the result; it is null if the branch starts before the first message.
//
// Links to missing nodes and cycles are noted in `losses`; they lose no message. The chat is used up.
std::vector<format::InterchangeRecord> SplitBranches(Chat& chat, FieldLosses& losses);

}  // namespace coffer::operations

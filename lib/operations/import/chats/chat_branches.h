// ChatBranches: the tree of a chat as conversations without branches.
#pragma once

#include <string_view>
#include <vector>

#include "format/records/record_codec.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {

inline constexpr std::string_view kBranchOfName = "branch_of";

// The first is the chat itself: the path from its root to the node at which it stands, else to its newest leaf. Each other leaf
// becomes a conversation of its own with the messages from the branching on: the shared ones are not repeated, since each
// message then is stored once, and a chat whose last answer was made anew a hundred times does not grow a hundredfold. Its
// extra_metadata has "branch_of": {"conversation_id", "message_id", "sequence_number"}, the message behind which it begins;
// that may be one of another branch, and is null where the branch begins before the first message. What comes names what came
// before.
//
// Links that lead nowhere, or in a circle, are noted in `losses`; no message is lost by them. The chat is used up.
std::vector<format::InterchangeRecord> SplitBranches(Chat& chat, FieldLosses& losses);

}  // namespace coffer::operations

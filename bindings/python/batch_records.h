// Puts records, given as objects or as JSON text, into a batch.
#pragma once

#include "parameters.h"

namespace coffer_python {

// batch_add(batch, kind, record, mode): a conversation, document or prompt.
void AddRecord(Words& words);
// batch_add_conversation(batch, conversation, messages, mode)
void AddConversation(Words& words);
// batch_clear(batch)
void ClearBatch(Words& words);

}  // namespace coffer_python

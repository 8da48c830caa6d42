#include "coffer/batch.h"

#include "arguments.h"
#include "batches.h"
#include "coffer/limits.h"
#include "coffer/record_json.h"
#include "contents.h"
#include "texts.h"

namespace coffer::c {
namespace {

Batch& Open(coffer_batch* batch) { return Given(batch, "the batch").batch; }

std::vector<Message> MessagesOf(const coffer_text* texts, std::size_t count) {
  if (count > kBatchEntriesMax) {
    throw Failure{Status::ResourceExhausted("messages: more than kBatchEntriesMax")};
  }
  CheckSpan(texts, count, "messages");
  std::vector<Message> messages;
  messages.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Result<Message> message = ParseMessage(View(texts[i], "message"));
    if (!message.ok()) throw Failure{message.status().WithContext("message " + std::to_string(i))};
    messages.push_back(*std::move(message));
  }
  return messages;
}

}  // namespace

Batch& BatchOf(coffer_batch* batch, const EngineUse& use) {
  if (!Given(batch, "the batch").use.IsOf(use)) Refuse("the batch belongs to another engine");
  return batch->batch;
}

}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_batch_new(coffer_engine* engine, coffer_batch** batch, coffer_error** error) {
  return CallFor(batch, error, [&] {
    EngineUse use(engine);
    coffer::Batch made(*use);
    return std::make_unique<coffer_batch>(coffer_batch{std::move(use), std::move(made)});
  });
}

void coffer_batch_free(coffer_batch* batch) { delete batch; }

void coffer_batch_clear(coffer_batch* batch) {
  if (batch != nullptr) batch->batch.Clear();
}

size_t coffer_batch_size(const coffer_batch* batch) { return batch == nullptr ? 0 : batch->batch.size(); }

size_t coffer_batch_bytes(const coffer_batch* batch) { return batch == nullptr ? 0 : batch->batch.bytes(); }

coffer_status coffer_batch_put_conversation(coffer_batch* batch, coffer_text json, coffer_put_mode mode, coffer_error** error) {
  return Call(error, [&] {
    Check(Open(batch).PutConversation(Value(coffer::ParseConversation(View(json, "json"))), PutModeOf(mode)));
  });
}

coffer_status coffer_batch_put_conversation_with_messages(coffer_batch* batch, coffer_text json, const coffer_text* messages,
                                                          size_t messages_count, coffer_put_mode mode, coffer_error** error) {
  return Call(error, [&] {
    coffer::Batch& open = Open(batch);
    const auto conversation = Value(coffer::ParseConversation(View(json, "json")));
    Check(open.PutConversationWithMessages(conversation, MessagesOf(messages, messages_count), PutModeOf(mode)));
  });
}

coffer_status coffer_batch_append_message(coffer_batch* batch, coffer_text conversation_id, coffer_text json,
                                          coffer_error** error) {
  return Call(error, [&] {
    Check(Open(batch).AppendMessage(View(conversation_id, "conversation_id"), Value(coffer::ParseMessage(View(json, "json")))));
  });
}

coffer_status coffer_batch_put_message(coffer_batch* batch, coffer_text conversation_id, coffer_text json, coffer_put_mode mode,
                                       coffer_error** error) {
  return Call(error, [&] {
    Check(Open(batch).PutMessage(View(conversation_id, "conversation_id"), Value(coffer::ParseMessage(View(json, "json"))),
                                 PutModeOf(mode)));
  });
}

coffer_status coffer_batch_delete_message(coffer_batch* batch, coffer_text conversation_id, uint64_t sequence_number,
                                          coffer_error** error) {
  return Call(error, [&] { Check(Open(batch).DeleteMessage(View(conversation_id, "conversation_id"), sequence_number)); });
}

coffer_status coffer_batch_put_document(coffer_batch* batch, coffer_text json, coffer_put_mode mode, coffer_error** error) {
  return Call(error,
              [&] { Check(Open(batch).PutDocument(Value(coffer::ParseDocument(View(json, "json"))), PutModeOf(mode))); });
}

coffer_status coffer_batch_put_document_with_content(coffer_batch* batch, coffer_text json, coffer_content_writer* writer,
                                                     coffer_put_mode mode, coffer_error** error) {
  return Call(error, [&] {
    coffer::ContentWriter content = Taken(writer, Given(batch, "the batch").use);
    const auto document = Value(coffer::ParseDocument(View(json, "json")));
    Check(batch->batch.PutDocument(document, std::move(content), PutModeOf(mode)));
  });
}

coffer_status coffer_batch_set_content(coffer_batch* batch, coffer_text document_id, coffer_content_writer* writer,
                                       coffer_error** error) {
  return Call(error, [&] {
    coffer::ContentWriter content = Taken(writer, Given(batch, "the batch").use);
    Check(batch->batch.SetContent(View(document_id, "document_id"), std::move(content)));
  });
}

coffer_status coffer_batch_put_prompt(coffer_batch* batch, coffer_text json, coffer_put_mode mode, coffer_error** error) {
  return Call(error, [&] { Check(Open(batch).PutPrompt(Value(coffer::ParsePrompt(View(json, "json"))), PutModeOf(mode))); });
}

coffer_status coffer_batch_delete(coffer_batch* batch, coffer_kind kind, coffer_text id, coffer_text owner,
                                  coffer_error** error) {
  return Call(error, [&] { Check(Open(batch).Delete(KindOf(kind), View(id, "id"), View(owner, "owner"))); });
}

void coffer_outcomes_free(coffer_outcomes* outcomes) { delete outcomes; }

size_t coffer_outcomes_count(const coffer_outcomes* outcomes) { return outcomes == nullptr ? 0 : outcomes->items.size(); }

coffer_status coffer_outcomes_item(const coffer_outcomes* outcomes, size_t index, coffer_item_result* item,
                                   coffer_error** error) {
  return Call(error, [&] {
    const auto& items = Given(outcomes, "the outcomes").items;
    if (index >= items.size()) Refuse("index: " + std::to_string(index) + " of " + std::to_string(items.size()));
    const coffer::ItemResult& found = items[index];
    FillStruct(item,
               {.struct_size = 0,
                .outcome = static_cast<coffer_outcome>(found.outcome),
                .id = Out(found.id),
                .sequence_number = found.sequence_number},
               "item");
  });
}

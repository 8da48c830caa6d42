// Commits, and writes of one record.
#include "arguments.h"
#include "batches.h"
#include "coffer/record_json.h"
#include "contents.h"
#include "texts.h"

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

namespace {

// *id receives the id that `work` returns. The string is allocated first, because nothing may fail once the write is done.
template <typename Work>
coffer_status CallForId(coffer_string** id, coffer_error** error, Work&& work) noexcept {
  if (id == nullptr) return Call(error, [&] { work(); });
  return CallFor(id, error, [&] {
    std::unique_ptr<coffer_string> made = NewString("");
    made->text = work();
    return made;
  });
}

}  // namespace

coffer_status coffer_commit(coffer_engine* engine, coffer_batch* batch, coffer_durability durability,
                            coffer_outcomes** outcomes, coffer_error** error) {
  if (outcomes != nullptr) *outcomes = nullptr;
  return Call(error, [&] {
    const EngineUse use(engine);
    auto made = std::make_unique<coffer_outcomes>();
    made->items = Value(use->Commit(BatchOf(batch, use), {.durability = DurabilityOf(durability)}));
    if (outcomes != nullptr) *outcomes = made.release();
  });
}

coffer_status coffer_put_conversation(coffer_engine* engine, coffer_text json, coffer_put_mode mode, coffer_string** id,
                                      coffer_error** error) {
  return CallForId(id, error, [&] {
    const EngineUse use(engine);
    return Value(use->PutConversation(Value(coffer::ParseConversation(View(json, "json"))), PutModeOf(mode)));
  });
}

coffer_status coffer_append_message(coffer_engine* engine, coffer_text conversation_id, coffer_text json,
                                    uint64_t* sequence_number, coffer_error** error) {
  if (sequence_number != nullptr) *sequence_number = 0;
  return Call(error, [&] {
    const EngineUse use(engine);
    const auto message = Value(coffer::ParseMessage(View(json, "json")));
    const auto place = Value(use->AppendMessage(View(conversation_id, "conversation_id"), message));
    if (sequence_number != nullptr) *sequence_number = place;
  });
}

coffer_status coffer_put_document(coffer_engine* engine, coffer_text json, coffer_put_mode mode, coffer_string** id,
                                  coffer_error** error) {
  return CallForId(id, error, [&] {
    const EngineUse use(engine);
    return Value(use->PutDocument(Value(coffer::ParseDocument(View(json, "json"))), PutModeOf(mode)));
  });
}

coffer_status coffer_put_document_with_content(coffer_engine* engine, coffer_text json, coffer_content_writer* writer,
                                               coffer_put_mode mode, coffer_string** id, coffer_error** error) {
  return CallForId(id, error, [&] {
    const EngineUse use(engine);
    coffer::ContentWriter content = Taken(writer, use);
    const auto document = Value(coffer::ParseDocument(View(json, "json")));
    return Value(use->PutDocument(document, std::move(content), PutModeOf(mode)));
  });
}

coffer_status coffer_put_prompt(coffer_engine* engine, coffer_text json, coffer_put_mode mode, coffer_string** id,
                                coffer_error** error) {
  return CallForId(id, error, [&] {
    const EngineUse use(engine);
    return Value(use->PutPrompt(Value(coffer::ParsePrompt(View(json, "json"))), PutModeOf(mode)));
  });
}

coffer_status coffer_delete(coffer_engine* engine, coffer_kind kind, coffer_text id, coffer_text owner, coffer_error** error) {
  return Call(error, [&] { Check(EngineUse(engine)->Delete(KindOf(kind), View(id, "id"), View(owner, "owner"))); });
}

coffer_status coffer_delete_message(coffer_engine* engine, coffer_text conversation_id, uint64_t sequence_number,
                                    coffer_error** error) {
  return Call(error,
              [&] { Check(EngineUse(engine)->DeleteMessage(View(conversation_id, "conversation_id"), sequence_number)); });
}

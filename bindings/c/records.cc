// Reading records.
#include "coffer/record_json.h"

#include "arguments.h"
#include "snapshots.h"
#include "texts.h"

namespace coffer::c {

const Snapshot* At(const coffer_snapshot* snapshot, const EngineUse& use) {
  if (snapshot == nullptr) return nullptr;
  if (!snapshot->use.IsOf(use)) Refuse("the snapshot belongs to another engine");
  return snapshot->snapshot.get();
}

namespace {

ListOptions ListOptionsOf(const coffer_list_options* given, const EngineUse& use) {
  const auto asked = ReadOptions(given);
  ListOptions options;
  options.owner = Text(asked.owner, "owner");
  options.limit = Limit(asked.limit, options.limit);
  options.after = Text(asked.after, "after");
  options.snapshot = At(asked.snapshot, use);
  return options;
}

MessageListOptions MessageListOptionsOf(const coffer_message_list_options* given, const EngineUse& use) {
  const auto asked = ReadOptions(given);
  MessageListOptions options;
  options.from_sequence = asked.from_sequence;
  options.limit = Limit(asked.limit, options.limit);
  options.snapshot = At(asked.snapshot, use);
  return options;
}

Page<std::string> AsJson(const Page<Message>& messages) {
  Page<std::string> page;
  page.items.reserve(messages.items.size());
  for (const Message& message : messages.items) page.items.push_back(Value(ToJson(message)));
  page.next = messages.next;
  return page;
}

std::string Canonical(Kind kind, std::string_view json) {
  switch (kind) {
    case Kind::kConversation:
      return Value(ToJson(Value(ParseConversation(json))));
    case Kind::kMessage:
      return Value(ToJson(Value(ParseMessage(json))));
    case Kind::kDocument:
      return Value(ToJson(Value(ParseDocument(json))));
    case Kind::kPrompt:
      return Value(ToJson(Value(ParsePrompt(json))));
    case Kind::kContent:
      break;
  }
  Refuse("kind: a content is not a record");
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_snapshot_take(coffer_engine* engine, coffer_snapshot** snapshot, coffer_error** error) {
  return CallFor(snapshot, error, [&] {
    EngineUse use(engine);
    auto taken = Value(use->TakeSnapshot());
    return std::make_unique<coffer_snapshot>(coffer_snapshot{std::move(use), std::move(taken)});
  });
}

void coffer_snapshot_free(coffer_snapshot* snapshot) { delete snapshot; }

coffer_status coffer_get_conversation(coffer_engine* engine, coffer_text id, int32_t with_messages,
                                      const coffer_snapshot* snapshot, coffer_string** json, coffer_error** error) {
  return CallFor(json, error, [&] {
    const EngineUse use(engine);
    return NewString(Value(use->GetConversationJson(View(id, "id"), with_messages != 0, {.snapshot = At(snapshot, use)})));
  });
}

coffer_status coffer_get_message(coffer_engine* engine, coffer_text conversation_id, uint64_t sequence_number,
                                 const coffer_snapshot* snapshot, coffer_string** json, coffer_error** error) {
  return CallFor(json, error, [&] {
    const EngineUse use(engine);
    return NewString(
        Value(use->GetMessageJson(View(conversation_id, "conversation_id"), sequence_number, {.snapshot = At(snapshot, use)})));
  });
}

coffer_status coffer_get_document(coffer_engine* engine, coffer_text id, const coffer_snapshot* snapshot, coffer_string** json,
                                  coffer_error** error) {
  return CallFor(json, error, [&] {
    const EngineUse use(engine);
    return NewString(Value(use->GetDocumentJson(View(id, "id"), {.snapshot = At(snapshot, use)})));
  });
}

coffer_status coffer_get_prompt(coffer_engine* engine, coffer_text id, const coffer_snapshot* snapshot, coffer_string** json,
                                coffer_error** error) {
  return CallFor(json, error, [&] {
    const EngineUse use(engine);
    return NewString(Value(use->GetPromptJson(View(id, "id"), {.snapshot = At(snapshot, use)})));
  });
}

coffer_status coffer_list(coffer_engine* engine, coffer_kind kind, const coffer_list_options* options, coffer_page** page,
                          coffer_error** error) {
  return CallFor(page, error, [&] {
    const EngineUse use(engine);
    return NewPage(Value(use->ListJson(KindOf(kind), ListOptionsOf(options, use))));
  });
}

coffer_status coffer_list_messages(coffer_engine* engine, coffer_text conversation_id,
                                   const coffer_message_list_options* options, coffer_page** page, coffer_error** error) {
  return CallFor(page, error, [&] {
    const EngineUse use(engine);
    return NewPage(
        AsJson(Value(use->ListMessages(View(conversation_id, "conversation_id"), MessageListOptionsOf(options, use)))));
  });
}

coffer_status coffer_canonical(coffer_kind kind, coffer_text json, coffer_string** canonical, coffer_error** error) {
  return CallFor(canonical, error, [&] { return NewString(Canonical(KindOf(kind), View(json, "json"))); });
}

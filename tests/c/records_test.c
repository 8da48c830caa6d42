/* Records: writing, reading, listing, deleting. */
#include "check.h"
#include "tests.h"

static const char* const kCreated = "\"created_at\":\"2026-01-02T03:04:05.000000Z\"";

void RecordsComeBackAsCanonicalText(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* id = NULL;
  coffer_string* json = NULL;
  uint64_t sequence = 9;
  OK(coffer_put_conversation(engine, T(" {\"title\": \"T\", \"x\": 1.50, \"user_id\": \"anna\", \"id\": \"c1\"} "),
                             COFFER_INSERT, &id, &failure));
  CHECK(Equals(coffer_string_text(id), "c1"));
  coffer_string_free(id);
  EXPECT(COFFER_ALREADY_EXISTS, coffer_put_conversation(engine, T("{\"id\":\"c1\",\"user_id\":\"anna\",\"title\":\"T\"}"),
                                                        COFFER_INSERT, NULL, &failure));
  OK(coffer_append_message(engine, T("c1"), T("{\"role\":\"user\",\"content\":\"Hello\"}"), &sequence, &failure));
  CHECK(sequence == 0);
  OK(coffer_append_message(engine, T("c1"), T("{\"role\":\"assistant\",\"content\":\"Good day\"}"), NULL, &failure));
  OK(coffer_get_conversation(engine, T("c1"), 1, NULL, &json, &failure));
  CHECK(Contains(coffer_string_text(json), "\"x\":1.50"));
  CHECK(Contains(coffer_string_text(json), "\"message_count\":2"));
  CHECK(Contains(coffer_string_text(json), "\"content\":\"Good day\""));
  coffer_string_free(json);
  OK(coffer_get_message(engine, T("c1"), 1, NULL, &json, &failure));
  CHECK(Contains(coffer_string_text(json), "\"sequence_number\":1"));
  coffer_string_free(json);
  OK(coffer_delete_message(engine, T("c1"), 1, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_get_message(engine, T("c1"), 1, NULL, &json, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_delete_message(engine, T("c1"), 1, &failure));

  OK(coffer_put_document(engine, T("{\"owner_id\":\"anna\",\"filename\":\"a.txt\"}"), COFFER_UPSERT, &id, &failure));
  CHECK(coffer_string_text(id).length == 26); /* a ULID */
  OK(coffer_get_document(engine, coffer_string_text(id), NULL, &json, &failure));
  CHECK(Contains(coffer_string_text(json), "\"status\":\"pending\""));
  coffer_string_free(json);
  EXPECT(COFFER_NOT_FOUND, coffer_delete(engine, COFFER_DOCUMENT, coffer_string_text(id), T("ben"), &failure));
  OK(coffer_delete(engine, COFFER_DOCUMENT, coffer_string_text(id), T("anna"), &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_get_document(engine, coffer_string_text(id), NULL, &json, &failure));
  coffer_string_free(id);

  PutPrompt(engine, "p1", "anna");
  OK(coffer_get_prompt(engine, T("p1"), NULL, &json, &failure));
  CHECK(Contains(coffer_string_text(json), "\"prompt_type\":\"template\""));
  coffer_string_free(json);
  CloseStore(engine);

  OK(coffer_canonical(COFFER_CONVERSATION, T("{\"title\":\"T\",\"user_id\":\"a\"}"), &json, &failure));
  CHECK(Equals(coffer_string_text(json), "{\"user_id\":\"a\",\"title\":\"T\",\"status\":\"active\",\"message_count\":0}"));
  coffer_string_free(json);
  OK(coffer_canonical(COFFER_MESSAGE, T("{\"role\":\"user\",\"content\":\"\\u0041\"}"), &json, &failure));
  CHECK(Contains(coffer_string_text(json), "\"content\":\"A\""));
  coffer_string_free(json);
  OK(coffer_canonical(COFFER_DOCUMENT, T("{\"owner_id\":\"a\",\"filename\":\"f\"}"), &json, &failure));
  coffer_string_free(json);
  REFUSED(coffer_canonical(COFFER_PROMPT, T("{\"owner_id\":1}"), &json, &failure));
}

void MessagesAreReadPageByPage(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_batch* batch = NULL;
  coffer_page* page = NULL;
  const coffer_text messages[] = {T("{\"role\":\"user\",\"content\":\"0\"}"), T("{\"role\":\"user\",\"content\":\"1\"}"),
                                  T("{\"role\":\"user\",\"content\":\"2\"}")};
  const coffer_text conversation = T("{\"id\":\"c1\",\"user_id\":\"anna\",\"title\":\"T\"}");
  OK(coffer_batch_new(engine, &batch, &failure));
  OK(coffer_batch_put_conversation_with_messages(batch, conversation, messages, 3, COFFER_UPSERT, &failure));
  OK(coffer_commit(engine, batch, COFFER_DURABLE, NULL, &failure));

  coffer_message_list_options options = {.struct_size = sizeof options, .limit = 2};
  OK(coffer_list_messages(engine, T("c1"), &options, &page, &failure));
  CHECK(coffer_page_count(page) == 2);
  CHECK(Contains(coffer_page_item(page, 1), "\"content\":\"1\""));
  CHECK(Equals(coffer_page_next(page), "2"));
  CHECK(Equals(coffer_page_item(page, 2), ""));
  coffer_page_free(page);
  options.from_sequence = 2;
  OK(coffer_list_messages(engine, T("c1"), &options, &page, &failure));
  CHECK(coffer_page_count(page) == 1);
  CHECK(Equals(coffer_page_next(page), ""));
  coffer_page_free(page);
  options.limit = 10001;
  REFUSED(coffer_list_messages(engine, T("c1"), &options, &page, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_list_messages(engine, T("c2"), NULL, &page, &failure));

  /* A put without messages keeps the old ones; a put with an empty list removes them. */
  OK(coffer_batch_put_conversation(batch, conversation, COFFER_UPSERT, &failure));
  OK(coffer_commit(engine, batch, COFFER_BUFFERED, NULL, &failure));
  OK(coffer_list_messages(engine, T("c1"), NULL, &page, &failure));
  CHECK(coffer_page_count(page) == 3);
  coffer_page_free(page);
  OK(coffer_batch_put_conversation_with_messages(batch, conversation, NULL, 0, COFFER_UPSERT, &failure));
  OK(coffer_commit(engine, batch, COFFER_DURABLE, NULL, &failure));
  OK(coffer_list_messages(engine, T("c1"), NULL, &page, &failure));
  CHECK(coffer_page_count(page) == 0);
  coffer_page_free(page);
  coffer_batch_free(batch);
  CloseStore(engine);
}

void ListingGoesOnWhereThePageEnded(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_page* page = NULL;
  PutPrompt(engine, "p1", "anna");
  PutPrompt(engine, "p2", "ben");
  PutPrompt(engine, "p3", "anna");
  coffer_list_options options = {.struct_size = sizeof options, .owner = T("anna"), .limit = 1};
  OK(coffer_list(engine, COFFER_PROMPT, &options, &page, &failure));
  CHECK(coffer_page_count(page) == 1 && Contains(coffer_page_item(page, 0), "\"p1\""));
  coffer_page* rest = NULL;
  options.after = coffer_page_next(page);
  OK(coffer_list(engine, COFFER_PROMPT, &options, &rest, &failure));
  CHECK(coffer_page_count(rest) == 1 && Contains(coffer_page_item(rest, 0), "\"p3\""));
  coffer_page_free(rest);
  coffer_page_free(page);
  options.after = T("no cursor");
  REFUSED(coffer_list(engine, COFFER_PROMPT, &options, &page, &failure));
  CloseStore(engine);
}

void SnapshotReadsOneMoment(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_snapshot* snapshot = NULL;
  coffer_string* json = NULL;
  coffer_page* page = NULL;
  PutPrompt(engine, "p1", "anna");
  PutConversation(engine, "c1", "anna");
  OK(coffer_snapshot_take(engine, &snapshot, &failure));
  OK(coffer_delete(engine, COFFER_PROMPT, T("p1"), kNone, &failure));
  OK(coffer_delete(engine, COFFER_CONVERSATION, T("c1"), kNone, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_get_prompt(engine, T("p1"), NULL, &json, &failure));
  OK(coffer_get_prompt(engine, T("p1"), snapshot, &json, &failure));
  coffer_string_free(json);
  OK(coffer_get_conversation(engine, T("c1"), 0, snapshot, &json, &failure));
  coffer_string_free(json);
  const coffer_list_options options = {.struct_size = sizeof options, .snapshot = snapshot};
  OK(coffer_list(engine, COFFER_PROMPT, &options, &page, &failure));
  CHECK(coffer_page_count(page) == 1);
  coffer_page_free(page);
  const coffer_message_list_options messages = {.struct_size = sizeof messages, .snapshot = snapshot};
  OK(coffer_list_messages(engine, T("c1"), &messages, &page, &failure));
  coffer_page_free(page);
  coffer_snapshot_free(snapshot);
  CloseStore(engine);
}

static coffer_item_result ItemOf(const coffer_outcomes* outcomes, size_t index) {
  coffer_item_result item = {.struct_size = sizeof item};
  OK(coffer_outcomes_item(outcomes, index, &item, &failure));
  CHECK(item.struct_size == sizeof item);
  return item;
}

void BatchIsOneChange(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_batch* batch = NULL;
  coffer_outcomes* outcomes = NULL;
  char message[200];
  snprintf(message, sizeof message, "{\"id\":\"m1\",\"sequence_number\":5,\"role\":\"user\",\"content\":\"x\",%s}", kCreated);
  OK(coffer_batch_new(engine, &batch, &failure));
  OK(coffer_batch_put_conversation(batch, T("{\"user_id\":\"anna\",\"title\":\"T\"}"), COFFER_UPSERT, &failure));
  OK(coffer_batch_put_conversation(batch, T("{\"id\":\"c1\",\"user_id\":\"anna\",\"title\":\"T\"}"), COFFER_UPSERT, &failure));
  OK(coffer_batch_append_message(batch, T("c1"), T("{\"role\":\"user\",\"content\":\"x\"}"), &failure));
  OK(coffer_batch_put_message(batch, T("c1"), T(message), COFFER_UPSERT, &failure));
  OK(coffer_batch_put_document(batch, T("{\"id\":\"d1\",\"owner_id\":\"a\",\"filename\":\"f\"}"), COFFER_UPSERT, &failure));
  OK(coffer_batch_put_prompt(batch, T("{\"id\":\"p1\",\"owner_id\":\"a\",\"name\":\"n\",\"content\":\"c\"}"), COFFER_UPSERT,
                             &failure));
  CHECK(coffer_batch_size(batch) == 6);
  CHECK(coffer_batch_bytes(batch) > 0);
  OK(coffer_commit(engine, batch, COFFER_DURABLE, &outcomes, &failure));
  CHECK(coffer_batch_size(batch) == 0);
  CHECK(coffer_outcomes_count(outcomes) == 6);
  CHECK(ItemOf(outcomes, 0).outcome == COFFER_CREATED && ItemOf(outcomes, 0).id.length == 26);
  CHECK(Equals(ItemOf(outcomes, 1).id, ""));
  CHECK(ItemOf(outcomes, 2).sequence_number == 0);
  CHECK(ItemOf(outcomes, 3).sequence_number == 5);
  coffer_item_result item = {.struct_size = sizeof item};
  REFUSED(coffer_outcomes_item(outcomes, 6, &item, &failure));
  REFUSED(coffer_outcomes_item(outcomes, 0, NULL, &failure));
  item.struct_size = 0;
  REFUSED(coffer_outcomes_item(outcomes, 0, &item, &failure));
  coffer_outcomes_free(outcomes);

  OK(coffer_batch_put_message(batch, T("c1"), T(message), COFFER_KEEP_EXISTING, &failure));
  OK(coffer_batch_delete_message(batch, T("c1"), 0, &failure));
  OK(coffer_batch_delete(batch, COFFER_PROMPT, T("p1"), T("a"), &failure));
  REFUSED(coffer_batch_delete(batch, COFFER_MESSAGE, T("p1"), kNone, &failure));
  OK(coffer_commit(engine, batch, COFFER_BUFFERED, &outcomes, &failure));
  CHECK(ItemOf(outcomes, 0).outcome == COFFER_KEPT);
  CHECK(ItemOf(outcomes, 1).outcome == COFFER_DELETED);
  CHECK(ItemOf(outcomes, 2).outcome == COFFER_DELETED);
  coffer_outcomes_free(outcomes);
  coffer_batch_free(batch);
  CloseStore(engine);
}

void FailedCommitKeepsTheBatch(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_batch* batch = NULL;
  coffer_outcomes* outcomes = (coffer_outcomes*)(void*)engine;
  coffer_string* json = NULL;
  OK(coffer_batch_new(engine, &batch, &failure));
  OK(coffer_batch_put_prompt(batch, T("{\"id\":\"p1\",\"owner_id\":\"a\",\"name\":\"n\",\"content\":\"c\"}"), COFFER_UPSERT,
                             &failure));
  OK(coffer_batch_append_message(batch, T("c9"), T("{\"role\":\"user\",\"content\":\"x\"}"), &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_commit(engine, batch, COFFER_DURABLE, &outcomes, &failure));
  CHECK(outcomes == NULL);
  CHECK(coffer_batch_size(batch) == 2);
  EXPECT(COFFER_NOT_FOUND, coffer_get_prompt(engine, T("p1"), NULL, &json, &failure));
  coffer_batch_clear(batch);
  CHECK(coffer_batch_size(batch) == 0);
  coffer_batch_free(batch);
  CloseStore(engine);
}

void BadRecordIsRefusedWhereItIsPut(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_batch* batch = NULL;
  OK(coffer_batch_new(engine, &batch, &failure));
  CHECK(coffer_batch_put_prompt(batch, T("{\"owner_id\":\"a\",\"name\":\"n\"}"), COFFER_UPSERT, &failure) ==
        COFFER_INVALID_ARGUMENT);
  CHECK(Contains(coffer_error_message(failure), "content"));
  coffer_error_free(failure);
  failure = NULL;
  const coffer_text messages[] = {T("{\"role\":\"user\",\"content\":\"x\"}"), T("{\"role\":\"poet\",\"content\":\"x\"}")};
  CHECK(coffer_batch_put_conversation_with_messages(batch, T("{\"user_id\":\"a\",\"title\":\"T\"}"), messages, 2, COFFER_UPSERT,
                                                    &failure) == COFFER_INVALID_ARGUMENT);
  CHECK(Contains(coffer_error_message(failure), "message 1"));
  coffer_error_free(failure);
  failure = NULL;
  EXPECT(COFFER_RESOURCE_EXHAUSTED, coffer_batch_put_conversation_with_messages(batch, T("{\"user_id\":\"a\",\"title\":\"T\"}"),
                                                                                messages, 200001, COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_put_conversation_with_messages(batch, T("{\"user_id\":\"a\",\"title\":\"T\"}"), NULL, 2, COFFER_UPSERT,
                                                      &failure));
  REFUSED(coffer_batch_put_conversation(batch, T("{\"title\":\"T\"}"), COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_put_conversation(batch, (coffer_text){"{\"a\":\"\xff\"}", 9}, COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_append_message(batch, T("c 1"), T("{\"role\":\"user\",\"content\":\"x\"}"), &failure));
  REFUSED(coffer_batch_put_message(batch, T("c1"), T("{\"role\":\"user\",\"content\":\"x\"}"), COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_put_document(batch, T("[]"), COFFER_UPSERT, &failure));
  REFUSED(coffer_put_document(engine, T("{"), COFFER_UPSERT, NULL, &failure));
  REFUSED(coffer_append_message(engine, T("c1"), T("{}"), NULL, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_append_message(engine, T("c1"), T("{\"role\":\"user\",\"content\":\"x\"}"), NULL, &failure));
  CHECK(coffer_batch_size(batch) == 0);
  coffer_batch_free(batch);
  CloseStore(engine);
}

void HandlesOfAnotherEngineAreRefused(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_engine* other = OpenStore("other");
  coffer_snapshot* snapshot = NULL;
  coffer_batch* batch = NULL;
  coffer_content_writer* writer = NULL;
  coffer_string* json = NULL;
  const coffer_text document = T("{\"id\":\"d1\",\"owner_id\":\"a\",\"filename\":\"f\"}");
  OK(coffer_snapshot_take(other, &snapshot, &failure));
  OK(coffer_batch_new(other, &batch, &failure));
  OK(coffer_content_writer_new(engine, &writer, &failure));
  REFUSED(coffer_get_prompt(engine, T("p1"), snapshot, &json, &failure));
  REFUSED(coffer_commit(engine, batch, COFFER_DURABLE, NULL, &failure));
  REFUSED(coffer_commit(engine, NULL, COFFER_DURABLE, NULL, &failure));
  REFUSED(coffer_batch_put_document_with_content(batch, document, writer, COFFER_UPSERT, &failure));
  REFUSED(coffer_put_document_with_content(other, document, writer, COFFER_UPSERT, NULL, &failure));
  coffer_content_writer_free(writer);
  coffer_batch_free(batch);
  coffer_snapshot_free(snapshot);
  CloseStore(other);
  CloseStore(engine);
}

void StoreIsLookedAfter(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* report = NULL;
  uint64_t before = 0;
  uint64_t after = 0;
  PutPrompt(engine, "p1", "anna");
  OK(coffer_sync(engine, &failure));
  OK(coffer_statistics(engine, &report, &failure));
  CHECK(Contains(coffer_string_text(report), "\"total_records\":1"));
  CHECK(Contains(coffer_string_text(report), "\"prompts\":1"));
  coffer_string_free(report);
  OK(coffer_check_integrity(engine, &report, &failure));
  CHECK(Contains(coffer_string_text(report), "\"ok\":true"));
  CHECK(Contains(coffer_string_text(report), "\"findings\":[]"));
  coffer_string_free(report);
  OK(coffer_reclaim(engine, &before, &after, &failure));
  CHECK(before > 0 && after > 0);
  OK(coffer_reclaim(engine, NULL, NULL, &failure));
  CloseStore(engine);
}

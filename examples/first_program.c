/* Opens a store, keeps a conversation with two messages in it, and reads it back. */
#include <coffer/c.h>
#include <stdio.h>

static int Fail(coffer_error* error) {
  fprintf(stderr, "%s: %s\n", coffer_status_name(coffer_error_status(error)), coffer_error_message(error).data);
  coffer_error_free(error);
  return 1;
}

int main(void) {
  coffer_engine* engine = NULL;
  coffer_error* error = NULL;
  if (coffer_open(coffer_text_of("first-program-data"), NULL, &engine, &error) != COFFER_OK) return Fail(error);

  const coffer_text conversation = coffer_text_of("{\"id\":\"lisbon\",\"user_id\":\"anna\",\"title\":\"A trip to Lisbon\"}");
  const coffer_text messages[] = {
      coffer_text_of("{\"role\":\"user\",\"content\":\"What should I see in two days?\"}"),
      coffer_text_of("{\"role\":\"assistant\",\"content\":\"Start with Alfama, early in the morning.\"}"),
  };
  coffer_batch* batch = NULL;
  if (coffer_batch_new(engine, &batch, &error) != COFFER_OK) return Fail(error);
  if (coffer_batch_put_conversation_with_messages(batch, conversation, messages, 2, COFFER_UPSERT, &error) != COFFER_OK) {
    return Fail(error);
  }
  if (coffer_commit(engine, batch, COFFER_DURABLE, NULL, &error) != COFFER_OK) return Fail(error);
  coffer_batch_free(batch);

  coffer_string* json = NULL;
  if (coffer_get_conversation(engine, coffer_text_of("lisbon"), 1, NULL, &json, &error) != COFFER_OK) return Fail(error);
  puts(coffer_string_text(json).data);
  coffer_string_free(json);
  if (coffer_close(engine, &error) != COFFER_OK) return Fail(error);
  coffer_engine_free(engine);
  return 0;
}

/* A program that uses Coffer through its installed C header and package alone. */
#include <coffer/c.h>
#include <stdio.h>

int main(int argument_count, char** arguments) {
  coffer_engine* engine = NULL;
  coffer_error* error = NULL;
  if (argument_count != 2) return 2;
  if (coffer_open(coffer_text_of(arguments[1]), NULL, &engine, &error) != COFFER_OK) {
    fprintf(stderr, "%s\n", coffer_error_message(error).data);
    return 1;
  }
  const coffer_text json = coffer_text_of("{\"user_id\":\"someone\",\"title\":\"From an installed copy\"}");
  if (coffer_put_conversation(engine, json, COFFER_INSERT, NULL, NULL) != COFFER_OK) return 1;
  if (coffer_close(engine, NULL) != COFFER_OK) return 1;
  coffer_engine_free(engine);
  return 0;
}

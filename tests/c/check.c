#include "check.h"

coffer_error* failure = NULL;

void FailCheck(const char* file, int line, const char* what) {
  fprintf(stderr, "%s:%d: %s\n", file, line, what);
  exit(1);
}

static void PrintFailure(void) {
  fprintf(stderr, "  %s: %s\n", coffer_status_name(coffer_error_status(failure)), coffer_error_message(failure).data);
}

void ExpectStatus(coffer_status expected, coffer_status status, const char* call, const char* file, int line) {
  if (status != expected) {
    fprintf(stderr, "%s instead of %s\n", coffer_status_name(status), coffer_status_name(expected));
    PrintFailure();
    FailCheck(file, line, call);
  }
  if ((status == COFFER_OK) != (failure == NULL)) FailCheck(file, line, "an error handle on failure, and on failure alone");
  if (coffer_error_status(failure) != status) FailCheck(file, line, "the error's code is the call's");
  if (status != COFFER_OK && coffer_error_message(failure).length == 0) FailCheck(file, line, "a failure has a message");
  coffer_error_free(failure);
  failure = NULL;
}

int Equals(coffer_text text, const char* expected) {
  return text.length == strlen(expected) && strcmp(text.data, expected) == 0;
}

int Contains(coffer_text text, const char* part) { return text.data != NULL && strstr(text.data, part) != NULL; }

coffer_engine* OpenStore(const char* folder) {
  coffer_engine* engine = NULL;
  OK(coffer_open(T(folder), NULL, &engine, &failure));
  CHECK(engine != NULL);
  return engine;
}

void CloseStore(coffer_engine* engine) {
  OK(coffer_close(engine, &failure));
  coffer_engine_free(engine);
}

coffer_string* Finished(coffer_operation* operation) {
  coffer_string* report = NULL;
  OK(coffer_operation_finish(operation, &report, &failure));
  coffer_operation_free(operation);
  return report;
}

void FinishWell(coffer_operation* operation) { coffer_string_free(Finished(operation)); }

void PutPrompt(coffer_engine* engine, const char* id, const char* owner) {
  char json[200];
  snprintf(json, sizeof json, "{\"id\":\"%s\",\"owner_id\":\"%s\",\"name\":\"n\",\"content\":\"c\"}", id, owner);
  OK(coffer_put_prompt(engine, T(json), COFFER_UPSERT, NULL, &failure));
}

void PutConversation(coffer_engine* engine, const char* id, const char* owner) {
  char json[200];
  snprintf(json, sizeof json, "{\"id\":\"%s\",\"user_id\":\"%s\",\"title\":\"t\"}", id, owner);
  OK(coffer_put_conversation(engine, T(json), COFFER_UPSERT, NULL, &failure));
}

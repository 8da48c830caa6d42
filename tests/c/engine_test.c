/* Opening, closing, and the lifetime of handles. */
#include "check.h"
#include "tests.h"

void FolderOpensOnceAndSaysWhoHoldsIt(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_engine* second = engine;
  CHECK(coffer_open(T("data"), NULL, &second, &failure) == COFFER_BUSY);
  CHECK(second == NULL);
  CHECK(Contains(coffer_error_message(failure), "data"));
  coffer_error_free(failure);
  failure = NULL;
  CloseStore(engine);
  CloseStore(OpenStore("data"));
}

void OpenOptionsHold(void) {
  coffer_open_options options = {.struct_size = sizeof options, .must_exist = 1};
  coffer_engine* engine = NULL;
  EXPECT(COFFER_NOT_FOUND, coffer_open(T("data"), &options, &engine, &failure));
  options = (coffer_open_options){.struct_size = sizeof options, .write_buffer_bytes = 1};
  REFUSED(coffer_open(T("data"), &options, &engine, &failure));
  options = (coffer_open_options){.struct_size = sizeof options,
                                  .write_buffer_bytes = (uint64_t)8 << 20,
                                  .block_cache_bytes = (uint64_t)8 << 20,
                                  .open_files_max = 64,
                                  .background_threads = 1};
  OK(coffer_open(T("data"), &options, &engine, &failure));
  PutPrompt(engine, "p1", "anna");
  CloseStore(engine);

  options = (coffer_open_options){.struct_size = sizeof options, .read_only = 1};
  OK(coffer_open(T("data"), &options, &engine, &failure));
  EXPECT(COFFER_PERMISSION_DENIED, coffer_delete(engine, COFFER_PROMPT, T("p1"), kNone, &failure));
  CloseStore(engine);
}

void CloseWaitsForHandles(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_snapshot* snapshot = NULL;
  coffer_batch* batch = NULL;
  coffer_content_writer* writer = NULL;
  OK(coffer_snapshot_take(engine, &snapshot, &failure));
  EXPECT(COFFER_BUSY, coffer_close(engine, &failure));
  coffer_snapshot_free(snapshot);
  OK(coffer_batch_new(engine, &batch, &failure));
  EXPECT(COFFER_BUSY, coffer_close(engine, &failure));
  coffer_batch_free(batch);
  OK(coffer_content_writer_new(engine, &writer, &failure));
  EXPECT(COFFER_BUSY, coffer_close(engine, &failure));
  PutPrompt(engine, "p1", "anna"); /* the store is still open */
  coffer_content_writer_free(writer);
  CloseStore(engine);
}

void ClosedEngineRefusesCalls(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* json = NULL;
  OK(coffer_close(engine, &failure));
  REFUSED(coffer_close(engine, &failure));
  REFUSED(coffer_sync(engine, &failure));
  REFUSED(coffer_get_prompt(engine, T("p1"), NULL, &json, &failure));
  CHECK(json == NULL);
  CloseStore(OpenStore("data")); /* the folder is free */
  coffer_engine_free(engine);
}

void HandlesOutliveTheEngineHandle(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_snapshot* snapshot = NULL;
  coffer_batch* batch = NULL;
  coffer_operation* operation = NULL;
  int32_t ended = 0;
  OK(coffer_snapshot_take(engine, &snapshot, &failure));
  OK(coffer_batch_new(engine, &batch, &failure));
  OK(coffer_start_export(engine, NULL, kNone, &operation, &failure));
  coffer_engine_free(engine);
  OK(coffer_batch_put_prompt(batch, T("{\"owner_id\":\"a\",\"name\":\"n\",\"content\":\"c\"}"), COFFER_UPSERT, &failure));
  coffer_batch_free(batch);
  coffer_snapshot_free(snapshot); /* the last handle: it closes the store */
  OK(coffer_operation_wait(operation, 0, &ended, &failure));
  CHECK(ended == 1);
  CHECK(coffer_operation_id(operation).length == 26);
  coffer_operation_free(operation);
  CloseStore(OpenStore("data"));
}

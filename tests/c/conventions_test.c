/* Rules for every function: codes, NULL, hostile lengths, structs of other versions. */
#include "check.h"
#include "tests.h"

void NamesAndVersionAreTold(void) {
  CHECK(strcmp(coffer_version(), "0.1.0") == 0);
  CHECK(strcmp(coffer_status_name(COFFER_OK), "ok") == 0);
  CHECK(strcmp(coffer_status_name(COFFER_NOT_FOUND), "not_found") == 0);
  CHECK(strcmp(coffer_status_name(COFFER_INTERNAL), "internal") == 0);
  CHECK(strcmp(coffer_status_name(-1), "unknown") == 0);
  CHECK(strcmp(coffer_status_name(13), "unknown") == 0);
  CHECK(T(NULL).data == NULL && T(NULL).length == 0);
  CHECK(T("abc").length == 3);
}

void AccessorsTakeNull(void) {
  CHECK(coffer_error_status(NULL) == COFFER_OK);
  CHECK(Equals(coffer_error_message(NULL), ""));
  CHECK(Equals(coffer_string_text(NULL), ""));
  CHECK(coffer_page_count(NULL) == 0);
  CHECK(Equals(coffer_page_item(NULL, 0), ""));
  CHECK(Equals(coffer_page_next(NULL), ""));
  CHECK(coffer_batch_size(NULL) == 0);
  CHECK(coffer_batch_bytes(NULL) == 0);
  CHECK(coffer_outcomes_count(NULL) == 0);
  CHECK(coffer_content_writer_size(NULL) == 0);
  CHECK(Equals(coffer_content_writer_sha256(NULL), ""));
  CHECK(coffer_content_reader_size(NULL) == 0);
  CHECK(Equals(coffer_content_reader_sha256(NULL), ""));
  CHECK(Equals(coffer_operation_id(NULL), ""));
  CHECK(Equals(coffer_backup_archive_id(NULL), ""));
  CHECK(coffer_backup_archive_size(NULL) == 0);
  coffer_error_free(NULL);
  coffer_string_free(NULL);
  coffer_page_free(NULL);
  coffer_engine_free(NULL);
  coffer_snapshot_free(NULL);
  coffer_batch_free(NULL);
  coffer_batch_clear(NULL);
  coffer_outcomes_free(NULL);
  coffer_content_writer_free(NULL);
  coffer_content_reader_free(NULL);
  coffer_operation_free(NULL);
  coffer_backup_archive_free(NULL);
}

static int64_t ReadNothing(void* context, char* buffer, size_t length) {
  (void)context, (void)buffer, (void)length;
  return 0;
}

static int32_t NeverStop(void* context, const coffer_progress* progress) {
  (void)context, (void)progress;
  return 0;
}

static void DoNothing(void* context) { (void)context; }

static void CountRelease(void* context) { ++*(int*)context; }

/* Out parameters that a refused call must set to NULL. */
static coffer_string* const kString = (coffer_string*)16;
#define REFUSED_AND_NULL(type, call)   \
  do {                                 \
    type* out = (type*)(void*)kString; \
    REFUSED(call);                     \
    CHECK(out == NULL);                \
  } while (0)
#define REFUSED_STRING(call) REFUSED_AND_NULL(coffer_string, call)
#define REFUSED_PAGE(call) REFUSED_AND_NULL(coffer_page, call)
#define REFUSED_OPERATION(call) REFUSED_AND_NULL(coffer_operation, call)

static void NullEnginesAreRefused(void) {
  uint64_t sequence = 7;
  REFUSED(coffer_close(NULL, &failure));
  REFUSED(coffer_sync(NULL, &failure));
  REFUSED(coffer_reclaim(NULL, &sequence, NULL, &failure));
  CHECK(sequence == 0);
  REFUSED_STRING(coffer_statistics(NULL, &out, &failure));
  REFUSED_STRING(coffer_check_integrity(NULL, &out, &failure));
  REFUSED_AND_NULL(coffer_snapshot, coffer_snapshot_take(NULL, &out, &failure));
  REFUSED_STRING(coffer_get_conversation(NULL, T("a"), 1, NULL, &out, &failure));
  REFUSED_STRING(coffer_get_message(NULL, T("a"), 0, NULL, &out, &failure));
  REFUSED_STRING(coffer_get_document(NULL, T("a"), NULL, &out, &failure));
  REFUSED_STRING(coffer_get_prompt(NULL, T("a"), NULL, &out, &failure));
  REFUSED_PAGE(coffer_list(NULL, COFFER_PROMPT, NULL, &out, &failure));
  REFUSED_PAGE(coffer_list_messages(NULL, T("a"), NULL, &out, &failure));
  REFUSED_AND_NULL(coffer_content_writer, coffer_content_writer_new(NULL, &out, &failure));
  REFUSED_AND_NULL(coffer_content_reader, coffer_content_reader_open(NULL, T("a"), NULL, &out, &failure));
  REFUSED_AND_NULL(coffer_batch, coffer_batch_new(NULL, &out, &failure));
  REFUSED_AND_NULL(coffer_outcomes, coffer_commit(NULL, NULL, COFFER_DURABLE, &out, &failure));
  REFUSED_STRING(coffer_put_conversation(NULL, T("{}"), COFFER_UPSERT, &out, &failure));
  REFUSED(coffer_append_message(NULL, T("a"), T("{}"), &sequence, &failure));
  REFUSED_STRING(coffer_put_document(NULL, T("{}"), COFFER_UPSERT, &out, &failure));
  REFUSED_STRING(coffer_put_document_with_content(NULL, T("{}"), NULL, COFFER_UPSERT, &out, &failure));
  REFUSED_STRING(coffer_put_prompt(NULL, T("{}"), COFFER_UPSERT, &out, &failure));
  REFUSED(coffer_delete(NULL, COFFER_PROMPT, T("a"), kNone, &failure));
  REFUSED(coffer_delete_message(NULL, T("a"), 0, &failure));
}

static void NullEnginesAreRefusedByOperations(void) {
  const coffer_text one = T("a");
  const coffer_selection selection = {.struct_size = sizeof selection, .kind = COFFER_PROMPT};
  int released = 0;
  REFUSED_STRING(coffer_get_operation(NULL, one, &out, &failure));
  REFUSED(coffer_cancel_operation(NULL, one, &failure));
  REFUSED_PAGE(coffer_list_operations(NULL, NULL, &out, &failure));
  REFUSED_STRING(coffer_bulk_delete(NULL, COFFER_PROMPT, &one, 1, NULL, &out, &failure));
  REFUSED_STRING(coffer_bulk_delete_selected(NULL, &selection, NULL, &out, &failure));
  REFUSED_OPERATION(coffer_start_bulk_delete(NULL, COFFER_PROMPT, &one, 1, NULL, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_bulk_delete_selected(NULL, &selection, NULL, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_erase_user(NULL, one, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_erase(NULL, COFFER_PROMPT, &one, 1, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_import(NULL, &one, 1, NULL, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_import_stream(NULL, ReadNothing, CountRelease, &released, one, NULL, kNone, &out, &failure));
  CHECK(released == 1);
  REFUSED_OPERATION(coffer_start_export(NULL, NULL, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_backup(NULL, NULL, kNone, &out, &failure));
  REFUSED_PAGE(coffer_list_backups(NULL, &out, &failure));
  REFUSED_PAGE(coffer_list_deleted_backups(NULL, &out, &failure));
  REFUSED_STRING(coffer_delete_backup(NULL, one, &out, &failure));
  REFUSED_STRING(coffer_undelete_backup(NULL, one, &out, &failure));
  REFUSED_OPERATION(coffer_start_verify_backup(NULL, one, 2, kNone, kNone, &out, &failure));
  REFUSED_AND_NULL(coffer_engine, coffer_open_backup(NULL, one, kNone, &out, &failure));
  REFUSED_AND_NULL(coffer_backup_archive, coffer_backup_archive_open(NULL, one, &out, &failure));
  REFUSED_OPERATION(coffer_start_restore(NULL, one, NULL, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_roll_back(NULL, one, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_prune(NULL, NULL, kNone, &out, &failure));
  REFUSED_STRING(coffer_show_keys(NULL, &out, &failure));
  REFUSED_STRING(coffer_generate_key(NULL, &out, &failure));
  REFUSED_STRING(coffer_create_token(NULL, one, COFFER_ROLE_USER, kNone, &out, &failure));
  REFUSED_PAGE(coffer_list_tokens(NULL, &out, &failure));
  REFUSED(coffer_revoke_token(NULL, one, &failure));
  REFUSED_STRING(coffer_authenticate(NULL, one, &out, &failure));
}

void NullHandlesAreRefused(void) {
  char buffer[4];
  size_t bytes_read = 7;
  int32_t ended = 7;
  coffer_progress progress = {.struct_size = sizeof progress};
  coffer_item_result item = {.struct_size = sizeof item};
  NullEnginesAreRefused();
  NullEnginesAreRefusedByOperations();
  REFUSED(coffer_content_writer_append(NULL, "a", 1, &failure));
  REFUSED(coffer_content_writer_finish(NULL, &failure));
  REFUSED(coffer_content_reader_seek(NULL, 0, &failure));
  REFUSED(coffer_content_reader_read(NULL, buffer, sizeof buffer, &bytes_read, &failure));
  CHECK(bytes_read == 0);
  REFUSED(coffer_backup_archive_read(NULL, 0, buffer, sizeof buffer, &bytes_read, &failure));
  REFUSED(coffer_batch_put_conversation(NULL, T("{}"), COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_put_conversation_with_messages(NULL, T("{}"), NULL, 0, COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_append_message(NULL, T("a"), T("{}"), &failure));
  REFUSED(coffer_batch_put_message(NULL, T("a"), T("{}"), COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_delete_message(NULL, T("a"), 0, &failure));
  REFUSED(coffer_batch_put_document(NULL, T("{}"), COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_put_document_with_content(NULL, T("{}"), NULL, COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_set_content(NULL, T("a"), NULL, &failure));
  REFUSED(coffer_batch_put_prompt(NULL, T("{}"), COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_delete(NULL, COFFER_PROMPT, T("a"), kNone, &failure));
  REFUSED(coffer_outcomes_item(NULL, 0, &item, &failure));
  REFUSED(coffer_operation_progress(NULL, &progress, &failure));
  REFUSED_STRING(coffer_operation_info(NULL, &out, &failure));
  REFUSED(coffer_operation_wait(NULL, 0, &ended, &failure));
  CHECK(ended == 0);
  REFUSED(coffer_operation_watch(NULL, 1, NeverStop, NULL, &failure));
  REFUSED_STRING(coffer_operation_finish(NULL, &out, &failure));
  REFUSED(coffer_operation_cancel(NULL, &failure));
  REFUSED(coffer_operation_on_end(NULL, DoNothing, NULL, &failure));
}

static void NullOutParametersOfOperationsAreRefused(coffer_engine* engine) {
  const coffer_text one = T("a");
  const coffer_selection selection = {.struct_size = sizeof selection, .kind = COFFER_PROMPT};
  REFUSED(coffer_get_operation(engine, one, NULL, &failure));
  REFUSED(coffer_list_operations(engine, NULL, NULL, &failure));
  REFUSED(coffer_bulk_delete(engine, COFFER_PROMPT, &one, 1, NULL, NULL, &failure));
  REFUSED(coffer_bulk_delete_selected(engine, &selection, NULL, NULL, &failure));
  REFUSED(coffer_start_bulk_delete(engine, COFFER_PROMPT, &one, 1, NULL, kNone, NULL, &failure));
  REFUSED(coffer_start_bulk_delete_selected(engine, &selection, NULL, kNone, NULL, &failure));
  REFUSED(coffer_start_erase_user(engine, one, kNone, NULL, &failure));
  REFUSED(coffer_start_erase(engine, COFFER_PROMPT, &one, 1, kNone, NULL, &failure));
  REFUSED(coffer_start_import(engine, &one, 1, NULL, kNone, NULL, &failure));
  REFUSED(coffer_start_import_stream(engine, ReadNothing, NULL, NULL, one, NULL, kNone, NULL, &failure));
  REFUSED(coffer_start_export(engine, NULL, kNone, NULL, &failure));
  REFUSED(coffer_start_backup(engine, NULL, kNone, NULL, &failure));
  REFUSED(coffer_list_backups(engine, NULL, &failure));
  REFUSED(coffer_list_deleted_backups(engine, NULL, &failure));
  REFUSED(coffer_start_verify_backup(engine, one, 2, kNone, kNone, NULL, &failure));
  REFUSED(coffer_open_backup(engine, one, kNone, NULL, &failure));
  REFUSED(coffer_open_backup_in(one, one, kNone, NULL, &failure));
  REFUSED(coffer_backup_archive_open(engine, one, NULL, &failure));
  REFUSED(coffer_start_restore(engine, one, NULL, kNone, NULL, &failure));
  REFUSED(coffer_start_roll_back(engine, one, kNone, NULL, &failure));
  REFUSED(coffer_start_prune(engine, NULL, kNone, NULL, &failure));
  REFUSED(coffer_show_keys(engine, NULL, &failure));
  REFUSED(coffer_generate_key(engine, NULL, &failure));
  REFUSED(coffer_create_token(engine, one, COFFER_ROLE_USER, kNone, NULL, &failure));
  REFUSED(coffer_list_tokens(engine, NULL, &failure));
  REFUSED(coffer_authenticate(engine, one, NULL, &failure));
}

void NullOutParametersAreRefused(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_page* page = NULL;
  REFUSED(coffer_open(T("other"), NULL, NULL, &failure));
  REFUSED(coffer_statistics(engine, NULL, &failure));
  REFUSED(coffer_check_integrity(engine, NULL, &failure));
  REFUSED(coffer_snapshot_take(engine, NULL, &failure));
  REFUSED(coffer_get_conversation(engine, T("a"), 0, NULL, NULL, &failure));
  REFUSED(coffer_get_message(engine, T("a"), 0, NULL, NULL, &failure));
  REFUSED(coffer_get_document(engine, T("a"), NULL, NULL, &failure));
  REFUSED(coffer_get_prompt(engine, T("a"), NULL, NULL, &failure));
  REFUSED(coffer_list(engine, COFFER_PROMPT, NULL, NULL, &failure));
  REFUSED(coffer_list_messages(engine, T("a"), NULL, NULL, &failure));
  REFUSED(coffer_canonical(COFFER_PROMPT, T("{}"), NULL, &failure));
  REFUSED(coffer_content_writer_new(engine, NULL, &failure));
  REFUSED(coffer_content_reader_open(engine, T("a"), NULL, NULL, &failure));
  REFUSED(coffer_batch_new(engine, NULL, &failure));
  NullOutParametersOfOperationsAreRefused(engine);

  /* None of these calls started, made or deleted anything. */
  OK(coffer_list_operations(engine, NULL, &page, &failure));
  CHECK(coffer_page_count(page) == 0);
  coffer_page_free(page);
  CloseStore(engine);
}

void HostileTextsAreRefused(void) {
  const coffer_text null_with_length = {NULL, 5};
  const coffer_text endless = {"a", SIZE_MAX};
  const coffer_text beyond = {"a", COFFER_TEXT_BYTES_MAX + 1};
  const coffer_text texts[] = {null_with_length, endless, beyond};
  coffer_engine* engine = OpenStore("data");
  coffer_content_writer* writer = NULL;
  OK(coffer_content_writer_new(engine, &writer, &failure));
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
    REFUSED_AND_NULL(coffer_engine, coffer_open(texts[i], NULL, &out, &failure));
    REFUSED_STRING(coffer_get_prompt(engine, texts[i], NULL, &out, &failure));
    REFUSED_STRING(coffer_put_prompt(engine, texts[i], COFFER_UPSERT, &out, &failure));
    REFUSED_STRING(coffer_canonical(COFFER_PROMPT, texts[i], &out, &failure));
    REFUSED(coffer_delete(engine, COFFER_PROMPT, T("a"), texts[i], &failure));
    REFUSED_STRING(coffer_bulk_delete(engine, COFFER_PROMPT, &texts[i], 1, NULL, &out, &failure));
    REFUSED_OPERATION(coffer_start_export(engine, NULL, texts[i], &out, &failure));
  }
  REFUSED_STRING(coffer_bulk_delete(engine, COFFER_PROMPT, NULL, 1, NULL, &out, &failure));
  REFUSED_STRING(coffer_bulk_delete(engine, COFFER_PROMPT, texts, SIZE_MAX, NULL, &out, &failure));
  REFUSED_OPERATION(coffer_start_import(engine, NULL, 0, NULL, kNone, &out, &failure));
  REFUSED(coffer_content_writer_append(writer, NULL, 1, &failure));
  REFUSED(coffer_content_writer_append(writer, "a", SIZE_MAX, &failure));
  EXPECT(COFFER_RESOURCE_EXHAUSTED, coffer_content_writer_append(writer, "a", ((size_t)4 << 30) + 1, &failure));
  CHECK(coffer_content_writer_size(writer) == 0);
  coffer_content_writer_free(writer);
  CloseStore(engine);
}

void NumbersThatAreNoneAreRefused(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_batch* batch = NULL;
  const coffer_text prompt = T("{\"owner_id\":\"a\",\"name\":\"n\",\"content\":\"c\"}");
  OK(coffer_batch_new(engine, &batch, &failure));
  REFUSED_PAGE(coffer_list(engine, 0, NULL, &out, &failure));
  REFUSED_PAGE(coffer_list(engine, 6, NULL, &out, &failure));
  REFUSED_PAGE(coffer_list(engine, COFFER_MESSAGE, NULL, &out, &failure));
  REFUSED_STRING(coffer_canonical(COFFER_CONTENT, T("{}"), &out, &failure));
  REFUSED_STRING(coffer_put_prompt(engine, prompt, 5, &out, &failure));
  REFUSED_STRING(coffer_put_prompt(engine, prompt, -1, &out, &failure));
  REFUSED(coffer_batch_put_prompt(batch, prompt, 5, &failure));
  REFUSED(coffer_commit(engine, batch, 2, NULL, &failure));
  REFUSED_STRING(coffer_create_token(engine, T("a"), 3, kNone, &out, &failure));
  REFUSED_STRING(coffer_create_token(engine, T("a"), COFFER_ROLE_USER, T("tomorrow"), &out, &failure));
  REFUSED_OPERATION(coffer_start_verify_backup(engine, T("a"), 6, kNone, kNone, &out, &failure));

  const coffer_export_options format = {.struct_size = sizeof format, .format = 6};
  const coffer_export_options scope = {.struct_size = sizeof scope, .scope = -1};
  const coffer_export_options date = {.struct_size = sizeof date, .created_from = T("yesterday")};
  const coffer_import_options import = {.struct_size = sizeof import, .format = 8};
  const coffer_import_options policy = {.struct_size = sizeof policy, .conflict = 5};
  const coffer_backup_options type = {.struct_size = sizeof type, .type = 4};
  const coffer_restore_options restore = {.struct_size = sizeof restore, .scope = 5};
  const coffer_operation_list_options kind = {.struct_size = sizeof kind, .kind = 9};
  const coffer_operation_list_options state = {.struct_size = sizeof state, .state = -1};
  const coffer_selection selection = {.struct_size = sizeof selection};
  const coffer_text file = T("a");
  REFUSED_OPERATION(coffer_start_export(engine, &format, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_export(engine, &scope, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_export(engine, &date, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_import(engine, &file, 1, &import, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_import(engine, &file, 1, &policy, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_backup(engine, &type, kNone, &out, &failure));
  REFUSED_OPERATION(coffer_start_restore(engine, T("latest"), &restore, kNone, &out, &failure));
  REFUSED_PAGE(coffer_list_operations(engine, &kind, &out, &failure));
  REFUSED_PAGE(coffer_list_operations(engine, &state, &out, &failure));
  REFUSED_STRING(coffer_bulk_delete_selected(engine, &selection, NULL, &out, &failure));
  REFUSED_STRING(coffer_bulk_delete_selected(engine, NULL, NULL, &out, &failure));
  coffer_batch_free(batch);
  CloseStore(engine);
}

void StructsOfOtherVersionsAreReadAsFarAsTheyGo(void) {
  struct {
    coffer_list_options known;
    uint64_t later;
  } newer = {.known = {.struct_size = sizeof newer, .limit = 1}};
  coffer_engine* engine = OpenStore("data");
  coffer_page* page = NULL;
  PutPrompt(engine, "p1", "anna");
  PutPrompt(engine, "p2", "anna");
  OK(coffer_list(engine, COFFER_PROMPT, &newer.known, &page, &failure));
  CHECK(coffer_page_count(page) == 1);
  coffer_page_free(page);
  newer.later = 1;
  EXPECT(COFFER_UNAVAILABLE, coffer_list(engine, COFFER_PROMPT, &newer.known, &page, &failure));

  coffer_list_options options = {0};
  REFUSED_PAGE(coffer_list(engine, COFFER_PROMPT, &options, &out, &failure));
  options.struct_size = sizeof options - 1;
  REFUSED_PAGE(coffer_list(engine, COFFER_PROMPT, &options, &out, &failure));
  options.struct_size = SIZE_MAX;
  REFUSED_PAGE(coffer_list(engine, COFFER_PROMPT, &options, &out, &failure));
  CloseStore(engine);
}

void ErrorsNeedNotBeAskedFor(void) {
  coffer_engine* engine = NULL;
  CHECK(coffer_open(kNone, NULL, &engine, NULL) == COFFER_INVALID_ARGUMENT);
  engine = OpenStore("data");
  CHECK(coffer_delete(engine, COFFER_PROMPT, T("none"), kNone, NULL) == COFFER_NOT_FOUND);
  CHECK(coffer_sync(engine, NULL) == COFFER_OK);
  CloseStore(engine);
}

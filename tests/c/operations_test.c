/* Import, export, bulk delete, erase, and the handle of an operation. */
#include <stdatomic.h>

#include "check.h"
#include "tests.h"

/* A source of bytes in memory that counts its calls. */
typedef struct Source {
  const char* text;
  size_t given;
  int fails;
  int released;
} Source;

static int64_t ReadSource(void* context, char* buffer, size_t length) {
  Source* source = context;
  if (source->fails) return source->fails > 0 ? (int64_t)length + 1 : -1;
  const size_t left = strlen(source->text) - source->given;
  const size_t piece = left < length ? left : length;
  memcpy(buffer, source->text + source->given, piece);
  source->given += piece;
  return (int64_t)piece;
}

static void ReleaseSource(void* context) { ++((Source*)context)->released; }

static coffer_operation* ImportOf(coffer_engine* engine, Source* source, const coffer_import_options* options) {
  coffer_operation* operation = NULL;
  OK(coffer_start_import_stream(engine, ReadSource, ReleaseSource, source, T("memory"), options, T("anna"), &operation,
                                &failure));
  return operation;
}

static const char* const kLines =
    "{\"type\":\"prompt\",\"id\":\"p1\",\"owner_id\":\"anna\",\"name\":\"n\",\"content\":\"one\"}\n"
    "{\"type\":\"prompt\",\"id\":\"p2\",\"owner_id\":\"ben\",\"name\":\"n\",\"content\":\"two\"}\n";

void ImportedStreamComesBackAsExport(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_engine* other = OpenStore("other");
  coffer_operation* operation = NULL;
  Source source = {.text = kLines};
  coffer_string* report = Finished(ImportOf(engine, &source, NULL));
  CHECK(Contains(coffer_string_text(report), "\"prompts\":2"));
  CHECK(source.released == 1);
  coffer_string_free(report);

  const coffer_export_options options = {.struct_size = sizeof options,
                                         .format = COFFER_EXPORT_NDJSON,
                                         .scope = COFFER_EXPORT_USER,
                                         .owner = T("anna"),
                                         .uncompressed = 1,
                                         .output = T("anna.ndjson")};
  OK(coffer_start_export(engine, &options, T("anna"), &operation, &failure));
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"prompts\":1"));
  coffer_string_free(report);
  OK(coffer_start_export(engine, &options, kNone, &operation, &failure));
  EXPECT(COFFER_ALREADY_EXISTS, coffer_operation_finish(operation, &report, &failure));
  coffer_operation_free(operation);
  const coffer_export_options unfit = {.struct_size = sizeof unfit, .scope = COFFER_EXPORT_USER};
  REFUSED(coffer_start_export(engine, &unfit, kNone, &operation, &failure));

  const coffer_text file = T("anna.ndjson");
  OK(coffer_start_import(other, &file, 1, NULL, kNone, &operation, &failure));
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"prompts\":1"));
  coffer_string_free(report);
  const coffer_text missing = T("missing.ndjson");
  EXPECT(COFFER_NOT_FOUND, coffer_start_import(other, &missing, 1, NULL, kNone, &operation, &failure));
  CloseStore(other);
  CloseStore(engine);
}

void ImportTellsWhatItRefused(void) {
  coffer_engine* engine = OpenStore("data");
  Source source = {.text = "{\"name\":\"n\",\"content\":\"c\"}\n{\"name\":1}\n"};
  const coffer_import_options options = {.struct_size = sizeof options,
                                         .format = COFFER_IMPORT_NDJSON,
                                         .conflict = COFFER_CONFLICT_FAIL,
                                         .owner = T("anna"),
                                         .generate_ids = 1,
                                         .kind = COFFER_PROMPT,
                                         .durability = COFFER_BUFFERED};
  coffer_string* report = Finished(ImportOf(engine, &source, &options));
  CHECK(Contains(coffer_string_text(report), "\"prompts\":1"));
  CHECK(Contains(coffer_string_text(report), "\"line\":2"));
  coffer_string_free(report);
  CloseStore(engine);
}

void SourceThatFailsEndsTheImport(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* report = NULL;
  coffer_operation* operation = NULL;
  Source source = {.text = "", .fails = -1};
  operation = ImportOf(engine, &source, NULL);
  EXPECT(COFFER_IO_ERROR, coffer_operation_finish(operation, &report, &failure));
  CHECK(report == NULL && source.released == 1);
  coffer_operation_free(operation);
  source.fails = 1; /* more than was asked for */
  operation = ImportOf(engine, &source, NULL);
  REFUSED(coffer_operation_finish(operation, &report, &failure));
  coffer_operation_free(operation);
  CHECK(source.released == 2);
  REFUSED(coffer_start_import_stream(engine, NULL, ReleaseSource, &source, T("memory"), NULL, kNone, &operation, &failure));
  CHECK(source.released == 3);
  CloseStore(engine);
}

/* A source without an end: its import runs until it is stopped. */
static int64_t ReadForEver(void* context, char* buffer, size_t length) {
  static const char kLine[] = "{\"owner_id\":\"anna\",\"name\":\"n\",\"content\":\"c\"}\n";
  size_t* given = context;
  for (size_t i = 0; i < length; ++i) buffer[i] = kLine[(*given)++ % (sizeof kLine - 1)];
  return (int64_t)length;
}

typedef struct Watch {
  int calls;
  coffer_progress last;
} Watch;

static int32_t StopOnceSomethingWasRead(void* context, const coffer_progress* progress) {
  Watch* watch = context;
  watch->last = *progress;
  ++watch->calls;
  return progress->bytes_done > 0;
}

static void Count(void* context) { atomic_fetch_add((atomic_int*)context, 1); }

void OperationIsWatchedAndCancelled(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_operation* operation = NULL;
  coffer_string* text = NULL;
  Watch watch = {0};
  atomic_int ends = 0;
  atomic_int ends_at_once = 0;
  int32_t ended = 7;
  coffer_progress progress = {.struct_size = sizeof progress};
  size_t given = 0;
  const coffer_import_options options = {.struct_size = sizeof options, .generate_ids = 1, .kind = COFFER_PROMPT};
  OK(coffer_start_import_stream(engine, ReadForEver, NULL, &given, T("endless"), &options, kNone, &operation, &failure));
  OK(coffer_operation_on_end(operation, Count, &ends, &failure));
  OK(coffer_operation_wait(operation, 1, &ended, &failure));
  CHECK(ended == 0 && ends == 0);
  OK(coffer_operation_watch(operation, 1, StopOnceSomethingWasRead, &watch, &failure));
  CHECK(watch.calls >= 1);
  CHECK(watch.last.struct_size == sizeof watch.last && watch.last.state == COFFER_STOPPED && watch.last.bytes_done > 0);
  EXPECT(COFFER_CANCELLED, coffer_operation_finish(operation, &text, &failure));
  CHECK(text == NULL);
  OK(coffer_operation_wait(operation, -1, &ended, &failure));
  CHECK(ended == 1);
  OK(coffer_operation_wait(operation, INT64_MAX, &ended, &failure));
  CHECK(ended == 1);
  OK(coffer_operation_on_end(operation, Count, &ends_at_once, &failure));
  CHECK(ends_at_once == 1);
  OK(coffer_operation_progress(operation, &progress, &failure));
  CHECK(progress.state == COFFER_STOPPED && progress.percent < 100);
  OK(coffer_operation_cancel(operation, &failure)); /* has no effect any more */
  OK(coffer_operation_info(operation, &text, &failure));
  CHECK(Contains(coffer_string_text(text), "\"state\":\"cancelled\""));
  CHECK(Contains(coffer_string_text(text), "\"code\":\"cancelled\""));
  coffer_string_free(text);

  REFUSED(coffer_operation_progress(operation, NULL, &failure));
  progress.struct_size = 1;
  REFUSED(coffer_operation_progress(operation, &progress, &failure));
  REFUSED(coffer_operation_info(operation, NULL, &failure));
  REFUSED(coffer_operation_wait(operation, 0, NULL, &failure));
  REFUSED(coffer_operation_watch(operation, 0, StopOnceSomethingWasRead, &watch, &failure));
  REFUSED(coffer_operation_watch(operation, 60001, StopOnceSomethingWasRead, &watch, &failure));
  REFUSED(coffer_operation_watch(operation, 1, NULL, NULL, &failure));
  REFUSED(coffer_operation_finish(operation, NULL, &failure));
  REFUSED(coffer_operation_on_end(operation, NULL, NULL, &failure));
  coffer_operation_free(operation);
  CloseStore(engine); /* its threads have ended and made their calls */
  CHECK(ends == 1);
}

void JournalIsListed(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_operation* operation = NULL;
  coffer_page* page = NULL;
  coffer_string* info = NULL;
  char id[64];
  Source source = {.text = kLines};
  FinishWell(ImportOf(engine, &source, NULL));
  OK(coffer_start_export(engine, NULL, T("ben"), &operation, &failure));
  snprintf(id, sizeof id, "%s", coffer_operation_id(operation).data);
  FinishWell(operation);
  coffer_operation_list_options options = {.struct_size = sizeof options, .limit = 1};
  OK(coffer_list_operations(engine, &options, &page, &failure));
  CHECK(coffer_page_count(page) == 1 && Contains(coffer_page_item(page, 0), "\"kind\":\"export\""));
  coffer_page* rest = NULL;
  options.after = coffer_page_next(page);
  OK(coffer_list_operations(engine, &options, &rest, &failure));
  CHECK(coffer_page_count(rest) == 1 && Contains(coffer_page_item(rest, 0), "\"principal\":\"anna\""));
  coffer_page_free(rest);
  coffer_page_free(page);
  options = (coffer_operation_list_options){
      .struct_size = sizeof options, .kind = COFFER_OPERATION_IMPORT, .state = COFFER_COMPLETED};
  OK(coffer_list_operations(engine, &options, &page, &failure));
  CHECK(coffer_page_count(page) == 1);
  coffer_page_free(page);
  options.state = COFFER_FAILED;
  OK(coffer_list_operations(engine, &options, &page, &failure));
  CHECK(coffer_page_count(page) == 0);
  coffer_page_free(page);

  OK(coffer_get_operation(engine, T(id), &info, &failure));
  CHECK(Contains(coffer_string_text(info), "\"percent\":100"));
  CHECK(Contains(coffer_string_text(info), "\"error\":null"));
  coffer_string_free(info);
  OK(coffer_cancel_operation(engine, T(id), &failure)); /* it has ended */
  EXPECT(COFFER_NOT_FOUND, coffer_get_operation(engine, T("none"), &info, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_cancel_operation(engine, T("none"), &failure));
  CloseStore(engine);
}

void BulkDeleteTellsWhatBecameOfEach(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* report = NULL;
  coffer_operation* operation = NULL;
  const coffer_text ids[] = {T("p1"), T("p9"), T("p2")};
  PutPrompt(engine, "p1", "anna");
  PutPrompt(engine, "p2", "ben");
  PutPrompt(engine, "p3", "anna");
  coffer_bulk_delete_options options = {.struct_size = sizeof options, .owner = T("anna"), .dry_run = 1};
  OK(coffer_bulk_delete(engine, COFFER_PROMPT, ids, 3, &options, &report, &failure));
  CHECK(Contains(coffer_string_text(report), "\"requested\":3,\"deleted\":1,\"failed\":2"));
  coffer_string_free(report);
  REFUSED(coffer_start_bulk_delete(engine, COFFER_PROMPT, ids, 3, &options, kNone, &operation, &failure));
  options.dry_run = 0;
  OK(coffer_bulk_delete(engine, COFFER_PROMPT, ids, 3, &options, &report, &failure));
  CHECK(Contains(coffer_string_text(report), "\"id\":\"p9\""));
  coffer_string_free(report);
  REFUSED(coffer_bulk_delete(engine, COFFER_MESSAGE, ids, 3, NULL, &report, &failure));

  coffer_selection selection = {.struct_size = sizeof selection,
                                .kind = COFFER_PROMPT,
                                .owner = T("anna"),
                                .created_from = T("2020-01-01T00:00:00Z"),
                                .created_before = T("2020-01-02T00:00:00Z"),
                                .limit = 5};
  OK(coffer_bulk_delete_selected(engine, &selection, NULL, &report, &failure));
  CHECK(Contains(coffer_string_text(report), "\"requested\":0"));
  coffer_string_free(report);
  selection.created_before = kNone;
  OK(coffer_start_bulk_delete_selected(engine, &selection, NULL, kNone, &operation, &failure));
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"deleted\":1"));
  coffer_string_free(report);
  selection.status = T("active");
  REFUSED(coffer_bulk_delete_selected(engine, &selection, NULL, &report, &failure));
  OK(coffer_start_bulk_delete(engine, COFFER_PROMPT, ids, 3, NULL, T("anna"), &operation, &failure));
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"deleted\":1")); /* p2 was kept */
  coffer_string_free(report);
  CloseStore(engine);
}

void ErasedUserIsGone(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_operation* operation = NULL;
  coffer_string* report = NULL;
  const coffer_text id = T("p2");
  PutPrompt(engine, "p1", "anna");
  PutPrompt(engine, "p2", "ben");
  OK(coffer_start_erase_user(engine, T("anna"), T("anna"), &operation, &failure));
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"prompts\":1"));
  coffer_string_free(report);
  EXPECT(COFFER_NOT_FOUND, coffer_get_prompt(engine, T("p1"), NULL, &report, &failure));
  OK(coffer_start_erase(engine, COFFER_PROMPT, &id, 1, kNone, &operation, &failure));
  FinishWell(operation);
  EXPECT(COFFER_NOT_FOUND, coffer_get_prompt(engine, T("p2"), NULL, &report, &failure));
  REFUSED(coffer_start_erase_user(engine, kNone, kNone, &operation, &failure));
  REFUSED(coffer_start_erase(engine, COFFER_PROMPT, &id, 0, kNone, &operation, &failure));
  CloseStore(engine);
}

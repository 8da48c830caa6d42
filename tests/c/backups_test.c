/* Backups, restores, keys and tokens. */
#include "check.h"
#include "tests.h"

/* Copies the value of a text member of an object to a buffer. */
static const char* Member(coffer_text json, const char* name, char* value, size_t size) {
  char start[64];
  snprintf(start, sizeof start, "\"%s\":\"", name);
  const char* found = strstr(json.data, start);
  CHECK(found != NULL);
  found += strlen(start);
  const size_t length = (size_t)(strchr(found, '"') - found);
  CHECK(length < size);
  memcpy(value, found, length);
  value[length] = 0;
  return value;
}

static void BackUp(coffer_engine* engine, const coffer_backup_options* options, char* id, size_t size) {
  coffer_operation* operation = NULL;
  OK(coffer_start_backup(engine, options, T("anna"), &operation, &failure));
  coffer_string* report = Finished(operation);
  Member(coffer_string_text(report), "backup_id", id, size);
  coffer_string_free(report);
}

static int Has(coffer_engine* engine, const char* prompt) {
  coffer_string* json = NULL;
  const coffer_status status = coffer_get_prompt(engine, T(prompt), NULL, &json, NULL);
  coffer_string_free(json);
  CHECK(status == COFFER_OK || status == COFFER_NOT_FOUND);
  return status == COFFER_OK;
}

void BackupIsMadeCheckedOpenedAndRestored(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_engine* backup = NULL;
  coffer_operation* operation = NULL;
  char id[64];
  char restore_id[64];
  PutPrompt(engine, "p1", "anna");
  const coffer_backup_options options = {.struct_size = sizeof options,
                                         .type = COFFER_BACKUP_INCREMENTAL,
                                         .name = T("nightly"),
                                         .description = T("d"),
                                         .include_logs = 1,
                                         .retention_days = 7,
                                         .bytes_per_second_max = (uint64_t)1 << 30};
  BackUp(engine, &options, id, sizeof id);
  OK(coffer_delete(engine, COFFER_PROMPT, T("p1"), kNone, &failure));

  OK(coffer_start_verify_backup(engine, T(id), 4, kNone, kNone, &operation, &failure));
  coffer_string* report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"ok\":true"));
  coffer_string_free(report);
  EXPECT(COFFER_NOT_FOUND, coffer_start_verify_backup(engine, T("none"), 2, kNone, kNone, &operation, &failure));

  OK(coffer_open_backup(engine, T(id), kNone, &backup, &failure));
  CHECK(Has(backup, "p1"));
  EXPECT(COFFER_PERMISSION_DENIED, coffer_delete(backup, COFFER_PROMPT, T("p1"), kNone, &failure));
  CloseStore(backup);
  EXPECT(COFFER_NOT_FOUND, coffer_open_backup(engine, T("none"), kNone, &backup, &failure));
  OK(coffer_open_backup_in(T("data/backups"), T("latest"), T("data/keys/identity.txt"), &backup, &failure));
  CHECK(Has(backup, "p1"));
  CloseStore(backup);
  EXPECT(COFFER_PERMISSION_DENIED, coffer_open_backup_in(T("data/backups"), T("latest"), kNone, &backup, &failure));

  OK(coffer_start_restore(engine, T("latest"), NULL, T("anna"), &operation, &failure));
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"prompts\":1"));
  Member(coffer_string_text(report), "restore_id", restore_id, sizeof restore_id);
  coffer_string_free(report);
  CHECK(Has(engine, "p1"));
  EXPECT(COFFER_NOT_FOUND, coffer_start_restore(engine, T("none"), NULL, kNone, &operation, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_start_roll_back(engine, T("none"), kNone, &operation, &failure));
  CloseStore(engine);
}

void BackupIsReadAsOneFile(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_backup_archive* archive = NULL;
  char id[64];
  char buffer[512];
  size_t bytes_read = 0;
  uint64_t total = 0;
  PutPrompt(engine, "p1", "anna");
  EXPECT(COFFER_NOT_FOUND, coffer_backup_archive_open(engine, T("latest"), &archive, &failure));
  BackUp(engine, NULL, id, sizeof id);
  OK(coffer_backup_archive_open(engine, T("latest"), &archive, &failure));
  EXPECT(COFFER_BUSY, coffer_close(engine, &failure));
  CHECK(Equals(coffer_backup_archive_id(archive), id));
  do {
    OK(coffer_backup_archive_read(archive, total, buffer, sizeof buffer, &bytes_read, &failure));
    /* The position of a tar's magic. */
    if (total == 0) CHECK(memcmp(buffer + 257, "ustar", 5) == 0);
    total += bytes_read;
  } while (bytes_read > 0);
  CHECK(total == coffer_backup_archive_size(archive) && total > 0);
  OK(coffer_backup_archive_read(archive, UINT64_MAX, buffer, sizeof buffer, &bytes_read, &failure));
  CHECK(bytes_read == 0);
  REFUSED(coffer_backup_archive_read(archive, 0, NULL, 1, &bytes_read, &failure));
  REFUSED(coffer_backup_archive_read(archive, 0, buffer, SIZE_MAX, &bytes_read, &failure));
  REFUSED(coffer_backup_archive_read(archive, 0, buffer, 1, NULL, &failure));
  coffer_backup_archive_free(archive);
  CloseStore(engine);
}

void UserComesBackFromABackup(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_operation* operation = NULL;
  char id[64];
  char restore_id[64];
  const coffer_text ids[] = {T("p2")};
  PutPrompt(engine, "p1", "anna");
  PutPrompt(engine, "p2", "ben");
  const coffer_backup_options plain = {.struct_size = sizeof plain, .unencrypted = 1, .uncompressed = 1, .without_contents = 1};
  BackUp(engine, &plain, id, sizeof id);
  OK(coffer_delete(engine, COFFER_PROMPT, T("p1"), kNone, &failure));
  OK(coffer_delete(engine, COFFER_PROMPT, T("p2"), kNone, &failure));
  PutPrompt(engine, "p3", "ben");

  coffer_restore_options options = {
      .struct_size = sizeof options, .scope = COFFER_RESTORE_USER, .owner = T("anna"), .dry_run = 1};
  OK(coffer_start_restore(engine, T(id), &options, kNone, &operation, &failure));
  FinishWell(operation);
  CHECK(!Has(engine, "p1"));
  options.dry_run = 0;
  OK(coffer_start_restore(engine, T(id), &options, kNone, &operation, &failure));
  coffer_string* report = Finished(operation);
  Member(coffer_string_text(report), "restore_id", restore_id, sizeof restore_id);
  coffer_string_free(report);
  CHECK(Has(engine, "p1") && !Has(engine, "p2"));
  options = (coffer_restore_options){.struct_size = sizeof options,
                                     .scope = COFFER_RESTORE_PROMPTS,
                                     .ids = ids,
                                     .ids_count = 1,
                                     .conflict = COFFER_CONFLICT_SKIP,
                                     .without_safety_backup = 1};
  OK(coffer_start_restore(engine, T(id), &options, kNone, &operation, &failure));
  FinishWell(operation);
  CHECK(Has(engine, "p2") && Has(engine, "p3"));
  options = (coffer_restore_options){.struct_size = sizeof options, .exact = 1};
  REFUSED(coffer_start_restore(engine, T(id), &options, kNone, &operation, &failure)); /* only for partial scopes */

  OK(coffer_start_roll_back(engine, T(restore_id), kNone, &operation, &failure));
  FinishWell(operation);
  CHECK(!Has(engine, "p1") && !Has(engine, "p2") && Has(engine, "p3"));
  CloseStore(engine);
}

void RetentionDropsAndTrashGivesBack(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_operation* operation = NULL;
  coffer_page* page = NULL;
  coffer_string* info = NULL;
  char first[64];
  char second[64];
  PutPrompt(engine, "p1", "anna");
  const coffer_backup_options plain = {.struct_size = sizeof plain, .unencrypted = 1};
  BackUp(engine, &plain, first, sizeof first);
  BackUp(engine, &plain, second, sizeof second);
  OK(coffer_list_backups(engine, &page, &failure));
  CHECK(coffer_page_count(page) == 2 && Contains(coffer_page_item(page, 0), second));
  CHECK(Contains(coffer_page_item(page, 1), "\"deleted_at\":null"));
  coffer_page_free(page);

  OK(coffer_delete_backup(engine, T(first), &info, &failure));
  CHECK(Contains(coffer_string_text(info), "\"deleted_at\":\"2"));
  coffer_string_free(info);
  OK(coffer_list_deleted_backups(engine, &page, &failure));
  CHECK(coffer_page_count(page) == 1);
  coffer_page_free(page);
  EXPECT(COFFER_NOT_FOUND, coffer_delete_backup(engine, T(first), NULL, &failure));
  OK(coffer_undelete_backup(engine, T(first), NULL, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_undelete_backup(engine, T(first), &info, &failure));

  coffer_prune_options options = {.struct_size = sizeof options,
                                  .keep_last = 1,
                                  .keep_daily = 1,
                                  .keep_weekly = 1,
                                  .keep_monthly = 1,
                                  .plan = 1,
                                  .as_of = T("2100-01-01T00:00:00Z")};
  OK(coffer_start_prune(engine, &options, kNone, &operation, &failure));
  coffer_string* report = Finished(operation);
  char drop[128];
  snprintf(drop, sizeof drop, "\"drop\":[{\"id\":\"%s\"", first);
  CHECK(Contains(coffer_string_text(report), drop));
  coffer_string_free(report);
  options.as_of = T("soon");
  REFUSED(coffer_start_prune(engine, &options, kNone, &operation, &failure));
  OK(coffer_start_prune(engine, NULL, T("anna"), &operation, &failure)); /* nothing has expired */
  report = Finished(operation);
  CHECK(Contains(coffer_string_text(report), "\"drop\":[]"));
  coffer_string_free(report);
  CloseStore(engine);
}

void KeysAndTokens(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* text = NULL;
  coffer_page* page = NULL;
  char secret[80];
  char id[64];
  OK(coffer_show_keys(engine, &text, &failure));
  CHECK(Contains(coffer_string_text(text), "\"recipients\":[]"));
  coffer_string_free(text);
  OK(coffer_generate_key(engine, &text, &failure));
  CHECK(Contains(coffer_string_text(text), "age1") && !Contains(coffer_string_text(text), "AGE-SECRET"));
  coffer_string_free(text);
  EXPECT(COFFER_ALREADY_EXISTS, coffer_generate_key(engine, &text, &failure));

  OK(coffer_create_token(engine, T("anna"), COFFER_ROLE_ADMIN, T("2100-01-01T00:00:00Z"), &text, &failure));
  Member(coffer_string_text(text), "secret", secret, sizeof secret);
  Member(coffer_string_text(text), "id", id, sizeof id);
  coffer_string_free(text);
  REFUSED(coffer_create_token(engine, T("anna"), COFFER_ROLE_USER, T("2000-01-01T00:00:00Z"), &text, &failure));
  OK(coffer_list_tokens(engine, &page, &failure));
  CHECK(coffer_page_count(page) == 1 && Contains(coffer_page_item(page, 0), id) &&
        !Contains(coffer_page_item(page, 0), "secret"));
  coffer_page_free(page);
  OK(coffer_authenticate(engine, T(secret), &text, &failure));
  CHECK(Contains(coffer_string_text(text), "{\"user_id\":\"anna\",\"role\":\"admin\""));
  coffer_string_free(text);
  OK(coffer_revoke_token(engine, T(id), &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_revoke_token(engine, T(id), &failure));
  EXPECT(COFFER_PERMISSION_DENIED, coffer_authenticate(engine, T(secret), &text, &failure));
  CloseStore(engine);
}

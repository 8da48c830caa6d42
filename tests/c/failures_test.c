/* A full disk, and damaged files. */
#define _XOPEN_SOURCE 700

#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>

#include "check.h"
#include "tests.h"

/* Limits the size of files, which acts like a full disk. */
static void LimitFiles(rlim_t bytes) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  limit.rlim_cur = bytes;
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void PutLongPrompt(coffer_engine* engine, coffer_status expected) {
  static char json[100000];
  coffer_string* id = NULL;
  static uint32_t random = 1; /* incompressible data */
  for (size_t i = 0; i < sizeof json; ++i) {
    random = random * 1664525 + 1013904223;
    json[i] = (char)('a' + (random >> 16) % 26);
  }
  const char begin[] = "{\"owner_id\":\"anna\",\"name\":\"n\",\"content\":\"";
  memcpy(json, begin, sizeof begin - 1);
  memcpy(json + sizeof json - 3, "\"}", 3);
  EXPECT(expected, coffer_put_prompt(engine, T(json), COFFER_UPSERT, &id, &failure));
  CHECK((id != NULL) == (expected == COFFER_OK));
  coffer_string_free(id);
}

void FailedWriteEndsWritingAndNotReading(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* json = NULL;
  PutPrompt(engine, "p1", "anna");
  CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
  LimitFiles(50000);
  PutLongPrompt(engine, COFFER_IO_ERROR);
  LimitFiles(RLIM_INFINITY);
  PutLongPrompt(engine, COFFER_UNAVAILABLE);
  EXPECT(COFFER_UNAVAILABLE, coffer_sync(engine, &failure));
  OK(coffer_get_prompt(engine, T("p1"), NULL, &json, &failure));
  coffer_string_free(json);
  coffer_engine_free(engine);

  engine = OpenStore("data");
  PutLongPrompt(engine, COFFER_OK);
  OK(coffer_get_prompt(engine, T("p1"), NULL, &json, &failure));
  coffer_string_free(json);
  CloseStore(engine);
}

static off_t damaged_bytes_min;
static int damaged = 0;

/* Flips a bit in the middle of each file of at least this length. */
static int Damage(const char* path, const struct stat* facts, int type, struct FTW* place) {
  (void)place;
  if (type != FTW_F || facts->st_size < damaged_bytes_min) return 0;
  FILE* file = fopen(path, "r+b");
  CHECK(file != NULL);
  CHECK(fseek(file, (long)(facts->st_size / 2), SEEK_SET) == 0);
  const int byte = fgetc(file);
  CHECK(byte != EOF && fseek(file, -1, SEEK_CUR) == 0);
  CHECK(fputc(byte ^ 1, file) != EOF && fclose(file) == 0);
  ++damaged;
  return 0;
}

static void DamageFiles(const char* folder, off_t bytes_min) {
  damaged = 0;
  damaged_bytes_min = bytes_min;
  CHECK(nftw(folder, Damage, 16, FTW_PHYS) == 0);
  CHECK(damaged > 0);
}

void DamagedStoreIsTold(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_string* out = NULL;
  coffer_page* page = NULL;
  coffer_operation* operation = NULL;
  for (int i = 0; i < 50; ++i) PutLongPrompt(engine, COFFER_OK);
  OK(coffer_reclaim(engine, NULL, NULL, &failure));
  CloseStore(engine);
  DamageFiles("data/gen-000001", 1000000); /* records: small files are left alone, because without them nothing opens */

  engine = OpenStore("data");
  EXPECT(COFFER_CORRUPTION, coffer_list(engine, COFFER_PROMPT, NULL, &page, &failure));
  CHECK(page == NULL);
  OK(coffer_start_export(engine, NULL, kNone, &operation, &failure));
  EXPECT(COFFER_CORRUPTION, coffer_operation_finish(operation, &out, &failure));
  CHECK(out == NULL);
  coffer_operation_free(operation);
  CloseStore(engine);
}

void DamagedBackupIsToldAndNotRestored(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_operation* operation = NULL;
  coffer_string* out = NULL;
  coffer_page* page = NULL;
  PutPrompt(engine, "p1", "anna");
  OK(coffer_start_backup(engine, NULL, kNone, &operation, &failure));
  FinishWell(operation);
  PutPrompt(engine, "p2", "anna");
  DamageFiles("data/backups/objects", 1);

  OK(coffer_start_verify_backup(engine, T("latest"), 2, kNone, kNone, &operation, &failure));
  out = Finished(operation);
  CHECK(Contains(coffer_string_text(out), "\"ok\":false"));
  coffer_string_free(out);
  OK(coffer_list_backups(engine, &page, &failure));
  CHECK(Contains(coffer_page_item(page, 0), "\"ok\":false"));
  coffer_page_free(page);

  OK(coffer_start_restore(engine, T("latest"), NULL, kNone, &operation, &failure));
  EXPECT(COFFER_CORRUPTION, coffer_operation_finish(operation, &out, &failure));
  CHECK(out == NULL);
  coffer_operation_free(operation);
  OK(coffer_get_prompt(engine, T("p2"), NULL, &out, &failure));
  coffer_string_free(out);
  CloseStore(engine);
}

/* Contents of documents as streams. */
#include "check.h"
#include "tests.h"

static const coffer_text kDocument = {"{\"id\":\"d1\",\"owner_id\":\"a\",\"filename\":\"f\"}", 41};

static coffer_content_writer* WriterOf(coffer_engine* engine, const char* bytes) {
  coffer_content_writer* writer = NULL;
  OK(coffer_content_writer_new(engine, &writer, &failure));
  OK(coffer_content_writer_append(writer, bytes, strlen(bytes), &failure));
  return writer;
}

static int ContentIs(coffer_engine* engine, const coffer_snapshot* snapshot, const char* expected) {
  coffer_content_reader* reader = NULL;
  char buffer[64];
  size_t bytes_read = 0;
  OK(coffer_content_reader_open(engine, T("d1"), snapshot, &reader, &failure));
  OK(coffer_content_reader_read(reader, buffer, sizeof buffer, &bytes_read, &failure));
  const int equal = bytes_read == strlen(expected) && memcmp(buffer, expected, bytes_read) == 0 &&
                    coffer_content_reader_size(reader) == bytes_read;
  coffer_content_reader_free(reader);
  return equal;
}

void ContentGoesInAndOutAsAStream(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_content_writer* writer = WriterOf(engine, "hello ");
  coffer_content_reader* reader = NULL;
  char buffer[8] = {0};
  size_t bytes_read = 0;
  OK(coffer_content_writer_append(writer, "world", 5, &failure));
  OK(coffer_content_writer_append(writer, NULL, 0, &failure));
  CHECK(Equals(coffer_content_writer_sha256(writer), ""));
  OK(coffer_content_writer_finish(writer, &failure));
  CHECK(coffer_content_writer_size(writer) == 11);
  CHECK(Equals(coffer_content_writer_sha256(writer), "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"));
  REFUSED(coffer_content_writer_append(writer, "!", 1, &failure));
  OK(coffer_put_document_with_content(engine, kDocument, writer, COFFER_INSERT, NULL, &failure));
  coffer_content_writer_free(writer);

  OK(coffer_content_reader_open(engine, T("d1"), NULL, &reader, &failure));
  EXPECT(COFFER_BUSY, coffer_close(engine, &failure));
  CHECK(coffer_content_reader_size(reader) == 11);
  CHECK(Equals(coffer_content_reader_sha256(reader), "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"));
  OK(coffer_content_reader_read(reader, buffer, 5, &bytes_read, &failure));
  CHECK(bytes_read == 5 && memcmp(buffer, "hello", 5) == 0);
  OK(coffer_content_reader_seek(reader, 8, &failure));
  OK(coffer_content_reader_read(reader, buffer, sizeof buffer, &bytes_read, &failure));
  CHECK(bytes_read == 3 && memcmp(buffer, "rld", 3) == 0);
  OK(coffer_content_reader_seek(reader, UINT64_MAX, &failure));
  OK(coffer_content_reader_read(reader, buffer, sizeof buffer, &bytes_read, &failure));
  CHECK(bytes_read == 0);
  REFUSED(coffer_content_reader_read(reader, NULL, 1, &bytes_read, &failure));
  REFUSED(coffer_content_reader_read(reader, buffer, SIZE_MAX, &bytes_read, &failure));
  REFUSED(coffer_content_reader_read(reader, buffer, 1, NULL, &failure));
  coffer_content_reader_free(reader);

  OK(coffer_put_document(engine, T("{\"id\":\"d2\",\"owner_id\":\"a\",\"filename\":\"f\"}"), COFFER_UPSERT, NULL, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_content_reader_open(engine, T("d2"), NULL, &reader, &failure));
  EXPECT(COFFER_NOT_FOUND, coffer_content_reader_open(engine, T("d3"), NULL, &reader, &failure));
  CloseStore(engine);
}

void ContentThatAPutTookIsGoneFromTheWriter(void) {
  coffer_engine* engine = OpenStore("data");
  coffer_batch* batch = NULL;
  coffer_snapshot* snapshot = NULL;
  OK(coffer_batch_new(engine, &batch, &failure));
  coffer_content_writer* writer = WriterOf(engine, "first");
  OK(coffer_batch_put_document_with_content(batch, kDocument, writer, COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_put_document_with_content(batch, kDocument, writer, COFFER_UPSERT, &failure));
  REFUSED(coffer_batch_set_content(batch, T("d1"), writer, &failure));
  REFUSED(coffer_put_document_with_content(engine, kDocument, writer, COFFER_UPSERT, NULL, &failure));
  REFUSED(coffer_content_writer_append(writer, "x", 1, &failure));
  REFUSED(coffer_content_writer_finish(writer, &failure));
  CHECK(coffer_content_writer_size(writer) == 0);
  CHECK(Equals(coffer_content_writer_sha256(writer), ""));
  coffer_content_writer_free(writer);
  OK(coffer_commit(engine, batch, COFFER_DURABLE, NULL, &failure));
  CHECK(ContentIs(engine, NULL, "first"));

  OK(coffer_snapshot_take(engine, &snapshot, &failure));
  writer = WriterOf(engine, "second");
  OK(coffer_batch_set_content(batch, T("d1"), writer, &failure));
  coffer_content_writer_free(writer);
  OK(coffer_commit(engine, batch, COFFER_DURABLE, NULL, &failure));
  CHECK(ContentIs(engine, NULL, "second"));
  CHECK(ContentIs(engine, snapshot, "first"));
  coffer_snapshot_free(snapshot);

  /* A refused put has also consumed the writer. */
  writer = WriterOf(engine, "third");
  REFUSED(coffer_batch_put_document_with_content(batch, T("{}"), writer, COFFER_UPSERT, &failure));
  REFUSED(coffer_content_writer_finish(writer, &failure));
  coffer_content_writer_free(writer);
  coffer_batch_free(batch);
  CloseStore(engine);
}

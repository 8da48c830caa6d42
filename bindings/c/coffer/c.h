/* Coffer's C interface: conversations, documents and prompts in one folder, and the operations on them.
 *
 * These conventions hold for every function unless its comment says otherwise.
 *
 * 1. Errors. A function that can fail returns a coffer_status; COFFER_OK is 0. Its last parameter `error` may be NULL.
 *    Otherwise *error is NULL on success; on failure it is a handle with the message, which the caller frees. On failure every
 *    other out parameter is NULL, 0 or empty. If memory runs out, the call returns COFFER_RESOURCE_EXHAUSTED, and *error may be
 *    NULL. No C++ exception leaves a function, and a callback must let neither an exception nor a longjmp out.
 * 2. Text. A coffer_text is a pointer and a length in bytes: UTF-8, not terminated. {NULL, 0} is the empty text; it stands for
 *    "not given" where a text is optional. A text that this interface returns has a 0 byte after its last byte.
 * 3. Bad arguments. COFFER_INVALID_ARGUMENT, without any other effect, is returned for a NULL handle, a NULL out parameter, a
 *    NULL pointer with a length above 0, a text longer than COFFER_TEXT_BYTES_MAX, an array of more than 1,000,000 texts, a
 *    number outside its enum and an unknown struct_size.
 * 4. Ownership. The caller owns a handle that it receives through a pointer to a pointer, and frees it once with the function
 *    named at its type. Every such function accepts NULL. Arguments are read during the call and not kept, unless a comment
 *    says "takes". What an accessor returns is valid as long as the handle that it belongs to.
 * 5. Options. A struct begins with struct_size = sizeof(the struct). For every other member 0 (NULL, the empty text) means the
 *    default, so `{.struct_size = sizeof options}` is all defaults; a NULL pointer means the same. Later versions add members
 *    at the end. The size of an older version is accepted. With a larger size, a member that this version does not know must be
 *    0; otherwise the call returns COFFER_UNAVAILABLE. A size above 4096 bytes is unknown.
 * 6. Threads. Many threads may use a coffer_engine, a coffer_operation, a coffer_snapshot or a coffer_backup_archive at the
 *    same time, and read a coffer_string, coffer_page, coffer_outcomes or coffer_error. Only one thread at a time may use any
 *    other handle. No other thread may use a handle while it is freed. Calls block until they are done.
 * 7. JSON. Records are canonical JSON text (lib/format/FORMAT.md). Reports are JSON objects; their members have the names that
 *    the headers of the C++ interface (include/coffer) give them. Times are RFC 3339, bytes and counts are whole numbers.
 *    Readers must ignore members that they do not know.
 * 8. Stability. Within one SONAME nothing is removed or changed, only added; "since" gives the version. The number of a code
 *    never changes. Callers must expect codes and kinds that they do not know.
 * 9. Common errors. The comments below name codes without COFFER_ and do not repeat these:
 *    INVALID_ARGUMENT: convention 3; a closed engine; a handle of another engine; a malformed id.
 *    IO_ERROR: any call that uses a store: the file system failed.
 *    CORRUPTION: any call that uses a store: stored bytes are damaged.
 *    RESOURCE_EXHAUSTED: memory or the device is full.
 *    PERMISSION_DENIED: a write on a read-only engine.
 *    UNAVAILABLE: a write after an earlier write failed partway; reads continue, and writes work again after the store is
 *    reopened.
 * 10. On disk. A failed write changes nothing that a reader can see. After the store is reopened, the write is there as a whole
 *     or not at all.
 *
 * Everything here is since 0.1 unless a comment says otherwise.
 */
#ifndef COFFER_H
#define COFFER_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define COFFER_C_API __attribute__((visibility("default")))
#else
#define COFFER_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Codes and texts ---- */

/* What the caller should do about a failure. The numbers are those of coffer::StatusCode. */
typedef int32_t coffer_status;
enum {
  COFFER_OK = 0,
  COFFER_INVALID_ARGUMENT = 1,   /* change the request; repeating it cannot succeed */
  COFFER_NOT_FOUND = 2,          /* the named thing does not exist */
  COFFER_ALREADY_EXISTS = 3,     /* the named thing exists already */
  COFFER_PERMISSION_DENIED = 4,  /* the caller, or the way the store was opened, does not allow it */
  COFFER_CONFLICT = 5,           /* somebody else changed it; read again and decide */
  COFFER_BUSY = 6,               /* in use by another process, call or operation; try again later */
  COFFER_CANCELLED = 7,          /* stopped on request */
  COFFER_RESOURCE_EXHAUSTED = 8, /* a named limit, the disk or memory; free some or ask for less */
  COFFER_CORRUPTION = 9,         /* stored bytes are not what was written; verify and restore */
  COFFER_UNAVAILABLE = 10,       /* this build cannot serve it, or not at this moment */
  COFFER_IO_ERROR = 11,          /* the file system failed; the message has its reason */
  COFFER_INTERNAL = 12           /* an invariant of Coffer itself is broken; report it */
};

/* The name of a code: "not_found" …; "unknown" for any other number. Static, terminated by a 0 byte. */
COFFER_C_API const char* coffer_status_name(coffer_status status);

/* The library's version, "major.minor.patch". Static, terminated by a 0 byte. */
COFFER_C_API const char* coffer_version(void);

/* The longest text that a call accepts, in bytes; also what a batch holds at most. */
#define COFFER_TEXT_BYTES_MAX ((size_t)96 << 20)

typedef struct coffer_text {
  const char* data;
  size_t length; /* bytes */
} coffer_text;

/* The text of a string that ends with a 0 byte, without a copy. NULL: the empty text. */
COFFER_C_API coffer_text coffer_text_of(const char* string);

/* Why a call failed. Freed by coffer_error_free. */
typedef struct coffer_error coffer_error;
COFFER_C_API void coffer_error_free(coffer_error* error);
/* The code of the failure; COFFER_OK for NULL. */
COFFER_C_API coffer_status coffer_error_status(const coffer_error* error);
/* What went wrong with which thing; empty for NULL. */
COFFER_C_API coffer_text coffer_error_message(const coffer_error* error);

/* A text that the caller owns. Freed by coffer_string_free. */
typedef struct coffer_string coffer_string;
COFFER_C_API void coffer_string_free(coffer_string* string);
/* The text; empty for NULL. */
COFFER_C_API coffer_text coffer_string_text(const coffer_string* string);

/* One page of a listing: JSON texts, and a cursor for the next page. Freed by coffer_page_free. */
typedef struct coffer_page coffer_page;
COFFER_C_API void coffer_page_free(coffer_page* page);
/* The number of items; 0 for NULL. */
COFFER_C_API size_t coffer_page_count(const coffer_page* page);
/* Item `index`, from 0; empty beyond the end. */
COFFER_C_API coffer_text coffer_page_item(const coffer_page* page, size_t index);
/* The `after` of the next page; empty if this page is the last one, or NULL. */
COFFER_C_API coffer_text coffer_page_next(const coffer_page* page);

/* ---- Opening and closing ---- */

/* An open store. Freed by coffer_engine_free. Either one engine that writes, or any number of read-only ones, may have a folder
 * open. */
typedef struct coffer_engine coffer_engine;

typedef struct coffer_open_options {
  size_t struct_size;
  int32_t must_exist;          /* not 0: a missing store is NOT_FOUND instead of being created */
  int32_t read_only;           /* not 0: writes nothing at all */
  coffer_text repository;      /* folder of the backups; empty: "backups" in the data folder */
  uint64_t write_buffer_bytes; /* memory for writes that are not in files yet; 0: 64 MiB; at least 4 MiB */
  uint64_t block_cache_bytes;  /* memory for blocks that were read; 0: 96 MiB */
  int32_t open_files_max;      /* files kept open; 0: 512; at least 16 */
  int32_t background_threads;  /* threads that flush and compact; 0: 2 */
} coffer_open_options;

/* Opens the store in `folder` (a path, not empty) and creates one if the folder is missing or empty.
 * INVALID_ARGUMENT: the folder holds something other than a store, or an option is out of range.
 * NOT_FOUND: the store does not exist, and must_exist is set.
 * BUSY: another engine has the folder open; the message has its process id.
 * UNAVAILABLE: a newer version wrote the store.
 * CORRUPTION: the store, or the journal of operations, is damaged.
 * On disk after a failure: records are unchanged. After the first four codes the folder is unchanged; any other failure may
 * leave the beginning of a new store, which the next opening completes or removes. */
COFFER_C_API coffer_status coffer_open(coffer_text folder, const coffer_open_options* options, coffer_engine** engine,
                                       coffer_error** error);

/* Cancels operations and waits for them, makes buffered writes durable and releases the folder. The handle still has to be
 * freed.
 * BUSY: a call is running, or a snapshot, batch, content writer, content reader or backup archive of this engine is not freed;
 * the engine stays open.
 * INVALID_ARGUMENT: the engine is closed already.
 * On disk after another failure: the engine is closed; buffered writes may be missing, durable ones are there. */
COFFER_C_API coffer_status coffer_close(coffer_engine* engine, coffer_error** error);

/* Frees the handle and closes the engine if it is open; a failure to close is not reported. If other handles of this engine are
 * alive, the last of them closes it. */
COFFER_C_API void coffer_engine_free(coffer_engine* engine);

/* Makes buffered writes durable. After a failure they may or may not be. */
COFFER_C_API coffer_status coffer_sync(coffer_engine* engine, coffer_error** error);

/* Compacts the store, so that deleted records leave the disk now; reads and writes continue meanwhile. `bytes_before` and
 * `bytes_after`: the store's size on disk; either may be NULL. A failure leaves the compaction partly done. */
COFFER_C_API coffer_status coffer_reclaim(coffer_engine* engine, uint64_t* bytes_before, uint64_t* bytes_after,
                                          coffer_error** error);

/* *report: StorageStatistics (coffer/statistics.h). It is read from counters, so the time depends on the number of owners and
 * not on the number of records. */
COFFER_C_API coffer_status coffer_statistics(coffer_engine* engine, coffer_string** report, coffer_error** error);

/* Reads everything that is stored and compares it. *report: IntegrityReport (coffer/integrity.h). Findings are not a failure:
 * check "ok". Nothing is repaired. */
COFFER_C_API coffer_status coffer_check_integrity(coffer_engine* engine, coffer_string** report, coffer_error** error);

/* ---- Reading ---- */

typedef int32_t coffer_kind;
enum { COFFER_CONVERSATION = 1, COFFER_MESSAGE = 2, COFFER_DOCUMENT = 3, COFFER_CONTENT = 4, COFFER_PROMPT = 5 };

/* The state of the store at one moment. Freed by coffer_snapshot_free. While it exists, deleted records stay on disk, a full
 * restore is BUSY and an erase waits. */
typedef struct coffer_snapshot coffer_snapshot;
/* Takes a snapshot of the present state. Cheap. */
COFFER_C_API coffer_status coffer_snapshot_take(coffer_engine* engine, coffer_snapshot** snapshot, coffer_error** error);
COFFER_C_API void coffer_snapshot_free(coffer_snapshot* snapshot);

/* These four read one record as canonical JSON text. `snapshot`: NULL for the newest state; otherwise of the same engine.
 * NOT_FOUND: no such record. */

/* A conversation; with_messages not 0: with its messages as "messages". */
COFFER_C_API coffer_status coffer_get_conversation(coffer_engine* engine, coffer_text id, int32_t with_messages,
                                                   const coffer_snapshot* snapshot, coffer_string** json, coffer_error** error);
/* A message, by its conversation and sequence number. */
COFFER_C_API coffer_status coffer_get_message(coffer_engine* engine, coffer_text conversation_id, uint64_t sequence_number,
                                              const coffer_snapshot* snapshot, coffer_string** json, coffer_error** error);
/* A document's metadata. */
COFFER_C_API coffer_status coffer_get_document(coffer_engine* engine, coffer_text id, const coffer_snapshot* snapshot,
                                               coffer_string** json, coffer_error** error);
/* A prompt. */
COFFER_C_API coffer_status coffer_get_prompt(coffer_engine* engine, coffer_text id, const coffer_snapshot* snapshot,
                                             coffer_string** json, coffer_error** error);

typedef struct coffer_list_options {
  size_t struct_size;
  coffer_text owner; /* only this owner's records, by created_at; empty: all records, by id */
  uint64_t limit;    /* records per page, 1 to 10,000; 0: 100; a page ends earlier at 64 MiB */
  coffer_text after; /* coffer_page_next of the page before */
  const coffer_snapshot* snapshot;
} coffer_list_options;

/* Lists records, one page per call: conversations (without their messages), documents or prompts.
 * INVALID_ARGUMENT: another kind, a limit out of range, or a malformed cursor. */
COFFER_C_API coffer_status coffer_list(coffer_engine* engine, coffer_kind kind, const coffer_list_options* options,
                                       coffer_page** page, coffer_error** error);

typedef struct coffer_message_list_options {
  size_t struct_size;
  uint64_t from_sequence; /* the first sequence number wanted; for the next page: coffer_page_next as a number */
  uint64_t limit;         /* messages per page, 1 to 10,000; 0: 1,000; a page ends earlier at 64 MiB */
  const coffer_snapshot* snapshot;
} coffer_message_list_options;

/* Lists a conversation's messages by sequence number, one page per call.
 * NOT_FOUND: no such conversation.
 * INVALID_ARGUMENT: a limit out of range. */
COFFER_C_API coffer_status coffer_list_messages(coffer_engine* engine, coffer_text conversation_id,
                                                const coffer_message_list_options* options, coffer_page** page,
                                                coffer_error** error);

/* Checks the JSON of one record and writes it in canonical form. Needs no store.
 * INVALID_ARGUMENT: malformed JSON, or a value that the kind does not allow; the message names the member or the byte. */
COFFER_C_API coffer_status coffer_canonical(coffer_kind kind, coffer_text json, coffer_string** canonical,
                                            coffer_error** error);

/* ---- Contents of documents ---- */

/* Writes the content of a document: at most 4 GiB, in memory of one chunk (1 MiB). Freed by coffer_content_writer_free; if no
 * put took the content before that, its bytes are removed. A crash leaves temporary bytes; the next opening removes them. */
typedef struct coffer_content_writer coffer_content_writer;
/* Starts a content. */
COFFER_C_API coffer_status coffer_content_writer_new(coffer_engine* engine, coffer_content_writer** writer,
                                                     coffer_error** error);
COFFER_C_API void coffer_content_writer_free(coffer_content_writer* writer);

/* Appends `length` bytes. After a failure the writer can only be freed.
 * INVALID_ARGUMENT: the content is finished, or a put took it.
 * RESOURCE_EXHAUSTED: above 4 GiB, or the device is full. */
COFFER_C_API coffer_status coffer_content_writer_append(coffer_content_writer* writer, const void* bytes, size_t length,
                                                        coffer_error** error);

/* Fixes the size and the hash. A put calls it if the caller did not.
 * INVALID_ARGUMENT: a put took the content. */
COFFER_C_API coffer_status coffer_content_writer_finish(coffer_content_writer* writer, coffer_error** error);
/* Bytes appended so far; 0 for NULL, or after a put took the content. */
COFFER_C_API uint64_t coffer_content_writer_size(const coffer_content_writer* writer);
/* The SHA-256 in 64 lower-case hex digits; empty before finish, for NULL, or after a put took the content. */
COFFER_C_API coffer_text coffer_content_writer_sha256(const coffer_content_writer* writer);

/* Reads the content that a document had when the reader was opened, even if the document changes meanwhile. Freed by
 * coffer_content_reader_free. */
typedef struct coffer_content_reader coffer_content_reader;

/* Opens a document's content at its first byte. A `snapshot` must exist as long as the reader.
 * NOT_FOUND: no such document, or it has no content; the message says which. */
COFFER_C_API coffer_status coffer_content_reader_open(coffer_engine* engine, coffer_text document_id,
                                                      const coffer_snapshot* snapshot, coffer_content_reader** reader,
                                                      coffer_error** error);
COFFER_C_API void coffer_content_reader_free(coffer_content_reader* reader);
/* The size of the content in bytes; 0 for NULL. */
COFFER_C_API uint64_t coffer_content_reader_size(const coffer_content_reader* reader);
/* The content's SHA-256 in 64 lower-case hex digits; empty for NULL. */
COFFER_C_API coffer_text coffer_content_reader_sha256(const coffer_content_reader* reader);
/* Sets the position, in bytes from the start. It may be beyond the end. */
COFFER_C_API coffer_status coffer_content_reader_seek(coffer_content_reader* reader, uint64_t offset, coffer_error** error);

/* Reads up to `length` bytes from the current position and advances. Fewer bytes only at the end; 0 beyond it.
 * CORRUPTION: a chunk is missing or damaged.
 * NOT_FOUND: the store was restored from a backup without contents. */
COFFER_C_API coffer_status coffer_content_reader_read(coffer_content_reader* reader, void* buffer, size_t length,
                                                      size_t* bytes_read, coffer_error** error);

/* ---- Writing ---- */

/* What a put does with a record that exists already. */
typedef int32_t coffer_put_mode;
enum {
  COFFER_UPSERT = 0,        /* writes the record, whether it exists or not */
  COFFER_INSERT = 1,        /* ALREADY_EXISTS if the record exists */
  COFFER_UPDATE = 2,        /* NOT_FOUND if the record does not exist */
  COFFER_KEEP_EXISTING = 3, /* keeps a record that exists; the outcome is COFFER_KEPT */
  COFFER_NEWEST = 4         /* keeps a record that exists if its updated_at (of a message: created_at) is the same or later */
};

typedef int32_t coffer_durability;
enum {
  COFFER_DURABLE = 0, /* once a write returns, it survives power loss */
  COFFER_BUFFERED = 1 /* it survives a crash of the process; power loss may remove the newest writes, each as a whole */
};

typedef int32_t coffer_outcome;
enum {
  COFFER_CREATED = 0,
  COFFER_REPLACED = 1,
  COFFER_DELETED = 2,
  COFFER_KEPT = 3,       /* not written: the record existed */
  COFFER_PLACE_TAKEN = 4 /* not written: a message with another id has that sequence number */
};

/* Changes that become visible, and durable, together or not at all: at most 96 MiB and 200,000 entries. Freed by
 * coffer_batch_free, which drops entries that are not committed. Nothing but contents is on disk before the commit. A record is
 * checked when it is put; a failed put leaves the batch unchanged:
 * INVALID_ARGUMENT: the record is not valid; the message names the member.
 * RESOURCE_EXHAUSTED: the batch is full. */
typedef struct coffer_batch coffer_batch;
/* Creates an empty batch for this engine. */
COFFER_C_API coffer_status coffer_batch_new(coffer_engine* engine, coffer_batch** batch, coffer_error** error);
COFFER_C_API void coffer_batch_free(coffer_batch* batch);
/* Drops all entries; the batch can be filled again. NULL: does nothing. */
COFFER_C_API void coffer_batch_clear(coffer_batch* batch);
/* The number of entries; 0 for NULL. */
COFFER_C_API size_t coffer_batch_size(const coffer_batch* batch);
/* The bytes of the encoded records; 0 for NULL. */
COFFER_C_API size_t coffer_batch_bytes(const coffer_batch* batch);

/* `json` of every put is one JSON object. If it has no "id", the engine generates one, and the commit returns it. */

/* Puts a conversation; messages that it has stay. */
COFFER_C_API coffer_status coffer_batch_put_conversation(coffer_batch* batch, coffer_text json, coffer_put_mode mode,
                                                         coffer_error** error);

/* Puts a conversation and replaces all its messages by these (at most 200,000). A message without a sequence_number gets the
 * one after the message before it. */
COFFER_C_API coffer_status coffer_batch_put_conversation_with_messages(coffer_batch* batch, coffer_text json,
                                                                       const coffer_text* messages, size_t messages_count,
                                                                       coffer_put_mode mode, coffer_error** error);

/* Appends a message after the last one, or puts it at its sequence_number.
 * NOT_FOUND at the commit: no such conversation.
 * CONFLICT at the commit: a message with another id has that sequence_number. */
COFFER_C_API coffer_status coffer_batch_append_message(coffer_batch* batch, coffer_text conversation_id, coffer_text json,
                                                       coffer_error** error);
/* Puts a message at its sequence_number, which is required. */
COFFER_C_API coffer_status coffer_batch_put_message(coffer_batch* batch, coffer_text conversation_id, coffer_text json,
                                                    coffer_put_mode mode, coffer_error** error);

/* Deletes one message.
 * NOT_FOUND at the commit: no such message. */
COFFER_C_API coffer_status coffer_batch_delete_message(coffer_batch* batch, coffer_text conversation_id,
                                                       uint64_t sequence_number, coffer_error** error);
/* Puts a document's metadata; its content stays. */
COFFER_C_API coffer_status coffer_batch_put_document(coffer_batch* batch, coffer_text json, coffer_put_mode mode,
                                                     coffer_error** error);

/* Puts a document's metadata with a content. Takes the content of `writer`, also on failure; `writer` still has to be freed.
 * INVALID_ARGUMENT: file_size or file_hash is given and does not fit the content, or a put took the content before. */
COFFER_C_API coffer_status coffer_batch_put_document_with_content(coffer_batch* batch, coffer_text json,
                                                                  coffer_content_writer* writer, coffer_put_mode mode,
                                                                  coffer_error** error);

/* Replaces the content of an existing document; updated_at becomes now. Takes the content of `writer` as above.
 * NOT_FOUND at the commit: no such document. */
COFFER_C_API coffer_status coffer_batch_set_content(coffer_batch* batch, coffer_text document_id, coffer_content_writer* writer,
                                                    coffer_error** error);
/* Puts a prompt. */
COFFER_C_API coffer_status coffer_batch_put_prompt(coffer_batch* batch, coffer_text json, coffer_put_mode mode,
                                                   coffer_error** error);

/* Deletes a conversation with its messages, a document with its content, or a prompt. `owner`, if not empty, must own it.
 * INVALID_ARGUMENT: another kind.
 * NOT_FOUND at the commit: no such record, or somebody else owns it; the message does not say which. */
COFFER_C_API coffer_status coffer_batch_delete(coffer_batch* batch, coffer_kind kind, coffer_text id, coffer_text owner,
                                               coffer_error** error);

/* The results of a commit, one for each entry, in the order of the entries. Freed by coffer_outcomes_free. */
typedef struct coffer_outcomes coffer_outcomes;
typedef struct coffer_item_result {
  size_t struct_size; /* set by the caller; members beyond it are not written */
  coffer_outcome outcome;
  coffer_text id;           /* the id, if the engine generated it; otherwise empty */
  uint64_t sequence_number; /* of a message */
} coffer_item_result;
COFFER_C_API void coffer_outcomes_free(coffer_outcomes* outcomes);
/* The number of results; 0 for NULL. */
COFFER_C_API size_t coffer_outcomes_count(const coffer_outcomes* outcomes);

/* Writes result `index` to *item. item->id is valid as long as `outcomes`.
 * INVALID_ARGUMENT: the index is beyond the end. */
COFFER_C_API coffer_status coffer_outcomes_item(const coffer_outcomes* outcomes, size_t index, coffer_item_result* item,
                                                coffer_error** error);

/* Applies the batch as one atomic change and empties it. `outcomes` may be NULL. On failure nothing is applied, the batch keeps
 * its entries, and the message names the entry:
 * ALREADY_EXISTS: an entry with COFFER_INSERT; its record exists.
 * NOT_FOUND: an entry that needs a record that does not exist.
 * CONFLICT: an appended message whose sequence_number is taken. */
COFFER_C_API coffer_status coffer_commit(coffer_engine* engine, coffer_batch* batch, coffer_durability durability,
                                         coffer_outcomes** outcomes, coffer_error** error);

/* These write one entry in one durable commit, with the errors of the batch function of the same name and of coffer_commit.
 * `id` and `sequence_number` may be NULL. *id: the record's id. */

/* Puts a conversation; messages that it has stay. */
COFFER_C_API coffer_status coffer_put_conversation(coffer_engine* engine, coffer_text json, coffer_put_mode mode,
                                                   coffer_string** id, coffer_error** error);
/* Appends a message. *sequence_number: the one that it got. */
COFFER_C_API coffer_status coffer_append_message(coffer_engine* engine, coffer_text conversation_id, coffer_text json,
                                                 uint64_t* sequence_number, coffer_error** error);
/* Puts a document's metadata; its content stays. */
COFFER_C_API coffer_status coffer_put_document(coffer_engine* engine, coffer_text json, coffer_put_mode mode,
                                               coffer_string** id, coffer_error** error);
/* Puts a document with a content. Takes the content of `writer`, also on failure; `writer` still has to be freed. */
COFFER_C_API coffer_status coffer_put_document_with_content(coffer_engine* engine, coffer_text json,
                                                            coffer_content_writer* writer, coffer_put_mode mode,
                                                            coffer_string** id, coffer_error** error);
/* Puts a prompt. */
COFFER_C_API coffer_status coffer_put_prompt(coffer_engine* engine, coffer_text json, coffer_put_mode mode, coffer_string** id,
                                             coffer_error** error);
/* Deletes a conversation, document or prompt. */
COFFER_C_API coffer_status coffer_delete(coffer_engine* engine, coffer_kind kind, coffer_text id, coffer_text owner,
                                         coffer_error** error);
/* Deletes one message. */
COFFER_C_API coffer_status coffer_delete_message(coffer_engine* engine, coffer_text conversation_id, uint64_t sequence_number,
                                                 coffer_error** error);

/* ---- Operations ---- */

/* An operation is work that outlasts a call. Freed by coffer_operation_free, which does not stop it. A handle may outlive the
 * engine. At most 4 operations run at the same time; at most 256 more wait. coffer/operation.h says which kinds run at the same
 * time and what happens after a crash.
 *
 * Every coffer_start_… function returns when the operation is in the journal. `principal` says on whose behalf it runs; it is
 * kept in the journal and may be empty. If a start fails, nothing is changed. Errors of every start:
 * PERMISSION_DENIED: the engine is read-only (except export to a named output, prune with plan, and verify below level 5).
 * RESOURCE_EXHAUSTED: 256 operations wait already.
 * IO_ERROR: the journal cannot be written; no operation starts until the store is reopened.
 *
 * On disk after a cancel, a failure or a crash: import, bulk delete and a restore of chosen records keep whole commits; backup,
 * full restore and export leave the old state; an erase continues; a prune is partly done, and running it again does the rest.
 * */
typedef struct coffer_operation coffer_operation;
COFFER_C_API void coffer_operation_free(coffer_operation* operation);
/* The id, a ULID; empty for NULL. A backup, export, restore or erasure has the id of its operation. */
COFFER_C_API coffer_text coffer_operation_id(const coffer_operation* operation);

typedef int32_t coffer_operation_state;
enum { COFFER_PENDING = 1, COFFER_RUNNING = 2, COFFER_COMPLETED = 3, COFFER_FAILED = 4, COFFER_STOPPED = 5 };

typedef int32_t coffer_operation_kind;
enum {
  COFFER_OPERATION_IMPORT = 1,
  COFFER_OPERATION_BULK_DELETE = 2,
  COFFER_OPERATION_BACKUP = 3,
  COFFER_OPERATION_RESTORE = 4,
  COFFER_OPERATION_EXPORT = 5,
  COFFER_OPERATION_ERASE = 6,
  COFFER_OPERATION_VERIFY = 7,
  COFFER_OPERATION_PRUNE = 8
};

/* The expected figures are estimates, and 0 while they are unknown. */
typedef struct coffer_progress {
  size_t struct_size; /* set by the caller; members beyond it are not written */
  coffer_operation_state state;
  int32_t percent; /* 0 to 100 */
  uint64_t records_done;
  uint64_t records_expected;
  uint64_t bytes_done;
  uint64_t bytes_expected;
} coffer_progress;
/* Writes the present state and progress to *progress. */
COFFER_C_API coffer_status coffer_operation_progress(const coffer_operation* operation, coffer_progress* progress,
                                                     coffer_error** error);

/* *info: OperationInfo (coffer/operation.h): {id, kind, state, progress{…}, principal, created_at, started_at, completed_at,
 * request, result, error{code, message} or null}. */
COFFER_C_API coffer_status coffer_operation_info(const coffer_operation* operation, coffer_string** info, coffer_error** error);
/* Waits for the end, at most `milliseconds`; a negative number waits without limit. *ended: 1 if it has ended, otherwise 0. */
COFFER_C_API coffer_status coffer_operation_wait(const coffer_operation* operation, int64_t milliseconds, int32_t* ended,
                                                 coffer_error** error);

/* Waits for the end and calls `report` in this thread, every `interval_milliseconds` (1 to 60,000) and once at the end. If
 * `report` returns a number other than 0, the operation is cancelled. COFFER_OK: it has ended, in any state. */
typedef int32_t (*coffer_progress_callback)(void* context, const coffer_progress* progress);
COFFER_C_API coffer_status coffer_operation_watch(const coffer_operation* operation, int64_t interval_milliseconds,
                                                  coffer_progress_callback report, void* context, coffer_error** error);

/* Waits for the end. *report: the report of the operation's kind (OperationInfo::result).
 * CANCELLED: the operation was cancelled.
 * Any other code: the operation failed with it. */
COFFER_C_API coffer_status coffer_operation_finish(const coffer_operation* operation, coffer_string** report,
                                                   coffer_error** error);
/* Requests a cancel and returns at once. An operation past its last step still completes. */
COFFER_C_API coffer_status coffer_operation_cancel(const coffer_operation* operation, coffer_error** error);

/* Calls `done` once when the operation ends, in the thread that ends it; if it has ended, in this thread before the call
 * returns. `done` must be brief and must not close the engine or wait for an operation. */
typedef void (*coffer_end_callback)(void* context);
COFFER_C_API coffer_status coffer_operation_on_end(const coffer_operation* operation, coffer_end_callback done, void* context,
                                                   coffer_error** error);

/* *info: OperationInfo from the journal, which keeps the last 1,000 operations that ended.
 * NOT_FOUND: no such operation in the journal. */
COFFER_C_API coffer_status coffer_get_operation(coffer_engine* engine, coffer_text id, coffer_string** info,
                                                coffer_error** error);

/* Requests a cancel by id and returns at once; OK if the operation has ended.
 * NOT_FOUND: no such operation in the journal. */
COFFER_C_API coffer_status coffer_cancel_operation(coffer_engine* engine, coffer_text id, coffer_error** error);
typedef struct coffer_operation_list_options {
  size_t struct_size;
  coffer_operation_kind kind;   /* 0: any */
  coffer_operation_state state; /* 0: any */
  uint64_t limit;               /* operations per page, 1 to 10,000; 0: 100 */
  coffer_text after;            /* coffer_page_next of the page before */
} coffer_operation_list_options;

/* Lists operations of the journal, the newest first, one page of OperationInfo per call.
 * INVALID_ARGUMENT: a limit out of range. */
COFFER_C_API coffer_status coffer_list_operations(coffer_engine* engine, const coffer_operation_list_options* options,
                                                  coffer_page** page, coffer_error** error);

/* ---- Bulk delete and erase ---- */

typedef struct coffer_bulk_delete_options {
  size_t struct_size;
  coffer_text owner; /* only records of this owner; empty: of all owners */
  int32_t dry_run;   /* not 0: reports what would be deleted and deletes nothing */
  coffer_durability durability;
} coffer_bulk_delete_options;

/* The records that match every condition given. */
typedef struct coffer_selection {
  size_t struct_size;
  coffer_kind kind;           /* conversation, document or prompt; never 0 */
  coffer_text owner;          /* empty: all owners */
  coffer_text created_from;   /* RFC 3339; created_at is this time or later */
  coffer_text created_before; /* RFC 3339; created_at is before this time */
  coffer_text status;         /* "active", "processed" …; prompts have no status */
  uint64_t limit;             /* at most so many records; 0: no limit */
} coffer_selection;

/* These delete conversations with their messages, documents with their contents, or prompts, in atomic commits of at most 500
 * records. *report: BulkDeleteReport (coffer/bulk_delete.h): {requested, deleted, failed, errors [{id, reason}], sample}, with
 * the first 1,000 errors. A missing record is an entry of "errors" and not a failure.
 * INVALID_ARGUMENT: another kind, or more than 1,000,000 ids.
 * On disk after a failure: the commits before it are done; the same call does the rest. */

/* Deletes records by id. */
COFFER_C_API coffer_status coffer_bulk_delete(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                              const coffer_bulk_delete_options* options, coffer_string** report,
                                              coffer_error** error);
/* Deletes the records that match `selection` at the moment of the call. */
COFFER_C_API coffer_status coffer_bulk_delete_selected(coffer_engine* engine, const coffer_selection* selection,
                                                       const coffer_bulk_delete_options* options, coffer_string** report,
                                                       coffer_error** error);

/* The same as operations; after a crash the next opening continues them. The report is BulkDeleteReport.
 * INVALID_ARGUMENT: dry_run is set. */

/* Starts a bulk delete by id. */
COFFER_C_API coffer_status coffer_start_bulk_delete(coffer_engine* engine, coffer_kind kind, const coffer_text* ids,
                                                    size_t ids_count, const coffer_bulk_delete_options* options,
                                                    coffer_text principal, coffer_operation** operation, coffer_error** error);
/* Starts a bulk delete of the records that match `selection` when the operation begins to run. */
COFFER_C_API coffer_status coffer_start_bulk_delete_selected(coffer_engine* engine, const coffer_selection* selection,
                                                             const coffer_bulk_delete_options* options, coffer_text principal,
                                                             coffer_operation** operation, coffer_error** error);

/* An erase removes records from every file of the store, and every later restore leaves them out. The report is EraseReport
 * (coffer/erase.h); it names the backups that still hold the records, and until when. An erase waits for older snapshots. It
 * cannot be cancelled once it has begun; after a crash the next opening continues it. */

/* Starts an erase of everything that a user owns.
 * IO_ERROR, RESOURCE_EXHAUSTED: the erasure could not be recorded in the ledger; nothing was erased. */
COFFER_C_API coffer_status coffer_start_erase_user(coffer_engine* engine, coffer_text owner, coffer_text principal,
                                                   coffer_operation** operation, coffer_error** error);

/* Starts an erase of single records: conversations, documents or prompts. Ids of missing records are recorded too, because a
 * backup may hold them.
 * INVALID_ARGUMENT: another kind, no ids, or more than 10,000.
 * IO_ERROR, RESOURCE_EXHAUSTED: the erasure could not be recorded in the ledger; nothing was erased. */
COFFER_C_API coffer_status coffer_start_erase(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                              coffer_text principal, coffer_operation** operation, coffer_error** error);

/* ---- Import and export ---- */

/* What an import or a restore does with a record that exists already. 0: the default, which the option names. */
typedef int32_t coffer_conflict_policy;
enum {
  COFFER_CONFLICT_SKIP = 1,    /* keeps it */
  COFFER_CONFLICT_REPLACE = 2, /* writes over it */
  COFFER_CONFLICT_NEWEST = 3,  /* writes over it unless its updated_at is the same or later */
  COFFER_CONFLICT_FAIL = 4     /* keeps it and counts the new record as failed */
};

typedef int32_t coffer_import_format;
enum {
  COFFER_IMPORT_AUTO = 0, /* detected from the first bytes */
  COFFER_IMPORT_NDJSON = 1,
  COFFER_IMPORT_COFFER_JSON = 2,
  COFFER_IMPORT_COFFER_CSV = 3,
  COFFER_IMPORT_COFFER_PARQUET = 4,
  COFFER_IMPORT_CHATGPT = 5, /* this and the next two need `owner` */
  COFFER_IMPORT_OPEN_WEBUI = 6,
  COFFER_IMPORT_LIBRECHAT = 7
};

typedef struct coffer_import_options {
  size_t struct_size;
  coffer_import_format format;
  coffer_conflict_policy conflict; /* 0: skip */
  coffer_text owner;               /* the owner of records that name no owner; empty: such a record is an error */
  int32_t generate_ids;            /* not 0: records without an id get one; 0: they are errors */
  coffer_kind kind;                /* the kind of lines without "type"; 0: such a line is an error */
  coffer_text contents;            /* path of a tar or folder with the contents of documents */
  coffer_durability durability;
} coffer_import_options;

/* Starts an import of files (coffer/import.h): NDJSON, Coffer's own exports, compressed or not, and chats of other programs.
 * The report is ImportReport; a record that cannot be stored is an entry of "errors" and not a failure.
 * INVALID_ARGUMENT: no files.
 * NOT_FOUND, IO_ERROR: a file is missing or cannot be opened.
 * CORRUPTION at the end: a file is damaged or cut off; the message names it, and the records before the damage are stored. */
COFFER_C_API coffer_status coffer_start_import(coffer_engine* engine, const coffer_text* files, size_t files_count,
                                               const coffer_import_options* options, coffer_text principal,
                                               coffer_operation** operation, coffer_error** error);

/* Fills `buffer` with up to `length` bytes and returns their number: 0 at the end, negative on failure (the import then fails
 * with IO_ERROR). Called in other threads, one call at a time. */
typedef int64_t (*coffer_read_callback)(void* context, char* buffer, size_t length);
/* Called once, after the last call of `read`; also if the start fails. */
typedef void (*coffer_release_callback)(void* context);

/* Starts an import of the bytes that `read` returns. `release` may be NULL. `name` stands for the source in errors. Reports and
 * errors are those of coffer_start_import. */
COFFER_C_API coffer_status coffer_start_import_stream(coffer_engine* engine, coffer_read_callback read,
                                                      coffer_release_callback release, void* context, coffer_text name,
                                                      const coffer_import_options* options, coffer_text principal,
                                                      coffer_operation** operation, coffer_error** error);

typedef int32_t coffer_export_format;
enum {
  COFFER_EXPORT_JSON = 0,
  COFFER_EXPORT_CSV = 1,
  COFFER_EXPORT_XML = 2,
  COFFER_EXPORT_PARQUET = 3,
  COFFER_EXPORT_SQL = 4,
  COFFER_EXPORT_NDJSON = 5
};
typedef int32_t coffer_export_scope;
enum {
  COFFER_EXPORT_FULL = 0,
  COFFER_EXPORT_USER = 1,         /* everything that `owner` owns */
  COFFER_EXPORT_CONVERSATION = 2, /* conversations with their messages */
  COFFER_EXPORT_DOCUMENT = 3,     /* documents with their contents */
  COFFER_EXPORT_ANALYTICS = 4,    /* tables of sums */
  COFFER_EXPORT_CUSTOM = 5        /* one table, chosen by custom_query */
};

typedef struct coffer_export_options {
  size_t struct_size;
  coffer_export_format format;
  coffer_export_scope scope;
  coffer_text owner;             /* scope user: the owner of the records; other scopes: only this owner, if not empty */
  coffer_text conversation_id;   /* scope conversation: only this one, if not empty */
  coffer_text created_from;      /* RFC 3339; created_at is this time or later */
  coffer_text created_before;    /* RFC 3339; created_at is before this time */
  coffer_text custom_query;      /* scope custom: a JSON object (coffer/export.h) */
  int32_t without_metadata;      /* not 0: without extra_metadata and unknown members */
  int32_t without_contents;      /* not 0: without the bytes of documents */
  int32_t uncompressed;          /* not 0: without zstd */
  int32_t compression_level;     /* 1 to 19; 0: 3 */
  int32_t encrypt;               /* not 0: age, to the store's recipients and `recipients` */
  const coffer_text* recipients; /* "age1…", at most 255 */
  size_t recipients_count;
  coffer_text output; /* path of the new file; empty: in the data folder, kept for seven days */
} coffer_export_options;

/* Starts an export of the records of one snapshot to a file (coffer/export.h). The file appears when it is complete and
 * durable. The report is ExportReport.
 * INVALID_ARGUMENT: an option that does not fit the others, or is out of range.
 * ALREADY_EXISTS at the end: the output exists.
 * NOT_FOUND at the end: the output's folder, or the conversation asked for, does not exist.
 * On disk after a failure: no file; a crash may leave a temporary "<output>.partial". */
COFFER_C_API coffer_status coffer_start_export(coffer_engine* engine, const coffer_export_options* options,
                                               coffer_text principal, coffer_operation** operation, coffer_error** error);

/* ---- Backup and restore ---- */

typedef int32_t coffer_backup_type;
enum { COFFER_BACKUP_FULL = 1, COFFER_BACKUP_INCREMENTAL = 2, COFFER_BACKUP_DIFFERENTIAL = 3 };

typedef struct coffer_backup_options {
  size_t struct_size;
  coffer_backup_type type;       /* 0: full */
  coffer_text name;              /* at most 255 characters; empty: "backup-<time>" */
  coffer_text description;       /* at most 4,096 characters */
  int32_t uncompressed;          /* not 0: without zstd */
  int32_t unencrypted;           /* not 0: without age */
  const coffer_text* recipients; /* "age1…", in addition to the store's own; at most 64 */
  size_t recipients_count;
  int32_t without_contents;      /* not 0: without the bytes of documents */
  int32_t include_logs;          /* not 0: with the journal of operations */
  int32_t retention_days;        /* 1 to 365; 0: 30 */
  uint64_t bytes_per_second_max; /* read from the store; 0: no limit */
} coffer_backup_options;

/* Starts a backup: an image of the store at one moment, while writes continue (coffer/backup.h). The report is BackupInfo, with
 * the members "backup_id" for id and "backup_type" for type.
 * INVALID_ARGUMENT: an option; the message names it.
 * CORRUPTION at the end: a file of the store, or the repository, is damaged; the message names it.
 * RESOURCE_EXHAUSTED at the end: the device is full; the message says how many bytes are missing.
 * BUSY at the end: another process uses the repository.
 * CONFLICT at the end: another process took the repository over meanwhile.
 * On disk after a failure: no new backup; the next change of the repository removes temporary files. */
COFFER_C_API coffer_status coffer_start_backup(coffer_engine* engine, const coffer_backup_options* options,
                                               coffer_text principal, coffer_operation** operation, coffer_error** error);
/* Lists all backups, the newest first; each item is a BackupInfo as in a backup's report. Needs no key. */
COFFER_C_API coffer_status coffer_list_backups(coffer_engine* engine, coffer_page** page, coffer_error** error);
/* Lists the backups in the trash in the same way. */
COFFER_C_API coffer_status coffer_list_deleted_backups(coffer_engine* engine, coffer_page** page, coffer_error** error);

/* Moves a backup to the trash, where it stays for at least seven days. *info: its BackupInfo; `info` may be NULL. Durable when
 * it returns.
 * NOT_FOUND: no such backup.
 * BUSY: another process, or an operation, uses it. */
COFFER_C_API coffer_status coffer_delete_backup(coffer_engine* engine, coffer_text backup_id, coffer_string** info,
                                                coffer_error** error);

/* Moves a backup out of the trash. *info: its BackupInfo; `info` may be NULL. Durable when it returns.
 * NOT_FOUND: it is not in the trash.
 * BUSY: another process uses the repository. */
COFFER_C_API coffer_status coffer_undelete_backup(coffer_engine* engine, coffer_text backup_id, coffer_string** info,
                                                  coffer_error** error);

/* Starts a check of a backup. `level` is 0 to 5; each level includes the ones below it (coffer/backup.h). `identity_file`: age
 * identities; empty: the store's own. The report is VerifyReport; findings are not a failure: check "ok".
 * INVALID_ARGUMENT: the level.
 * NOT_FOUND: no such backup.
 * PERMISSION_DENIED at the end: the level needs an identity, and none fits; the message names the recipients. */
COFFER_C_API coffer_status coffer_start_verify_backup(coffer_engine* engine, coffer_text backup_id, int32_t level,
                                                      coffer_text identity_file, coffer_text principal,
                                                      coffer_operation** operation, coffer_error** error);

/* Opens a backup read-only, compressed and encrypted as it is. *backup is an engine of its own: it is closed and freed like any
 * other and may outlive `engine`. `identity_file`: age identities; empty: the store's own.
 * NOT_FOUND: no such backup.
 * PERMISSION_DENIED: no identity fits.
 * UNAVAILABLE: a newer version made it. */
COFFER_C_API coffer_status coffer_open_backup(coffer_engine* engine, coffer_text backup_id, coffer_text identity_file,
                                              coffer_engine** backup, coffer_error** error);
/* The same without a store: `repository` is the repository's path, and `backup_id` may be "latest". */
COFFER_C_API coffer_status coffer_open_backup_in(coffer_text repository, coffer_text backup_id, coffer_text identity_file,
                                                 coffer_engine** backup, coffer_error** error);

/* A backup as one tar file, generated while it is read. Unpacked, it is a repository with this backup alone. Freed by
 * coffer_backup_archive_free. */
typedef struct coffer_backup_archive coffer_backup_archive;

/* Opens a backup as an archive; `backup_id` may be "latest".
 * NOT_FOUND: no such backup.
 * CORRUPTION: the manifest is damaged, or an object is missing or has another length; the message names it. */
COFFER_C_API coffer_status coffer_backup_archive_open(coffer_engine* engine, coffer_text backup_id,
                                                      coffer_backup_archive** archive, coffer_error** error);
COFFER_C_API void coffer_backup_archive_free(coffer_backup_archive* archive);
/* The backup's id; empty for NULL. */
COFFER_C_API coffer_text coffer_backup_archive_id(const coffer_backup_archive* archive);
/* The size of the tar in bytes; 0 for NULL. */
COFFER_C_API uint64_t coffer_backup_archive_size(const coffer_backup_archive* archive);

/* Reads up to `length` bytes at `offset`; fewer only at the end, 0 beyond it. Safe to call from many threads.
 * NOT_FOUND: a prune has removed an object meanwhile. */
COFFER_C_API coffer_status coffer_backup_archive_read(const coffer_backup_archive* archive, uint64_t offset, void* buffer,
                                                      size_t length, size_t* bytes_read, coffer_error** error);

typedef int32_t coffer_restore_scope;
enum {
  COFFER_RESTORE_FULL = 0, /* the whole store becomes the backup; the other scopes put chosen records back */
  COFFER_RESTORE_USER = 1,
  COFFER_RESTORE_CONVERSATIONS = 2,
  COFFER_RESTORE_DOCUMENTS = 3,
  COFFER_RESTORE_PROMPTS = 4
};

typedef struct coffer_restore_options {
  size_t struct_size;
  coffer_restore_scope scope;
  coffer_text owner;      /* scope user: the owner of the records; other partial scopes: only this owner, if not empty */
  const coffer_text* ids; /* conversations, documents, prompts: these records; none: all */
  size_t ids_count;
  coffer_conflict_policy conflict; /* partial scopes: replace, skip or newest; 0: replace */
  int32_t exact;                   /* not 0: records of the scope that are not in the backup are deleted */
  int32_t dry_run;                 /* not 0: reports what would be done and does nothing */
  int32_t without_safety_backup;   /* not 0: no backup of the present state is made first */
  int32_t without_verification;    /* not 0: counts and digests of the new store are not compared with the manifest's */
  int32_t without_ledger;          /* not 0: goes on if the repository's ledger of erasures cannot be read */
  coffer_text identity_file;       /* age identities; empty: the store's own */
} coffer_restore_options;

/* Starts a restore (coffer/backup.h); `backup_id` may be "latest". The report is RestoreReport.
 * NOT_FOUND: no such backup.
 * INVALID_ARGUMENT: options that do not fit together.
 * BUSY: another restore is running; at the end, with scope full: a snapshot, batch, content reader or content writer exists.
 * CORRUPTION: the backup, or an entry of the ledger, is damaged; the message names the file.
 * PERMISSION_DENIED at the end: no identity fits; the message names the recipients.
 * RESOURCE_EXHAUSTED at the end: the device is full; the message says how many bytes are missing.
 * On disk after a failure: with scope full the old state; otherwise whole commits, and the same call does the rest. A safety
 * backup that was finished stays. */
COFFER_C_API coffer_status coffer_start_restore(coffer_engine* engine, coffer_text backup_id,
                                                const coffer_restore_options* options, coffer_text principal,
                                                coffer_operation** operation, coffer_error** error);

/* Starts the undoing of a restore: restores the safety backup that it made. `restore_id`: the id of the restore's operation.
 * NOT_FOUND: no such restore, it made no safety backup, or that backup no longer exists. */
COFFER_C_API coffer_status coffer_start_roll_back(coffer_engine* engine, coffer_text restore_id, coffer_text principal,
                                                  coffer_operation** operation, coffer_error** error);

typedef struct coffer_prune_options {
  size_t struct_size;
  uint32_t keep_last;    /* the newest so many backups are kept; 0: this rule keeps nothing */
  uint32_t keep_daily;   /* the newest of each of the last so many days (UTC) with a backup */
  uint32_t keep_weekly;  /* the same for weeks, from Monday */
  uint32_t keep_monthly; /* the same for months */
  int32_t plan;          /* not 0: reports what would be dropped and drops nothing */
  coffer_text as_of;     /* RFC 3339; the time to decide by; empty: now */
} coffer_prune_options;

/* Starts a prune: moves expired backups that no rule keeps to the trash, and removes what has been in the trash for more than
 * seven days (coffer/backup.h). The report is PruneReport.
 * BUSY: another process uses the repository.
 * CORRUPTION: a manifest is damaged; nothing is removed. */
COFFER_C_API coffer_status coffer_start_prune(coffer_engine* engine, const coffer_prune_options* options, coffer_text principal,
                                              coffer_operation** operation, coffer_error** error);

/* ---- Keys and tokens ---- */

/* *info: KeyInfo: {recipients, identity_file}; empty members if there are no keys. Never a secret.
 * CORRUPTION: a key file is damaged; the message names the file and the line. */
COFFER_C_API coffer_status coffer_show_keys(coffer_engine* engine, coffer_string** info, coffer_error** error);

/* Creates keys/identity.txt in the data folder. *info: KeyInfo. Durable when it returns.
 * ALREADY_EXISTS: there is an identity; it is not changed.
 * On disk after a failure: no identity, or a whole one. */
COFFER_C_API coffer_status coffer_generate_key(coffer_engine* engine, coffer_string** info, coffer_error** error);

typedef int32_t coffer_principal_role;
enum { COFFER_ROLE_USER = 1, COFFER_ROLE_ADMIN = 2 };

/* Creates a token. `expires_at`: RFC 3339; empty: never. *token: {id, user_id, role, created_at, expires_at, secret}; no other
 * call returns the secret. Durable when it returns; after a failure the token does not exist.
 * INVALID_ARGUMENT: user_id is malformed, or expires_at is in the past.
 * RESOURCE_EXHAUSTED: there are 10,000 tokens. */
COFFER_C_API coffer_status coffer_create_token(coffer_engine* engine, coffer_text user_id, coffer_principal_role role,
                                               coffer_text expires_at, coffer_string** token, coffer_error** error);
/* Lists all tokens by time of creation, expired ones included; each item is the token's object without the secret. */
COFFER_C_API coffer_status coffer_list_tokens(coffer_engine* engine, coffer_page** page, coffer_error** error);

/* Revokes a token: later calls of coffer_authenticate refuse it. Durable when it returns.
 * NOT_FOUND: no such token. */
COFFER_C_API coffer_status coffer_revoke_token(coffer_engine* engine, coffer_text id, coffer_error** error);

/* *principal: whom the token stands for: {user_id, role, token_id}.
 * PERMISSION_DENIED: the token is unknown, revoked or expired; the message does not say which. */
COFFER_C_API coffer_status coffer_authenticate(coffer_engine* engine, coffer_text secret, coffer_string** principal,
                                               coffer_error** error);

#ifdef __cplusplus
}
#endif

#endif /* COFFER_H */

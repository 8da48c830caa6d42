/* Coffer's C interface: conversations, documents and prompts in one folder, and the work around them.
 *
 * The conventions, which hold for every function unless it says otherwise:
 *
 * 1. Errors. A function that can fail answers a coffer_status; COFFER_OK is 0. Its last parameter `error` may be NULL;
 *    otherwise *error becomes NULL on success and a handle with the message on failure, which the caller frees. What a
 *    failed call would have given out is NULL, 0 or empty. No C++ exception leaves a function, and neither an exception nor a
 *    longjmp may leave a callback; memory that cannot be had is COFFER_RESOURCE_EXHAUSTED, and then *error may be NULL.
 * 2. Text. A coffer_text is a pointer and a length in bytes, UTF-8, not terminated. {NULL, 0} is the empty text, which
 *    stands for "not given" where a text is optional. A text that comes out of this interface has a 0 behind its last byte.
 * 3. Bad arguments. A NULL handle, a NULL out parameter, a NULL text with a length, a length above COFFER_TEXT_BYTES_MAX, a
 *    number that is none of an enum and a struct of no known size are COFFER_INVALID_ARGUMENT; nothing else happens then.
 * 4. Ownership. A handle that comes out by a pointer to a pointer is the caller's, who frees it once with the function
 *    named at its type; every such function takes NULL. Arguments are read during the call and never kept, unless told
 *    ("takes"). What an accessor points to lives as long as the handle it was asked of.
 * 5. Options. A struct begins with struct_size = sizeof(the struct). In every other member 0 (NULL, the empty text) is the
 *    default, so that `{.struct_size = sizeof options}` is all defaults, and so is a NULL pointer. Later versions add
 *    members at the end. A shorter struct of an older program is read as far as it goes; a longer one of a newer program is
 *    COFFER_UNAVAILABLE if something that this version does not know is not 0.
 * 6. Threads. A coffer_engine and a coffer_operation may be used by many threads at once, any other handle by one at a
 *    time, a snapshot and what is only read by many. Calls block while they work.
 * 7. JSON. Records are canonical JSON text as lib/format/FORMAT.md tells; reports are JSON objects whose members are named
 *    as in the headers of the C++ interface (include/coffer), times in RFC 3339, bytes and counts as whole numbers. Readers
 *    pass over members that they do not know.
 * 8. Stability. Within one SONAME nothing is taken away or changed, only added; "since" tells when. A code's number never
 *    changes, and a caller must expect codes and kinds that it does not know.
 *
 * Everything here is since 0.1 where nothing else is said.
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

/* ---- Codes and texts ---------------------------------------------------------------------------------------------------- */

/* What the caller should do about a failure; the same numbers as coffer::StatusCode. */
typedef int32_t coffer_status;
enum {
  COFFER_OK = 0,
  COFFER_INVALID_ARGUMENT = 1,   /* change the request; repeating it cannot succeed */
  COFFER_NOT_FOUND = 2,          /* the named thing is not there */
  COFFER_ALREADY_EXISTS = 3,     /* the named thing is there already */
  COFFER_PERMISSION_DENIED = 4,  /* the caller, or the way the store was opened, does not allow it */
  COFFER_CONFLICT = 5,           /* somebody else changed it; read again and decide */
  COFFER_BUSY = 6,               /* held by another process, call or operation; try again later */
  COFFER_CANCELLED = 7,          /* stopped on request */
  COFFER_RESOURCE_EXHAUSTED = 8, /* a named limit, the disk or memory; free some or ask for less */
  COFFER_CORRUPTION = 9,         /* stored bytes are not what was written; verify and restore */
  COFFER_UNAVAILABLE = 10,       /* cannot be served by this build or at this moment */
  COFFER_IO_ERROR = 11,          /* the file system failed; the message carries its reason */
  COFFER_INTERNAL = 12           /* a broken invariant of Coffer's own; report it */
};

/* "not_found" …; "unknown" for a number that is none. Static, with a 0 at the end. */
COFFER_C_API const char* coffer_status_name(coffer_status status);

/* "major.minor.patch". Static. */
COFFER_C_API const char* coffer_version(void);

/* The longest text that a call takes; a batch holds no more either. */
#define COFFER_TEXT_BYTES_MAX ((size_t)96 << 20)

typedef struct coffer_text {
  const char* data;
  size_t length;
} coffer_text;

/* Of a string that ends with a 0; NULL gives the empty text. */
COFFER_C_API coffer_text coffer_text_of(const char* string);

/* Why a call failed. */
typedef struct coffer_error coffer_error;
COFFER_C_API void coffer_error_free(coffer_error* error);
COFFER_C_API coffer_status coffer_error_status(const coffer_error* error); /* of NULL: COFFER_OK */
COFFER_C_API coffer_text coffer_error_message(const coffer_error* error);  /* of NULL: empty */

/* A text that the caller owns. */
typedef struct coffer_string coffer_string;
COFFER_C_API void coffer_string_free(coffer_string* string);
COFFER_C_API coffer_text coffer_string_text(const coffer_string* string); /* of NULL: empty */

/* Texts, and where a listing goes on behind them. */
typedef struct coffer_page coffer_page;
COFFER_C_API void coffer_page_free(coffer_page* page);
COFFER_C_API size_t coffer_page_count(const coffer_page* page);                   /* of NULL: 0 */
COFFER_C_API coffer_text coffer_page_item(const coffer_page* page, size_t index); /* beyond the end: empty */
COFFER_C_API coffer_text coffer_page_next(const coffer_page* page);               /* give it as `after`; empty: no more */

/* ---- Opening and closing ------------------------------------------------------------------------------------------------ */

/* One folder. Freed by coffer_engine_free; at most one that writes, or any number of read-only ones, have a folder open. */
typedef struct coffer_engine coffer_engine;

typedef struct coffer_open_options {
  size_t struct_size;
  int32_t must_exist;          /* not 0: a missing store is COFFER_NOT_FOUND instead of made */
  int32_t read_only;           /* not 0: writes nothing at all */
  coffer_text repository;      /* folder of the backups; empty: "backups" in the data folder */
  uint64_t write_buffer_bytes; /* memory for writes not yet in files; 0: 64 MiB; at least 4 MiB */
  uint64_t block_cache_bytes;  /* memory for blocks read; 0: 96 MiB */
  int32_t open_files_max;      /* 0: 512 */
  int32_t background_threads;  /* that flush and compact; 0: 2 */
} coffer_open_options;

/* Opens the store in `folder`, and makes one where there is none. INVALID_ARGUMENT: the folder holds other things. BUSY:
 * another engine holds it; the message names its process. UNAVAILABLE: written by a newer version. CORRUPTION. On failure
 * nothing in the folder is changed. */
COFFER_C_API coffer_status coffer_open(coffer_text folder, const coffer_open_options* options, coffer_engine** engine,
                                       coffer_error** error);
/* Cancels operations and waits for them, makes buffered writes durable and releases the folder. BUSY: a call is running, or
 * a snapshot, batch, content writer or reader or backup archive of this engine is not freed; the engine then stays open.
 * After anything else it is closed, and every later call with it is INVALID_ARGUMENT. The handle still has to be freed. */
COFFER_C_API coffer_status coffer_close(coffer_engine* engine, coffer_error** error);
/* Closes, if need be, with the failure going unreported; where handles of this engine are still alive, the last of them
 * closes it. */
COFFER_C_API void coffer_engine_free(coffer_engine* engine);

/* Makes buffered writes durable. */
COFFER_C_API coffer_status coffer_sync(coffer_engine* engine, coffer_error** error);
/* Compacts, so that what was deleted leaves the disk now. Either out parameter may be NULL. */
COFFER_C_API coffer_status coffer_reclaim(coffer_engine* engine, uint64_t* bytes_before, uint64_t* bytes_after,
                                          coffer_error** error);
/* StorageStatistics (coffer/statistics.h), from counters: the time does not depend on the number of records. */
COFFER_C_API coffer_status coffer_statistics(coffer_engine* engine, coffer_string** report, coffer_error** error);
/* IntegrityReport (coffer/integrity.h) of everything that is stored. Findings are not a failure: look at "ok". */
COFFER_C_API coffer_status coffer_verify(coffer_engine* engine, coffer_string** report, coffer_error** error);

/* ---- Reading ------------------------------------------------------------------------------------------------------------ */

typedef int32_t coffer_kind;
enum { COFFER_CONVERSATION = 1, COFFER_MESSAGE = 2, COFFER_DOCUMENT = 3, COFFER_CONTENT = 4, COFFER_PROMPT = 5 };

/* The state of one moment. Holding one keeps deleted records on disk, makes a restore BUSY and an erase wait. */
typedef struct coffer_snapshot coffer_snapshot;
COFFER_C_API coffer_status coffer_snapshot_take(coffer_engine* engine, coffer_snapshot** snapshot, coffer_error** error);
COFFER_C_API void coffer_snapshot_free(coffer_snapshot* snapshot);

/* One record. `snapshot` may be NULL (the newest state) and must be of this engine. NOT_FOUND: there is no such record. */
COFFER_C_API coffer_status coffer_get_conversation(coffer_engine* engine, coffer_text id, int32_t with_messages,
                                                   const coffer_snapshot* snapshot, coffer_string** json, coffer_error** error);
COFFER_C_API coffer_status coffer_get_message(coffer_engine* engine, coffer_text conversation_id, uint64_t sequence_number,
                                              const coffer_snapshot* snapshot, coffer_string** json, coffer_error** error);
COFFER_C_API coffer_status coffer_get_document(coffer_engine* engine, coffer_text id, const coffer_snapshot* snapshot,
                                               coffer_string** json, coffer_error** error);
COFFER_C_API coffer_status coffer_get_prompt(coffer_engine* engine, coffer_text id, const coffer_snapshot* snapshot,
                                             coffer_string** json, coffer_error** error);

typedef struct coffer_list_options {
  size_t struct_size;
  coffer_text owner; /* only this owner's, in order of created_at; empty: everybody's, in order of ids */
  uint64_t limit;    /* 1 to 10,000; 0: 100. A page of 64 MiB ends earlier */
  coffer_text after; /* coffer_page_next of the page before */
  const coffer_snapshot* snapshot;
} coffer_list_options;

/* A page of records: conversations (without their messages), documents or prompts. INVALID_ARGUMENT: another kind, a cursor
 * that can be none. */
COFFER_C_API coffer_status coffer_list(coffer_engine* engine, coffer_kind kind, const coffer_list_options* options,
                                       coffer_page** page, coffer_error** error);

typedef struct coffer_message_list_options {
  size_t struct_size;
  uint64_t from_sequence; /* the first that is wanted; of a next page: coffer_page_next as a number */
  uint64_t limit;         /* 1 to 10,000; 0: 1,000 */
  const coffer_snapshot* snapshot;
} coffer_message_list_options;

/* A page of a conversation's messages by sequence number. */
COFFER_C_API coffer_status coffer_list_messages(coffer_engine* engine, coffer_text conversation_id,
                                                const coffer_message_list_options* options, coffer_page** page,
                                                coffer_error** error);

/* Reads one record of a kind and writes it in canonical form, with no store. */
COFFER_C_API coffer_status coffer_canonical(coffer_kind kind, coffer_text json, coffer_string** canonical,
                                            coffer_error** error);

/* ---- Contents of documents ---------------------------------------------------------------------------------------------- */

/* Takes up a content, at most 4 GiB, in memory of one chunk. Freed before a put takes it, its bytes are removed. */
typedef struct coffer_content_writer coffer_content_writer;
COFFER_C_API coffer_status coffer_content_writer_new(coffer_engine* engine, coffer_content_writer** writer,
                                                     coffer_error** error);
COFFER_C_API void coffer_content_writer_free(coffer_content_writer* writer);
/* After a failure the writer can only be freed. */
COFFER_C_API coffer_status coffer_content_writer_append(coffer_content_writer* writer, const void* bytes, size_t length,
                                                        coffer_error** error);
/* Fixes size and hash; a put does it where the caller did not. */
COFFER_C_API coffer_status coffer_content_writer_finish(coffer_content_writer* writer, coffer_error** error);
COFFER_C_API uint64_t coffer_content_writer_size(const coffer_content_writer* writer); /* of NULL: 0 */
COFFER_C_API coffer_text
coffer_content_writer_sha256(const coffer_content_writer* writer); /* 64 hex digits; empty before finish */

/* Reads the content that a document had when this was opened, whatever happens to it meanwhile. */
typedef struct coffer_content_reader coffer_content_reader;
/* NOT_FOUND: no such document, or one without content; the message says which. */
COFFER_C_API coffer_status coffer_content_reader_open(coffer_engine* engine, coffer_text document_id,
                                                      const coffer_snapshot* snapshot, coffer_content_reader** reader,
                                                      coffer_error** error);
COFFER_C_API void coffer_content_reader_free(coffer_content_reader* reader);
COFFER_C_API uint64_t coffer_content_reader_size(const coffer_content_reader* reader);      /* of NULL: 0 */
COFFER_C_API coffer_text coffer_content_reader_sha256(const coffer_content_reader* reader); /* 64 hex digits */
/* Beyond the end reads give 0 bytes. */
COFFER_C_API coffer_status coffer_content_reader_seek(coffer_content_reader* reader, uint64_t offset, coffer_error** error);
/* Fills `buffer` and moves on; fewer bytes only at the end. CORRUPTION: a chunk is missing or damaged. */
COFFER_C_API coffer_status coffer_content_reader_read(coffer_content_reader* reader, void* buffer, size_t length,
                                                      size_t* bytes_read, coffer_error** error);

/* ---- Writing ------------------------------------------------------------------------------------------------------------ */

/* What a put does where a record of that id is, or is not, there already. */
typedef int32_t coffer_put_mode;
enum {
  COFFER_UPSERT = 0,        /* write it either way */
  COFFER_INSERT = 1,        /* there already: ALREADY_EXISTS */
  COFFER_UPDATE = 2,        /* not there: NOT_FOUND */
  COFFER_KEEP_EXISTING = 3, /* there already: left out, with outcome COFFER_KEPT */
  COFFER_NEWEST = 4         /* there already with an updated_at (a message: created_at) as late or later: left out */
};

typedef int32_t coffer_durability;
enum {
  COFFER_DURABLE = 0, /* a write that returned has survived a loss of power */
  COFFER_BUFFERED = 1 /* a crash of the process; a loss of power may take the newest writes, never the middle of one */
};

typedef int32_t coffer_outcome;
enum {
  COFFER_CREATED = 0,
  COFFER_REPLACED = 1,
  COFFER_DELETED = 2,
  COFFER_KEPT = 3,       /* left out: it was there */
  COFFER_PLACE_TAKEN = 4 /* left out: another message, with another id, has that place */
};

/* Changes that become visible, and durable, together or not at all, at most 96 MiB and 200,000 of them. A record is checked
 * when it is put: INVALID_ARGUMENT names the member, RESOURCE_EXHAUSTED says that the batch is full, and the batch is as it
 * was. One thread fills a batch at a time. */
typedef struct coffer_batch coffer_batch;
COFFER_C_API coffer_status coffer_batch_new(coffer_engine* engine, coffer_batch** batch, coffer_error** error);
COFFER_C_API void coffer_batch_free(coffer_batch* batch);
COFFER_C_API void coffer_batch_clear(coffer_batch* batch);
COFFER_C_API size_t coffer_batch_size(const coffer_batch* batch); /* of NULL: 0 */
COFFER_C_API size_t coffer_batch_bytes(const coffer_batch* batch);      /* of NULL: 0 */

/* `json` is one object; an absent "id" asks for one, which the commit tells. */
COFFER_C_API coffer_status coffer_batch_put_conversation(coffer_batch* batch, coffer_text json, coffer_put_mode mode,
                                                         coffer_error** error);
/* With exactly these messages, in place of those it had. */
COFFER_C_API coffer_status coffer_batch_put_conversation_with_messages(coffer_batch* batch, coffer_text json,
                                                                       const coffer_text* messages, size_t messages_count,
                                                                       coffer_put_mode mode, coffer_error** error);
/* Behind the last message, or at the message's sequence_number. At the commit NOT_FOUND: no such conversation; CONFLICT:
 * the place is taken by another message. */
COFFER_C_API coffer_status coffer_batch_append_message(coffer_batch* batch, coffer_text conversation_id, coffer_text json,
                                                       coffer_error** error);
/* At its place: sequence_number is required. */
COFFER_C_API coffer_status coffer_batch_put_message(coffer_batch* batch, coffer_text conversation_id, coffer_text json,
                                                    coffer_put_mode mode, coffer_error** error);
COFFER_C_API coffer_status coffer_batch_delete_message(coffer_batch* batch, coffer_text conversation_id,
                                                       uint64_t sequence_number, coffer_error** error);
/* Metadata; the content stays as it is. */
COFFER_C_API coffer_status coffer_batch_put_document(coffer_batch* batch, coffer_text json, coffer_put_mode mode,
                                                     coffer_error** error);
/* Metadata with a content. Takes what is in `writer`, on failure too: the handle is empty afterwards and is to be freed. */
COFFER_C_API coffer_status coffer_batch_put_document_with_content(coffer_batch* batch, coffer_text json,
                                                                  coffer_content_writer* writer, coffer_put_mode mode,
                                                                  coffer_error** error);
/* A new content for a document that is there. Takes what is in `writer` as above. */
COFFER_C_API coffer_status coffer_batch_set_content(coffer_batch* batch, coffer_text document_id, coffer_content_writer* writer,
                                                    coffer_error** error);
COFFER_C_API coffer_status coffer_batch_put_prompt(coffer_batch* batch, coffer_text json, coffer_put_mode mode,
                                                   coffer_error** error);
/* A conversation, document or prompt with all that hangs on it. `owner`, if not empty, must own it: NOT_FOUND at the commit
 * otherwise, in the same words as for a missing one. */
COFFER_C_API coffer_status coffer_batch_delete(coffer_batch* batch, coffer_kind kind, coffer_text id, coffer_text owner,
                                               coffer_error** error);

/* What became of each operation of a batch, in the order of the puts. */
typedef struct coffer_outcomes coffer_outcomes;
typedef struct coffer_item_result {
  size_t struct_size; /* set by the caller; members beyond it are not written */
  coffer_outcome outcome;
  coffer_text id;           /* of a record whose id the engine made; else empty */
  uint64_t sequence_number; /* of a message */
} coffer_item_result;
COFFER_C_API void coffer_outcomes_free(coffer_outcomes* outcomes);
COFFER_C_API size_t coffer_outcomes_count(const coffer_outcomes* outcomes); /* of NULL: 0 */
COFFER_C_API coffer_status coffer_outcomes_item(const coffer_outcomes* outcomes, size_t index, coffer_item_result* item,
                                                coffer_error** error);

/* Applies the batch as one atomic change and empties it. On failure, whose message names the operation, nothing is applied
 * and the batch keeps its operations. `outcomes` may be NULL. */
COFFER_C_API coffer_status coffer_commit(coffer_engine* engine, coffer_batch* batch, coffer_durability durability,
                                         coffer_outcomes** outcomes, coffer_error** error);

/* A batch of one operation and its durable commit. `id` and `sequence_number` may be NULL. */
COFFER_C_API coffer_status coffer_put_conversation(coffer_engine* engine, coffer_text json, coffer_put_mode mode,
                                                   coffer_string** id, coffer_error** error);
COFFER_C_API coffer_status coffer_append_message(coffer_engine* engine, coffer_text conversation_id, coffer_text json,
                                                 uint64_t* sequence_number, coffer_error** error);
COFFER_C_API coffer_status coffer_put_document(coffer_engine* engine, coffer_text json, coffer_put_mode mode,
                                               coffer_string** id, coffer_error** error);
/* Takes what is in `writer`, as coffer_batch_put_document_with_content. */
COFFER_C_API coffer_status coffer_put_document_with_content(coffer_engine* engine, coffer_text json,
                                                            coffer_content_writer* writer, coffer_put_mode mode,
                                                            coffer_string** id, coffer_error** error);
COFFER_C_API coffer_status coffer_put_prompt(coffer_engine* engine, coffer_text json, coffer_put_mode mode, coffer_string** id,
                                             coffer_error** error);
COFFER_C_API coffer_status coffer_delete(coffer_engine* engine, coffer_kind kind, coffer_text id, coffer_text owner,
                                         coffer_error** error);
COFFER_C_API coffer_status coffer_delete_message(coffer_engine* engine, coffer_text conversation_id, uint64_t sequence_number,
                                                 coffer_error** error);

/* ---- Operations --------------------------------------------------------------------------------------------------------- */

/* Work that outlasts a call. A handle may outlive the engine; freeing it does not stop the operation. `principal`, where a
 * start takes one, is on whose behalf it runs; it is kept in the journal and may be empty. Which operations run beside each
 * other, and what a crash leaves, is told in coffer/operation.h. */
typedef struct coffer_operation coffer_operation;
COFFER_C_API void coffer_operation_free(coffer_operation* operation);
COFFER_C_API coffer_text coffer_operation_id(const coffer_operation* operation); /* of NULL: empty */

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

/* Expected figures are estimates, 0 while they are not known; done ones are facts. */
typedef struct coffer_progress {
  size_t struct_size; /* set by the caller; members beyond it are not written */
  coffer_operation_state state;
  int32_t percent; /* 0 to 100 */
  uint64_t records_done;
  uint64_t records_expected;
  uint64_t bytes_done;
  uint64_t bytes_expected;
} coffer_progress;
COFFER_C_API coffer_status coffer_operation_progress(const coffer_operation* operation, coffer_progress* progress,
                                                     coffer_error** error);
/* OperationInfo (coffer/operation.h): {id, kind, state, progress{…}, principal, created_at, started_at, completed_at,
 * request, result, error{code, message} or null}. */
COFFER_C_API coffer_status coffer_operation_info(const coffer_operation* operation, coffer_string** info, coffer_error** error);
/* Waits for at most so many milliseconds, for ever if negative. *ended: 1 or 0. */
COFFER_C_API coffer_status coffer_operation_wait(const coffer_operation* operation, int64_t milliseconds, int32_t* ended,
                                                 coffer_error** error);
/* Waits until it has ended and calls `report` meanwhile, from this thread, every `interval_milliseconds` (1 to 60,000) and
 * once at the end. Where it answers not 0, the operation is asked to stop. COFFER_OK: it has ended, in whatever way. */
typedef int32_t (*coffer_progress_callback)(void* context, const coffer_progress* progress);
COFFER_C_API coffer_status coffer_operation_watch(const coffer_operation* operation, int64_t interval_milliseconds,
                                                  coffer_progress_callback report, void* context, coffer_error** error);
/* Waits; the report of its kind (OperationInfo::result), or else why there is none: CANCELLED, or what went wrong. */
COFFER_C_API coffer_status coffer_operation_finish(const coffer_operation* operation, coffer_string** report,
                                                   coffer_error** error);
/* Asks it to stop and returns at once. What is on disk then: coffer/operation.h. */
COFFER_C_API coffer_status coffer_operation_cancel(const coffer_operation* operation, coffer_error** error);
/* Calls `done` once when it has ended, from the thread that ends it, or at once where it has. `done` must be brief. */
typedef void (*coffer_end_callback)(void* context);
COFFER_C_API coffer_status coffer_operation_on_end(const coffer_operation* operation, coffer_end_callback done, void* context,
                                                   coffer_error** error);

/* From the journal, which remembers the last 1,000. */
COFFER_C_API coffer_status coffer_get_operation(coffer_engine* engine, coffer_text id, coffer_string** info,
                                                coffer_error** error);
COFFER_C_API coffer_status coffer_cancel_operation(coffer_engine* engine, coffer_text id, coffer_error** error);
typedef struct coffer_operation_list_options {
  size_t struct_size;
  coffer_operation_kind kind;   /* 0: any */
  coffer_operation_state state; /* 0: any */
  uint64_t limit;               /* 1 to 10,000; 0: 100 */
  coffer_text after;
} coffer_operation_list_options;
/* Newest first. */
COFFER_C_API coffer_status coffer_list_operations(coffer_engine* engine, const coffer_operation_list_options* options,
                                                  coffer_page** page, coffer_error** error);

/* ---- Bulk delete and erase ---------------------------------------------------------------------------------------------- */

typedef struct coffer_bulk_delete_options {
  size_t struct_size;
  coffer_text owner; /* only records of this owner; empty: anybody's */
  int32_t dry_run;   /* not 0: says what would be deleted */
  coffer_durability durability;
} coffer_bulk_delete_options;

/* All conditions that are given must hold. */
typedef struct coffer_selection {
  size_t struct_size;
  coffer_kind kind; /* conversation, document or prompt; never 0 */
  coffer_text owner;
  coffer_text created_from;   /* RFC 3339; at or after */
  coffer_text created_before; /* RFC 3339; before */
  coffer_text status;         /* "active", "processed" … */
  uint64_t limit;             /* 0: none */
} coffer_selection;

/* Records with all that hangs on them, in atomic commits of at most 500. Answers BulkDeleteReport (coffer/bulk_delete.h):
 * {requested, deleted, failed, errors [{id, reason}], sample}; of the errors the first 1,000. */
COFFER_C_API coffer_status coffer_bulk_delete(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                              const coffer_bulk_delete_options* options, coffer_string** report,
                                              coffer_error** error);
COFFER_C_API coffer_status coffer_bulk_delete_selected(coffer_engine* engine, const coffer_selection* selection,
                                                       const coffer_bulk_delete_options* options, coffer_string** report,
                                                       coffer_error** error);
/* The same as operations, which a crash does not cut off. dry_run is INVALID_ARGUMENT. */
COFFER_C_API coffer_status coffer_start_bulk_delete(coffer_engine* engine, coffer_kind kind, const coffer_text* ids,
                                                    size_t ids_count, const coffer_bulk_delete_options* options,
                                                    coffer_text principal, coffer_operation** operation, coffer_error** error);
COFFER_C_API coffer_status coffer_start_bulk_delete_selected(coffer_engine* engine, const coffer_selection* selection,
                                                             const coffer_bulk_delete_options* options, coffer_text principal,
                                                             coffer_operation** operation, coffer_error** error);
/* Erases all that a user owns, or single records, so that no file and no later restore holds it (coffer/erase.h). Cannot be
 * cancelled once it has begun; waits for older snapshots. */
COFFER_C_API coffer_status coffer_start_erase_user(coffer_engine* engine, coffer_text user_id, coffer_text principal,
                                                   coffer_operation** operation, coffer_error** error);
COFFER_C_API coffer_status coffer_start_erase(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                              coffer_text principal, coffer_operation** operation, coffer_error** error);

/* ---- Import and export -------------------------------------------------------------------------------------------------- */

/* What becomes of a record that is there already. 0 is what the call says. */
typedef int32_t coffer_conflict_policy;
enum {
  COFFER_CONFLICT_SKIP = 1,    /* leave it */
  COFFER_CONFLICT_REPLACE = 2, /* write over it */
  COFFER_CONFLICT_NEWEST = 3,  /* write over it if ours is later */
  COFFER_CONFLICT_FAIL = 4     /* count it as failed */
};

typedef int32_t coffer_import_format;
enum {
  COFFER_IMPORT_AUTO = 0, /* what the first bytes say */
  COFFER_IMPORT_NDJSON = 1,
  COFFER_IMPORT_COFFER_JSON = 2,
  COFFER_IMPORT_COFFER_CSV = 3,
  COFFER_IMPORT_COFFER_PARQUET = 4,
  COFFER_IMPORT_CHATGPT = 5, /* these three need `owner` */
  COFFER_IMPORT_OPEN_WEBUI = 6,
  COFFER_IMPORT_LIBRECHAT = 7
};

typedef struct coffer_import_options {
  size_t struct_size;
  coffer_import_format format;
  coffer_conflict_policy on_conflict; /* 0: skip */
  coffer_text owner;                  /* of records that name none; empty: such a record is an error */
  int32_t generate_ids;               /* not 0: records without an id get one; else they are errors */
  coffer_kind kind;                   /* of lines without "type"; 0: such a line is an error */
  coffer_text contents;               /* a tar or a folder with the contents of documents */
  coffer_durability durability;
} coffer_import_options;

/* Records of files (coffer/import.h): NDJSON, exports of ours, compressed or not, and chats of other programs. */
COFFER_C_API coffer_status coffer_start_import(coffer_engine* engine, const coffer_text* files, size_t files_count,
                                               const coffer_import_options* options, coffer_text principal,
                                               coffer_operation** operation, coffer_error** error);
/* Records of bytes that `read` gives: it fills `buffer` with up to `length` bytes and answers how many, 0 at the end, a
 * negative number for a failure (IO_ERROR). It is called from another thread, by one at a time. `release` (may be NULL) is
 * called once, when `read` will not be called any more, also where the start fails. `name` stands for the source in errors. */
typedef int64_t (*coffer_read_callback)(void* context, char* buffer, size_t length);
typedef void (*coffer_release_callback)(void* context);
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
  COFFER_EXPORT_USER = 1,         /* all that user_id owns */
  COFFER_EXPORT_CONVERSATION = 2, /* conversations with their messages */
  COFFER_EXPORT_DOCUMENT = 3,     /* documents with their contents */
  COFFER_EXPORT_ANALYTICS = 4,    /* tables of sums */
  COFFER_EXPORT_CUSTOM = 5        /* one table, by custom_query */
};

typedef struct coffer_export_options {
  size_t struct_size;
  coffer_export_format format;
  coffer_export_scope scope;
  coffer_text user_id;
  coffer_text conversation_id;
  coffer_text date_from; /* RFC 3339, by created_at; at or after */
  coffer_text date_to;   /* before */
  coffer_text custom_query;
  int32_t without_metadata;  /* not 0: without extra_metadata and unknown members */
  int32_t without_contents;  /* not 0: without the bytes of documents */
  int32_t uncompressed;      /* not 0: not one zstd stream */
  int32_t compression_level; /* 1 to 19; 0: 3 */
  int32_t encrypt;           /* not 0: age, to the store's recipients and these */
  const coffer_text* recipients;
  size_t recipients_count;
  coffer_text output; /* path; empty: in the data folder, for seven days */
} coffer_export_options;

/* Records of one snapshot as a file (coffer/export.h), which appears when it is complete. */
COFFER_C_API coffer_status coffer_start_export(coffer_engine* engine, const coffer_export_options* options,
                                               coffer_text principal, coffer_operation** operation, coffer_error** error);

/* ---- Backup and restore ------------------------------------------------------------------------------------------------- */

typedef int32_t coffer_backup_type;
enum { COFFER_BACKUP_FULL = 1, COFFER_BACKUP_INCREMENTAL = 2, COFFER_BACKUP_DIFFERENTIAL = 3 };

typedef struct coffer_backup_options {
  size_t struct_size;
  coffer_backup_type type; /* 0: full */
  coffer_text name;
  coffer_text description;
  int32_t uncompressed;
  int32_t unencrypted;
  const coffer_text* recipients;
  size_t recipients_count;
  int32_t without_contents;
  int32_t include_logs;
  int32_t retention_days;        /* 1 to 365; 0: 30 */
  uint64_t bytes_per_second_max; /* 0: no limit */
} coffer_backup_options;

/* An image of the store at one moment while writers go on (coffer/backup.h). */
COFFER_C_API coffer_status coffer_start_backup(coffer_engine* engine, const coffer_backup_options* options,
                                               coffer_text principal, coffer_operation** operation, coffer_error** error);
/* BackupInfo, an item each, newest first, with backup_id for id and backup_type for type, as a backup's report has it; and
 * those in the trash. */
COFFER_C_API coffer_status coffer_list_backups(coffer_engine* engine, coffer_page** page, coffer_error** error);
COFFER_C_API coffer_status coffer_list_deleted_backups(coffer_engine* engine, coffer_page** page, coffer_error** error);
/* To the trash, and back. `info` (may be NULL): the BackupInfo. */
COFFER_C_API coffer_status coffer_delete_backup(coffer_engine* engine, coffer_text backup_id, coffer_string** info,
                                                coffer_error** error);
COFFER_C_API coffer_status coffer_undelete_backup(coffer_engine* engine, coffer_text backup_id, coffer_string** info,
                                                  coffer_error** error);
/* VerifyReport. Levels 0 to 5, each deeper than the one before. `identity_file` may be empty: the store's own. */
COFFER_C_API coffer_status coffer_start_verify_backup(coffer_engine* engine, coffer_text backup_id, int32_t level,
                                                      coffer_text identity_file, coffer_text principal,
                                                      coffer_operation** operation, coffer_error** error);
/* Opens a backup read-only as an engine of its own, which has to be closed and freed like any. It may outlive `engine`. */
COFFER_C_API coffer_status coffer_open_backup(coffer_engine* engine, coffer_text backup_id, coffer_text identity_file,
                                              coffer_engine** backup, coffer_error** error);
/* The same without a store; `backup_id` may be "latest". */
COFFER_C_API coffer_status coffer_open_backup_in(coffer_text repository, coffer_text backup_id, coffer_text identity_file,
                                                 coffer_engine** backup, coffer_error** error);

/* A backup as one file: a tar that unpacked is a repository of this backup alone. Nothing of it lies on disk as such. */
typedef struct coffer_backup_archive coffer_backup_archive;
/* `backup_id` may be "latest". CORRUPTION: an object is missing or has another length; the message names it. */
COFFER_C_API coffer_status coffer_backup_archive_open(coffer_engine* engine, coffer_text backup_id,
                                                      coffer_backup_archive** archive, coffer_error** error);
COFFER_C_API void coffer_backup_archive_free(coffer_backup_archive* archive);
COFFER_C_API coffer_text coffer_backup_archive_id(const coffer_backup_archive* archive); /* of NULL: empty */
COFFER_C_API uint64_t coffer_backup_archive_size(const coffer_backup_archive* archive);  /* in bytes; of NULL: 0 */
/* Reads at `offset`, from any number of threads; fewer bytes only at the end. NOT_FOUND: a prune has removed an object
 * meanwhile. */
COFFER_C_API coffer_status coffer_backup_archive_read(const coffer_backup_archive* archive, uint64_t offset, void* buffer,
                                                      size_t length, size_t* bytes_read, coffer_error** error);

typedef int32_t coffer_restore_scope;
enum {
  COFFER_RESTORE_FULL = 0, /* the whole store becomes the backup; the others put chosen records back */
  COFFER_RESTORE_USER = 1,
  COFFER_RESTORE_CONVERSATIONS = 2,
  COFFER_RESTORE_DOCUMENTS = 3,
  COFFER_RESTORE_PROMPTS = 4
};

typedef struct coffer_restore_options {
  size_t struct_size;
  coffer_restore_scope scope;
  coffer_text user_id;
  const coffer_text* ids;
  size_t ids_count;
  coffer_conflict_policy conflict; /* 0: replace */
  int32_t exact;                   /* not 0: what is not in the backup is deleted */
  int32_t dry_run;
  int32_t without_safety_backup;
  int32_t without_verification;
  int32_t without_ledger;
  coffer_text identity_file;
} coffer_restore_options;

/* `backup_id` may be "latest". */
COFFER_C_API coffer_status coffer_start_restore(coffer_engine* engine, coffer_text backup_id,
                                                const coffer_restore_options* options, coffer_text principal,
                                                coffer_operation** operation, coffer_error** error);
/* Takes a restore back, by the safety backup that it made. */
COFFER_C_API coffer_status coffer_start_roll_back(coffer_engine* engine, coffer_text restore_id, coffer_text principal,
                                                  coffer_operation** operation, coffer_error** error);

typedef struct coffer_prune_options {
  size_t struct_size;
  uint32_t keep_last; /* besides those that have not expired; 0: none by that rule */
  uint32_t keep_daily;
  uint32_t keep_weekly;
  uint32_t keep_monthly;
  int32_t plan;      /* not 0: says what would be dropped */
  coffer_text as_of; /* RFC 3339; empty: the clock's time */
} coffer_prune_options;

COFFER_C_API coffer_status coffer_start_prune(coffer_engine* engine, const coffer_prune_options* options, coffer_text principal,
                                              coffer_operation** operation, coffer_error** error);

/* ---- Keys and tokens ---------------------------------------------------------------------------------------------------- */

/* KeyInfo: {recipients, identity_file}. Never a secret. */
COFFER_C_API coffer_status coffer_show_keys(coffer_engine* engine, coffer_string** info, coffer_error** error);
/* Makes keys/identity.txt. ALREADY_EXISTS: there is one, which is left as it is. */
COFFER_C_API coffer_status coffer_generate_key(coffer_engine* engine, coffer_string** info, coffer_error** error);

typedef int32_t coffer_principal_role;
enum { COFFER_ROLE_USER = 1, COFFER_ROLE_ADMIN = 2 };
/* {id, user_id, role, created_at, expires_at, secret}. The secret is shown here and never again. `expires_at` may be empty:
 * never. */
COFFER_C_API coffer_status coffer_create_token(coffer_engine* engine, coffer_text user_id, coffer_principal_role role,
                                               coffer_text expires_at, coffer_string** token, coffer_error** error);
COFFER_C_API coffer_status coffer_list_tokens(coffer_engine* engine, coffer_page** page, coffer_error** error);
COFFER_C_API coffer_status coffer_revoke_token(coffer_engine* engine, coffer_text id, coffer_error** error);
/* {user_id, role, token_id}. PERMISSION_DENIED, in the same words, for an unknown, a revoked and an expired one. */
COFFER_C_API coffer_status coffer_authenticate(coffer_engine* engine, coffer_text secret, coffer_string** principal,
                                               coffer_error** error);

#ifdef __cplusplus
}
#endif

#endif /* COFFER_H */

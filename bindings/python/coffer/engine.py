"""The engine: one folder of conversations, documents and prompts."""

from __future__ import annotations

import atexit
import builtins
import json
import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from coffer import _coffer, words
from coffer.batch import Batch, Outcome
from coffer.bulk import BulkWriter
from coffer.content import BackupArchive, Content, ContentWriter
from coffer.operation import Operation
from coffer.reads import PathText, Reads, Snapshot
from coffer.records import Given
from coffer.words import (
    BackupType,
    Conflict,
    ExportFormat,
    ExportScope,
    ImportFormat,
    Kind,
    PutMode,
    RestoreScope,
    Role,
    number_of,
)

Report = dict[str, Any]


def _report(text: str) -> Report:
    report: Report = json.loads(text)
    return report


def _reports(page: tuple[list[str], str]) -> list[Report]:
    return [_report(item) for item in page[0]]


def _id_of(record: Given, kind: Kind) -> str:
    """Returns the id of a record that was put with an id of its own."""
    if isinstance(record, (str, bytes)):
        record = _coffer.decode(_coffer.canonical(number_of(kind, words.KINDS), record))
    id: str = record["id"] if isinstance(record, dict) else getattr(record, "id", "")
    return id


class Engine(Reads):
    """An open store. Many threads may use it at the same time; calls release the GIL. Close it, or use it in ``with``.

    Reports are dicts. Their members have the names of the C++ headers (include/coffer); bytes and counts are whole numbers,
    times are RFC 3339 text in UTC.

    Besides the errors that a method names, every call raises:
        InvalidArgument: an argument is malformed, or the engine is closed.
        Corruption: stored bytes are damaged.
        IoError: the file system failed.
        ResourceExhausted: memory or the device is full.
    Every call that writes also raises:
        PermissionDenied: the engine is read-only.
        Unavailable: an earlier write failed partway; writes work again after the store is reopened."""

    def __init__(self, handle: _coffer.Engine) -> None:
        self._engine = handle
        _open_engines.add(self)

    def close(self) -> None:
        """Cancels operations, makes buffered writes durable and releases the folder. Closing twice does nothing.

        Raises:
            Busy: a call is running, or a snapshot, batch, content reader, content writer or backup archive is open; the
                engine stays open."""
        if self in _open_engines:
            _coffer.close(self._engine)
            _open_engines.discard(self)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- Writing

    def batch(self, durable: bool = True) -> Batch:
        """Creates a batch, for use in ``with``. If not `durable`, its commit survives a crash of the process but not power
        loss."""
        return Batch(self._engine, durable)

    def bulk_writer(self, records_per_commit: int = 500, durable: bool = True) -> BulkWriter:
        """Creates a writer of many records, for use in ``with``: one batch is committed while the next one is filled."""
        return BulkWriter(self._engine, records_per_commit, durable)

    def put_conversation(
        self, conversation: Given, messages: Sequence[Given] | None = None, mode: PutMode = "upsert"
    ) -> str:
        """Puts a conversation durably and returns its id; Batch.put_conversation explains the arguments.

        Raises:
            AlreadyExists: `mode` is "insert", and the conversation exists.
            NotFound: `mode` is "update", and the conversation does not exist."""
        return self._one(lambda batch: batch.put_conversation(conversation, messages, mode), conversation, "conversation")

    def append_message(self, conversation_id: str, message: Given) -> int:
        """Appends a message durably and returns its sequence number.

        Raises:
            NotFound: no such conversation.
            Conflict: another message has that sequence_number."""
        return self._commit(lambda batch: batch.append_message(conversation_id, message)).sequence_number

    def put_message(self, conversation_id: str, message: Given, mode: PutMode = "upsert") -> None:
        """Puts a message durably at its sequence_number, which is required."""
        self._commit(lambda batch: batch.put_message(conversation_id, message, mode))

    def put_document(self, document: Given, content: Content | None = None, mode: PutMode = "upsert") -> str:
        """Puts a document durably and returns its id. `content` replaces its content; None keeps it."""
        return self._one(lambda batch: batch.put_document(document, content, mode), document, "document")

    def set_content(self, document_id: str, content: Content) -> None:
        """Replaces the content of an existing document durably. NotFound: no such document."""
        self._commit(lambda batch: batch.set_content(document_id, content))

    def put_prompt(self, prompt: Given, mode: PutMode = "upsert") -> str:
        """Puts a prompt durably and returns its id."""
        return self._one(lambda batch: batch.put_prompt(prompt, mode), prompt, "prompt")

    def delete(self, kind: Kind, id: str, owner: str = "") -> None:
        """Deletes a conversation with its messages, a document with its content, or a prompt.

        Raises NotFound if the record does not exist, or if `owner` is given and does not own it."""
        self._commit(lambda batch: batch.delete(kind, id, owner))

    def delete_message(self, conversation_id: str, sequence_number: int) -> None:
        """Deletes one message. NotFound: no such message."""
        self._commit(lambda batch: batch.delete_message(conversation_id, sequence_number))

    def new_content(self) -> ContentWriter:
        """Starts a content, for ``put_document`` or ``set_content``."""
        return ContentWriter(_coffer.content_writer_new(self._engine))

    def _commit(self, put: Callable[[Batch], None]) -> Outcome:
        batch = Batch(self._engine)
        try:
            put(batch)
            return batch.commit()[0]
        finally:
            batch.close()

    def _one(self, put: Callable[[Batch], None], record: Given, kind: Kind) -> str:
        return self._commit(put).id or _id_of(record, kind)

    # ---- Maintenance

    def snapshot(self) -> Snapshot:
        """Takes a snapshot, for use in ``with``: reads of the state of this moment."""
        return Snapshot(self._engine)

    def statistics(self) -> Report:
        """Returns StorageStatistics, from counters: the time does not depend on the number of records."""
        return _report(_coffer.statistics(self._engine))

    def check_integrity(self) -> Report:
        """Reads everything that is stored and returns an IntegrityReport. Findings are not an error: check ["ok"]."""
        return _report(_coffer.check_integrity(self._engine))

    def reclaim(self) -> tuple[int, int]:
        """Compacts the store, so that deleted records leave the disk; returns its bytes on disk before and after."""
        return _coffer.reclaim(self._engine)

    def sync(self) -> None:
        """Makes buffered writes durable."""
        _coffer.sync(self._engine)

    # ---- Bulk delete and erase

    def bulk_delete(self, kind: Kind, ids: Iterable[str], owner: str = "", dry_run: bool = False) -> Report:
        """Deletes records by id (at most 1,000,000) and returns a BulkDeleteReport.

        `owner`: only records of this owner. `dry_run`: reports what would be deleted and deletes nothing. A missing record is
        in ["errors"] and not an exception. After a failure the commits before it are done; the same call does the rest."""
        options = (owner, dry_run, 0)
        return _report(_coffer.bulk_delete(self._engine, number_of(kind, words.KINDS), builtins.list(ids), options))

    def bulk_delete_where(
        self,
        kind: Kind,
        owner: str = "",
        created_from: str = "",
        created_before: str = "",
        status: str = "",
        limit: int = 0,
        dry_run: bool = False,
    ) -> Report:
        """Deletes the records that match every condition given, and returns a BulkDeleteReport.

        created_at is `created_from` or later, and before `created_before`; both are RFC 3339. `limit`: at most so many
        records; 0 for no limit. `dry_run`: reports what would be deleted and deletes nothing."""
        selection = (number_of(kind, words.KINDS), owner, created_from, created_before, status, limit)
        return _report(_coffer.bulk_delete_selected(self._engine, selection, (owner, dry_run, 0)))

    def start_bulk_delete(self, kind: Kind, ids: Iterable[str], owner: str = "", principal: str = "") -> Operation:
        """Starts a bulk delete by id as an operation; after a crash the next opening continues it."""
        options = (owner, 0, 0)
        kind_number = number_of(kind, words.KINDS)
        return Operation(_coffer.start_bulk_delete(self._engine, kind_number, builtins.list(ids), options, principal))

    def erase_user(self, owner: str, principal: str = "") -> Operation:
        """Starts an erase of everything that a user owns: no file of the store and no later restore contains it.

        It waits for older snapshots and cannot be cancelled once it has begun. The report is an EraseReport; ["backups"] are
        the backups that still hold the records, and until when."""
        return Operation(_coffer.start_erase_user(self._engine, owner, principal))

    def erase(self, kind: Kind, ids: Iterable[str], principal: str = "") -> Operation:
        """Starts an erase of at most 10,000 records of one kind, as ``erase_user`` does."""
        number = number_of(kind, words.KINDS)
        return Operation(_coffer.start_erase(self._engine, number, builtins.list(ids), principal))

    # ---- Import and export

    def import_files(
        self,
        *files: PathText,
        conflict: Conflict = "skip",
        format: ImportFormat = "auto",
        owner: str = "",
        generate_ids: bool = False,
        kind: Kind | None = None,
        contents: PathText = "",
        durable: bool = True,
        principal: str = "",
    ) -> Operation:
        """Starts an import of NDJSON files, Coffer's own exports and chats of other programs (coffer/import.h).

        `conflict`: what happens to a record that exists. `owner`: the owner of records that name no owner. `generate_ids`:
        records without an id get one; otherwise they are errors. `kind`: the kind of lines without "type". `contents`: path of
        a tar or folder with the contents of documents. The report is an ImportReport; lines that could not be stored are in
        ["errors"], by file and line.

        Raises:
            NotFound, IoError: a file is missing or cannot be opened.
            Corruption (from the result): a file is damaged; the records before the damage are stored."""
        options = self._import_options(conflict, format, owner, generate_ids, kind, contents, durable)
        return Operation(_coffer.start_import(self._engine, [os.fspath(file) for file in files], options, principal))

    def import_stream(
        self,
        source: BinaryIO,
        name: str = "stream",
        conflict: Conflict = "skip",
        format: ImportFormat = "auto",
        owner: str = "",
        generate_ids: bool = False,
        kind: Kind | None = None,
        durable: bool = True,
        principal: str = "",
    ) -> Operation:
        """Starts an import like ``import_files`` from an open binary file, which another thread reads to its end.

        `name` stands for the source in errors. If `source` raises, the result raises IoError."""
        options = self._import_options(conflict, format, owner, generate_ids, kind, "", durable)
        return Operation(_coffer.start_import_stream(self._engine, source.read, name, options, principal))

    @staticmethod
    def _import_options(
        conflict: str, format: str, owner: str, generate_ids: bool, kind: str | None, contents: PathText, durable: bool
    ) -> tuple[object, ...]:
        return (
            number_of(format, words.IMPORT_FORMATS),
            number_of(conflict, words.CONFLICTS),
            owner,
            generate_ids,
            0 if kind is None else number_of(kind, words.KINDS),
            os.fspath(contents),
            0 if durable else 1,
        )

    def export(
        self,
        output: PathText = "",
        format: ExportFormat = "json",
        scope: ExportScope = "full",
        owner: str = "",
        conversation_id: str = "",
        created_from: str = "",
        created_before: str = "",
        custom_query: dict[str, Any] | None = None,
        metadata: bool = True,
        contents: bool = True,
        compress: bool = True,
        compression_level: int = 3,
        encrypt: bool = False,
        recipients: Sequence[str] = (),
        principal: str = "",
    ) -> Operation:
        """Starts an export of the records of one moment to a file (coffer/export.h).

        `output`: path of the new file; empty: in the data folder, kept for seven days. `owner`: with scope "user" the owner
        whose records are exported, with other scopes only this owner's. created_at is `created_from` or later, and before
        `created_before`; both are RFC 3339. `compression_level`: 1 to 19. `encrypt`: with age, to the store's recipients and
        `recipients`. The report is an ExportReport with ["path"], ["sha256"], ["file_bytes"] and counts. A failed export leaves
        no file.

        Raises:
            InvalidArgument: an option is out of range or does not fit the others.
            AlreadyExists (from the result): `output` exists."""
        options = (
            number_of(format, words.EXPORT_FORMATS),
            number_of(scope, words.EXPORT_SCOPES),
            owner,
            conversation_id,
            created_from,
            created_before,
            None if custom_query is None else json.dumps(custom_query),
            not metadata,
            not contents,
            not compress,
            compression_level,
            encrypt,
            recipients,
            os.fspath(output),
        )
        return Operation(_coffer.start_export(self._engine, options, principal))

    # ---- Backups

    def backup(
        self,
        type: BackupType = "full",
        name: str = "",
        description: str = "",
        compress: bool = True,
        encrypt: bool = True,
        recipients: Sequence[str] = (),
        contents: bool = True,
        logs: bool = False,
        retention_days: int = 30,
        bytes_per_second_max: int = 0,
        principal: str = "",
    ) -> Operation:
        """Starts a backup: an image of the store at one moment, while writes continue (coffer/backup.h).

        `contents`: with the bytes of documents. `logs`: with the journal of operations. `retention_days`: 1 to 365.
        `bytes_per_second_max`: read from the store; 0 for no limit. The report is a BackupInfo with ["backup_id"]. After a
        failure no new backup exists."""
        options = (
            number_of(type, words.BACKUP_TYPES),
            name,
            description,
            not compress,
            not encrypt,
            recipients,
            not contents,
            logs,
            retention_days,
            bytes_per_second_max,
        )
        return Operation(_coffer.start_backup(self._engine, options, principal))

    def backups(self) -> list[Report]:
        """Returns the BackupInfo of all backups, the newest first."""
        return _reports(_coffer.list_backups(self._engine))

    def deleted_backups(self) -> list[Report]:
        """Returns the BackupInfo of the backups in the trash, the newest first."""
        return _reports(_coffer.list_deleted_backups(self._engine))

    def delete_backup(self, backup_id: str) -> Report:
        """Moves a backup to the trash and returns its BackupInfo. It stays there for at least seven days.

        Raises:
            NotFound: no such backup.
            Busy: another process, or an operation, uses it."""
        return _report(_coffer.delete_backup(self._engine, backup_id))

    def undelete_backup(self, backup_id: str) -> Report:
        """Moves a backup out of the trash and returns its BackupInfo. NotFound: it is not in the trash."""
        return _report(_coffer.undelete_backup(self._engine, backup_id))

    def verify_backup(self, backup_id: str, level: int = 2, identity_file: PathText = "", principal: str = "") -> Operation:
        """Starts a check of a backup at level 0 (the manifest) to 5 (a restore into a temporary folder).

        `identity_file`: age identities; empty: the store's own. The report is a VerifyReport; findings are not an error: check
        ["ok"].

        Raises:
            NotFound: no such backup.
            PermissionDenied (from the result): the level needs an identity, and none fits."""
        path = os.fspath(identity_file)
        return Operation(_coffer.start_verify_backup(self._engine, backup_id, level, path, principal))

    def open_backup(self, backup_id: str, identity_file: PathText = "") -> Engine:
        """Opens a backup read-only, as an engine of its own, which may outlive this one.

        Raises:
            NotFound: no such backup.
            PermissionDenied: no identity fits."""
        return Engine(_coffer.open_backup(self._engine, backup_id, os.fspath(identity_file)))

    def open_backup_archive(self, backup_id: str = "latest") -> BackupArchive:
        """Opens a backup as one tar file, which is generated while it is read. NotFound: no such backup."""
        return BackupArchive(_coffer.backup_archive_open(self._engine, backup_id))

    def restore(
        self,
        backup_id: str = "latest",
        scope: RestoreScope = "full",
        owner: str = "",
        ids: Iterable[str] = (),
        conflict: Conflict = "replace",
        exact: bool = False,
        dry_run: bool = False,
        safety_backup: bool = True,
        verify: bool = True,
        without_ledger: bool = False,
        identity_file: PathText = "",
        principal: str = "",
    ) -> Operation:
        """Starts a restore: the store, or chosen records, go back to a backup's state (coffer/backup.h).

        `owner`: with scope "user" the owner whose records are restored, with other partial scopes only this owner's. `ids`:
        only these records. `conflict`: "replace", "skip" or "newest". `exact`: records of the scope that are not in the backup
        are deleted. `dry_run`: reports what would be done and does nothing. `safety_backup`: makes a backup of the present
        state first. `without_ledger`: goes on if the repository's ledger of erasures cannot be read. The report is a
        RestoreReport with ["restore_id"]. After a failure a full restore leaves the old state; a partial one leaves whole
        commits.

        Raises:
            NotFound: no such backup.
            Busy: another restore is running; from the result, with scope "full": a snapshot, batch, content reader or content
                writer is open."""
        options = (
            number_of(scope, words.RESTORE_SCOPES),
            owner,
            builtins.list(ids),
            number_of(conflict, words.CONFLICTS),
            exact,
            dry_run,
            not safety_backup,
            not verify,
            without_ledger,
            os.fspath(identity_file),
        )
        return Operation(_coffer.start_restore(self._engine, backup_id, options, principal))

    def roll_back(self, restore_id: str, principal: str = "") -> Operation:
        """Starts the undoing of a restore: restores the safety backup that it made.

        NotFound: no such restore, it made no safety backup, or that backup no longer exists."""
        return Operation(_coffer.start_roll_back(self._engine, restore_id, principal))

    def prune(
        self,
        keep_last: int = 0,
        keep_daily: int = 0,
        keep_weekly: int = 0,
        keep_monthly: int = 0,
        plan: bool = False,
        as_of: str = "",
        principal: str = "",
    ) -> Operation:
        """Starts a prune: moves expired backups that no rule keeps to the trash, and empties it of those older than seven days.

        The rules keep the newest backups, and the newest of each of the last days, weeks and months. `plan`: reports what
        would be dropped and drops nothing. `as_of`: the time to decide by, RFC 3339; empty: now. The report is a
        PruneReport."""
        options = (keep_last, keep_daily, keep_weekly, keep_monthly, plan, as_of)
        return Operation(_coffer.start_prune(self._engine, options, principal))

    # ---- Journal, keys and tokens

    def operation_info(self, id: str) -> Report:
        """Returns OperationInfo from the journal, which keeps the last 1,000 that ended. NotFound: it has no such entry."""
        return _report(_coffer.get_operation(self._engine, id))

    def cancel_operation(self, id: str) -> None:
        """Requests a cancel by id and returns at once. NotFound: the journal has no such operation."""
        _coffer.cancel_operation(self._engine, id)

    def operations(self, kind: str | None = None, state: str | None = None) -> Iterator[Report]:
        """Iterates over the journal's OperationInfo, the newest first; only of this `kind` and `state`, if given."""
        kind_number = 0 if kind is None else number_of(kind, words.OPERATION_KINDS)
        state_number = 0 if state is None else number_of(state, words.OPERATION_STATES)
        after = ""
        while True:
            items, after = _coffer.list_operations(self._engine, (kind_number, state_number, 100, after))
            yield from (_report(item) for item in items)
            if not after:
                return

    def keys(self) -> Report:
        """Returns KeyInfo: the recipients and the path of the identity. Never a secret."""
        return _report(_coffer.show_keys(self._engine))

    def generate_key(self) -> Report:
        """Creates keys/identity.txt and returns KeyInfo. Copy the file elsewhere: encrypted backups cannot be read without it.

        AlreadyExists: there is an identity; it is not changed."""
        return _report(_coffer.generate_key(self._engine))

    def create_token(self, user_id: str, role: Role = "user", expires_at: str = "") -> Report:
        """Creates a token and returns it; no other call returns its ["secret"].

        `expires_at`: RFC 3339; empty: never.

        Raises:
            InvalidArgument: `user_id` is malformed, or `expires_at` is in the past.
            ResourceExhausted: there are 10,000 tokens."""
        return _report(_coffer.create_token(self._engine, user_id, number_of(role, words.ROLES), expires_at))

    def tokens(self) -> list[Report]:
        """Returns all tokens by time of creation, without secrets; expired ones included."""
        return _reports(_coffer.list_tokens(self._engine))

    def revoke_token(self, id: str) -> None:
        """Revokes a token: ``authenticate`` refuses it from now on. NotFound: no such token."""
        _coffer.revoke_token(self._engine, id)

    def authenticate(self, secret: str) -> Report:
        """Returns whom a token stands for: ["user_id"], ["role"], ["token_id"].

        PermissionDenied: the token is unknown, revoked or expired; the message does not say which."""
        return _report(_coffer.authenticate(self._engine, secret))


def open(
    folder: PathText,
    create: bool = True,
    read_only: bool = False,
    repository: PathText = "",
    write_buffer_bytes: int = 0,
    block_cache_bytes: int = 0,
    open_files_max: int = 0,
    background_threads: int = 0,
) -> Engine:
    """Opens the store in `folder`; creates one if it does not exist and `create` is true.

    `read_only`: writes nothing at all. `repository`: the folder of the backups; empty: "backups" in `folder`. The next two are
    memory in bytes, with 0 for the default: 64 MiB for writes, 96 MiB for blocks that were read. `open_files_max`: 0 for 512.
    `background_threads`: 0 for 2.

    Raises:
        InvalidArgument: the folder holds something other than a store, or an argument is out of range.
        NotFound: the store does not exist, and `create` is false.
        Busy: another engine has the folder open; the message has its process id.
        Unavailable: a newer version wrote the store.
        Corruption: the store, or the journal of operations, is damaged."""
    options = (
        not create,
        read_only,
        os.fspath(repository),
        write_buffer_bytes,
        block_cache_bytes,
        open_files_max,
        background_threads,
    )
    return Engine(_coffer.open(os.fspath(folder), options))


def open_backup(repository: PathText, backup_id: str = "latest", identity_file: PathText = "") -> Engine:
    """Opens a backup of the folder `repository` read-only, without a store.

    Raises:
        NotFound: no such backup.
        PermissionDenied: the backup is encrypted, and `identity_file` has no identity that fits."""
    return Engine(_coffer.open_backup_in(os.fspath(repository), backup_id, os.fspath(identity_file)))


_open_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


# The threads of an engine that was not closed may call Python (import_stream), so they must end before Python does.
@atexit.register
def _close_open_engines() -> None:
    for engine in builtins.list(_open_engines):
        _coffer.free(engine._engine)

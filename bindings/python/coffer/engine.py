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
    """Of a record that was taken with the id it has."""
    if isinstance(record, (str, bytes)):
        record = _coffer.decode(_coffer.canonical(number_of(kind, words.KINDS), record))
    id: str = record["id"] if isinstance(record, dict) else getattr(record, "id", "")
    return id


class Engine(Reads):
    """An open store. Safe to use from many threads; calls release the GIL. Close it, or use it in ``with``.

    Errors of all calls: those of the code that the call's text names, Corruption, IoError, and after a write that failed
    half-way down Unavailable for every later one until the engine is opened anew. Reports are dicts whose members are named
    as in the C++ headers (include/coffer): bytes and counts as whole numbers, times as RFC 3339 text in UTC."""

    def __init__(self, handle: _coffer.Engine) -> None:
        self._engine = handle
        _open_engines.add(self)

    def close(self) -> None:
        """Cancels operations, makes buffered writes durable and releases the folder. Busy: a call is running, or a
        snapshot, batch, content reader or writer is open; the engine then stays open. Closing twice does nothing."""
        if self in _open_engines:
            _coffer.close(self._engine)
            _open_engines.discard(self)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- Writing

    def batch(self, durable: bool = True) -> Batch:
        """A batch for ``with``. Not durable: its commit survives a crash of the process, not a loss of power."""
        return Batch(self._engine, durable)

    def bulk_writer(self, records_per_commit: int = 500, durable: bool = True) -> BulkWriter:
        """For ``with``: many puts, one batch committed while the next one is filled."""
        return BulkWriter(self._engine, records_per_commit, durable)

    def put_conversation(
        self, conversation: Given, messages: Sequence[Given] | None = None, mode: PutMode = "upsert"
    ) -> str:
        """Writes a conversation durably and answers its id. AlreadyExists, NotFound: by `mode`. See
        Batch.put_conversation."""
        return self._one(lambda batch: batch.put_conversation(conversation, messages, mode), conversation, "conversation")

    def append_message(self, conversation_id: str, message: Given) -> int:
        """Answers its sequence number. NotFound: no such conversation. Conflict: its place is taken."""
        return self._commit(lambda batch: batch.append_message(conversation_id, message)).sequence_number

    def put_message(self, conversation_id: str, message: Given, mode: PutMode = "upsert") -> None:
        self._commit(lambda batch: batch.put_message(conversation_id, message, mode))

    def put_document(self, document: Given, content: Content | None = None, mode: PutMode = "upsert") -> str:
        return self._one(lambda batch: batch.put_document(document, content, mode), document, "document")

    def set_content(self, document_id: str, content: Content) -> None:
        """A new content for a document that is there."""
        self._commit(lambda batch: batch.set_content(document_id, content))

    def put_prompt(self, prompt: Given, mode: PutMode = "upsert") -> str:
        return self._one(lambda batch: batch.put_prompt(prompt, mode), prompt, "prompt")

    def delete(self, kind: Kind, id: str, owner: str = "") -> None:
        self._commit(lambda batch: batch.delete(kind, id, owner))

    def delete_message(self, conversation_id: str, sequence_number: int) -> None:
        self._commit(lambda batch: batch.delete_message(conversation_id, sequence_number))

    def new_content(self) -> ContentWriter:
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

    # ---- Looking after the store

    def snapshot(self) -> Snapshot:
        return Snapshot(self._engine)

    def statistics(self) -> Report:
        """StorageStatistics, from counters: the time does not depend on the number of records."""
        return _report(_coffer.statistics(self._engine))

    def verify(self) -> Report:
        """IntegrityReport of everything that is stored. Findings are not an error: look at ["ok"]."""
        return _report(_coffer.verify(self._engine))

    def reclaim(self) -> tuple[int, int]:
        """Compacts; answers bytes on disk before and after."""
        return _coffer.reclaim(self._engine)

    def sync(self) -> None:
        """Makes buffered writes durable."""
        _coffer.sync(self._engine)

    # ---- Deleting many

    def bulk_delete(self, kind: Kind, ids: Iterable[str], owner: str = "", dry_run: bool = False) -> Report:
        """BulkDeleteReport: what became of each of at most 1,000,000 ids."""
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
        """The same for all records for which every condition holds. Times are RFC 3339; `limit` 0 is none."""
        selection = (number_of(kind, words.KINDS), owner, created_from, created_before, status, limit)
        return _report(_coffer.bulk_delete_selected(self._engine, selection, (owner, dry_run, 0)))

    def start_bulk_delete(self, kind: Kind, ids: Iterable[str], owner: str = "", principal: str = "") -> Operation:
        options = (owner, 0, 0)
        kind_number = number_of(kind, words.KINDS)
        return Operation(_coffer.start_bulk_delete(self._engine, kind_number, builtins.list(ids), options, principal))

    def erase_user(self, user_id: str, principal: str = "") -> Operation:
        """Erases all that a user owns, so that no file and no later restore holds it. Waits for older snapshots.
        EraseReport."""
        return Operation(_coffer.start_erase_user(self._engine, user_id, principal))

    def erase(self, kind: Kind, ids: Iterable[str], principal: str = "") -> Operation:
        number = number_of(kind, words.KINDS)
        return Operation(_coffer.start_erase(self._engine, number, builtins.list(ids), principal))

    # ---- Import and export

    def import_files(
        self,
        *files: PathText,
        on_conflict: Conflict = "skip",
        format: ImportFormat = "auto",
        owner: str = "",
        generate_ids: bool = False,
        kind: Kind | None = None,
        contents: PathText = "",
        durable: bool = True,
        principal: str = "",
    ) -> Operation:
        """Records of NDJSON files, of exports of ours, compressed or not, and chats of other programs (coffer/import.h).
        ImportReport: lines that were refused are in ["errors"], by file and line."""
        options = self._import_options(on_conflict, format, owner, generate_ids, kind, contents, durable)
        return Operation(_coffer.start_import(self._engine, [os.fspath(file) for file in files], options, principal))

    def import_stream(
        self,
        source: BinaryIO,
        name: str = "stream",
        on_conflict: Conflict = "skip",
        format: ImportFormat = "auto",
        owner: str = "",
        generate_ids: bool = False,
        kind: Kind | None = None,
        durable: bool = True,
        principal: str = "",
    ) -> Operation:
        """The same from an open binary file, read by another thread until it ends."""
        options = self._import_options(on_conflict, format, owner, generate_ids, kind, "", durable)
        return Operation(_coffer.start_import_stream(self._engine, source.read, name, options, principal))

    @staticmethod
    def _import_options(
        on_conflict: str, format: str, owner: str, generate_ids: bool, kind: str | None, contents: PathText, durable: bool
    ) -> tuple[object, ...]:
        return (
            number_of(format, words.IMPORT_FORMATS),
            number_of(on_conflict, words.CONFLICTS),
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
        user_id: str = "",
        conversation_id: str = "",
        date_from: str = "",
        date_to: str = "",
        custom_query: dict[str, Any] | None = None,
        metadata: bool = True,
        contents: bool = True,
        compress: bool = True,
        compression_level: int = 3,
        encrypt: bool = False,
        recipients: Sequence[str] = (),
        principal: str = "",
    ) -> Operation:
        """Records of one moment as a file (coffer/export.h), in the data folder for seven days where no `output` is named.
        ExportReport: ["path"], ["sha256"], ["file_bytes"] and counts. AlreadyExists: `output`."""
        options = (
            number_of(format, words.EXPORT_FORMATS),
            number_of(scope, words.EXPORT_SCOPES),
            user_id,
            conversation_id,
            date_from,
            date_to,
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
        """An image of the store at one moment while writers go on (coffer/backup.h). BackupInfo, with ["backup_id"]."""
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
        """Newest first."""
        return _reports(_coffer.list_backups(self._engine))

    def deleted_backups(self) -> list[Report]:
        """Those in the trash, newest first."""
        return _reports(_coffer.list_deleted_backups(self._engine))

    def delete_backup(self, backup_id: str) -> Report:
        """To the trash, from where ``undelete_backup`` takes it for seven days at least."""
        return _report(_coffer.delete_backup(self._engine, backup_id))

    def undelete_backup(self, backup_id: str) -> Report:
        return _report(_coffer.undelete_backup(self._engine, backup_id))

    def verify_backup(self, backup_id: str, level: int = 2, identity_file: PathText = "", principal: str = "") -> Operation:
        """VerifyReport. Levels 0 (the manifest) to 5 (restored into a scratch folder). Findings are not an error: ["ok"]."""
        path = os.fspath(identity_file)
        return Operation(_coffer.start_verify_backup(self._engine, backup_id, level, path, principal))

    def open_backup(self, backup_id: str, identity_file: PathText = "") -> Engine:
        """A backup, read-only, as an engine of its own."""
        return Engine(_coffer.open_backup(self._engine, backup_id, os.fspath(identity_file)))

    def open_backup_archive(self, backup_id: str = "latest") -> BackupArchive:
        """A backup as one file, to be copied elsewhere: a tar, read as it is made."""
        return BackupArchive(_coffer.backup_archive_open(self._engine, backup_id))

    def restore(
        self,
        backup_id: str = "latest",
        scope: RestoreScope = "full",
        user_id: str = "",
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
        """Puts the store, or chosen records, back to a backup's state (coffer/backup.h). RestoreReport, with
        ["restore_id"]. Busy: a snapshot, batch, content reader or writer is open (scope full), or another restore runs."""
        options = (
            number_of(scope, words.RESTORE_SCOPES),
            user_id,
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
        """Takes a restore back, by the safety backup that it made."""
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
        """Drops backups that have expired and that no rule keeps. PruneReport. `plan`: says what would be dropped."""
        options = (keep_last, keep_daily, keep_weekly, keep_monthly, plan, as_of)
        return Operation(_coffer.start_prune(self._engine, options, principal))

    # ---- The journal, keys, tokens

    def operation_info(self, id: str) -> Report:
        """OperationInfo from the journal, which remembers the last 1,000."""
        return _report(_coffer.get_operation(self._engine, id))

    def cancel_operation(self, id: str) -> None:
        _coffer.cancel_operation(self._engine, id)

    def operations(self, kind: str | None = None, state: str | None = None) -> Iterator[Report]:
        """Newest first."""
        kind_number = 0 if kind is None else number_of(kind, words.OPERATION_KINDS)
        state_number = 0 if state is None else number_of(state, words.OPERATION_STATES)
        after = ""
        while True:
            items, after = _coffer.list_operations(self._engine, (kind_number, state_number, 100, after))
            yield from (_report(item) for item in items)
            if not after:
                return

    def keys(self) -> Report:
        """KeyInfo: recipients and the path of the identity. Never a secret."""
        return _report(_coffer.show_keys(self._engine))

    def generate_key(self) -> Report:
        """Makes keys/identity.txt: copy it elsewhere, or every encrypted backup is lost with the machine. AlreadyExists."""
        return _report(_coffer.generate_key(self._engine))

    def create_token(self, user_id: str, role: Role = "user", expires_at: str = "") -> Report:
        """["secret"] is shown here and never again."""
        return _report(_coffer.create_token(self._engine, user_id, number_of(role, words.ROLES), expires_at))

    def tokens(self) -> list[Report]:
        return _reports(_coffer.list_tokens(self._engine))

    def revoke_token(self, id: str) -> None:
        _coffer.revoke_token(self._engine, id)

    def authenticate(self, secret: str) -> Report:
        """Whom a token stands for. PermissionDenied for an unknown, a revoked and an expired one alike."""
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
    """Opens the store in `folder`, and makes one where there is none and `create` holds. Memory in bytes; 0 is the default,
    64 MiB for writes and 96 MiB for reads. `repository`: where backups lie; empty: "backups" in the folder. Errors: Busy
    (another engine holds it), NotFound, InvalidArgument (the folder holds other things), Unavailable, Corruption."""
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
    """Opens a backup read-only, without a store."""
    return Engine(_coffer.open_backup_in(os.fspath(repository), backup_id, os.fspath(identity_file)))


_open_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


# Threads of an engine that is left open may still call Python (import_stream): they end before Python does.
@atexit.register
def _close_what_is_left() -> None:
    for engine in builtins.list(_open_engines):
        _coffer.free(engine._engine)

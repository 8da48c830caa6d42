"""Bulk writes: one batch is committed while the next one is filled."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from coffer import _coffer
from coffer.batch import Batch
from coffer.records import Given
from coffer.words import PutMode


class BulkWriter:
    """Puts any number of records; a thread of its own commits `records_per_commit` at a time. Use it in ``with``.

    Each commit is atomic and, if `durable`, durable; the last one is done when ``with`` ends. Only one thread at a time may
    use a writer. The next put or the end of ``with`` raises the error of a failed commit; the records of earlier commits
    stay, later ones are not written. If an exception leaves ``with``, records that are not committed are dropped."""

    def __init__(self, engine: _coffer.Engine, records_per_commit: int = 500, durable: bool = True) -> None:
        self._engine = engine
        self._durable = durable
        self._batch = Batch(engine, durable)
        self._records_per_commit = records_per_commit
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="coffer-commit")
        self._under_way: Future[None] | None = None

    def put_conversation(
        self, conversation: Given, messages: Sequence[Given] | None = None, mode: PutMode = "upsert"
    ) -> None:
        """Puts a conversation, as Batch.put_conversation does."""
        self._batch.put_conversation(conversation, messages, mode)
        self._commit_if_full()

    def put_document(self, document: Given, mode: PutMode = "upsert") -> None:
        """Puts a document's metadata; its content stays."""
        self._batch.put_document(document, mode=mode)
        self._commit_if_full()

    def put_prompt(self, prompt: Given, mode: PutMode = "upsert") -> None:
        """Puts a prompt."""
        self._batch.put_prompt(prompt, mode)
        self._commit_if_full()

    def append_message(self, conversation_id: str, message: Given) -> None:
        """Appends a message, as Batch.append_message does."""
        self._batch.append_message(conversation_id, message)
        self._commit_if_full()

    def _commit_if_full(self) -> None:
        if len(self._batch) >= self._records_per_commit:
            self._hand_over()

    def _hand_over(self) -> None:
        self._wait()
        full, self._batch = self._batch, Batch(self._engine, self._durable)
        self._under_way = self._thread.submit(self._commit, full)

    @staticmethod
    def _commit(batch: Batch) -> None:
        try:
            batch._commit()
        finally:
            batch.close()

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def __enter__(self) -> BulkWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None and len(self._batch) > 0:
                self._hand_over()
            if kind is None:
                self._wait()
        finally:
            self._thread.shutdown()
            self._batch.close()

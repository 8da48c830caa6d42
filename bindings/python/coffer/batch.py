"""Batches: changes that become visible, and durable, together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

from coffer import _coffer, words
from coffer.content import Content, writer_of
from coffer.records import Given
from coffer.words import Kind, PutMode, number_of


@dataclass(frozen=True)
class Outcome:
    """The result of one batch entry.

    ``outcome`` is "created", "replaced", "deleted", "kept" or "conflict". ``id`` is the record's id if the engine generated
    it, otherwise empty. ``sequence_number`` is a message's."""

    outcome: str
    id: str
    sequence_number: int


class Batch:
    """Changes that become visible, and durable, together or not at all: at most 96 MiB and 200,000 entries.

    Only one thread at a time may use a batch. At the end of ``with`` the batch is committed; if an exception leaves ``with``,
    it is dropped. A record is checked when it is put; a failed put leaves the batch unchanged.

    Every put raises:
        InvalidArgument: the record is not valid; the message names the member.
        ResourceExhausted: the batch is full."""

    def __init__(self, engine: _coffer.Engine, durable: bool = True) -> None:
        self._engine = engine
        self._batch = _coffer.batch_new(engine)
        self._durability = 0 if durable else 1
        #: the results of the last commit, in the order of the entries
        self.outcomes: list[Outcome] = []

    def put_conversation(
        self, conversation: Given, messages: Sequence[Given] | None = None, mode: PutMode = "upsert"
    ) -> None:
        """Puts a conversation. `messages` replace all its messages; None keeps them.

        `mode` says what happens to a record that exists: "upsert" writes it in any case, "insert" raises AlreadyExists at
        the commit if it exists, "update" raises NotFound if it does not, "keep_existing" keeps it, "newest" keeps it if its
        updated_at is the same or later."""
        number = number_of(mode, words.PUT_MODES)
        if messages is None:
            _coffer.batch_add(self._batch, 1, conversation, number)
        else:
            _coffer.batch_add_conversation(self._batch, conversation, messages, number)

    def append_message(self, conversation_id: str, message: Given) -> None:
        """Appends a message after the last one, or puts it at its sequence_number.

        At the commit, raises:
            NotFound: no such conversation.
            Conflict: another message has that sequence_number."""
        _coffer.batch_append_message(self._batch, conversation_id, _coffer.encode(message))

    def put_message(self, conversation_id: str, message: Given, mode: PutMode = "upsert") -> None:
        """Puts a message at its sequence_number, which is required."""
        _coffer.batch_put_message(self._batch, conversation_id, _coffer.encode(message), number_of(mode, words.PUT_MODES))

    def delete_message(self, conversation_id: str, sequence_number: int) -> None:
        """Deletes one message. The commit raises NotFound if the message does not exist."""
        _coffer.batch_delete_message(self._batch, conversation_id, sequence_number)

    def put_document(self, document: Given, content: Content | None = None, mode: PutMode = "upsert") -> None:
        """Puts a document's metadata. `content` replaces its content; None keeps it."""
        number = number_of(mode, words.PUT_MODES)
        if content is None:
            _coffer.batch_add(self._batch, 3, document, number)
            return
        with writer_of(self._engine, content) as writer:
            _coffer.batch_put_document_with_content(self._batch, _coffer.encode(document), writer._handle, number)

    def set_content(self, document_id: str, content: Content) -> None:
        """Replaces the content of an existing document. The commit raises NotFound if the document does not exist."""
        with writer_of(self._engine, content) as writer:
            _coffer.batch_set_content(self._batch, document_id, writer._handle)

    def put_prompt(self, prompt: Given, mode: PutMode = "upsert") -> None:
        """Puts a prompt."""
        _coffer.batch_add(self._batch, 5, prompt, number_of(mode, words.PUT_MODES))

    def delete(self, kind: Kind, id: str, owner: str = "") -> None:
        """Deletes a conversation with its messages, a document with its content, or a prompt.

        The commit raises NotFound if the record does not exist, or if `owner` is given and does not own it."""
        _coffer.batch_delete(self._batch, number_of(kind, words.KINDS), id, owner)

    def commit(self) -> list[Outcome]:
        """Applies the batch as one atomic change, empties it and returns one Outcome per entry.

        If an entry cannot be applied, nothing is applied and the batch keeps its entries.

        Raises:
            AlreadyExists, NotFound, Conflict: an entry cannot be applied; the message names it."""
        self.outcomes = [Outcome(words.OUTCOMES[what], id, place) for what, id, place in self._commit()]
        return self.outcomes

    def _commit(self) -> Sequence[tuple[int, str, int]]:
        return _coffer.commit(self._engine, self._batch, self._durability)

    def clear(self) -> None:
        """Drops all entries; the batch can be filled again."""
        _coffer.batch_clear(self._batch)

    def close(self) -> None:
        """Drops the entries that were not committed, and the batch."""
        _coffer.free(self._batch)

    def __len__(self) -> int:
        return _coffer.batch_size(self._batch)

    @property
    def size(self) -> int:
        """The bytes of the encoded records."""
        return _coffer.batch_bytes(self._batch)

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None and len(self) > 0:
                self.commit()
        finally:
            self.close()

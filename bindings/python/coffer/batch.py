"""Changes that become visible, and durable, together or not at all."""

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
    """What became of one put of a batch: created, replaced, deleted, kept or conflict. ``id``: of a record whose id the
    engine made."""

    outcome: str
    id: str
    sequence_number: int


class Batch:
    """At most 96 MiB and 200,000 changes. One thread at a time. In ``with`` it is committed at the end, and dropped where
    an exception leaves it. A record is checked when it is put: InvalidArgument names the member, and the batch is as it
    was."""

    def __init__(self, engine: _coffer.Engine, durable: bool = True) -> None:
        self._engine = engine
        self._batch = _coffer.batch_new(engine)
        self._durability = 0 if durable else 1
        #: of the last commit, in the order of the puts
        self.outcomes: list[Outcome] = []

    def put_conversation(
        self, conversation: Given, messages: Sequence[Given] | None = None, mode: PutMode = "upsert"
    ) -> None:
        """With `messages` exactly these take the place of those it had; None leaves them."""
        number = number_of(mode, words.PUT_MODES)
        if messages is None:
            _coffer.batch_add(self._batch, 1, conversation, number)
        else:
            _coffer.batch_add_conversation(self._batch, conversation, messages, number)

    def append_message(self, conversation_id: str, message: Given) -> None:
        """Behind the last one, or at its sequence_number. At the commit NotFound, or Conflict where that place is taken."""
        _coffer.batch_append_message(self._batch, conversation_id, _coffer.encode(message))

    def put_message(self, conversation_id: str, message: Given, mode: PutMode = "upsert") -> None:
        """At its sequence_number."""
        _coffer.batch_put_message(self._batch, conversation_id, _coffer.encode(message), number_of(mode, words.PUT_MODES))

    def delete_message(self, conversation_id: str, sequence_number: int) -> None:
        _coffer.batch_delete_message(self._batch, conversation_id, sequence_number)

    def put_document(self, document: Given, content: Content | None = None, mode: PutMode = "upsert") -> None:
        """Without `content` that which is there stays."""
        number = number_of(mode, words.PUT_MODES)
        if content is None:
            _coffer.batch_add(self._batch, 3, document, number)
            return
        with writer_of(self._engine, content) as writer:
            _coffer.batch_put_document_with_content(self._batch, _coffer.encode(document), writer._handle, number)

    def set_content(self, document_id: str, content: Content) -> None:
        with writer_of(self._engine, content) as writer:
            _coffer.batch_set_content(self._batch, document_id, writer._handle)

    def put_prompt(self, prompt: Given, mode: PutMode = "upsert") -> None:
        _coffer.batch_add(self._batch, 5, prompt, number_of(mode, words.PUT_MODES))

    def delete(self, kind: Kind, id: str, owner: str = "") -> None:
        """With all that hangs on it. `owner`, if given, must own it: NotFound at the commit otherwise."""
        _coffer.batch_delete(self._batch, number_of(kind, words.KINDS), id, owner)

    def commit(self) -> list[Outcome]:
        """Applies the batch as one atomic change and empties it. On an error nothing is applied and the batch keeps its
        changes."""
        self.outcomes = [Outcome(words.OUTCOMES[what], id, place) for what, id, place in self._commit()]
        return self.outcomes

    def _commit(self) -> Sequence[tuple[int, str, int]]:
        return _coffer.commit(self._engine, self._batch, self._durability)

    def clear(self) -> None:
        _coffer.batch_clear(self._batch)

    def close(self) -> None:
        """Drops what was not committed."""
        _coffer.free(self._batch)

    def __len__(self) -> int:
        return _coffer.batch_operations(self._batch)

    @property
    def size(self) -> int:
        """Bytes of the encoded records."""
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

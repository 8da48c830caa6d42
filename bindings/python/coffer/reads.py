"""The reads that an engine and a snapshot share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Literal

from coffer import _coffer, words
from coffer.content import ContentReader
from coffer.records import Conversation, Document, Message, Prompt, conversation_of, of_members, of_text

_PAGE_ITEMS = 1000
PathText = str | os.PathLike[str]


class Reads:
    """Reads of the newest state, or of a snapshot's. Errors of all: NotFound where there is no such record, InvalidArgument
    for an id that can be none, Corruption, IoError."""

    _engine: _coffer.Engine
    _snapshot: _coffer.Snapshot | None = None

    def get_conversation(self, id: str, with_messages: bool = True) -> Conversation:
        """A conversation; its ``messages`` are None without `with_messages`."""
        return conversation_of(_coffer.read_conversation(self._engine, id, with_messages, self._snapshot))

    def get_message(self, conversation_id: str, sequence_number: int) -> Message:
        return of_members(Message, _coffer.read_message(self._engine, conversation_id, sequence_number, self._snapshot))

    def get_document(self, id: str) -> Document:
        return of_members(Document, _coffer.read_document(self._engine, id, self._snapshot))

    def get_prompt(self, id: str) -> Prompt:
        return of_members(Prompt, _coffer.read_prompt(self._engine, id, self._snapshot))

    def get_conversation_json(self, id: str, with_messages: bool = True) -> str:
        """Canonical JSON text, the fastest way to a record: bytes are copied, not parsed."""
        return _coffer.get_conversation(self._engine, id, with_messages, self._snapshot)

    def get_document_json(self, id: str) -> str:
        return _coffer.get_document(self._engine, id, self._snapshot)

    def get_prompt_json(self, id: str) -> str:
        return _coffer.get_prompt(self._engine, id, self._snapshot)

    def conversations(self, owner: str = "") -> Iterator[Conversation]:
        """All, or `owner`'s in the order of created_at, without their messages. Read a page at a time: what is written
        meanwhile may be among it, unless this is a snapshot."""
        return (of_text(Conversation, text) for text in self.list_json("conversation", owner))

    def documents(self, owner: str = "") -> Iterator[Document]:
        """As ``conversations``."""
        return (of_text(Document, text) for text in self.list_json("document", owner))

    def prompts(self, owner: str = "") -> Iterator[Prompt]:
        """As ``conversations``."""
        return (of_text(Prompt, text) for text in self.list_json("prompt", owner))

    def list_json(self, kind: Literal["conversation", "document", "prompt"], owner: str = "") -> Iterator[str]:
        """As ``conversations``, as canonical JSON text."""
        after = ""
        while True:
            options = (owner, _PAGE_ITEMS, after, self._snapshot)
            items, after = _coffer.list(self._engine, words.number_of(kind, words.KINDS), options)
            yield from items
            if not after:
                return

    def page_json(
        self, kind: Literal["conversation", "document", "prompt"], owner: str = "", limit: int = 100, after: str = ""
    ) -> tuple[list[str], str]:
        """One page of at most `limit` (1 to 10,000) records and the cursor of the next, empty at the end."""
        return _coffer.list(self._engine, words.number_of(kind, words.KINDS), (owner, limit, after, self._snapshot))

    def messages(self, conversation_id: str, from_sequence: int = 0) -> Iterator[Message]:
        """A conversation's messages by sequence number, a page at a time."""
        while True:
            options = (from_sequence, _PAGE_ITEMS, self._snapshot)
            items, after = _coffer.list_messages(self._engine, conversation_id, options)
            for text in items:
                yield of_text(Message, text)
            if not after:
                return
            from_sequence = int(after)

    def open_content(self, document_id: str) -> ContentReader:
        """A document's content as a file object. NotFound also where it has none."""
        return ContentReader(_coffer.content_reader_open(self._engine, document_id, self._snapshot))


class Snapshot(Reads):
    """The state of one moment, for any number of reads. Holding one keeps deleted records on disk, makes a restore Busy and
    an erase wait: close it, or use it in ``with``."""

    def __init__(self, engine: _coffer.Engine) -> None:
        self._engine = engine
        self._snapshot = _coffer.snapshot_take(engine)

    def close(self) -> None:
        _coffer.free(self._snapshot)

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

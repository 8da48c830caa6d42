"""Reads, which an engine and a snapshot share."""

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
    """Reads of the newest state (of an Engine) or of one moment (of a Snapshot).

    Every read raises:
        NotFound: no such record.
        InvalidArgument: the id is malformed.
        Corruption: stored bytes are damaged.
        IoError: the file system failed."""

    _engine: _coffer.Engine
    _snapshot: _coffer.Snapshot | None = None

    def get_conversation(self, id: str, with_messages: bool = True) -> Conversation:
        """Reads a conversation. Its ``messages`` are None if `with_messages` is false."""
        return conversation_of(_coffer.read_conversation(self._engine, id, with_messages, self._snapshot))

    def get_message(self, conversation_id: str, sequence_number: int) -> Message:
        """Reads one message of a conversation."""
        return of_members(Message, _coffer.read_message(self._engine, conversation_id, sequence_number, self._snapshot))

    def get_document(self, id: str) -> Document:
        """Reads a document's metadata."""
        return of_members(Document, _coffer.read_document(self._engine, id, self._snapshot))

    def get_prompt(self, id: str) -> Prompt:
        """Reads a prompt."""
        return of_members(Prompt, _coffer.read_prompt(self._engine, id, self._snapshot))

    def get_conversation_json(self, id: str, with_messages: bool = True) -> str:
        """Reads a conversation as canonical JSON text. This is the fastest read: bytes are copied and not parsed."""
        return _coffer.get_conversation(self._engine, id, with_messages, self._snapshot)

    def get_document_json(self, id: str) -> str:
        """Reads a document's metadata as canonical JSON text."""
        return _coffer.get_document(self._engine, id, self._snapshot)

    def get_prompt_json(self, id: str) -> str:
        """Reads a prompt as canonical JSON text."""
        return _coffer.get_prompt(self._engine, id, self._snapshot)

    def conversations(self, owner: str = "") -> Iterator[Conversation]:
        """Iterates over all conversations by id, or over `owner`'s by created_at; without their messages.

        One page is read at a time. On an Engine the iteration may include records that are written meanwhile; on a Snapshot
        it does not."""
        return (of_text(Conversation, text) for text in self.list_json("conversation", owner))

    def documents(self, owner: str = "") -> Iterator[Document]:
        """Iterates over documents in the same way as ``conversations``."""
        return (of_text(Document, text) for text in self.list_json("document", owner))

    def prompts(self, owner: str = "") -> Iterator[Prompt]:
        """Iterates over prompts in the same way as ``conversations``."""
        return (of_text(Prompt, text) for text in self.list_json("prompt", owner))

    def list_json(self, kind: Literal["conversation", "document", "prompt"], owner: str = "") -> Iterator[str]:
        """Iterates over records of one kind in the same way as ``conversations``, as canonical JSON text."""
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
        """Returns one page of at most `limit` (1 to 10,000) records as JSON, and the `after` of the next page: empty at the
        end."""
        return _coffer.list(self._engine, words.number_of(kind, words.KINDS), (owner, limit, after, self._snapshot))

    def messages(self, conversation_id: str, from_sequence: int = 0) -> Iterator[Message]:
        """Iterates over a conversation's messages by sequence number, beginning with `from_sequence`."""
        while True:
            options = (from_sequence, _PAGE_ITEMS, self._snapshot)
            items, after = _coffer.list_messages(self._engine, conversation_id, options)
            for text in items:
                yield of_text(Message, text)
            if not after:
                return
            from_sequence = int(after)

    def open_content(self, document_id: str) -> ContentReader:
        """Opens a document's content as a file object. NotFound: no such document, or it has no content."""
        return ContentReader(_coffer.content_reader_open(self._engine, document_id, self._snapshot))


class Snapshot(Reads):
    """The state of the store at one moment. Many threads may read it at the same time.

    While it is open, deleted records stay on disk, a full restore raises Busy and an erase waits. Close it, or use it in
    ``with``."""

    def __init__(self, engine: _coffer.Engine) -> None:
        self._engine = engine
        self._snapshot = _coffer.snapshot_take(engine)

    def close(self) -> None:
        """Releases the snapshot. Closing twice does nothing."""
        _coffer.free(self._snapshot)

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

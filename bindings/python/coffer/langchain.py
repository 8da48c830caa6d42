"""LangChain on Coffer: a chat message history, and a key-value store of documents. Needs langchain-core (``pip install
coffer[langchain]``).

A message is stored as a Coffer message with its role and text, and as LangChain's own dict in extra_metadata["langchain"], so
nothing is lost when it is read. A message without that dict is converted by its role.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.documents import Document as LangChainDocument
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    message_to_dict,
    messages_from_dict,
)
from langchain_core.stores import BaseStore

from coffer.engine import Engine
from coffer.errors import NotFound
from coffer.records import Conversation, Document, Message

_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool"}
_OWN = "langchain"


def _of_langchain(message: BaseMessage) -> Message:
    content = message.content if isinstance(message.content, str) else json.dumps(message.content, ensure_ascii=False)
    kept: dict[str, Any] = {_OWN: message_to_dict(message)}
    return Message(content, role=_ROLES.get(message.type, "user"), extra_metadata=kept)


def _to_langchain(message: Message) -> BaseMessage:
    kept = (message.extra_metadata or {}).get(_OWN)
    if kept is not None:
        return messages_from_dict([kept])[0]
    if message.role == "assistant":
        return AIMessage(message.content)
    if message.role == "system":
        return SystemMessage(message.content)
    if message.role == "tool":
        return ToolMessage(message.content, tool_call_id=message.tool_call_id or "")
    return HumanMessage(message.content)


class CofferChatMessageHistory(BaseChatMessageHistory):
    """The messages of one conversation, which is created when the first messages are added. Each call that writes is one
    durable commit."""

    def __init__(self, store: Engine, conversation_id: str, user_id: str, title: str = "Chat") -> None:
        self._store = store
        self._conversation = Conversation(user_id, title, id=conversation_id)

    @property
    def _id(self) -> str:
        return self._conversation.id or ""

    @property
    def messages(self) -> list[BaseMessage]:  # type: ignore[override]
        """All messages of the conversation; empty if it does not exist."""
        try:
            return [_to_langchain(message) for message in self._store.messages(self._id)]
        except NotFound:
            return []

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Appends messages in one durable commit, and creates the conversation if it does not exist."""
        with self._store.batch() as batch:
            batch.put_conversation(self._conversation, mode="keep_existing")
            for message in messages:
                batch.append_message(self._id, _of_langchain(message))

    def clear(self) -> None:
        """Deletes the conversation with its messages."""
        try:
            self._store.delete("conversation", self._id)
        except NotFound:
            pass


class CofferDocumentStore(BaseStore[str, LangChainDocument]):
    """LangChain documents by key, for a MultiVectorRetriever or a ParentDocumentRetriever.

    A key is a Coffer id: 1 to 128 printable ASCII characters without blanks and '/'. The text is the document's content."""

    def __init__(self, store: Engine, owner_id: str) -> None:
        self._store = store
        self._owner_id = owner_id

    def mget(self, keys: Sequence[str]) -> list[LangChainDocument | None]:
        """Returns the documents of these keys; None for a key without a document."""
        return [self._get(key) for key in keys]

    def _get(self, key: str) -> LangChainDocument | None:
        try:
            document = self._store.get_document(key)
            with self._store.open_content(key) as content:
                text = content.readall().decode()
        except NotFound:
            return None
        kept = (document.extra_metadata or {}).get(_OWN, {})
        return LangChainDocument(page_content=text, metadata=kept.get("metadata", {}), id=kept.get("id"))

    def mset(self, key_value_pairs: Sequence[tuple[str, LangChainDocument]]) -> None:
        """Puts documents in one durable commit. InvalidArgument: a key is not a valid id."""
        with self._store.batch() as batch:
            for key, value in key_value_pairs:
                kept = {_OWN: {"metadata": value.metadata, "id": value.id}}
                document = Document(self._owner_id, key, id=key, mime_type="text/plain", extra_metadata=kept)
                batch.put_document(document, value.page_content.encode())

    def mdelete(self, keys: Sequence[str]) -> None:
        """Deletes the documents of these keys; a key that has no document of this owner is ignored."""
        self._store.bulk_delete("document", keys, owner=self._owner_id)

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        """Iterates over the keys that begin with `prefix`, or over all keys."""
        for document in self._store.documents(self._owner_id):
            if document.id is not None and document.id.startswith(prefix or ""):
                yield document.id

"""Records as dataclasses. Their members have the names of the interchange JSON (lib/format/FORMAT.md).

A member that is None is absent. Times are RFC 3339 text. Token counts are whole numbers; cost and total_cost are in the
application's currency. Numbers with a fraction are returned as ``decimal.Decimal``, so no digit is lost; int, float and
Decimal are accepted. Members that Coffer does not know are kept in ``unknown_members``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, TypeVar

from coffer import _coffer

Number = int | float | Decimal


@dataclass(slots=False)
class Message:
    """A message. (conversation_id, sequence_number) identifies it; the engine generates an id that is absent."""

    content: str = ""
    role: str = "user"
    id: str | None = None
    conversation_id: str | None = None
    sequence_number: int | None = None
    tool_calls: list[Any] | dict[str, Any] | None = None
    tool_call_id: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    model_used: str | None = None
    provider_used: str | None = None
    finish_reason: str | None = None
    response_time_ms: Number | None = None
    cost: Number | None = None
    rating: Number | None = None
    extra_metadata: dict[str, Any] | None = None
    created_at: str | None = None
    unknown_members: dict[str, Any] | None = field(default=None, kw_only=True)


@dataclass(slots=False)
class Conversation:
    """A conversation. A read fills ``messages`` if asked to; a put takes the messages as a separate argument."""

    user_id: str = ""
    title: str = ""
    id: str | None = None
    description: str | None = None
    status: str | None = None
    llm_provider: str | None = None
    llm_model: str | None = None
    temperature: Number | None = None
    max_tokens: int | None = None
    system_prompt: str | None = None
    tags: list[str] | None = None
    extra_metadata: dict[str, Any] | None = None
    message_count: int | None = None
    total_tokens: int | None = None
    total_cost: Number | None = None
    last_message_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    messages: list[Message] | None = field(default=None, kw_only=True)
    unknown_members: dict[str, Any] | None = field(default=None, kw_only=True)


@dataclass(slots=False)
class Document:
    """A document's metadata. The content is passed to the put and read with ``open_content``. file_size is in bytes;
    file_hash is SHA-256 in hex."""

    owner_id: str = ""
    filename: str = ""
    id: str | None = None
    original_filename: str | None = None
    title: str | None = None
    description: str | None = None
    mime_type: str | None = None
    document_type: str | None = None
    status: str | None = None
    file_size: int | None = None
    file_hash: str | None = None
    extracted_text: str | None = None
    tags: list[str] | None = None
    extra_metadata: dict[str, Any] | None = None
    version: int | None = None
    parent_document_id: str | None = None
    is_public: bool | None = None
    created_at: str | None = None
    updated_at: str | None = None
    unknown_members: dict[str, Any] | None = field(default=None, kw_only=True)


@dataclass(slots=False)
class Prompt:
    """A reusable prompt."""

    owner_id: str = ""
    name: str = ""
    content: str = ""
    id: str | None = None
    description: str | None = None
    prompt_type: str | None = None
    category: str | None = None
    variables: list[str] | None = None
    template_format: str | None = None
    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
    examples: list[Any] | dict[str, Any] | None = None
    version: int | None = None
    is_latest: bool | None = None
    is_public: bool | None = None
    rating: Number | None = None
    usage_count: int | None = None
    tags: list[str] | None = None
    extra_metadata: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    unknown_members: dict[str, Any] | None = field(default=None, kw_only=True)


Record = TypeVar("Record", Message, Conversation, Document, Prompt)

# JSON text, a mapping of members, or one of the dataclasses.
Given = str | bytes | dict[str, Any] | Message | Conversation | Document | Prompt

_KNOWN: dict[type[Any], frozenset[str]] = {
    kind: frozenset(member.name for member in fields(kind)) - {"unknown_members", "messages"}
    for kind in (Message, Conversation, Document, Prompt)
}


def of_members(kind: type[Record], members: dict[str, Any]) -> Record:
    """Creates a record from its members; members that the kind does not have become unknown_members.

    Absent members are not set: reading them finds the dataclass's default on the class. Setting them took longer than the
    rest of a read."""
    record = kind.__new__(kind)
    known = _KNOWN[kind]
    if known.issuperset(members):
        record.__dict__ = members
    else:
        record.__dict__ = {name: value for name, value in members.items() if name in known}
        record.unknown_members = {name: value for name, value in members.items() if name not in known}
    return record


def of_text(kind: type[Record], text: str) -> Record:
    """Creates a record from its canonical JSON text."""
    return of_members(kind, _coffer.decode(text))


def conversation_of(members: dict[str, Any]) -> Conversation:
    """Creates a conversation from its members, including "messages"."""
    messages = members.pop("messages", None)
    conversation = of_members(Conversation, members)
    if messages is not None:
        conversation.messages = [of_members(Message, message) for message in messages]
    return conversation

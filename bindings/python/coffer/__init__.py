"""Coffer stores conversations, documents and prompts in one folder. Backups restore, and exports lose nothing.

import coffer

with coffer.open("my-data") as store:
    id = store.put_conversation(coffer.Conversation(user_id="anna", title="A trip"), [coffer.Message("Hello")])
    print(store.get_conversation(id).messages)
"""

from coffer import _coffer
from coffer.batch import Batch, Outcome
from coffer.bulk import BulkWriter
from coffer.content import ContentReader, ContentWriter
from coffer.engine import Engine, open, open_backup
from coffer.errors import (
    AlreadyExists,
    Busy,
    Cancelled,
    CofferError,
    Conflict,
    Corruption,
    Internal,
    InvalidArgument,
    IoError,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unavailable,
)
from coffer.operation import Operation, Progress
from coffer.reads import Snapshot
from coffer.records import Conversation, Document, Message, Prompt

__version__ = _coffer.version()

__all__ = [
    "AlreadyExists",
    "Batch",
    "BulkWriter",
    "Busy",
    "Cancelled",
    "CofferError",
    "Conflict",
    "ContentReader",
    "ContentWriter",
    "Conversation",
    "Corruption",
    "Document",
    "Engine",
    "Internal",
    "InvalidArgument",
    "IoError",
    "Message",
    "NotFound",
    "Operation",
    "Outcome",
    "PermissionDenied",
    "Progress",
    "Prompt",
    "ResourceExhausted",
    "Snapshot",
    "Unavailable",
    "open",
    "open_backup",
]

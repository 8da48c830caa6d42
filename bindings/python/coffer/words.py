"""The names of enum values, and their numbers in coffer/c.h."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["conversation", "message", "document", "prompt"]
PutMode = Literal["upsert", "insert", "update", "keep_existing", "newest"]
Conflict = Literal["skip", "replace", "newest", "fail"]
ExportFormat = Literal["json", "csv", "xml", "parquet", "sql", "ndjson"]
ExportScope = Literal["full", "user", "conversation", "document", "analytics", "custom"]
ImportFormat = Literal[
    "auto", "ndjson", "coffer_json", "coffer_csv", "coffer_parquet", "chatgpt", "open_webui", "librechat"
]
BackupType = Literal["full", "incremental", "differential"]
RestoreScope = Literal["full", "user", "conversations", "documents", "prompts"]
Role = Literal["user", "admin"]

KINDS = {"conversation": 1, "message": 2, "document": 3, "prompt": 5}
PUT_MODES = {"upsert": 0, "insert": 1, "update": 2, "keep_existing": 3, "newest": 4}
OUTCOMES = ("created", "replaced", "deleted", "kept", "conflict")
CONFLICTS = {"skip": 1, "replace": 2, "newest": 3, "fail": 4}
EXPORT_FORMATS = {"json": 0, "csv": 1, "xml": 2, "parquet": 3, "sql": 4, "ndjson": 5}
EXPORT_SCOPES = {"full": 0, "user": 1, "conversation": 2, "document": 3, "analytics": 4, "custom": 5}
IMPORT_FORMATS = {
    "auto": 0,
    "ndjson": 1,
    "coffer_json": 2,
    "coffer_csv": 3,
    "coffer_parquet": 4,
    "chatgpt": 5,
    "open_webui": 6,
    "librechat": 7,
}
BACKUP_TYPES = {"full": 1, "incremental": 2, "differential": 3}
RESTORE_SCOPES = {"full": 0, "user": 1, "conversations": 2, "documents": 3, "prompts": 4}
ROLES = {"user": 1, "admin": 2}
OPERATION_KINDS = {
    "import": 1,
    "bulk_delete": 2,
    "backup": 3,
    "restore": 4,
    "export": 5,
    "erase": 6,
    "verify": 7,
    "prune": 8,
}
OPERATION_STATES = {"pending": 1, "running": 2, "completed": 3, "failed": 4, "cancelled": 5}


def number_of(word: str, numbers: Mapping[str, int]) -> int:
    """Returns the number of a word. The ValueError for an unknown word lists the known ones."""
    try:
        return numbers[word]
    except KeyError:
        raise ValueError(f"{word!r} is not one of {', '.join(numbers)}") from None

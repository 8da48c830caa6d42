"""Moves tables of SQLite or PostgreSQL into a store: ``coffer-migrate SOURCE DATA --conversations SELECT …``

SOURCE is the path of an SQLite file or a postgresql:// address (needs psycopg). The columns of each SELECT have the names of
the record's members (lib/format/FORMAT.md); other columns are kept as unknown members. NULL means that the member is absent.
In members that hold JSON, text that is a JSON array or object is read as JSON. Times are RFC 3339 or in the form that both
databases write; without an offset they are UTC. Bytes in a document's column `content` become its content.

    coffer-migrate chat.db my-data \\
      --conversations "SELECT id, owner AS user_id, subject AS title, created AS created_at FROM chats" \\
      --messages "SELECT chat AS conversation_id, id, who AS role, text AS content FROM lines ORDER BY chat, number"

Rows go through the engine's import, in batches. Records that exist are kept, so a second run completes one that was
interrupted. Messages without sequence_number are numbered in the order of the rows; the rows of one conversation must follow
each other. Exit status: 0 done, 1 failed, 3 some rows were refused.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

import coffer
from coffer import _coffer

_JSON_MEMBERS = {"tags", "extra_metadata", "tool_calls", "variables", "input_schema", "output_schema", "examples"}
_FLAGS = {"is_latest", "is_public"}
_TIMES = {"created_at", "updated_at"}
_LINES_BYTES = 1 << 20
_loads = partial(json.loads, parse_float=Decimal)
_TIME_WITHOUT_OFFSET = re.compile(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?$")
KINDS = ("conversation", "message", "document", "prompt")


def value_of(name: str, value: Any) -> Any:
    """Returns a column's value as the value of the member."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).isoformat()
    if isinstance(value, date):
        return value.isoformat() + "T00:00:00Z" if name in _TIMES else value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) and name in _FLAGS:
        return bool(value)
    if isinstance(value, str) and name in _TIMES and _TIME_WITHOUT_OFFSET.match(value):
        return value.replace(" ", "T") + "Z"
    if isinstance(value, str) and name in _JSON_MEMBERS and value[:1] in ("[", "{"):
        return _loads(value)
    return value


def line_of(kind: str, row: dict[str, Any]) -> bytes:
    """Returns a row as a line for the import. The ValueError for a value that JSON cannot hold names its column."""
    members = {name: value_of(name, value) for name, value in row.items() if value is not None}
    if kind == "document" and isinstance(content := members.get("content"), (bytes, memoryview)):
        del members["content"]
        members["content_base64"] = base64.b64encode(content).decode()
    if not isinstance(members.get("id", ""), str):
        members["id"] = str(members["id"])
    for name in ("user_id", "owner_id", "conversation_id"):
        if name in members:
            members[name] = str(members[name])
    try:
        return _coffer.encode({"type": kind, **members}) + b"\n"
    except (TypeError, ValueError) as failure:
        raise ValueError(f"{_without_json(members)}: {failure}") from failure


def _without_json(members: dict[str, Any]) -> str:
    """Returns the name of the first member whose value JSON cannot hold."""
    for name, value in members.items():
        try:
            _coffer.encode({name: value})
        except (TypeError, ValueError):
            return name
    return "a record"


def with_sequence(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yields messages with a sequence number; one that has no number gets the next one of its conversation."""
    conversation: Any = None
    number = 0
    for row in rows:
        if row.get("sequence_number") is None:
            number = number + 1 if row.get("conversation_id") == conversation else 0
            row = {**row, "sequence_number": number}
        conversation = row.get("conversation_id")
        yield row


class Lines(io.RawIOBase):
    """Lines as a binary file that can be read once."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        super().__init__()
        self._lines = lines
        self._rest = b""
        #: the error of the database or of a value; the import then ended too early
        self.failure: Exception | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Returns up to `size` bytes; empty at the end and after a failure."""
        parts = [self._rest]
        length = len(self._rest)
        try:
            while length < min(size, _LINES_BYTES) and (line := next(self._lines, b"")):
                parts.append(line)
                length += len(line)
        except Exception as failure:
            self.failure = failure
        everything = b"".join(parts)
        self._rest = everything[size:]
        return everything[:size]


def rows_of_sqlite(path: str, select: str) -> Iterator[dict[str, Any]]:
    """Yields the rows of a SELECT on an SQLite file, which is opened read-only."""
    database = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    try:
        cursor = database.execute(select)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))
    finally:
        database.close()


def rows_of_postgresql(address: str, select: str) -> Iterator[dict[str, Any]]:
    """Yields the rows of a SELECT on a PostgreSQL database, in a read-only transaction."""
    import psycopg
    from psycopg.types.json import set_json_loads

    with psycopg.connect(address) as connection, connection.cursor("coffer_migrate") as cursor:
        connection.read_only = True
        set_json_loads(_loads, cursor)
        cursor.execute(select)
        names: list[str] = []
        for row in cursor:
            names = names or [column.name for column in cursor.description or ()]
            yield dict(zip(names, row, strict=True))


def migrate(source: str, store: coffer.Engine, kind: str, select: str) -> dict[str, Any]:
    """Imports the rows of one SELECT as records of one kind and returns the ImportReport."""
    is_postgresql = source.startswith(("postgresql://", "postgres://"))
    rows = (rows_of_postgresql if is_postgresql else rows_of_sqlite)(source, select)
    if kind == "message":
        rows = with_sequence(rows)
    lines = Lines(line_of(kind, row) for row in rows)
    report = store.import_stream(cast(BinaryIO, lines), name=f"{kind}s", generate_ids=kind == "message").result()
    if lines.failure is not None:
        raise lines.failure
    return report


def main(words: list[str] | None = None) -> int:
    """Runs the command line and returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="coffer-migrate", description="Moves tables of SQLite or PostgreSQL into a store."
    )
    parser.add_argument("source", help="the path of an SQLite file, or postgresql://…")
    parser.add_argument("data", help="the folder of the store; it is created if it does not exist")
    for kind in KINDS:
        parser.add_argument(f"--{kind}s", metavar="SELECT", help=f"a query whose columns are the members of a {kind}")
    asked = parser.parse_args(words)
    refused = 0
    try:
        with coffer.open(asked.data) as store:
            for kind in KINDS:
                select = getattr(asked, f"{kind}s")
                if select is None:
                    continue
                report = migrate(asked.source, store, kind, select)
                refused += report["failed"]
                stored = report["imported"][f"{kind}s"]
                print(f"{kind}s: {stored} stored, {report['skipped']} there already, {report['failed']} refused")
                for error in report["errors"][:10]:
                    print(f"  row {error['line']}: {error['reason']}", file=sys.stderr)
    except Exception as failure:
        print(f"coffer-migrate: {failure}", file=sys.stderr)
        return 1
    return 3 if refused else 0


if __name__ == "__main__":
    sys.exit(main())

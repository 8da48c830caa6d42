"""Tables for pandas and Arrow: an export of chosen columns at one moment.

frame = coffer.tables.to_pandas(store, "messages", fields=["conversation_id", "role", "content"])
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coffer.engine import Engine

if TYPE_CHECKING:
    import pandas
    import pyarrow

Entity = Literal["conversations", "messages", "documents", "prompts"]


def _export(
    store: Engine,
    folder: str,
    entity: Entity,
    fields: Sequence[str] | None,
    where: dict[str, Any] | None,
    limit: int | None,
) -> Path:
    query: dict[str, Any] = {"entity": entity}
    if fields is not None:
        query["fields"] = list(fields)
    if where is not None:
        query["where"] = where
    if limit is not None:
        query["limit"] = limit
    report = store.export(
        Path(folder) / "rows.ndjson", format="ndjson", scope="custom", custom_query=query, compress=False
    ).result()
    return Path(report["path"])


def to_pandas(
    store: Engine,
    entity: Entity,
    fields: Sequence[str] | None = None,
    where: dict[str, Any] | None = None,
    limit: int | None = None,
) -> pandas.DataFrame:
    """Returns a DataFrame with one row per record. Needs pandas, and temporary disk space for the rows as text.

    `fields` are the columns, None for all. `where` is the one of a custom query (coffer/export.h): {field: {op: value}}.
    `limit` is the largest number of rows, None for no limit. Times stay text."""
    import pandas

    with tempfile.TemporaryDirectory() as folder:
        path = _export(store, folder, entity, fields, where, limit)
        return pandas.DataFrame(_rows(path), columns=None if fields is None else list(fields))


def to_arrow(
    store: Engine,
    entity: Entity,
    fields: Sequence[str] | None = None,
    where: dict[str, Any] | None = None,
    limit: int | None = None,
) -> pyarrow.Table:
    """Returns the same rows as ``to_pandas`` as an Arrow table. Needs pyarrow."""
    import pyarrow

    with tempfile.TemporaryDirectory() as folder:
        rows = _rows(_export(store, folder, entity, fields, where, limit))
        names = list(fields) if fields is not None else list(dict.fromkeys(name for row in rows for name in row))
        return pyarrow.table({name: [row.get(name) for row in rows] for name in names})


# The first line of an NDJSON export is its header, the last one its digest.
def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return rows[1:-1]

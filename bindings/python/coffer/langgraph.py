"""A LangGraph store on Coffer: long-term memory that survives the process. Needs langgraph (``pip install
coffer[langgraph]``).

An item is a Coffer document of one owner. Its id is a digest of namespace and key, so get and put cost one look-up. Searches
and listings of namespaces read all items of the owner; if there are many, give each user or agent an owner of its own.
Semantic search is not supported: a `query` raises NotImplementedError. Items do not expire.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)

from coffer.engine import Engine
from coffer.errors import NotFound
from coffer.records import Document

_Namespace = tuple[str, ...]
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, wanted: bool(value == wanted),
    "$ne": lambda value, wanted: bool(value != wanted),
    "$gt": lambda value, wanted: bool(value > wanted),
    "$gte": lambda value, wanted: bool(value >= wanted),
    "$lt": lambda value, wanted: bool(value < wanted),
    "$lte": lambda value, wanted: bool(value <= wanted),
}


def _id_of(namespace: _Namespace, key: str) -> str:
    return hashlib.sha256(json.dumps([*namespace, key]).encode()).hexdigest()


def _fits(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(value == wanted)
    if not any(name.startswith("$") for name in wanted):
        return isinstance(value, dict) and all(_fits(value.get(name), part) for name, part in wanted.items())
    try:
        return all(_OPERATORS[name](value, operand) for name, operand in wanted.items())
    except TypeError:  # not comparable
        return False


def _matches(namespace: _Namespace, condition: MatchCondition) -> bool:
    path = condition.path
    if len(namespace) < len(path):
        return False
    labels = namespace[: len(path)] if condition.match_type == "prefix" else namespace[len(namespace) - len(path) :]
    return all(wanted in ("*", label) for label, wanted in zip(labels, path, strict=True))


class CofferStore(BaseStore):
    """A store of the items of one owner. Many threads may use it at the same time. The puts of one batch are one durable
    commit; its reads see the state before them."""

    def __init__(self, store: Engine, owner_id: str = "langgraph") -> None:
        self._store = store
        self._owner_id = owner_id

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Performs LangGraph operations and returns their results, in the same order."""
        results: list[Result] = []
        puts: dict[tuple[_Namespace, str], PutOp] = {}
        for op in ops:
            if isinstance(op, PutOp):
                puts[(op.namespace, op.key)] = op
                results.append(None)
            else:
                results.append(self._read(op))
        self._put(puts.values())
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Does the same as ``batch`` without blocking the event loop."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _read(self, op: GetOp | SearchOp | ListNamespacesOp) -> Result:
        if isinstance(op, GetOp):
            return self._get(op)
        if isinstance(op, SearchOp):
            return self._search(op)
        return self._namespaces(op)

    def _get(self, op: GetOp) -> Item | None:
        try:
            item: Item = self._item(self._store.get_document(_id_of(op.namespace, op.key)), Item)
            return item
        except NotFound:
            return None

    @staticmethod
    def _item(document: Document, kind: type[Any]) -> Any:
        kept = document.extra_metadata or {}
        return kind(
            namespace=tuple(kept["namespace"]),
            key=kept["key"],
            value=json.loads(kept["value"]),
            created_at=datetime.fromisoformat(document.created_at or ""),
            updated_at=datetime.fromisoformat(document.updated_at or ""),
        )

    def _items(self) -> Iterator[SearchItem]:
        for document in self._store.documents(self._owner_id):
            if document.extra_metadata is not None and "namespace" in document.extra_metadata:
                yield self._item(document, SearchItem)

    def _search(self, op: SearchOp) -> list[SearchItem]:
        if op.query is not None:
            raise NotImplementedError("CofferStore does not support semantic search: omit `query` and use `filter`")
        prefix = op.namespace_prefix
        found = [
            item
            for item in self._items()
            if item.namespace[: len(prefix)] == prefix
            and all(_fits(item.value.get(name), wanted) for name, wanted in (op.filter or {}).items())
        ]
        return found[op.offset : op.offset + op.limit]

    def _namespaces(self, op: ListNamespacesOp) -> list[_Namespace]:
        found = {item.namespace for item in self._items()}
        kept = {
            namespace[: op.max_depth] if op.max_depth is not None else namespace
            for namespace in found
            if all(_matches(namespace, condition) for condition in op.match_conditions or ())
        }
        return sorted(kept)[op.offset : op.offset + op.limit]

    def _put(self, puts: Iterable[PutOp]) -> None:
        gone = []
        with self._store.batch() as batch:
            for op in puts:
                if op.value is None:
                    gone.append(_id_of(op.namespace, op.key))
                else:
                    batch.put_document(self._document(op.namespace, op.key, op.value))
        if gone:
            self._store.bulk_delete("document", gone, owner=self._owner_id)

    # The value is stored as JSON text, so a float is read as a float and not as a Decimal.
    def _document(self, namespace: _Namespace, key: str, value: Mapping[str, Any]) -> Document:
        id = _id_of(namespace, key)
        try:
            created_at = self._store.get_document(id).created_at
        except NotFound:
            created_at = None
        kept = {"namespace": list(namespace), "key": key, "value": json.dumps(value, ensure_ascii=False)}
        now = datetime.now().astimezone().isoformat()
        return Document(
            self._owner_id, "item.json", id=id, extra_metadata=kept, created_at=created_at or now, updated_at=now
        )

"""The LangGraph store with the real package, compared with LangGraph's own in-memory store."""

import asyncio

import coffer
import pytest
from coffer.langgraph import CofferStore
from langgraph.store.memory import InMemoryStore


@pytest.fixture
def store(tmp_path):
    with coffer.open(tmp_path / "data") as engine:
        yield CofferStore(engine)


def fill(store):
    store.put(("users", "anna"), "food", {"likes": "soup", "score": 1.5})
    store.put(("users", "anna"), "place", {"city": "Lisbon", "deep": {"x": 1}, "score": 2})
    store.put(("users", "ben"), "food", {"likes": "bread", "score": 3})
    store.put(("rules",), "tone", {"text": "be brief"})
    return store


def plain(items):
    return sorted((item.namespace, item.key, str(item.value)) for item in items)


@pytest.mark.parametrize(
    "search",
    [
        {"namespace_prefix": ("users",)},
        {"namespace_prefix": ("users", "anna")},
        {"namespace_prefix": ()},
        {"namespace_prefix": ("users",), "filter": {"likes": "soup"}},
        {"namespace_prefix": ("users",), "filter": {"score": {"$gt": 1.5}}},
        {"namespace_prefix": ("users",), "filter": {"score": {"$gte": 1.5, "$lt": 3}}},
        {"namespace_prefix": ("users",), "filter": {"likes": {"$ne": "soup"}}},
        {"namespace_prefix": ("nobody",)},
    ],
)
def test_searches_find_what_the_store_in_memory_finds(store, search):
    prefix = search.pop("namespace_prefix")
    assert plain(fill(store).search(prefix, **search)) == plain(fill(InMemoryStore()).search(prefix, **search))


@pytest.mark.parametrize(
    "listing",
    [
        {},
        {"prefix": ("users",)},
        {"suffix": ("anna",)},
        {"max_depth": 1},
        {"prefix": ("*", "ben")},
        {"limit": 1, "offset": 1},
    ],
)
def test_namespaces_are_those_of_the_store_in_memory(store, listing):
    assert fill(store).list_namespaces(**listing) == fill(InMemoryStore()).list_namespaces(**listing)


def test_items_are_replaced_and_deleted(store):
    fill(store)
    first = store.get(("users", "anna"), "food")
    store.put(("users", "anna"), "food", {"likes": "rice"})
    second = store.get(("users", "anna"), "food")
    assert first.value == {"likes": "soup", "score": 1.5} and second.value == {"likes": "rice"}
    assert second.created_at == first.created_at and second.updated_at > first.updated_at
    store.delete(("users", "anna"), "food")
    store.delete(("users", "anna"), "food")
    assert store.get(("users", "anna"), "food") is None
    with pytest.raises(NotImplementedError, match="query"):
        store.search(("users",), query="food")


def test_calls_are_awaited(store):
    async def work():
        await store.aput(("a",), "k", {"v": 1})
        return (await store.aget(("a",), "k")).value, await store.asearch(("a",))

    value, found = asyncio.run(work())
    assert value == {"v": 1} and len(found) == 1

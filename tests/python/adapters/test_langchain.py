"""The LangChain adapters with the real package."""

import coffer
import pytest
from coffer.langchain import CofferChatMessageHistory, CofferDocumentStore
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage


@pytest.fixture
def store(tmp_path):
    with coffer.open(tmp_path / "data") as engine:
        yield engine


def test_history_comes_back_as_it_was(store):
    history = CofferChatMessageHistory(store, "chat-1", user_id="anna")
    assert history.messages == []
    given = [
        SystemMessage("Be brief."),
        HumanMessage([{"type": "text", "text": "What is this?"}], id="m1"),
        AIMessage("", tool_calls=[{"name": "look", "args": {"x": 1.5}, "id": "t1"}]),
        ToolMessage("a cat", tool_call_id="t1"),
    ]
    history.add_messages(given[:2])
    history.add_messages(given[2:])
    again = CofferChatMessageHistory(store, "chat-1", user_id="anna")
    assert again.messages == given
    assert [message.role for message in store.messages("chat-1")] == ["system", "user", "assistant", "tool"]
    again.clear()
    again.clear()
    assert again.messages == []


def test_messages_of_others_are_read_by_their_role(store):
    store.put_conversation(
        coffer.Conversation("anna", "T", id="chat-1"),
        [
            coffer.Message("a"),
            coffer.Message("b", role="assistant"),
            coffer.Message("c", role="system"),
            coffer.Message("d", role="tool"),
        ],
    )
    messages = CofferChatMessageHistory(store, "chat-1", user_id="anna").messages
    assert [type(message) for message in messages] == [HumanMessage, AIMessage, SystemMessage, ToolMessage]


def test_documents_are_kept_by_key(store):
    documents = CofferDocumentStore(store, owner_id="anna")
    given = [
        (f"doc-{n}", Document(page_content=f"text {n} ü", metadata={"page": n, "deep": {"x": [1, None]}})) for n in range(3)
    ]
    documents.mset(given)
    assert documents.mget(["doc-1", "none", "doc-0"]) == [given[1][1], None, given[0][1]]
    assert sorted(documents.yield_keys(prefix="doc-")) == ["doc-0", "doc-1", "doc-2"]
    documents.mdelete(["doc-0", "doc-1", "none"])
    assert list(documents.yield_keys()) == ["doc-2"]
    with pytest.raises(coffer.InvalidArgument):
        documents.mset([("not a key", Document(page_content="x"))])

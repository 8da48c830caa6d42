"""Tables for pandas and Arrow with the real packages."""

import coffer
import coffer.tables
import pytest


@pytest.fixture
def store(tmp_path):
    with coffer.open(tmp_path / "data") as engine:
        engine.put_conversation(
            coffer.Conversation("anna", "T", id="c1"),
            [coffer.Message("one"), coffer.Message("two", role="assistant", cost=0.5)],
        )
        yield engine


def test_messages_become_a_data_frame(store):
    frame = coffer.tables.to_pandas(store, "messages", fields=["sequence_number", "role", "content", "cost"])
    assert list(frame["content"]) == ["one", "two"] and list(frame["sequence_number"]) == [0, 1]
    assert frame["cost"].isna()[0] and frame["cost"][1] == 0.5
    one = coffer.tables.to_pandas(store, "messages", where={"role": {"eq": "assistant"}}, limit=5)
    assert list(one["content"]) == ["two"]


def test_messages_become_an_arrow_table(store):
    table = coffer.tables.to_arrow(store, "messages", fields=["role", "content"])
    assert table.to_pydict() == {"role": ["user", "assistant"], "content": ["one", "two"]}
    assert coffer.tables.to_arrow(store, "prompts").num_rows == 0
    with pytest.raises(coffer.InvalidArgument):
        coffer.tables.to_arrow(store, "messages", where={"role": {"like": "x"}})

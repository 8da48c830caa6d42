"""Records: writing, reading, listing, batches and snapshots."""

import dataclasses
import json
import pickle
import threading
from decimal import Decimal
from pathlib import Path

import coffer
import pytest
from coffer import Conversation, Document, Message, Prompt


@pytest.fixture
def store(tmp_path: Path):
    with coffer.open(tmp_path / "data") as engine:
        yield engine


def test_records_come_back_as_they_were_given(store):
    conversation = Conversation(
        user_id="anna",
        title='Ünïcödé " \\ \n \x01',
        tags=["a"],
        temperature=0.7,
        total_cost=Decimal("1.50"),
        extra_metadata={"deep": [1, {"x": None, "yes": True}], "big": 10**30},
        unknown_members={"color": "red", "none": None},
    )
    id = store.put_conversation(conversation, [Message("Hello"), Message("Good day", role="assistant", cost=0.25)])
    read = store.get_conversation(id)
    assert len(id) == 26 and read.id == id
    assert read.title == conversation.title and read.tags == ["a"]
    assert read.extra_metadata == conversation.extra_metadata
    assert read.unknown_members == {"color": "red", "none": None}
    assert read.temperature == Decimal("0.7") and str(read.total_cost) == "1.50"
    assert [message.content for message in read.messages] == ["Hello", "Good day"]
    assert read.messages[1].role == "assistant" and read.messages[1].cost == Decimal("0.25")
    # A record that was read can be written again, and stays the same.
    text = store.get_conversation_json(id)
    assert store.put_conversation(read, read.messages) == id
    assert store.get_conversation_json(id) == text
    assert store.get_conversation(id, with_messages=False).messages is None


def test_read_records_behave_as_dataclasses(store):
    store.put_prompt(Prompt("a", "n", "c", id="p1", unknown_members={"x": 1}))
    prompt = store.get_prompt("p1")
    assert prompt.description is None and prompt.unknown_members == {"x": 1}
    assert dataclasses.replace(prompt) == prompt == Prompt(**dataclasses.asdict(prompt))
    assert pickle.loads(pickle.dumps(prompt)) == prompt and "owner_id='a'" in repr(prompt)
    prompt.description = "d"
    store.put_prompt(prompt)
    assert store.get_prompt("p1").description == "d"


def test_text_dicts_and_dataclasses_are_records(store):
    assert store.put_prompt({"id": "p1", "owner_id": "a", "name": "n", "content": "c"}) == "p1"
    assert store.put_prompt('{"id":"p2","owner_id":"a","name":"n","content":"c"}') == "p2"
    assert store.put_prompt(b'{"id":"p3","owner_id":"a","name":"n","content":"c"}') == "p3"
    assert store.put_prompt(Prompt("a", "n", "c", id="p4")) == "p4"
    assert [prompt.id for prompt in store.prompts()] == ["p1", "p2", "p3", "p4"]


def test_digits_of_any_length_survive(store):
    digits = "1" + "0" * 5000
    store.put_prompt('{"id":"p1","owner_id":"a","name":"n","content":"c","x":' + digits + ',"y":1E400}')
    prompt = store.get_prompt("p1")
    store.put_prompt(prompt)
    assert f'"x":{digits}' in store.get_prompt_json("p1") or "1E+5000" in store.get_prompt_json("p1")
    assert prompt.unknown_members["y"] == Decimal("1E400")


@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"owner_id": "a", "name": "n"}, coffer.InvalidArgument),
        ({"owner_id": "a", "name": "n", "content": float("nan")}, ValueError),
        ({"owner_id": "a", "name": "n", "content": "c", "x": Decimal("NaN")}, coffer.InvalidArgument),
        ({"owner_id": "a", "name": "n", "content": object()}, TypeError),
        ({"owner_id": "a", "name": "n", "content": "\ud800"}, UnicodeEncodeError),
        ({1: 2}, TypeError),
        ({"owner_id": "a", "name": "n", "content": "c", "messages": []}, coffer.InvalidArgument),
        (Prompt("a", "n", "c", unknown_members={"name": "again"}), coffer.InvalidArgument),
        (17, TypeError),
        ("{", coffer.InvalidArgument),
        (b"\xff", coffer.InvalidArgument),
    ],
)
def test_bad_records_are_refused_and_nothing_is_written(store, record, error):
    with pytest.raises(error):
        store.put_prompt(record)
    assert list(store.prompts()) == []


def test_nesting_without_an_end_is_refused(store):
    loop: dict = {}
    loop["again"] = loop
    with pytest.raises(ValueError, match="256"):
        store.put_prompt({"owner_id": "a", "name": "n", "content": "c", "x": loop})


def test_each_code_has_its_class(store):
    with pytest.raises(coffer.NotFound) as caught:
        store.get_prompt("none")
    assert isinstance(caught.value, (coffer.CofferError, LookupError)) and caught.value.code == "not_found"
    assert "none" in str(caught.value)
    store.put_prompt(Prompt("a", "n", "c", id="p1"))
    with pytest.raises(coffer.AlreadyExists):
        store.put_prompt(Prompt("a", "n", "c", id="p1"), mode="insert")
    with pytest.raises(coffer.NotFound):
        store.put_prompt(Prompt("a", "n", "c", id="p2"), mode="update")
    with pytest.raises(ValueError, match="upsert"):
        store.put_prompt(Prompt("a", "n", "c"), mode="perhaps")
    with pytest.raises(coffer.InvalidArgument):
        store.get_prompt("not an id")
    with pytest.raises(coffer.Busy, match="data"):
        coffer.open(store_folder(store))


def store_folder(store) -> str:
    return store.keys()["identity_file"].removesuffix("/keys/identity.txt") or store.generate_key()[
        "identity_file"
    ].removesuffix("/keys/identity.txt")


def test_messages_are_appended_read_and_deleted(store):
    id = store.put_conversation(Conversation("anna", "T"))
    assert [store.append_message(id, Message(str(n))) for n in range(3)] == [0, 1, 2]
    store.put_message(id, Message("two", sequence_number=2))
    assert [message.content for message in store.messages(id)] == ["0", "1", "two"]
    assert [message.content for message in store.messages(id, from_sequence=2)] == ["two"]
    assert store.get_message(id, 1).content == "1"
    store.delete_message(id, 1)
    with pytest.raises(coffer.NotFound):
        store.get_message(id, 1)
    store.put_conversation(Conversation("anna", "T", id=id), messages=[])
    assert list(store.messages(id)) == []


def test_listing_goes_over_all_pages(store):
    with store.batch(durable=False) as batch:
        for n in range(2500):
            batch.put_prompt(Prompt("anna" if n % 2 else "ben", "n", "c", id=f"p{n:05}"))
    assert len(batch.outcomes) == 2500 and batch.outcomes[0].outcome == "created"
    assert sum(1 for _ in store.prompts()) == 2500
    assert sum(1 for _ in store.prompts(owner="anna")) == 1250
    items, after = store.page_json("prompt", limit=10)
    assert len(items) == 10 and after
    assert json.loads(store.page_json("prompt", limit=1, after=after)[0][0])["id"] == "p00010"


def test_batch_is_dropped_where_an_exception_leaves_it(store):
    with pytest.raises(RuntimeError):
        with store.batch() as batch:
            batch.put_prompt(Prompt("a", "n", "c", id="p1"))
            raise RuntimeError
    with pytest.raises(ValueError, match="closed"):
        batch.commit()
    assert list(store.prompts()) == []


def test_failed_commit_applies_nothing(store):
    batch = store.batch()
    batch.put_prompt(Prompt("a", "n", "c", id="p1"))
    batch.append_message("c9", Message("x"))
    with pytest.raises(coffer.NotFound):
        batch.commit()
    assert len(batch) == 2 and batch.size > 0
    batch.clear()
    assert len(batch) == 0
    batch.close()
    assert list(store.prompts()) == []


def test_snapshot_reads_one_moment(store):
    store.put_prompt(Prompt("a", "n", "c", id="p1"))
    with store.snapshot() as moment:
        store.delete("prompt", "p1", owner="a")
        assert moment.get_prompt("p1").content == "c"
        assert len(list(moment.prompts())) == 1
        with pytest.raises(coffer.Busy):
            store.close()
    assert list(store.prompts()) == []
    with pytest.raises(ValueError, match="closed"):
        moment.get_prompt("p1")


def test_contents_are_file_objects(store, tmp_path):
    big = bytes(range(256)) * 10_000
    id = store.put_document(Document("anna", "a.bin"), content=big)
    with store.open_content(id) as reader:
        assert reader.size == len(big) and len(reader.sha256) == 64
        assert reader.read(3) == b"\0\1\2"
        assert reader.seek(-2, 2) == len(big) - 2 and reader.read() == b"\xfe\xff"
        assert reader.seek(1) == 1 and reader.tell() == 1 and reader.seek(1, 1) == 2
        reader.seek(0)
        assert reader.read() == big
        with pytest.raises(ValueError):
            reader.seek(-1)
    with pytest.raises(ValueError, match="closed"):
        reader.read(1)

    path = tmp_path / "file"
    path.write_bytes(b"from a file")
    with path.open("rb") as file:
        store.set_content(id, file)
    with store.open_content(id) as reader:
        assert reader.readall() == b"from a file"
    with store.new_content() as writer:
        writer.write(b"in ")
        writer.write(bytearray(b"pieces"))
        assert writer.size == 9 and len(writer.finish()) == 64
        store.set_content(id, writer)
        with pytest.raises(ValueError, match="closed"):
            store.set_content(id, writer)
    assert store.get_document(id).file_size == 9
    with pytest.raises(coffer.NotFound):
        store.open_content("none")
    with pytest.raises(coffer.InvalidArgument):
        store.put_document(Document("", "a.bin"), content=b"x")
    assert store.check_integrity()["ok"]


def test_threads_read_and_write_side_by_side(store):
    failures = []

    def work(owner: str) -> None:
        try:
            for n in range(200):
                store.put_prompt(Prompt(owner, "n", "c", id=f"{owner}-{n}"))
                assert store.get_prompt(f"{owner}-{n}").owner_id == owner
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(f"user{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and sum(1 for _ in store.prompts()) == 800


def test_closed_engine_refuses_calls(tmp_path):
    store = coffer.open(tmp_path / "data")
    store.close()
    store.close()
    with pytest.raises(coffer.InvalidArgument, match="closed"):
        store.get_prompt("p1")
    with pytest.raises(coffer.NotFound):
        coffer.open(tmp_path / "other", create=False)


def test_read_only_store_refuses_writes(tmp_path):
    coffer.open(tmp_path / "data").close()
    with coffer.open(tmp_path / "data", read_only=True) as store:
        with pytest.raises(coffer.PermissionDenied):
            store.put_prompt(Prompt("a", "n", "c"))


def test_bulk_writer_commits_all_and_tells_what_failed(store):
    with store.bulk_writer(records_per_commit=10) as writer:
        for n in range(25):
            writer.put_prompt(Prompt("a", "n", "c", id=f"p{n:02}"))
        writer.put_conversation(Conversation("a", "T", id="c1"), [Message("x")])
        writer.append_message("c1", Message("y"))
        writer.put_document(Document("a", "f", id="d1"))
    assert store.statistics()["records_by_kind"] == {"conversations": 1, "messages": 2, "documents": 1, "prompts": 25}

    with pytest.raises(coffer.AlreadyExists):
        with store.bulk_writer(records_per_commit=2) as writer:
            for id in ("q1", "q2", "p00", "q3", "q4"):
                writer.put_prompt(Prompt("a", "n", "c", id=id), mode="insert")
    ids = {prompt.id for prompt in store.prompts()}
    assert {"q1", "q2"} <= ids and "q3" not in ids and "q4" not in ids

    with pytest.raises(RuntimeError):
        with store.bulk_writer() as writer:
            writer.put_prompt(Prompt("a", "n", "c", id="r1"))
            raise RuntimeError
    with pytest.raises(coffer.NotFound):
        store.get_prompt("r1")

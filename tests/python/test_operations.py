"""Operations: import, export, backup, restore, erase; with wait, progress, await and cancel."""

import asyncio
import io
import json
import tarfile
from pathlib import Path

import coffer
import pytest
from coffer import Conversation, Document, Message, Prompt


@pytest.fixture
def store(tmp_path: Path):
    with coffer.open(tmp_path / "data") as engine:
        engine.put_conversation(Conversation("anna", "T", id="c1"), [Message("x")])
        engine.put_prompt(Prompt("ben", "n", "c", id="p1"))
        yield engine


class Endless(io.RawIOBase):
    """Endless records."""

    line = b'{"type":"prompt","owner_id":"a","name":"n","content":"c"}\n'

    def read(self, size: int = -1, /) -> bytes:
        return (self.line * (size // len(self.line) + 1))[:size] if size >= 0 else b""


class Failing(io.RawIOBase):
    def read(self, size: int = -1, /) -> bytes:
        raise RuntimeError("the source failed")


def test_export_comes_back_by_import(store, tmp_path):
    report = store.export(tmp_path / "all.ndjson", format="ndjson", compress=False).result()
    assert report["conversations"] == 1 and report["prompts"] == 1 and report["path"] == str(tmp_path / "all.ndjson")
    with pytest.raises(coffer.AlreadyExists):
        store.export(tmp_path / "all.ndjson").result()
    with coffer.open(tmp_path / "other") as other:
        with (tmp_path / "all.ndjson").open("rb") as file:
            assert other.import_stream(file).result()["imported"]["conversations"] == 1
        assert other.import_files(tmp_path / "all.ndjson").result()["skipped"] >= 2
        assert other.get_conversation_json("c1") == store.get_conversation_json("c1")


def test_import_tells_lines_that_it_refused(store):
    report = store.import_stream(
        io.BytesIO(b'{"name":"n","content":"c"}\n{'), kind="prompt", owner="a", generate_ids=True
    ).result()
    assert report["imported"]["prompts"] == 1 and report["errors"][0]["line"] == 2
    with pytest.raises(coffer.NotFound):
        store.import_files("missing.ndjson")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_source_that_fails_ends_the_import(store):
    with pytest.raises(coffer.IoError):
        store.import_stream(Failing()).result()


def test_operation_is_cancelled(store):
    operation = store.import_stream(Endless(), generate_ids=True)
    assert not operation.wait(0.01)
    with pytest.raises(TimeoutError):
        operation.result(0.01)
    operation.cancel()
    with pytest.raises(coffer.Cancelled):
        operation.result()
    assert operation.progress().state == "cancelled" and operation.info()["error"]["code"] == "cancelled"


def test_watcher_sees_the_end_and_its_exception_cancels(store):
    seen = []
    store.export().watch(seen.append, 0.001)
    assert seen[-1].state == "completed" and seen[-1].percent == 100

    def refuse(progress: coffer.Progress) -> None:
        raise KeyError(progress.state)

    operation = store.import_stream(Endless(), generate_ids=True)
    with pytest.raises(KeyError):
        operation.watch(refuse, 0.001)
    with pytest.raises(coffer.Cancelled):
        operation.result()


async def wait_for(operation: coffer.Operation) -> dict:
    return await operation


def test_operations_are_awaited(store):
    async def work() -> None:
        report = await store.export()
        assert report["prompts"] == 1
        states = [progress.state async for progress in store.export().follow(0.001)]
        assert states[-1] == "completed"
        with pytest.raises(coffer.InvalidArgument):
            await store.export(scope="user")
        operation = store.import_stream(Endless(), generate_ids=True)
        task = asyncio.ensure_future(wait_for(operation))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert operation.progress().state in ("pending", "running")
        operation.cancel()

    asyncio.run(work())


def test_backup_is_checked_opened_and_restored(store, tmp_path):
    backup = store.backup(name="nightly").result()
    id = backup["backup_id"]
    assert [item["backup_id"] for item in store.backups()] == [id]
    assert store.verify_backup(id, level=4).result()["ok"]
    store.delete("prompt", "p1")
    with store.open_backup(id) as past:
        assert past.get_prompt("p1").content == "c"
        with pytest.raises(coffer.PermissionDenied):
            past.delete("prompt", "p1")
    with coffer.open_backup(tmp_path / "data" / "backups", identity_file=store.keys()["identity_file"]) as past:
        assert past.get_prompt("p1").content == "c"
    dry = store.restore(dry_run=True).result()
    assert dry["prompts"] == 1
    with pytest.raises(coffer.NotFound):
        store.get_prompt("p1")
    restore = store.restore(id, scope="prompts", ids=["p1"]).result()
    assert store.get_prompt("p1").content == "c"
    store.roll_back(restore["restore_id"]).result()
    with pytest.raises(coffer.NotFound):
        store.get_prompt("p1")
    store.restore(id).result()
    assert store.get_prompt("p1").content == "c"


def test_backup_is_one_file_to_copy(store, tmp_path):
    id = store.backup(encrypt=False).result()["backup_id"]
    with store.open_backup_archive() as archive, tarfile.open(fileobj=archive) as tar:
        tar.extractall(tmp_path / "copy")
    with coffer.open_backup(tmp_path / "copy", id) as past:
        assert past.get_prompt("p1").content == "c"
    with pytest.raises(ValueError, match="closed"):
        archive.read(1)
    with pytest.raises(coffer.NotFound):
        store.open_backup_archive("none")


def test_chats_of_another_program_come_in(store):
    message = {"id": "b", "author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hello"]}}
    nodes = {
        "a": {"id": "a", "message": None, "parent": None, "children": ["b"]},
        "b": {"id": "b", "message": message, "parent": "a", "children": []},
    }
    chat = {"id": "chat-1", "title": "T", "create_time": 1.7e9, "update_time": 1.7e9, "current_node": "b", "mapping": nodes}
    source = json.dumps([chat]).encode()
    assert store.import_stream(io.BytesIO(source), format="chatgpt").result()["imported"]["conversations"] == 0
    report = store.import_stream(io.BytesIO(source), format="chatgpt", owner="clara").result()
    assert report["imported"]["conversations"] == 1
    (conversation,) = store.conversations(owner="clara")
    assert [message.content for message in store.messages(conversation.id)] == ["Hello"]


def test_retention_and_trash(store):
    first = store.backup(encrypt=False).result()["backup_id"]
    second = store.backup("incremental", encrypt=False).result()["backup_id"]
    plan = store.prune(keep_last=1, plan=True, as_of="2100-01-01T00:00:00Z").result()
    assert [item["id"] for item in plan["drop"]] == [first] and second in [item["id"] for item in plan["keep"]]
    assert store.delete_backup(first)["deleted_at"]
    assert [item["backup_id"] for item in store.deleted_backups()] == [first]
    store.undelete_backup(first)
    assert len(store.backups()) == 2


def test_bulk_deletes_tell_what_became_of_each(store):
    report = store.bulk_delete("prompt", ["p1", "p9"], dry_run=True)
    assert (report["deleted"], report["failed"], report["errors"][0]["id"]) == (1, 1, "p9")
    assert store.bulk_delete_where("conversation", owner="ben")["deleted"] == 0
    assert store.bulk_delete_where("conversation", created_before="2100-01-01T00:00:00Z")["deleted"] == 1
    assert store.start_bulk_delete("prompt", ["p1"]).result()["deleted"] == 1
    assert store.statistics()["total_records"] == 0


def test_erased_user_is_gone(store):
    store.put_document(Document("anna", "f"), content=b"x")
    report = store.erase_user("anna").result()
    assert report["erased"]["conversations"] == 1 and report["erased"]["documents"] == 1
    store.erase("prompt", ["p1"]).result()
    assert store.check_integrity()["ok"] and store.statistics()["total_records"] == 0


def test_journal_keys_and_tokens(store):
    operation = store.export(principal="anna")
    operation.result()
    assert store.operation_info(operation.id)["principal"] == "anna"
    assert [item["id"] for item in store.operations(kind="export", state="completed")] == [operation.id]
    store.cancel_operation(operation.id)
    assert "coffer.Operation" in repr(operation)
    assert store.keys()["recipients"] == [] and store.generate_key()["recipients"][0].startswith("age1")
    token = store.create_token("anna", expires_at="2100-01-01T00:00:00Z")
    assert store.authenticate(token["secret"])["user_id"] == "anna"
    assert "secret" not in json.dumps(store.tokens())
    store.revoke_token(token["id"])
    with pytest.raises(coffer.PermissionDenied):
        store.authenticate(token["secret"])


def test_store_is_looked_after(store):
    before, after = store.reclaim()
    assert before > 0 and after > 0
    store.sync()
    assert store.statistics()["records_by_kind"]["prompts"] == 1
    with pytest.raises(coffer.NotFound):
        coffer.open_backup("nowhere")

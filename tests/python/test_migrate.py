"""Migration of SQLite tables to records."""

import sqlite3

import coffer
import pytest
from coffer.migrate import Lines, line_of, main, value_of, with_sequence


@pytest.fixture
def tables(tmp_path):
    path = tmp_path / "chat.db"
    database = sqlite3.connect(path)
    database.executescript("""
      CREATE TABLE chats(id INTEGER PRIMARY KEY, owner TEXT, subject TEXT, created TEXT, tags TEXT, mood REAL);
      CREATE TABLE lines(chat INTEGER, number INTEGER, who TEXT, text TEXT);
      CREATE TABLE files(id TEXT, owner TEXT, name TEXT, data BLOB);
      INSERT INTO chats VALUES(1, 'anna', 'Trip', '2026-01-02 03:04:05', '["a"]', 0.5), (2, 'ben', NULL, NULL, NULL, NULL);
      INSERT INTO lines VALUES(1, 7, 'user', 'Hello'), (1, 9, 'assistant', 'Good day');
      INSERT INTO files VALUES('f1', 'anna', 'a.bin', X'0001FF');
    """)
    database.commit()
    database.close()
    return str(path)


WORDS = [
    "--conversations",
    "SELECT id, owner AS user_id, subject AS title, created AS created_at, tags, mood FROM chats",
    "--messages",
    "SELECT chat AS conversation_id, who AS role, text AS content FROM lines ORDER BY chat, number",
    "--documents",
    "SELECT id, owner AS owner_id, name AS filename, data AS content FROM files",
]


def test_tables_become_records_and_a_second_run_adds_nothing(tables, tmp_path, capsys):
    data = str(tmp_path / "data")
    assert main([tables, data, *WORDS]) == 3
    told = capsys.readouterr()
    assert "conversations: 1 stored, 0 there already, 1 refused" in told.out and "title" in told.err
    with coffer.open(data) as store:
        conversation = store.get_conversation("1")
        assert conversation.created_at == "2026-01-02T03:04:05.000000Z" and conversation.tags == ["a"]
        assert float(conversation.unknown_members["mood"]) == 0.5
        assert [(m.sequence_number, m.role, m.content) for m in conversation.messages] == [
            (0, "user", "Hello"),
            (1, "assistant", "Good day"),
        ]
        assert store.open_content("f1").readall() == b"\x00\x01\xff"
    assert main([tables, data, *WORDS[:2], *WORDS[4:]]) == 3
    assert "conversations: 0 stored, 1 there already" in capsys.readouterr().out


def test_failures_are_told_and_change_nothing(tables, tmp_path, capsys):
    data = str(tmp_path / "data")
    assert main([str(tmp_path / "none.db"), data, *WORDS]) == 1
    assert main([tables, data, "--prompts", "SELECT x FROM nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err
    with coffer.open(data) as store:
        assert store.statistics()["total_records"] == 0


def test_numbers_follow_the_rows_of_a_conversation():
    rows = [{"conversation_id": id} for id in "aab"] + [{"conversation_id": "b", "sequence_number": 5}]
    assert [row["sequence_number"] for row in with_sequence(rows)] == [0, 1, 0, 5]


def test_values_take_the_form_of_their_member():
    assert value_of("created_at", "2026-01-02 03:04:05.5") == "2026-01-02T03:04:05.5Z"
    assert value_of("created_at", "2026-01-02T03:04:05Z") == "2026-01-02T03:04:05Z"
    assert value_of("is_public", 1) is True and value_of("version", 1) == 1
    assert value_of("content", "[1]") == "[1]" and value_of("tags", "[1]") == [1]
    assert line_of("prompt", {"id": 5, "owner_id": 7, "x": None}) == b'{"type":"prompt","id":"5","owner_id":"7"}\n'


def test_lines_are_given_in_pieces_of_any_size():
    lines = Lines(iter([b"one\n", b"two\n"]))
    assert b"".join(iter(lambda: lines.read(3), b"")) == b"one\ntwo\n"

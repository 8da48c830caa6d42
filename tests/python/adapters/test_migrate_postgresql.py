"""Migration of PostgreSQL tables to records, with PostgreSQL's own types and driver."""

import os
import sys
from decimal import Decimal
from pathlib import Path

import coffer
import psycopg
import pytest
from coffer.migrate import main

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
import postgresql_cluster  # noqa: E402

TABLES = """
CREATE SEQUENCE tickets;
CREATE TYPE speaker AS ENUM ('user', 'assistant');
CREATE TABLE chats(id uuid, owner bigint, subject text, created timestamp, changed timestamptz, tags text[], seen date,
                   facts jsonb, price numeric, open boolean);
CREATE TABLE lines(chat uuid, number int, who speaker, text text, calls jsonb);
CREATE TABLE files(id int, owner text, name text, data bytea);
CREATE TABLE templates(id text, owner text, name text, text text, made date, public boolean);
INSERT INTO chats VALUES
  ('00000000-0000-0000-0000-00000000000A', 9007199254740993, 'Trip', '2026-01-02 03:04:05.5', '2026-01-02 03:04:06+02',
   '{a,"b c"}', '2026-01-03', '{"deep": [0.1234567890123456789, null]}', 0.10, true),
  ('00000000-0000-0000-0000-00000000000B', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO lines VALUES
  ('00000000-0000-0000-0000-00000000000A', 2, 'assistant', 'Good day', '[{"id": "t", "score": 0.30000000000000000001}]'),
  ('00000000-0000-0000-0000-00000000000A', 1, 'user', 'Grüße 🌍', NULL);
INSERT INTO files VALUES (7, 'anna', 'a.bin', '\\x0001ff');
INSERT INTO templates VALUES ('p', 'anna', 'Sum', 'Sum up', '2026-01-02', true);
"""
CONVERSATIONS = [
    "--conversations",
    "SELECT id, owner AS user_id, subject AS title, created AS created_at, changed AS updated_at, tags, seen, facts, price,"
    " open FROM chats ORDER BY id",
]
MESSAGES = [
    "--messages",
    "SELECT chat AS conversation_id, who AS role, text AS content, calls AS tool_calls FROM lines ORDER BY chat, number",
]
DOCUMENTS = ["--documents", "SELECT id, owner AS owner_id, name AS filename, data AS content FROM files"]
PROMPTS = [
    "--prompts",
    "SELECT id, owner AS owner_id, name, text AS content, made AS created_at, public AS is_public FROM templates",
]
ID = "00000000-0000-0000-0000-00000000000a"
# Fails at the row `last`, if it is reached.
NUMBERED = """SELECT 'p' || n AS id, 'anna' AS owner_id, 'N' AS name, (1 / ({last} - n))::text AS content
              FROM generate_series(1, 20000) n"""


@pytest.fixture(scope="module")
def cluster():
    binaries = postgresql_cluster.binaries()
    if binaries is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("PostgreSQL is not installed")
    with postgresql_cluster.Cluster(binaries) as cluster:
        with psycopg.connect(cluster.address) as connection:
            connection.execute(TABLES)
        yield cluster


def test_columns_become_members_by_their_types(cluster, tmp_path, capsys):
    data = str(tmp_path / "data")
    assert main([cluster.address, data, *CONVERSATIONS, *MESSAGES, *DOCUMENTS, *PROMPTS]) == 3
    told = capsys.readouterr()
    assert "conversations: 1 stored, 0 there already, 1 refused" in told.out and "row 2: " in told.err
    with coffer.open(data) as store:
        conversation = store.get_conversation(ID)
        assert (conversation.user_id, conversation.title) == ("9007199254740993", "Trip")
        assert conversation.created_at == "2026-01-02T03:04:05.500000Z"
        assert conversation.updated_at == "2026-01-02T01:04:06.000000Z"
        assert conversation.tags == ["a", "b c"]
        assert conversation.unknown_members["seen"] == "2026-01-03" and conversation.unknown_members["open"] is True
        assert [(m.sequence_number, m.role, m.content) for m in conversation.messages] == [
            (0, "user", "Grüße 🌍"),
            (1, "assistant", "Good day"),
        ]
        assert store.open_content("7").readall() == b"\x00\x01\xff"
        prompt = store.get_prompt("p")
        assert prompt.is_public is True and prompt.created_at == "2026-01-02T00:00:00.000000Z"


def test_numbers_keep_their_digits(cluster, tmp_path):
    data = str(tmp_path / "data")
    main([cluster.address, data, *CONVERSATIONS, *MESSAGES])
    with coffer.open(data) as store:
        text = store.get_conversation_json(ID)
        conversation = store.get_conversation(ID)
    assert '"price":0.10' in text and "0.30000000000000000001" in text
    assert conversation.unknown_members["facts"]["deep"][0] == Decimal("0.1234567890123456789")


def test_a_second_run_completes_one_that_the_database_cut_off(cluster, tmp_path, capsys):
    data = str(tmp_path / "data")
    assert main([cluster.address, data, "--prompts", NUMBERED.format(last=15000)]) == 1
    assert "division by zero" in capsys.readouterr().err
    with coffer.open(data) as store:
        kept = store.statistics()["total_records"]
        assert 0 < kept < 15000
    assert main([cluster.address, data, "--prompts", NUMBERED.format(last=30000)]) == 0
    assert f"prompts: {20000 - kept} stored, {kept} there already, 0 refused" in capsys.readouterr().out


def test_failures_are_told_and_change_nothing(cluster, tmp_path, capsys):
    data = str(tmp_path / "data")
    assert main([cluster.address, data, "--prompts", "SELECT x FROM nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert main([cluster.address, data, "--prompts", "SELECT 'p' AS id, interval '1 day' AS content"]) == 1
    assert "content: JSON cannot hold this value" in capsys.readouterr().err
    assert main([f"postgresql:///postgres?host={tmp_path}", data, *PROMPTS]) == 1
    assert "connection" in capsys.readouterr().err
    with coffer.open(data) as store:
        assert store.statistics()["total_records"] == 0


def test_a_select_cannot_write(cluster, tmp_path, capsys):
    data = str(tmp_path / "data")
    assert main([cluster.address, data, "--prompts", "SELECT nextval('tickets')::text AS id"]) == 1
    assert "read-only transaction" in capsys.readouterr().err
    with psycopg.connect(cluster.address) as connection:
        assert connection.execute("SELECT is_called FROM tickets").fetchone() == (False,)

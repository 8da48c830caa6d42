"""What Python costs: the same conversations, written in batches of 500 and read by id, from C++, from Python through coffer,
and from Python through its sqlite3 (WAL, synchronous=FULL), each in a process of its own.

  python_bench.py PYTHON_PEER SCRATCH

The application's side is the same for both: one dict per record. SQLite gets the columns from it and returns rows; coffer takes
the dicts and returns records, or JSON text as C++ does."""

import json
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 3
BATCH = 500
READS = 20_000
SEED = 20_261_122

SCHEMA = """
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -98304;
  CREATE TABLE conversations(
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, tags TEXT, extra_metadata TEXT);
  CREATE INDEX conversations_by_owner ON conversations(user_id, created_at);
  CREATE TABLE messages(
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    sequence_number INTEGER NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY(conversation_id, sequence_number));
"""


def read_lines(path):
    conversations = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            conversation = json.loads(line)
            conversations.append((conversation, conversation.pop("messages")))
    return conversations


def batches_of(conversations):
    return [conversations[i : i + BATCH] for i in range(0, len(conversations), BATCH)]


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def microseconds_per_read(read, ids):
    """Every id twice: the first read opens files."""
    places = random.Random(SEED).choices(ids, k=READS)

    def read_all():
        for id in places:
            read(id)

    read_all()
    return seconds(read_all) / READS * 1e6


def run_coffer(lines, store_folder):
    import coffer

    conversations = read_lines(lines)
    ids = [conversation["id"] for conversation, _ in conversations]
    with coffer.open(store_folder) as store:

        def ingest():
            with store.bulk_writer(BATCH) as writer:
                for conversation, messages in conversations:
                    writer.put_conversation(conversation, messages)

        figures = {"ingest_s": seconds(ingest)}
        conversations.clear()  # otherwise Python's collector scans them repeatedly while records are read
        store.reclaim()
        figures["read_text_us"] = microseconds_per_read(store.get_conversation_json, ids)
        figures["read_us"] = microseconds_per_read(store.get_conversation, ids)
    return figures


def text(value):
    return None if value is None else json.dumps(value, ensure_ascii=False)


def run_sqlite(lines, store_folder):
    conversations = read_lines(lines)
    ids = [conversation["id"] for conversation, _ in conversations]
    database = sqlite3.connect(Path(store_folder).with_suffix(".sqlite"), isolation_level=None)
    database.executescript(SCHEMA)

    def ingest():
        for part in batches_of(conversations):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "INSERT INTO conversations VALUES(?,?,?,?,?,?,?,?)",
                (
                    (
                        c["id"],
                        c["user_id"],
                        c["title"],
                        c["status"],
                        c["created_at"],
                        c["updated_at"],
                        text(c.get("tags")),
                        text(c.get("extra_metadata")),
                    )
                    for c, _ in part
                ),
            )
            database.executemany(
                "INSERT INTO messages VALUES(?,?,?,?,?,?)",
                (
                    (c["id"], m["sequence_number"], m["id"], m["role"], m["content"], m["created_at"])
                    for c, messages in part
                    for m in messages
                ),
            )
            database.execute("COMMIT")

    def read(id):
        row = database.execute("SELECT * FROM conversations WHERE id = ?", (id,)).fetchone()
        return row, database.execute(
            "SELECT * FROM messages WHERE conversation_id = ? ORDER BY sequence_number", (id,)
        ).fetchall()

    figures = {"ingest_s": seconds(ingest)}
    conversations.clear()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    figures["read_us"] = microseconds_per_read(read, ids)
    return figures


def apart(*words):
    done = subprocess.run(list(map(str, words)), check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def median(rounds):
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}


def row(work, figures, ratio, must_reach):
    print(f"| {work} | {figures} | {ratio:.2f} | ≥ {must_reach} |")


def main(peer, scratch):
    scratch = Path(scratch)
    lines = scratch / "records.ndjson"
    results = {"cpp": [], "coffer": [], "sqlite": []}
    for _ in range(ROUNDS):
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        for name, rounds in results.items():
            store = scratch / name
            rounds.append(
                apart(peer, lines, store) if name == "cpp" else apart(sys.executable, __file__, name, lines, store)
            )
    cpp, python, sqlite = (median(rounds) for rounds in results.values())
    shutil.rmtree(scratch)

    print("| work | C++, Python, sqlite3 | ratio | must reach |\n|---|---|---|---|")
    ingest = f"{cpp['ingest_s']:.2f}, {python['ingest_s']:.2f}, {sqlite['ingest_s']:.2f} s"
    row("durable writes, 500 a commit, rate against C++", ingest, cpp["ingest_s"] / python["ingest_s"], 0.5)
    row("the same against sqlite3", ingest, sqlite["ingest_s"] / python["ingest_s"], 1.5)
    reads = f"{cpp['read_us']:.1f}, {python['read_us']:.1f}, {sqlite['read_us']:.1f} µs"
    row("read of a conversation as records, rate against C++", reads, cpp["read_us"] / python["read_us"], 0.3)
    row("the same against sqlite3's rows", reads, sqlite["read_us"] / python["read_us"], 1.0)
    texts = f"{cpp['read_us']:.1f}, {python['read_text_us']:.1f}, {sqlite['read_us']:.1f} µs"
    row("read of it as JSON text, rate against C++", texts, cpp["read_us"] / python["read_text_us"], 0.3)
    row("the same against sqlite3's rows", texts, sqlite["read_us"] / python["read_text_us"], 1.0)


if __name__ == "__main__":
    if sys.argv[1] in ("coffer", "sqlite"):
        print(json.dumps((run_coffer if sys.argv[1] == "coffer" else run_sqlite)(*sys.argv[2:])))
    else:
        main(*sys.argv[1:])

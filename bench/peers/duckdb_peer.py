"""DuckDB as a benchmark's peer. Times only what it is asked for, and writes the figures as JSON.

  duckdb_peer.py FIGURES load DATABASE PARQUET_FOLDER   tables of all Parquet files there, in a database of its own
  duckdb_peer.py FIGURES copy DATABASE TABLE... OUT     each table to OUT/TABLE.parquet
  duckdb_peer.py FIGURES ndjson FILE OUT                conversations and messages from lines of ours
"""

import json
import pathlib
import resource
import sys
import time

import duckdb

THREADS = 2
PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)"
MESSAGE = ("STRUCT(id VARCHAR, conversation_id VARCHAR, sequence_number BIGINT, role VARCHAR, content VARCHAR, tool_calls JSON, tool_call_id VARCHAR, "
           "prompt_tokens BIGINT, completion_tokens BIGINT, total_tokens BIGINT, model_used VARCHAR, provider_used VARCHAR, finish_reason VARCHAR, "
           "response_time_ms DOUBLE, cost DOUBLE, rating DOUBLE, extra_metadata JSON, created_at TIMESTAMP)")
CONVERSATION = {
    "type": "VARCHAR", "id": "VARCHAR", "user_id": "VARCHAR", "title": "VARCHAR", "description": "VARCHAR", "status": "VARCHAR",
    "llm_provider": "VARCHAR", "llm_model": "VARCHAR", "temperature": "DOUBLE", "max_tokens": "BIGINT", "system_prompt": "VARCHAR",
    "tags": "VARCHAR[]", "extra_metadata": "JSON", "message_count": "BIGINT", "total_tokens": "BIGINT", "total_cost": "DOUBLE",
    "last_message_at": "TIMESTAMP", "created_at": "TIMESTAMP", "updated_at": "TIMESTAMP", "messages": MESSAGE + "[]"}


def connect(path=":memory:", **options):
    return duckdb.connect(str(path), config={"threads": THREADS}, **options)


def load(database, folder):
    with connect(database) as connection:
        for path in sorted(pathlib.Path(folder).glob("*.parquet")):
            connection.execute(f'CREATE TABLE "{path.stem}" AS SELECT * FROM read_parquet(?)', [str(path)])
    return []


def copy(database, *words):
    *tables, out = words
    with connect(database, read_only=True) as connection:
        for table in tables:
            connection.execute(f"COPY \"{table}\" TO '{out}/{table}.parquet' {PARQUET}")
    return [f"{out}/{table}.parquet" for table in tables]


# The columns are given, and the lines are read once per table. Detecting the columns, or loading the lines into a DuckDB table
# first, takes longer.
def ndjson(file, out):
    with connect() as connection:
        columns = json.dumps(CONVERSATION).replace('"', "'")
        lines = f"read_ndjson('{file}', columns = {columns}, maximum_object_size = 268435456) WHERE type = 'conversation'"
        connection.execute(f"COPY (SELECT * EXCLUDE (type, messages) FROM {lines}) TO '{out}/conversations.parquet' {PARQUET}")
        connection.execute(f"COPY (SELECT UNNEST(messages, recursive := true) FROM {lines}) TO '{out}/messages.parquet' {PARQUET}")
    return [f"{out}/{table}.parquet" for table in ("conversations", "messages")]


def main(figures, task, *words):
    begin = time.monotonic()
    files = {"load": load, "copy": copy, "ndjson": ndjson}[task](*words)
    seconds = time.monotonic() - begin
    told = {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
            "file_mb": sum(pathlib.Path(file).stat().st_size for file in files) / 1e6}
    pathlib.Path(figures).write_text(json.dumps(told))


main(*sys.argv[1:])

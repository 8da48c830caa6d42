"""Exports a store to Parquet and counts each user's conversations and characters with DuckDB (pip install duckdb)."""

import tarfile

import coffer
import duckdb
from coffer import Conversation, Message

with coffer.open("query-parquet-data") as store:
    for owner, questions in (("anna", ["What should I see in Lisbon?", "And in Porto?"]), ("ben", ["How is bread made?"])):
        for question in questions:
            store.put_conversation(Conversation(owner, question), [Message(question), Message("...", role="assistant")])
    # One moment of the whole store, as a tar with one table per kind.
    report = store.export("everything.tar", format="parquet", compress=False).result()

with tarfile.open(report["path"]) as tables:
    for name in ("conversations.parquet", "messages.parquet"):
        tables.extract(name)
rows = duckdb.sql(
    """
    SELECT c.user_id, count(DISTINCT c.id) AS conversations, sum(length(m.content)) AS characters
    FROM 'messages.parquet' m JOIN 'conversations.parquet' c ON m.conversation_id = c.id
    WHERE m.role = 'user' GROUP BY c.user_id ORDER BY c.user_id
    """
).fetchall()
assert [user for user, _, _ in rows] == ["anna", "ben"]
for user, conversations, characters in rows:
    print(f"{user}: {conversations} conversations, {characters} characters asked")

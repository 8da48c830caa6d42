"""The main job through the installed wheel, in the given folder."""

import pathlib
import sys
import tarfile

import coffer
from coffer import Conversation, Document, Message

folder = pathlib.Path(sys.argv[1])
with coffer.open(folder / "data") as store:
    id = store.put_conversation(Conversation("anna", "A trip to Lisbon"), [Message("What should I see in two days?")])
    store.append_message(id, Message("Start with Alfama.", role="assistant"))
    store.put_document(Document("anna", "map.txt", id="map"), content=b"a map of the city")
    before = store.get_conversation_json(id)
    assert [message.content for message in store.get_conversation(id).messages][1] == "Start with Alfama."

    backup = store.backup().result()["backup_id"]
    assert store.verify_backup(backup, level=5).result()["ok"]
    store.delete("conversation", id)
    store.delete("document", "map")
    store.restore(backup).result()
    assert store.get_conversation_json(id) == before and store.open_content("map").readall() == b"a map of the city"

    exported = store.export(folder / "all.tar", format="parquet", compress=False).result()["path"]
    with tarfile.open(exported) as tar:
        tables = {member.name: tar.extractfile(member).read() for member in tar if member.name.endswith(".parquet")}
    assert tables and all(table[:4] == table[-4:] == b"PAR1" for table in tables.values())

with coffer.open(folder / "second") as store:
    store.import_files(exported).result()
    assert store.get_conversation_json(id) == before and store.open_content("map").readall() == b"a map of the city"
print("stored, read, backed up, verified, restored, exported to Parquet and imported again:", ", ".join(sorted(tables)))

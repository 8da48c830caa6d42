"""`sh` blocks, each as one script. Programs that a test cannot run (apt, ./dev, a build of minutes, an installation) have
stand-ins in stand_ins/; each states what it checks instead."""

import contextlib
import io
import os
import signal
import zipfile
from pathlib import Path

from blocks import Block
from place import Place

# Stops at the first failure and prints its place.
HEAD = "set -euo pipefail; trap 'echo \"at: $BASH_COMMAND\" >&2' ERR\n"

CHAT = """[{"conversation_id":"chat-1","title":"Lisbon","create_time":1730451600.0,"update_time":1730451660.0,"current_node":"n2",
"mapping":{"root":{"id":"root","message":null,"parent":null,"children":["n1"]},
"n1":{"id":"n1","parent":"root","children":["n2"],"message":{"id":"n1","author":{"role":"user"},"create_time":1730451600.0,
"content":{"content_type":"text","parts":["What should I see?"]},"metadata":{}}},
"n2":{"id":"n2","parent":"n1","children":[],"message":{"id":"n2","author":{"role":"assistant"},"create_time":1730451660.0,
"content":{"content_type":"text","parts":["Alfama."]},"metadata":{"model_slug":"gpt-4o"}}}}}]"""


def chat_export() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("conversations.json", CHAT)
    return packed.getvalue()


# Files that a reader already has, by the names that the pages use.
READERS_FILES = {"chatgpt-export.zip": chat_export}


def end_server(folder: Path) -> None:
    """The server that a block has started, which later blocks use too."""
    pid = folder / "serve.pid"
    if pid.exists():
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself; later blocks would have failed
            os.kill(int(pid.read_text(encoding="ascii")), signal.SIGTERM)


def run_shell(place: Place, block: Block) -> str:
    for name, make in READERS_FILES.items():
        if name in block.text:
            (place.folder / name).write_bytes(make())
    return place.checked(block, ["bash", "-c", HEAD + block.text], "its commands")

"""Compiles or runs every fenced block of every page of the tree. A block of an unknown kind is a fault.

  run_pages.py TREE BUILD SCRATCH"""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import programs
from blocks import Block, PageFault, blocks_of, pages_of
from place import Place, install, make_place
from shell import end_server, run_shell

RUNNERS = {
    "c": programs.run_c,
    "cmake": programs.run_cmake,
    "cpp": programs.run_cpp,
    "json": programs.run_json,
    "python": programs.run_python,
    "sh": run_shell,
}
# Layouts and diagrams. They must not contain commands that could be run.
PROGRAMS = r"sudo|apt|apt-get|age|bash|cc|cmake|coffer|cpack|ctest|curl|g\+\+|git|make|ninja|pip|python3?|zstd"
COMMAND = re.compile(rf"^\s*(\$ |\./|build/|({PROGRAMS}) \S)", re.MULTILINE)


def check_text(block: Block) -> None:
    command = COMMAND.search(block.text)
    if command:
        raise block.fault(f"a text block holds a command: {command[0].strip()}")


def check_output(block: Block, printed: str | None) -> None:
    """`…` stands for text that differs from run to run."""
    if printed is None:
        raise block.fault("an output block without a block before it that prints")
    pattern = ".*".join(re.escape(part) for part in block.text.split("…"))
    if not re.fullmatch(pattern, printed, re.DOTALL):
        raise block.fault(f"the output differs:\n{printed}")


def run_block(place: Place, block: Block, pieces: list[Block]) -> str | None:
    """The output of a block that is run. The pieces of a program are run as a whole at the last of them."""
    if block in pieces:
        return programs.run_cpp_pieces(place, pieces) if block is pieces[-1] else None
    if block.language in RUNNERS:
        return RUNNERS[block.language](place, block)
    if block.language == "text":
        check_text(block)
    elif block.language != "output":
        raise block.fault(f"no handler for a block of language '{block.language}'")
    return None


def run_page(place: Place, page: Path) -> int:
    """Returns the number of its blocks."""
    blocks = blocks_of(place.tree, page)
    pieces = [block for block in blocks if block.language == "cpp" and not programs.is_whole(block)]
    printed = None
    try:
        for block in blocks:
            if block.language == "output":
                check_output(block, printed)
            printed = run_block(place, block, pieces)
    finally:
        end_server(place.folder)
    return len(blocks)


def run_pages(tree: Path, build: Path, scratch: Path) -> list[str]:
    """The faults of all pages."""
    install(build, scratch / "prefix")

    def run(page: Path) -> str | None:
        place = make_place(tree, build, scratch / "prefix", scratch / "pages" / str(page).replace("/", "_"))
        try:
            print(f"{page}: {run_page(place, page)} blocks", flush=True)
        except PageFault as fault:
            return str(fault)
        return None

    with ThreadPoolExecutor(max_workers=2) as workers:
        return [fault for fault in workers.map(run, pages_of(tree)) if fault]


def main() -> int:
    tree, build, scratch = (Path(word).resolve() for word in sys.argv[1:4])
    faults = run_pages(tree, build, scratch)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

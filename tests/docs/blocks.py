"""The pages of a tree, and the fenced blocks of a page."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^( *)(`{3,}|~{3,}) *([^\s`]*)")


class PageFault(Exception):
    """A fault of a page, and its line."""

    def __init__(self, page: Path, line: int, problem: str) -> None:
        super().__init__(f"{page}:{line}: {problem}")


@dataclass(frozen=True)
class Block:
    page: Path  # relative to the tree
    line: int  # of its first line of text, from 1
    language: str
    text: str

    def fault(self, problem: str) -> PageFault:
        return PageFault(self.page, self.line, problem)


def pages_of(tree: Path) -> list[Path]:
    """Every *.md file below `tree`, without build folders and hidden ones."""
    found = []
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if not name.startswith(".") and not re.match(r"build(-|$)", name)]
        found += [Path(folder, name).relative_to(tree) for name in files if name.endswith(".md")]
    return sorted(found)


def blocks_of(tree: Path, page: Path) -> list[Block]:
    """In order. An unclosed fence is a fault, because it would hide the rest of the page."""
    found = []
    lines = iter(enumerate((tree / page).read_text(encoding="utf-8").splitlines(), start=1))
    for number, line in lines:
        fence = FENCE.match(line)
        if not fence:
            continue
        indent, mark, language = fence.groups()
        text = []
        for _, inner in lines:
            closing = FENCE.match(inner)
            if closing and closing[2].startswith(mark) and not closing[3]:
                break
            text.append(inner.removeprefix(indent) + "\n")
        else:
            raise PageFault(page, number, "an unclosed block")
        found.append(Block(page, number + 1, language, "".join(text)))
    return found

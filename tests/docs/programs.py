"""Blocks that are programs: compiled against the installed copy and run. Each function returns the output."""

import json
import re
import sys

from blocks import Block
from place import Place

# The program around the pieces of a page, as the page describes it.
PIECES = """#include <coffer/coffer.h>

#include <chrono>
#include <iostream>

static coffer::Status Page(coffer::Engine& engine) {{
{pieces}
  return coffer::Status::Ok();
}}

int main() {{
  auto engine = coffer::Engine::Open("pieces-data");
  if (!engine.ok()) return 1;
  const coffer::Status status = Page(**engine);
  std::cerr << status.ToString() << '\\n';
  return status.ok() && (*engine)->Close().ok() ? 0 : 1;
}}
"""
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(page LANGUAGES {language})
add_executable({target} main.{suffix})
{block}"""


def is_whole(block: Block) -> bool:
    return "int main(" in block.text


def compile_and_run(place: Place, block: Block, text: str, compiler: str, suffix: str, package: str) -> str:
    (place.folder / f"program.{suffix}").write_text(text, encoding="utf-8")
    flags = place.checked(block, ["pkg-config", "--cflags", "--libs", package]).split()
    place.checked(block, [*compiler.split(), "-Wall", "-Werror", f"program.{suffix}", "-o", f"build/program_{suffix}", *flags])
    return place.checked(block, [f"build/program_{suffix}"])


def run_cpp(place: Place, block: Block) -> str:
    """A program that begins like an example must be that example, which has been built."""
    for example in (place.tree / "examples").glob("*.cc"):
        text = example.read_text(encoding="utf-8")
        if text.splitlines()[0] != block.text.splitlines()[0]:
            continue
        if text != block.text:
            raise block.fault(f"differs from examples/{example.name}")
        return place.checked(block, [str(place.build / "examples" / example.stem)])
    return compile_and_run(place, block, block.text, "c++ -std=c++20", "cc", "coffer")


def run_cpp_pieces(place: Place, pieces: list[Block]) -> str:
    """The pieces of a page are one program, because each continues the ones before it."""
    text = "".join(f'#line {piece.line} "{piece.page}"\n{piece.text}' for piece in pieces)
    return compile_and_run(place, pieces[0], PIECES.format(pieces=text), "c++ -std=c++20", "cc", "coffer")


def run_c(place: Place, block: Block) -> str:
    return compile_and_run(place, block, block.text, "cc -std=c11", "c", "coffer_c")


def run_python(place: Place, block: Block) -> str:
    return place.checked(block, [sys.executable, "-X", "dev", "-c", block.text])


def run_cmake(place: Place, block: Block) -> str:
    """Builds a CMakeLists.txt, or a piece of one, as a project of its own that links a program."""
    target = re.search(r"target_link_libraries\((\w+)", block.text)
    if not target:
        raise block.fault("links nothing, so it proves nothing")
    folder = place.folder / f"cmake-{block.line}"
    folder.mkdir()
    language, suffix = ("C", "c") if "coffer::c)" in block.text else ("CXX", "cc")
    (folder / f"main.{suffix}").write_text("int main(void) { return 0; }\n", encoding="utf-8")
    around = "{block}" if "project(" in block.text else PROJECT
    lists = around.format(language=language, target=target[1], suffix=suffix, block=block.text)
    (folder / "CMakeLists.txt").write_text(lists, encoding="utf-8")
    place.checked(block, ["cmake", "-S", folder.name, "-B", f"{folder.name}/build", "-G", "Ninja"])
    place.checked(block, ["cmake", "--build", f"{folder.name}/build"])
    return place.checked(block, [f"{folder.name}/build/{target[1]}"])


def run_json(place: Place, block: Block) -> str:
    """One value per line. An import must accept all of them that are records."""
    values = []
    for number, line in enumerate(block.text.splitlines()):
        try:
            values.append(json.loads(line))
        except json.JSONDecodeError as fault:
            raise block.fault(f"line {number + 1} of the block is not JSON: {fault}") from fault
    if any(isinstance(value, dict) and "type" in value for value in values):
        (place.folder / "block.ndjson").write_text(block.text, encoding="utf-8")
        return place.checked(block, ["build/coffer", "--data", "json-data", "import", "block.ndjson"])
    return ""

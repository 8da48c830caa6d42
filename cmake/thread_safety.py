#!/usr/bin/env python3
"""Runs clang's Thread Safety Analysis over lib and bindings: thread_safety.py CLANG BUILD JOBS [FILE...]

Compiles each file as BUILD/compile_commands.json does, for syntax only. Status 1: a file has a finding or does not compile.
Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys


def arguments(command):
    """The options of the command, without warnings, precompiled headers and the output."""
    words = shlex.split(command)
    # With ccache: `cmake -E env NAME=VALUE... ccache c++ OPTIONS`.
    compiler = next((i + 1 for i, word in enumerate(words) if os.path.basename(word) == "ccache"), 0)
    options = words[compiler + 1:]
    kept = []
    skip = False
    for word, following in zip(options, options[1:] + [""]):
        if skip:
            skip = False
        elif word == "-o" or (word == "-include" and "cmake_pch" in following):
            skip = True
        elif not word.startswith("-W") and word not in ("-fpch-preprocess", "-c"):
            kept.append(word)
    return kept


def check(clang, entry):
    result = subprocess.run(
        [clang, *arguments(entry["command"]), "-fsyntax-only", "-Wthread-safety", "-Werror=thread-safety"],
        cwd=entry["directory"], capture_output=True, text=True, check=False)
    return result.returncode, result.stderr


def main():
    clang, build, jobs, *wanted = sys.argv[1:]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folders = tuple(os.path.join(root, folder, "") for folder in ("lib", "bindings"))
    wanted = {os.path.abspath(file) for file in wanted}
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}
    entries = [entry for name, entry in sorted(entries.items())
               if name.startswith(folders) and name.endswith(".cc") and (not wanted or name in wanted)]
    if not entries:
        sys.exit("thread_safety.py: no file to check")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        for status, findings in pool.map(lambda entry: check(clang, entry), entries):
            sys.stderr.write(findings)
            failed += status != 0
    if failed:
        sys.exit(f"thread safety: {failed} of {len(entries)} files have findings")
    print(f"thread safety: {len(entries)} files have no findings")


main()

"""Where blocks run: an installed copy of the build, and a folder per page that looks like the tree after `./dev build`."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from blocks import Block

STAND_INS = Path(__file__).parent / "stand_ins"
RUN_SECONDS_MAX = 60


@dataclass(frozen=True)
class Place:
    tree: Path
    build: Path
    prefix: Path  # of the installed copy
    folder: Path  # the page's own

    def environment(self) -> dict[str, str]:
        """The installed copy is found like one in /usr/local. Programs that a test cannot run have a stand-in that comes first
        on the path."""
        libraries = next(self.prefix.glob("lib*/**/libcoffer.so")).parent
        return os.environ | {
            "PATH": f"{STAND_INS}:{os.environ['PATH']}",
            "PKG_CONFIG_PATH": str(libraries / "pkgconfig"),
            "CMAKE_PREFIX_PATH": str(self.prefix),
            "LD_LIBRARY_PATH": str(libraries),
            "PYTHONPATH": str(self.build / "python"),
            "COFFER_TREE": str(self.tree),
            "COFFER_BUILD": str(self.build),
            "COFFER_PYTHON": sys.executable,
            "COFFER_PAGE_FOLDER": str(self.folder),
        }

    def checked(self, block: Block, command: list[str], name: str = "") -> str:
        """Runs it in the page's folder, without a terminal, and returns its output."""
        name = name or " ".join(command)
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=RUN_SECONDS_MAX,
            )
        except subprocess.TimeoutExpired as fault:
            raise block.fault(f"{name} did not end within {RUN_SECONDS_MAX} s") from fault
        if done.returncode != 0:
            raise block.fault(f"{name} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


def install(build: Path, prefix: Path) -> None:
    shutil.rmtree(prefix, ignore_errors=True)
    subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True, text=True)


def make_place(tree: Path, build: Path, prefix: Path, folder: Path) -> Place:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "build").mkdir(parents=True)
    (folder / "build/coffer").symlink_to(build / "coffer")
    for entry in tree.iterdir():
        if not entry.name.startswith((".", "build")):
            (folder / entry.name).symlink_to(STAND_INS / "dev" if entry.name == "dev" else entry)
    return Place(tree, build, prefix, folder)

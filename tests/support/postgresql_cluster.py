"""A PostgreSQL for one test."""

import getpass
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import urllib.parse


def binaries():
    """The folder of initdb and the other programs, or None. Debian keeps them out of PATH."""
    initdb = sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or [shutil.which("initdb")]
    return initdb[-1] and pathlib.Path(initdb[-1]).parent


class Cluster:
    """A cluster in a folder of its own, run by a user other than root."""

    def __init__(self, binaries):
        self.binaries = binaries
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coffer-pg-"))
        self.name = getpass.getuser()
        self.user = []
        if os.getuid() == 0:
            self.name = "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"
            shutil.chown(self.folder, self.name)
            self.user = ["runuser", "-u", self.name, "--"]
        self.address = f"postgresql://{self.name}@/postgres?host={urllib.parse.quote(str(self.folder), safe='')}"

    def run(self, program, *words, timeout=120, **options):
        words = [str(word) for word in (*self.user, self.binaries / program, *words)]
        return subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=self.folder, timeout=timeout, **options).stdout

    def __enter__(self):
        to_stdout = {"stderr": subprocess.STDOUT}
        self.run("initdb", "-D", self.folder / "data", "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync", **to_stdout)
        options = f"-k {self.folder} -h '' -F -c full_page_writes=off -c synchronous_commit=off -c max_wal_size=4GB"
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start", **to_stdout)
        return self

    def psql(self, *words, stdin=subprocess.DEVNULL):
        connection = ["-X", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-d", "postgres"]
        return self.run("psql", *connection, *words, stdin=stdin, timeout=300)

    def __exit__(self, *unused):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop", stderr=subprocess.STDOUT)
        shutil.rmtree(self.folder, ignore_errors=True)

"""Exports read record for record by other programs: Python's json, csv and ElementTree, xmllint, tar, zstd, age, SQLite and
PostgreSQL. Importing and exporting again must give the same.

  readers_test.py COFFER SCRATCH DATA_SET|- GENERATE_DATA

The test of a missing reader is skipped; with CI=true it fails."""

import base64
import csv
import hashlib
import io
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "support")]
import postgresql_cluster  # noqa: E402
from nasty_records import Raw, dumped, nasty_lines  # noqa: E402

COFFER, SCRATCH, DATA_SET, GENERATE = sys.argv[1:5]
ROOT = pathlib.Path(SCRATCH)
KINDS = ("conversations", "messages", "documents", "prompts")
# Of the data set, so that all readers together take less than a minute.
CONVERSATIONS_READ = 600

csv.field_size_limit(1 << 30)


def need(test, *programs):
    for program in programs:
        if shutil.which(program):
            continue
        if os.environ.get("CI") == "true":
            test.fail(f"{program} is not installed")
        test.skipTest(f"{program} is not installed")


def run(*words, **options):
    return subprocess.run(list(map(str, words)), check=True, stdout=subprocess.PIPE, **options).stdout


def coffer(store, *words, status=0):
    done = subprocess.run([COFFER, "--data", str(store), "--json", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != status:
        raise AssertionError(f"coffer {words}: {done.returncode}\n{done.stdout[-2000:].decode()}\n{done.stderr[-2000:].decode()}")
    return json.loads(done.stdout)


def exported(store, name, *words):
    path = ROOT / name
    path.unlink(missing_ok=True)
    report = coffer(store, "export", "--output", path, *words)
    if hashlib.sha256(path.read_bytes()).hexdigest() != report["sha256"] or path.stat().st_size != report["file_size"]:
        raise AssertionError(f"{name}: not the file of its report")
    return path


def parsed(text):
    return json.loads(text, parse_int=Raw, parse_float=Raw)


class Records:
    """The records of a JSON export by kind; messages and contents are separate."""

    def __init__(self, path):
        with tempfile.TemporaryDirectory(dir=ROOT) as folder:
            text, beside = self.unpacked(path, folder)
        self.whole = parsed(text)
        self.kinds = {kind: [dict(record) for record in self.whole.get(kind, [])] for kind in KINDS}
        self.kinds["messages"] = [m for c in self.kinds["conversations"] for m in c.pop("messages")]
        self.contents = {}
        for record in self.kinds["documents"]:
            if "content_base64" in record:
                self.contents[record["id"]] = base64.b64decode(record.pop("content_base64"))
            elif "content_path" in record:
                self.contents[record["id"]] = beside[record.pop("content_path")]

    @staticmethod
    def unpacked(path, folder):
        if not tarfile.is_tarfile(path):
            return path.read_text("utf-8"), {}
        run("tar", "-C", folder, "-xf", path)
        names = [str(file.relative_to(folder)) for file in pathlib.Path(folder).rglob("*") if file.is_file()]
        return pathlib.Path(folder, "export.json").read_text("utf-8"), {
            name: pathlib.Path(folder, name).read_bytes() for name in names if name.startswith("contents/")}


def content_name(document):
    encoded = document in (".", "..") or document.startswith("%")
    return "contents/" + (document.replace("%", "%25").replace(".", "%2E") if encoded else document)


# The text of a value in an XML, SQL or CSV export.
def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return dumped(value)
    return str(value)


def split_unknown(record, columns):
    columns = set(columns) - {"_unknown"}
    known = {name: value for name, value in record.items() if name in columns}
    unknown = {name: value for name, value in record.items() if name not in columns}
    return known, unknown


class Readers(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(ROOT, ignore_errors=True)
        ROOT.mkdir(parents=True)
        cls.store = ROOT / "store"
        (ROOT / "nasty.ndjson").write_text(nasty_lines(), "utf-8")
        coffer(cls.store, "import", ROOT / "nasty.ndjson")
        cls.import_data_set()
        cls.json = exported(cls.store, "all.json", "--no-compress")
        cls.records = Records(cls.json)

    @classmethod
    def import_data_set(cls):
        cls.data_set = pathlib.Path(DATA_SET)
        if DATA_SET == "-":
            print("the development data set is absent: a generated one is used")
            cls.data_set = ROOT / "generated"
            run(GENERATE, cls.data_set)
        part = ROOT / "part.ndjson"
        with open(part, "wb") as out:
            lines = subprocess.Popen(["zstd", "-dcfq", str(cls.data_file("conversations"))], stdout=subprocess.PIPE)
            for _ in range(CONVERSATIONS_READ):
                out.write(lines.stdout.readline())
            lines.kill()
            lines.stdout.close()
            lines.wait()
        coffer(cls.store, "import", "--kind", "conversation", part)
        coffer(cls.store, "import", "--kind", "prompt", cls.data_file("prompts"))

    @classmethod
    def data_file(cls, name):
        packed = cls.data_set / (name + ".ndjson.zst")
        return packed if packed.exists() else cls.data_set / (name + ".ndjson")


    def test_json_holds_its_counts(self):
        counts = self.records.whole["counts"]
        for kind in KINDS:
            self.assertEqual(int(counts[kind]), len(self.records.kinds[kind]), kind)
        self.assertEqual(int(counts["contents"]), len(self.records.contents))
        for record in self.records.kinds["documents"]:
            if "file_hash" in record and record["id"] in self.records.contents:
                self.assertEqual(hashlib.sha256(self.records.contents[record["id"]]).hexdigest(), record["file_hash"])

    def test_ndjson_is_the_same_record_for_record(self):
        path = exported(self.store, "all.ndjson.tar", "--format", "ndjson", "--no-compress")
        with tarfile.open(path) as tar:
            lines = tar.extractfile("export.ndjson").read().split(b"\n")
        self.assertEqual(lines[-1], b"")
        first, last = json.loads(lines[0]), json.loads(lines[-2])
        self.assertEqual((first["type"], first["version"], last["type"]), ("export", 1, "end"))
        self.assertEqual(last["sha256"], hashlib.sha256(b"".join(line + b"\n" for line in lines[:-2])).hexdigest())
        for kind in ("conversation", "document", "prompt"):
            records = [parsed(line) for line in lines[1:-2] if json.loads(line)["type"] == kind]
            for record in records:
                del record["type"]
            self.assertEqual(records, self.records.whole[kind + "s"])

    def test_csv_by_the_csv_module(self):
        path = exported(self.store, "all.csv.tar", "--format", "csv", "--no-compress")
        with tarfile.open(path) as tar:
            contents = {m.name: tar.extractfile(m).read() for m in tar if m.name.startswith("contents/")}
            for kind in KINDS:
                data = tar.extractfile(kind + ".csv").read()
                self.assertFalse(data.startswith(b"\xef\xbb\xbf"))
                self.assertTrue(data.endswith(b"\r\n"))
                rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
                self.compare_csv(kind, rows[0], rows[1:])
        self.assertEqual(contents, {content_name(document): content for document, content in self.records.contents.items()})

    def compare_csv(self, kind, header, rows):
        self.assertEqual(header[-1], "_unknown")
        self.assertEqual(len(rows), len(self.records.kinds[kind]))
        for row, record in zip(rows, self.records.kinds[kind]):
            self.assertFalse([cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], "a cell that a spreadsheet runs")
            cells = dict(zip(header, (cell[1:] if cell.startswith("'") else cell for cell in row), strict=True))
            known, unknown = split_unknown(record, header)
            self.assertEqual(parsed(cells.pop("_unknown") or "{}"), unknown)
            for name, cell in cells.items():
                value = known.get(name, "")
                self.assertEqual(parsed(cell) if isinstance(value, (dict, list)) else cell, value if isinstance(value, (dict, list)) else text_of(value),
                                 (kind, name, record["id"]))

    def test_an_empty_store_is_empty_in_every_layout(self):
        store = ROOT / "nothing"
        coffer(store, "stats")
        nothing = {}
        for form in ("json", "ndjson", "csv", "xml", "sql"):
            nothing[form] = exported(store, "nothing." + form, "--format", form, "--no-compress")
        self.assertEqual([parsed(nothing["json"].read_text())[kind] for kind in ("conversations", "documents", "prompts")], [[], [], []])
        self.assertEqual(len(nothing["ndjson"].read_bytes().splitlines()), 2)
        with tarfile.open(nothing["csv"]) as tar:
            self.assertEqual({m.name: len(tar.extractfile(m).read().splitlines()) for m in tar}, {kind + ".csv": 1 for kind in KINDS})
        self.assertEqual([len(kind) for kind in xml.etree.ElementTree.parse(nothing["xml"]).getroot()], [0, 0, 0, 0])
        with sqlite3.connect(":memory:") as connection:
            connection.executescript(nothing["sql"].read_text())
            self.assertEqual([connection.execute(f"SELECT count(*) FROM {kind}").fetchone() for kind in KINDS], [(0,)] * 4)
        connection.close()
        for form in ("json", "ndjson", "csv"):
            report = coffer(ROOT / "nothing-again", "import", nothing[form])
            self.assertEqual((sum(report["imported"].values()), report["errors"]), (0, []), form)

    def test_csv_tells_an_empty_text_from_an_absent_one(self):
        path = exported(self.store, "one.csv.tar", "--format", "csv", "--no-compress", "--scope", "document", "--user", "ben", "--no-contents")
        line = next(line for line in path.read_bytes().split(b"\r\n") if line.startswith(b'"none"'))
        self.assertIn(b'"none","ben","none.bin","o","","",,', line)

    def test_xml_by_elementtree_and_xmllint(self):
        path = exported(self.store, "all.xml.tar", "--format", "xml", "--no-compress")
        with tarfile.open(path) as tar:
            data = tar.extractfile("export.xml").read()
            large = tar.extractfile("contents/large").read()
        root = xml.etree.ElementTree.fromstring(data)
        self.assertEqual((root.tag, root.get("version"), root.get("scope")), ("coffer-export", "1", "full"))
        for kind in ("conversations", "documents", "prompts"):
            elements = list(root.find(kind))
            self.assertEqual(len(elements), len(self.records.whole[kind]))
            for element, record in zip(elements, self.records.whole[kind]):
                self.assertEqual(element.tag, kind[:-1])
                self.assertEqual(self.record_of(element), record)
        self.assertEqual(large, self.records.contents["large"])
        need(self, "xmllint")
        (ROOT / "all.xml").write_bytes(data)
        run("xmllint", "--noout", "--huge", "--nonet", ROOT / "all.xml")

    def record_of(self, element):
        record = {}
        for child in element:
            name = child.tag
            if name == "member" and child.get("name") is not None:
                name = child.get("name")
                if child.get("name_encoding") == "base64":
                    name = base64.b64decode(name).decode("utf-8")
            self.assertNotIn(name, record)
            record[name] = [self.record_of(message) for message in child] if name == "messages" else self.value_of(child)
        return record

    @staticmethod
    def value_of(element):
        if element.get("nil") == "true":
            return None
        text = element.text or ""
        if element.get("encoding") == "base64":
            text = base64.b64decode(text).decode("utf-8")
        kind = element.get("type")
        return {None: str, "json": parsed, "number": Raw, "boolean": lambda word: word == "true"}[kind](text)

    def sql_script(self):
        path = ROOT / "all.sql"
        return path if path.exists() else exported(self.store, "all.sql", "--format", "sql", "--no-compress")

    def test_sql_by_sqlite(self):
        need(self, "sqlite3")
        database = ROOT / "all.sqlite"
        database.unlink(missing_ok=True)
        with open(self.sql_script(), "rb") as script:
            done = subprocess.run(["sqlite3", "-bail", str(database)], stdin=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        with sqlite3.connect(database) as connection:
            connection.row_factory = sqlite3.Row
            orders = {"messages": "conversation_id, sequence_number", "contents": "document_id, chunk"}
            tables = {table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY {orders.get(table, 'id')}")]
                      for table in KINDS + ("contents",)}
        connection.close()
        self.compare_sql(tables)

    def test_sql_by_postgresql(self):
        binaries = postgresql_cluster.binaries()
        if binaries is None:
            need(self, "initdb (PostgreSQL)")
        with postgresql_cluster.Cluster(binaries) as cluster, open(self.sql_script(), "rb") as script:
            cluster.psql("-q", "-f", "-", stdin=script)
            orders = {"messages": 'conversation_id COLLATE "C", sequence_number', "contents": 'document_id COLLATE "C", chunk'}
            tables = {}
            for table in KINDS + ("contents",):
                order = orders.get(table, 'id COLLATE "C"')
                # psql's own output drops U+10FFFE and U+10FFFF, COPY's does not. COPY doubles backslashes.
                text = cluster.psql("-c", f"COPY (SELECT row_to_json(t)::text FROM (SELECT * FROM {table} ORDER BY {order}) t) TO STDOUT")
                tables[table] = [parsed(line.replace(b"\\\\", b"\\")) for line in text.split(b"\n") if line]
        self.compare_sql(tables)

    def compare_sql(self, tables):
        for kind in KINDS:
            self.assertEqual(len(tables[kind]), len(self.records.kinds[kind]), kind)
            for row, record in zip(tables[kind], self.records.kinds[kind]):
                self.compare_sql_row(kind, row, record)
        contents = {}
        for row in tables["contents"]:
            contents[row["document_id"]] = contents.get(row["document_id"], b"") + base64.b64decode(row["bytes"])
        self.assertEqual(contents, self.records.contents)

    def compare_sql_row(self, kind, row, record):
        encoded = (row.pop("encoded") or "").split()
        known, unknown = split_unknown(record, row)
        self.assertEqual(parsed(row.pop("_unknown") or "{}"), unknown)
        for name, cell in row.items():
            value = known.get(name)
            if name in encoded:
                cell = base64.b64decode(cell).decode("utf-8")
            if value is None:
                self.assertIsNone(cell, (kind, name))
            elif isinstance(value, (dict, list)):
                self.assertEqual(parsed(cell), value)
            elif isinstance(value, bool):
                self.assertEqual(bool(cell), value)
            else:
                self.assertEqual(str(cell), value, (kind, name, record["id"]))


    def test_zstd_unpacks_one_stream(self):
        need(self, "zstd")
        path = exported(self.store, "prompts.json.zst", "--scope", "user", "--user", "user7")
        plain = exported(self.store, "prompts.json", "--scope", "user", "--user", "user7", "--no-compress")
        unpacked = run("zstd", "-dcq", path)
        self.assertEqual(unpacked.partition(b'"conversations"')[2], plain.read_bytes().partition(b'"conversations"')[2])
        frames = run("zstd", "-lq", path, stderr=subprocess.STDOUT).decode().splitlines()[-1].split()[0]
        self.assertEqual(frames, "1", "one frame, which every reader of zstd unpacks as a whole")

    def test_age_decrypts_what_was_encrypted(self):
        need(self, "age", "age-keygen")
        other = ROOT / "other.txt"
        other.unlink(missing_ok=True)
        run("age-keygen", "-o", other, stderr=subprocess.DEVNULL)
        recipient = run("age-keygen", "-y", other).decode().strip()
        path = exported(self.store, "secret.age", "--format", "csv", "--encrypt", "--recipient", recipient)
        for identity in (other, self.store / "keys" / "identity.txt"):
            plain = ROOT / "secret.tar.zst"
            plain.write_bytes(run("age", "-d", "-i", identity, path))
            names = run("tar", "--zstd", "-tf", plain).decode().split()
            self.assertEqual([name for name in names if name.endswith(".csv")], [kind + ".csv" for kind in KINDS])
        back = self.imported_again("back-age", path)
        self.assertEqual(Records(exported(back, "back-age.json", "--no-compress")).kinds, self.records.kinds)


    def imported_again(self, name, *paths):
        back = ROOT / name
        shutil.rmtree(back, ignore_errors=True)
        if any(str(path).endswith(".age") for path in paths):
            (back / "keys").mkdir(parents=True)
            shutil.copy(self.store / "keys" / "identity.txt", back / "keys")
        report = coffer(back, "import", *paths)
        self.assertEqual((report["errors"], report["failed"]), ([], 0))
        for kind in KINDS:
            self.assertEqual(report["imported"][kind], len(self.records.kinds[kind]), kind)
        return back

    def test_json_ndjson_and_csv_come_back_equal(self):
        self.assertEqual(self.without_header(self.json), self.without_header(exported(self.store, "twice.json", "--no-compress")))
        for form in ("json", "ndjson", "csv"):
            with self.subTest(form):
                back = self.imported_again("back-" + form, exported(self.store, "to-" + form, "--format", form))
                again = exported(back, "again-" + form + ".json", "--no-compress")
                self.assertEqual(self.without_header(again), self.without_header(self.json))
                self.assertEqual(Records(again).contents, self.records.contents)

    def test_the_whole_data_set_comes_back_equal(self):
        documents = self.data_set / "documents"
        first, second = ROOT / "whole", ROOT / "whole-again"
        coffer(first, "import", "--kind", "conversation", self.data_file("conversations"))
        coffer(first, "import", "--kind", "prompt", self.data_file("prompts"))
        contents = next(path for path in (documents / "documents.tar.zst", documents / "contents") if path.exists())
        coffer(first, "import", "--kind", "document", "--contents", contents, self.data_file("documents/documents"))
        report = coffer(second, "import", exported(first, "whole.ndjson.zst", "--format", "ndjson"))
        self.assertEqual(report["errors"], [])
        hashes = []
        for store in (first, second):
            path = exported(store, store.name + ".json", "--no-compress")
            hashes.append(hashlib.sha256(path.read_bytes().partition(b'"conversations"')[2]).hexdigest())
            path.unlink()
        self.assertEqual(*hashes)

    @staticmethod
    def without_header(path):
        with tarfile.open(path) as tar:
            return hashlib.sha256(tar.extractfile("export.json").read().partition(b'"conversations"')[2]).hexdigest()

    def test_a_lone_surrogate_is_refused_and_never_repaired(self):
        store = ROOT / "surrogate"
        shutil.rmtree(store, ignore_errors=True)
        lines = ROOT / "surrogate.json"
        lines.write_text('{"coffer_export":{"version":1,"scope":"full"},"conversations":[],"documents":[],"prompts":[{"id":"p","owner_id":"a",'
                         '"name":"n","content":"\\ud800"}],"counts":{"prompts":1}}')
        report = coffer(store, "import", lines, status=3)
        self.assertEqual((report["failed"], report["errors"][0]["line"]), (1, 1))
        self.assertIn("surrogate", report["errors"][0]["reason"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[5:], verbosity=2)

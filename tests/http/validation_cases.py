"""Compares tests/http/validation_cases.jsonl with what the real FastAPI and Pydantic answer; `--record` writes it anew.

Each line of that file is one request and its answer: the values as they were taken, or the faults. The C++ test reads the
same file, so that the adapter and FastAPI are held to one text.
"""

import json
import pathlib
import random
import sys
import warnings
from datetime import datetime, timezone

RECORDED = pathlib.Path(__file__).with_name("validation_cases.jsonl")

BODIES = [
    "", "null", "[]", "{}", "1", '"x"', "{", "[", '{"a":}', '{"a":1,}', "[1,]", "{}x", "nul", '{"a":"b', '{"a" 1}', '{"a":1 "b":2}',
    '{"a":"\u0001"}', '{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"\\u12g4"}', '{"a":"\\', "[1 2]", "01", "-", "1.", ".5", "+1", "1e", "tru", " {} ",
    "{} {}", "\ufeff{}", '{"é":"ü",}', "{'a':1}", '{"a":1,,}', "[,]", "[[1,2]", "//", '{"a":[1,{"b":}]}', '{"x":1}', " ", "\n",
]
FLAGS = [
    True, False, None, 0, 1, 2, -1, 0.0, 1.0, 0.5, -0.0, 2.0, 1e300, "true", "TRUE", "tRuE", "t", "T", "f", "F", "yes", "Y", "n", "no", "NO",
    "on", "off", "0", "1", "2", " true", "true ", "", "null", "truthy", [], {}, [True],
]
INTEGERS = [
    1, 365, 30, 0, 366, -5, 1.0, 1.5, 30.0, -0.0, True, False, "30", " 30 ", "\t30\n", "30.0", "30.00", "30.5", "+30", "-3", "3_0", "_3", "3__0",
    "3_", "", " ", "x", "1e1", None, [], {}, 10**20, -(10**20), 1e22, -1e22, 9.3e18, 2**63, 2**64, "1" * 30, "9223372036854775808", "007", "0x10",
    "\uff13\uff10", "30.", "30.0_0", ".0", "-0", "- 3", "0", "+0", " 30.0 ", "30 .0", "3 0", "1_0.0", "+ 3", "--3", "00", "0_1", "1,000", "٣",
]
TEXTS = ["a", "", "é\u0000", None, 1, 1.5, True, [], {}]
CHOICES = ["full", "FULL", " full", "", 0, 1, None, True, [], {}, "nope", "json", "sql", "custom", "incremental", "prompts"]
OBJECTS = [{}, {"a": {"b": [1, None]}}, None, [], "x", 1, True]
TIMES = [
    "2025-01-01", "2025-01-01T00:00:00Z", "2025-01-01t00:00:00z", "2025-01-01 00:00:00", "2025-01-01_00:00:00", "2025-01-01T00:00",
    "2025-01-01T00:00+02:00", "2025-01-01T00:00:00.123456", "2025-01-01T00:00:00.1", "2025-01-01T00:00:00.1234567",
    "2025-01-01T00:00:00.1234567891234", "2025-01-01T00:00:00,5", "2025-01-01T00:00:00+0200", "2025-01-01T00:00:00+02", "2025-01-01T00:00:00-02:30",
    "2025-01-01T00:00:00+24:00", "2025-01-01T00:00:00+23:59", "2025-01-01T24:00:00Z", "2025-01-01T23:60:00Z", "2025-01-01T23:59:60Z", "2025-01-01T",
    "2025-01-01TX", "2025-01", "2025", "20250101", "2025-13-01", "2025-00-01", "2025-02-30", "2024-02-29", "2025-02-29", "2025-04-31", "2025-01-00",
    "2025-01-32", "0000-01-01", "0000-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59.999999Z", "", "x", "now", " 2025-01-01", "2025-01-01 ", "2025-1-1",
    "2025-01-01T0:00:00", "2025-01-01T00:00:0", "2025-01-01T00:00:00.", "2025-01-01T00:00:00 Z", "2025/01/01", "2025-01/01", "2025-01-01T00-00-00",
    "2025-01-01T00:00:00Zx", "2025-01-01T00:00:00+", "2025-01-01T00:00:00+1", "2025-01-01T00:00:00+01:0", "2025-01-01T00:00:00+01:60",
    "2025-01-01T00:00:00\u221201:00", "2025-01-01x", "2025-01-0", "2025-01-01T00", "2025-01-01T00:", "2025-01-01T000000", "20a5-01-01", "2025-0a-01",
    "2025-01-0a", "2025-W01-1", "10000-01-01", "1735689600", "1735689600.5", "1735689600123", "-1", "+1", "1e3", "1735689600.123456789", "253402300800",
    "99999999999999999999", "-62135596801", "-99999999999999999", "1_0", " 1", "1.", ".5", ".", "-", "+", "-.5", "1.2.3", "inf", "nan", "20000000000", "20000000001",
    1735689600, 1735689600.5, 1735689600123, 1735689600123.5, 0, -1, 20000000000, 20000000001, 253402300799999, 253402300800000, 1e20, -1e20, 1e300,
    -62135596800, -62167219200, -62167219201000, -62167219200000, -62135596800000, -62135596801000, 9007199254740993, -20000000001, -2e10, 1.1234567, 1.9999999, -0.5,
    -1.25, 0.25, True, False, None, [], {}, "2025-01-01T12:00Z", "2025-01-01T12:00:00.5+05:30", "2025-01-01T00:00:00-00:00", "2025-01-01T00:00:00+99:00",
]


def field_cases(call, name, values, others=None):
    for value in values:
        yield call, json.dumps({**(others or {}), name: value})


def filter_cases(name, values):
    for value in values:
        yield "POST /bulk/delete-filtered", json.dumps({"filters": {"entity_type": "prompts", name: value}})


def restore_cases(name, values):
    for value in values:
        yield "POST /restore-with-options", json.dumps({"backup_id": "b", "restore_options": {name: value}})


def random_times():
    """Numbers, where rounding is easily wrong, and dates with one character changed."""
    source = random.Random(20250101)
    for _ in range(60):
        yield round(source.uniform(-3e9, 3e9), source.randint(0, 6))
        text = list("2025-01-01T12:34:56.789+01:30")
        text[source.randrange(len(text))] = source.choice("0123456789-+:.TZ x")
        yield "".join(text)


def cases():
    for call in ["POST /backup", "POST /export", "POST /restore", "POST /bulk/delete-conversations", "POST /bulk/delete-filtered"]:
        for body in BODIES:
            yield call, body
    for ids in [[], ["a"], ["a", "a", ""], [1, "a", None, True, {}, [], 1.5], [["a"]]]:
        yield "POST /bulk/delete-conversations", json.dumps(ids)
    for flag in ["include_files", "include_logs", "compress", "encrypt"]:
        yield from field_cases("POST /backup", flag, FLAGS if flag == "include_files" else FLAGS[:6])
    yield from field_cases("POST /backup", "backup_type", CHOICES)
    yield from field_cases("POST /backup", "retention_days", INTEGERS)
    for text in ["name", "description"]:
        yield from field_cases("POST /backup", text, TEXTS)
    yield "POST /backup", json.dumps({"backup_type": 1, "name": 1, "description": [], "include_files": "x", "include_logs": None,
                                      "compress": {}, "encrypt": 7, "retention_days": "soon", "more": 1})
    yield "POST /backup", '{"retention_days":0,"retention_days":7}'
    yield from field_cases("POST /restore", "backup_id", TEXTS)
    yield from field_cases("POST /restore", "restore_options", [None, [], "x", 1, True], {"backup_id": "b"})
    for flag in ["create_backup_before_restore", "verify_integrity"]:
        yield from field_cases("POST /restore", flag, FLAGS[:6], {"backup_id": "b"})
    yield "POST /restore", json.dumps({"restore_options": 1, "create_backup_before_restore": "x", "verify_integrity": None})
    yield from restore_cases("scope", CHOICES)
    yield from restore_cases("conflict", ["skip", "newest", "x", None])
    yield from restore_cases("user_id", TEXTS)
    yield from restore_cases("ids", [None, [], ["a"], "a", [1, "b", None], {}])
    yield from restore_cases("exact", FLAGS[:6])
    yield from restore_cases("dry_run", FLAGS[:6])
    yield from restore_cases("dryrun", [True, None])
    yield "POST /restore-with-options", json.dumps({"restore_options": {"scope": "x", "exact": [], "aaa": 1, "bbb": {}}, "verify_integrity": 9})
    yield from field_cases("POST /export", "scope", CHOICES[:-3])
    yield from field_cases("POST /export", "format", CHOICES, {"scope": "full"})
    yield from field_cases("POST /export", "custom_query", OBJECTS, {"scope": "full"})
    for time in ["date_from", "date_to"]:
        yield from field_cases("POST /export", time, TIMES if time == "date_from" else TIMES[:5], {"scope": "user"})
    yield from field_cases("POST /export", "date_to", random_times(), {"scope": "user"})
    for flag in ["include_metadata", "compress", "encrypt", "include_contents"]:
        yield from field_cases("POST /export", flag, FLAGS[:6], {"scope": "full"})
    yield "POST /export", json.dumps({"scope": "x", "format": "x", "user_id": 1, "conversation_id": 1, "date_from": "x", "date_to": [],
                                      "include_metadata": "x", "compress": None, "encrypt": 2, "custom_query": 1})
    yield from filter_cases("entity_type", CHOICES)
    yield from filter_cases("created_before", TIMES[:20])
    yield from filter_cases("created_after", TIMES[:5])
    yield from filter_cases("limit", [1, 10_000, 0, 10_001, "5", 1.5, None])
    yield from filter_cases("dry_run", FLAGS[:6])
    yield from filter_cases("user_id", TEXTS)
    yield from filter_cases("status", TEXTS)
    for filters in [None, [], "x", 1, {}, {"limit": 0}]:
        yield "POST /bulk/delete-filtered", json.dumps({"filters": filters})
    for query in ["", "?backup_type=", "?backup_type=full", "?backup_type=x", "?backup_type=full&backup_type=x", "?backup_type=x&backup_type=full",
                  "?status=", "?status=completed", "?status=nope", "?backup_type=FULL", "?backup_type=x&status=y", "?other=1", "?status=a%20b+c%C3%A9",
                  "?backup_type=incremental&status=failed", "?backup_type", "?&&status=x", "?backup%5Ftype=differential"]:
        yield "GET /backups" + query, ""


def utc(text):
    """A time as the adapter tells it; without an offset it is UTC."""
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def normalized(value, name=""):
    if isinstance(value, dict):
        return {key: normalized(inner, key) for key, inner in value.items()}
    if isinstance(value, str) and name in ("date_from", "date_to", "created_before", "created_after"):
        return utc(value)
    return value


def answers():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

    from fastapi_models import app

    client = TestClient(app)
    for call, body in cases():
        method, target = call.split(" ", 1)
        headers = {"content-type": "application/json"} if method == "POST" else {}
        response = client.request(method, target, content=body.encode(), headers=headers)
        answer = response.json()
        line = {"call": call.replace("-with-options", ""), "body": body}
        if response.status_code == 422:
            line["detail"] = [{key: fault[key] for key in ("loc", "msg", "type", "ctx") if key in fault} for fault in answer["detail"]]
        else:
            line["taken"] = normalized(answer)
        yield json.dumps(line, ensure_ascii=False)


def main():
    made = list(answers())
    if "--record" in sys.argv:
        RECORDED.write_text("".join(line + "\n" for line in made), encoding="utf-8")
        return
    recorded = RECORDED.read_text(encoding="utf-8").splitlines()
    differing = [(ours, theirs) for ours, theirs in zip(recorded, made) if json.loads(ours) != json.loads(theirs)]
    for ours, theirs in differing:
        print(f"recorded: {ours}\nFastAPI:  {theirs}\n")
    if differing or len(recorded) != len(made):
        sys.exit(f"{len(differing)} of {len(made)} answers differ, {len(recorded)} are recorded; --record writes them anew")
    print(f"{len(made)} answers are FastAPI's own")


main()

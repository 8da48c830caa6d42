"""Records that are hard on a format: every plane of Unicode, spreadsheet formulas, numbers of any length, odd names."""

import base64
import hashlib
import json

DIGITS = "1234567890" * 40
CONTROLS = "".join(map(chr, range(0x20)))
STAND_INS = "".join(map(chr, range(1, 0x20))) + "~|^"
PLANES = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0x20AC, 0x1234, 0xFFFD))
TEXTS = [
    "", " ", "plain", "'", "''", '"', '""', ",", ";", "a,b", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1",
    "\n", "\r", "\r\n", "\n\r", "a\r\nb\r\nc", "\r\n" * 3000, "a\rb\nc\r\nd", "trailing\r", "trailing\r\n", "\x00", "a\x00b",
    "\x00\r\n'", CONTROLS, STAND_INS + "\r\n", "\x7f\x80\x85\x9f\xa0", "\u2028\u2029\ufeff", "\ufffe", "\uffff", "\ufffd", PLANES,
    "\U0010ffff", "\U0001F468\u200d\U0001F469\u200d\U0001F467", "e\u0301", "]]>", "<a href='x'>&amp;</a>", "<!--", "-- comment", "/* */",
    "\\", "\\n", "\\\\", "\\'", "';DROP TABLE messages;--", "$1", ":name", "%s", "E'\\x'", "null", "NULL", "true", "0", "1e5", "[1]", "{}",
    "x" * 100_000, "\u00e9" * 70_000, "\\copy", ".quit", "#", "/", "go", "\n.quit\n/\ngo\n;\n",
]
NUMBERS = [
    "0", "-0", "0.0", "1.50", "9007199254740993", "18446744073709551616", DIGITS, "0." + DIGITS, "1e5", "1E+2", "1.0e-7", "-12.340",
]
NAMES = [
    "", " ", "a b", "\u00fcber", "x:y", "xml", "xmlns", "1a", "_", "-", ".", "a.b", "a-b", "\x01", "\x00", "<", "&", "'", "\"", "\\",
    "\u65e5\u672c", "\U0001F600", "\ufffe", "name", "member", "row", "conversation", "=cmd", "a\nb", "coffer-export", "_unknown", "encoded",
    "\u0149", "\u2118", "value\r\n", "sql\"x",
]
LARGE_BYTES = (16 << 20) + 12345


class Raw(str):
    """The text of a JSON number, digit for digit."""


def dumped(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(name) + ":" + dumped(member) for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumped, value)) + "]"
    return json.dumps(value)


def conversation(number, owner, **members):
    time = f"2026-01-{number % 28 + 1:02d}T00:00:{number % 60:02d}.{number % 1000000:06d}Z"
    return {"type": "conversation", "id": f"c{number:06d}", "user_id": owner, "title": f"conversation {number}", "created_at": time, "updated_at": time,
            **members}


def message(place, sequence, text, **members):
    return {"id": f"m{place}-{sequence}", "role": ("user", "assistant", "system", "tool")[sequence % 4], "content": text,
            "created_at": "2026-01-02T03:04:05.000006Z", "sequence_number": sequence, **members}


def document(name, owner, content=None, **members):
    record = {"type": "document", "id": name, "owner_id": owner, "filename": name.replace("/", "_") + ".bin", "original_filename": "o",
              "created_at": "2026-02-01T00:00:00Z", **members}
    if content is not None:
        record["content_base64"] = base64.b64encode(content).decode()
        record["file_hash"] = hashlib.sha256(content).hexdigest()
    return record


def nasty_lines(large=True):
    records = []
    for number, text in enumerate(TEXTS):
        messages = [message(number, 0, text), message(number, 1, text, extra_metadata={"deep": [text, {"k": text}]}, model_used=text)]
        records.append(conversation(number, "anna", messages=messages, description=text, tags=[text, "second"], system_prompt=text,
                                    extra_metadata={"text": text, text: None}))
    for number, digits in enumerate(NUMBERS):
        usage = {"cost": Raw(digits), "extra_metadata": {"n": Raw(digits), "list": [Raw(digits)]}, "unknown_number": Raw(digits)}
        if not digits.startswith("-1") and "." not in digits and "e-" not in digits:
            usage.update(total_tokens=Raw(digits), prompt_tokens=Raw(digits))
        records.append(conversation(1000 + number, "ben", messages=[message(1000 + number, 7, "digits", **usage)], total_cost=Raw(digits)))
    unknown = {name: value for name, value in zip(NAMES, [None, True, False, [], {}, [None], {"a": None}, "text", Raw("1.0")] * len(NAMES))
               if name not in ("member",)}
    records.append(conversation(2000, "ben", messages=[message(2000, 0, "odd names", **{n: v for n, v in unknown.items() if n != "name"})], **unknown))
    records.append(conversation(2001, "carla", messages=[message(2001, n, chr(97 + n) * (1 << 20)) for n in range(3)]))
    records.append(conversation(2002, "carla", messages=[message(2002, n * 3, "sparse") for n in range(5)]))
    records += [conversation(3000 + n, f"user{n % 40}", messages=[message(3000 + n, 0, "hi")]) for n in range(1500)]
    records.append(conversation(9000, "anna"))
    for name in (".", "..", "%2E", "%", "a%b", "a\"b", "a'b", "<&>", "a\\b", "~", "d" * 128):
        records.append(document(name, "anna", f"content of {name}".encode()))
    records.append(document("empty", "anna", b""))
    records.append(document("none", "ben", title="", description="", tags=[]))
    records.append(document("chunks", "ben", bytes(range(256)) * 12_288))
    for number, text in enumerate(TEXTS):
        records.append(document(f"t{number}", "ben", None, extracted_text=text, title=text[:200]))
    if large:
        records.append(document("large", "carla", b"\x00\xff=\r\n" * (LARGE_BYTES // 5)))
    for number, text in enumerate(TEXTS):
        records.append({"type": "prompt", "id": f"p{number}", "owner_id": "anna", "name": "n", "content": text or "-", "variables": [text],
                        "input_schema": {text: text}, "examples": [text], "rating": 4.5, "is_public": number % 2 == 0})
    return "".join(dumped(record) + "\n" for record in records)

"""Bodies and query strings that no honest client sends: what each endpoint must refuse without falling over."""

import json

DEEP = 100_000

GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \r\n\t ",
    "a word": b"hello",
    "half an object": b'{"stake": 1',
    "half a string": b'{"stake": "',
    "two values": b"{}{}",
    "trailing comma": b'{"stake": 1,}',
    "comment": b'{"stake": 1} // yes',
    "single quotes": b"{'stake': 1}",
    "form": b"stake=1&mode=base",
    "xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "zero bytes": b"\x00" * 64,
    "gzip": bytes.fromhex("1f8b08000000000000ff") + b"\x00" * 32,
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"stake": 1}'.encode("utf-16"),
    "UTF-16 little end": '{"stake": 1}'.encode("utf-16-le"),
    "UTF-32": '{"stake": 1}'.encode("utf-32"),
    "Latin-1": '{"mode": "é"}'.encode("latin-1"),
    "overlong": b'{"mode": "\xc0\xaf"}',
    "surrogate in UTF-8": b'{"mode": "\xed\xa0\x80"}',
    "cut in a character": b'{"mode": "\xe2\x82',
    "array": b"[]",
    "string": b'"text"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep arrays, open": b"[" * 60_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "too deep by one": b'{"selection":' + b"[" * 32 + b"]" * 32 + b"}",
    "a mebibyte of text": b'{"mode": "' + b"a" * 2**20 + b'"}',
    "two mebibytes of space": b" " * 2**21,
    "empty key": b'{"": 1}',
    "unknown key": b'{"nonsense": 1}',
    "prototype": b'{"__proto__": {"admin": true}, "constructor": {}}',
    "control character": b'{"mode": "a\x01b"}',
    "escaped zero": b'{"mode": "a\\u0000b"}',
    "escaped control in a key": b'{"mo\\u001fde": "a"}',
    "lone surrogate": b'{"mode": "\\ud800"}',
    "lone surrogate in a key": b'{"\\udfff": 1}',
    "reversed surrogates": b'{"mode": "\\udc00\\ud800"}',
    "right to left": '{"mode": "\u202eesab"}'.encode(),
    "not NFC": '{"mode": "e\u0301"}'.encode(),
    "bad escape": b'{"mode": "\\x41"}',
    "bare NaN": b"NaN",
    "bare Infinity": b"Infinity",
}

WRONG_VALUES: dict[str, str] = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "1e5": "1e5",
    "1.0": "1.0",
    "1.5": "1.5",
    "-0.0": "-0.0",
    "minus": "-",
    "plus": "+1",
    "leading zero": "01",
    "hexadecimal": "0x10",
    "underscore": "1_000",
    "5,000 digits": "9" * 5000,
    "2**63+1": str(2**63 + 1),
    "-2**63-1": str(-(2**63) - 1),
    "2**64": str(2**64),
    "2**53 as text": f'"{2**53}"',
    "fraction as text": '"1.5"',
    "true": "true",
    "false": "false",
    "null": "null",
    "array": "[1]",
    "empty array": "[]",
    "object": '{"a": 1}',
    "empty object": "{}",
    "empty text": '""',
    "blank text": '" "',
    "wide digits": '"\uff11\uff12\uff13"',
    "long text": '"' + "a" * 6000 + '"',
    "surrogate": '"\\ud800"',
    "control": '"\\u0007"',
}
"""What is wrong in the place of any field that wants a number or an identifier; see `in_place`."""

FREE = {"selection", "outcome", "items"}
"""Fields that take any JSON, or any list."""

TEXT = {"mode", "reward", "reason", "choice", "token", "game", "operator"}
GOOD_TEXT = {"2**53 as text", "fraction as text", "blank text", "wide digits"}
"""Values that are wrong for a number, and right for text."""


def in_place(body: dict[str, object]) -> dict[str, bytes]:
    """Bodies that are right but for one field, or that have one field twice, or one too many."""
    found: dict[str, bytes] = {}
    for field in body:
        rest = {key: value for key, value in body.items() if key != field}
        for name, value in WRONG_VALUES.items():
            if (
                field in FREE
                or (field in TEXT and name in GOOD_TEXT)
                or (name == "null" and field in ("mode", "reward", "count", "outcome"))
            ):
                continue
            found[f"{field}: {name}"] = _spell(rest, f'"{field}": {value}')
        found[f"{field} twice"] = _spell(body, f'"{field}": {json.dumps(body[field])}')
    found["one field more"] = _spell(body, '"extra": 1')
    found["NaN in one field more"] = _spell(body, '"extra": NaN')
    return found


def _spell(rest: dict[str, object], last: str) -> bytes:
    inner = json.dumps(rest)[1:-1]
    return ("{" + ", ".join(part for part in (inner, last) if part) + "}").encode()


QUERIES = [
    "min", "min=", "min=1", "min=1&max", "&&&", "=", "=1", "min=1&max=2&", "min=1&&max=2", "min=%", "min=%zz&max=2",
    "min=%ff&max=2", "min=1&max=%ef%bc%91", "min=1&max=1_000", "min=+1&max=3", "min=%2B1&max=3", "min=%201&max=3",
    "min=1%20&max=3", "min=1&max=3%0a", "min=1&max=3%00", "min=01&max=3", "min=-0&max=3", "min=0x1&max=3",
    "min=1.0&max=3", "min=1e3&max=3000", "min=1&max=3&min=1", "min=1&max=3&count=1&count=1", "min=1&max=3&extra=1",
    "min=NaN&max=3", "min=1&max=Infinity", "min=3&max=3", "min=4&max=3", "min=-1&max=18446744073709551616",
    "min=0&max=18446744073709551617", "min=0&max=" + "9" * 5000, "min=true&max=3", "min=&max=3", "min[]=1&max=3",
    "min=1;max=3", "min=1&max=3&count=0", "min=1&max=3&count=10001", "min=1&max=3&count=-1", "min=1&max=3&count=",
    "min=1&max=3&round=x&draw=1", "min=1&max=3&draw=1", "min=1&max=3&draw=0",
    "min=1&max=3&round=00000000-0000-0000-0000-000000000001", "limit=0", "limit=101", "limit=1&limit=1", "limit=ten",
    "limit=1_0", "limit=%EF%BC%91", "limit=+1", "limit=-1", "cursor=", "cursor=nonsense", "cursor=%00", "cursor=%ff",
    "cursor=" + "a" * 3000, "cursor=%F0%9F%8E%B0", "nonsense=1", "%ud800=1", "a" * 9000,
]  # fmt: skip

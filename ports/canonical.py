"""Canonical JSON: one spelling for one value, on every machine and for ever, so that a digest means something.

UTF-8, keys sorted by code point, no white space, no floats, integers in decimal: RFC 8785, but for integers beyond
2**53, which stay exact here.
"""

import json
from collections.abc import Mapping
from typing import Any


class Unreadable(ValueError):
    """These bytes are not what they should be: no canonical JSON, or no record that this software knows."""


def dump(value: Any) -> bytes:
    """The one spelling of a JSON value. Raises `ValueError` for a float and whatever else has none."""
    check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def load(data: bytes) -> Any:
    """The value that `dump` spelt. Raises `Unreadable` for all other bytes, other spellings of a value included."""
    try:
        value = json.loads(data)
        same = dump(value) == data
    except (ValueError, RecursionError) as problem:
        raise Unreadable(str(problem)) from None
    if not same:
        raise Unreadable("not spelt canonically")
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are spelt alike. (In Python `True == 1`; in JSON it is not.)"""
    return dump(one) == dump(other)


_LEAVES = frozenset({str, int, bool, type(None)})


def check(value: Any) -> None:
    """Raise `ValueError` if there is something in `value` that has no single spelling."""
    if type(value) in _LEAVES or isinstance(value, (str, int)):
        return
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"the key {key!r} is no string")
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        raise ValueError(f"{value!r} has no place in canonical JSON")
    for item in value:
        if type(item) not in _LEAVES:
            check(item)

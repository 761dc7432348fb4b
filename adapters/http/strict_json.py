"""Reading what strangers send: one JSON value or one query string, exactly as the standards have it, or a 4xx.

Everything that two readers could understand differently is refused: other encodings than UTF-8, a byte order mark, NaN
and Infinity, a key that stands twice, text that is not in Unicode's form NFC, control and direction characters, lone
surrogates. So is what no request of ours needs: fractions, integers beyond 2**63, nesting deeper than 32.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from core.errors import BadRequest
from ports import ids

SMALL = 64 * 1024
"""Bytes of a request body."""
LARGE = 1024 * 1024
"""Bytes of a request body that lists up to 10,000 items."""
DEPTH = 32
INTEGER = 2**63

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,19})\Z", re.ASCII)


def load(data: bytes) -> Any:
    """The value that `data` spells. Raises `BadRequest`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as problem:
        raise BadRequest(f"the body is not JSON: {problem.msg} at character {problem.pos}") from None
    except RecursionError:
        raise BadRequest(_TOO_DEEP) from None
    _check(value, 0)
    return value


def query(text: bytes) -> dict[str, str]:
    """The parameters of a query string, each once. Raises `BadRequest`."""
    if not text:
        return {}
    try:
        spelt = text.decode("ascii")
        if "%" in spelt or "+" in spelt:
            pairs = parse_qsl(spelt, keep_blank_values=True, strict_parsing=True, errors="strict")
            _check(dict(pairs), 0)
        else:  # as nearly every query is: there is nothing to decode, and the whole is checked at once
            pairs = [(name, value) for name, value in (part.split("=", 1) for part in spelt.split("&"))]
            _check_text(spelt)
    except ValueError:
        raise BadRequest("the query string is not of the form name=value&name=value, in UTF-8") from None
    return _unique(pairs, "parameter")


def integer(text: str) -> int:
    """An integer as a query string spells it: ASCII digits, perhaps a minus. Raises `ValueError`."""
    if not _INTEGER.match(text) or text == "-0":
        raise ValueError("not an integer in plain decimal digits")
    return int(text)


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif depth == DEPTH and isinstance(value, (dict, list)):
        raise BadRequest(_TOO_DEEP)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    wrong = ids.flaw(text)
    if wrong is not None:
        raise BadRequest(wrong)


def _unique(pairs: Iterable[tuple[str, Any]], what: str = "key") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadRequest(f"the {what} {key[:64]!a} stands twice")
        found[key] = value
    return found


def _whole(text: str) -> int:
    value = int(text) if len(text) <= 20 else INTEGER + 1
    if not -INTEGER <= value <= INTEGER:
        raise BadRequest("integers are within -2**63 and 2**63")
    return value


def _refuse(text: str) -> NoReturn:
    raise BadRequest(f"numbers are whole numbers in plain digits, not {text[:32]}")


_TOO_DEEP = f"the body is nested deeper than {DEPTH}"
_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_whole, parse_float=_refuse, parse_constant=_refuse)

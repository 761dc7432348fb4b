"""The strict loader by itself."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http import strict_json
from core.errors import BadRequest
from tests.adapters.http.hostile import GARBAGE, WRONG_VALUES

ANY_JSON = {"array", "string", "number", "null", "true", "empty key", "unknown key", "prototype", "a mebibyte of text"}
"""Good JSON, that only the models refuse."""
NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "1e5", "1.0", "1.5", "-0.0", "minus", "plus", "leading zero")


@pytest.mark.parametrize("name", sorted(GARBAGE.keys() - ANY_JSON))
def test_what_two_readers_could_understand_differently_is_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        strict_json.load(GARBAGE[name])


@pytest.mark.parametrize("name", [*NUMBERS, "5,000 digits", "2**63+1", "-2**63-1", "2**64", "surrogate", "control"])
def test_numbers_and_text_that_have_no_place_are_refused_wherever_they_stand(name: str) -> None:
    for place in ('{"a": %s}', "[0, %s]", '{"a": [{"b": %s}]}'):
        with pytest.raises(BadRequest):
            strict_json.load((place % WRONG_VALUES[name]).encode())


def test_a_key_that_stands_twice_is_refused_at_any_depth() -> None:
    with pytest.raises(BadRequest, match="twice"):
        strict_json.load(b'[{"a": {"b": 1, "c": 2, "\\u0062": 1}}]')


def test_thirty_two_levels_are_read_and_no_more() -> None:
    assert strict_json.load(b"[" * 32 + b"]" * 32)
    with pytest.raises(BadRequest, match="deeper"):
        strict_json.load(b"[" * 33 + b"]" * 33)


def test_integers_up_to_2_to_the_63_are_exact() -> None:
    limits = [2**63, -(2**63), 2**53 + 1, 0]
    assert limits == strict_json.load(json.dumps(limits).encode())


def test_a_complaint_never_repeats_much_of_what_was_sent() -> None:
    key = "k" * 50_000
    with pytest.raises(BadRequest) as refusal:
        strict_json.load(f'{{"{key}": 1, "{key}": 2}}'.encode())
    assert len(str(refusal.value)) < 200


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], max_codepoint=0x2000), max_size=8).filter(
    lambda text: text.isascii()
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_honest_json_is_read_as_it_is(value: Any) -> None:
    assert value == strict_json.load(json.dumps(value).encode())


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(BadRequest):
        strict_json.load(data)


@given(st.binary(max_size=60))
def test_any_query_string_is_read_or_refused(data: bytes) -> None:
    with suppress(BadRequest):
        strict_json.query(data)


@pytest.mark.parametrize("text", ["0", "7", "-7", str(2**64), str(-(2**64))])
def test_an_integer_in_a_query_is_plain_decimal_digits(text: str) -> None:
    assert int(text) == strict_json.integer(text)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", "--1", "-0", "01", "1_000", "\uff11\uff12\uff13", "\u0661", "1.0", "1e3", "0x1", "1\n"],
)
def test_what_only_python_would_read_as_an_integer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="decimal digits"):
        strict_json.integer(text)


def test_a_parameter_that_stands_twice_is_refused() -> None:
    with pytest.raises(BadRequest, match="twice"):
        strict_json.query(b"a=1&a=1")

"""Draws as game servers ask for them."""

from typing import Any

import pytest

from core.draws import MAX_COUNT, execute
from core.errors import BadRequest
from core.rng import Replay, TurnRng
from tests.games.catalogue import Bytes

ASKED: list[dict[str, Any]] = [
    {"range": {"min": 1, "max": 7}},
    {"range": {"min": -3, "max": 3, "count": 100}},
    {"range": {"min": 0, "max": 2**64, "count": 5}},
    {"weighted": {"weights": [[1, 500], [2, 1000], [3, 200], [4, 700]], "count": 50}},
    {"weighted": {"weights": [["only", 1]]}},
    {"shuffle": {"items": list(range(52))}},
    {"shuffle": {"items": list(range(80)), "count": 20}},
    {"shuffle": {"items": []}},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_the_tape_of_a_draw_yields_the_same_values_again(asked: dict[str, Any]) -> None:
    tape = TurnRng(Bytes(1))
    values = execute(asked, tape)
    again = Replay(tape.draws)
    assert values == execute(asked, again)
    assert 0 == again.remaining


def test_the_end_of_a_range_is_not_in_it() -> None:
    assert {1, 2, 3, 4, 5, 6} == set(execute({"range": {"min": 1, "max": 7, "count": 1000}}, TurnRng(Bytes(2))))


def test_a_weight_of_zero_is_never_drawn() -> None:
    drawn = execute({"weighted": {"weights": [["never", 0], ["always", 3]], "count": 500}}, TurnRng(Bytes(3)))
    assert {"always"} == set(drawn)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (None, "one of range, weighted, shuffle"),
        ({}, "one of range"),
        ({"range": {}, "shuffle": {}}, "one of range"),
        ({"dice": {}}, "one of range"),
        ({"range": 5}, "one of range"),
        ({"range": {}}, "no 'min'"),
        ({"weighted": {}}, "no 'weights'"),
        ({"shuffle": {}}, "no 'items'"),
        ({"range": {"min": 1, "max": 1}}, "max - min"),
        ({"range": {"min": 0, "max": 2**64 + 1}}, "max - min"),
        ({"range": {"min": 0, "max": 6, "count": 0}}, f"1 to {MAX_COUNT}"),
        ({"range": {"min": 0, "max": 6, "count": MAX_COUNT + 1}}, f"1 to {MAX_COUNT}"),
        ({"range": {"min": 0, "max": 6, "count": True}}, f"1 to {MAX_COUNT}"),
        ({"range": {"min": 0.0, "max": 6}}, "integers"),
        ({"weighted": {"weights": []}}, "1 to 4096 pairs"),
        ({"weighted": {"weights": [[1, 1]] * 4097}}, "1 to 4096 pairs"),
        ({"weighted": {"weights": [[1, -1], [2, 2]]}}, "at least 0"),
        ({"weighted": {"weights": [[1, 0]]}}, "sum of the weights"),
        ({"weighted": {"weights": [[1, 2**63], [2, 1]]}}, "sum of the weights"),
        ({"weighted": {"weights": [[1, 1.5]]}}, "integer"),
        ({"shuffle": {"items": "abc"}}, "list of at most"),
        ({"shuffle": {"items": [0] * 10_001}}, "list of at most"),
        ({"shuffle": {"items": [1, 2], "count": 3}}, "number of items"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_outside_gets_an_answer_that_says_what_is_allowed(asked: Any, complaint: str) -> None:
    tape = TurnRng(Bytes(4))
    with pytest.raises(BadRequest, match=complaint):
        execute(asked, tape)
    assert [] == list(tape.draws)


def test_one_value_is_drawn_where_no_count_is_named_and_ten_thousand_at_most() -> None:
    tape = TurnRng(Bytes(4))
    assert 1 == len(execute({"range": {"min": 0, "max": 6}}, tape))
    assert 10_000 == len(execute({"range": {"min": 0, "max": 6, "count": 10_000}}, tape))
    with pytest.raises(BadRequest, match="1 to 10000"):
        execute({"range": {"min": 0, "max": 6, "count": 10_001}}, tape)

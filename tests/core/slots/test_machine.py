"""The slot engine: what a line pays, and which definitions are refused."""

from itertools import product

import pytest

from core.slots.machine import Fault, Machine
from core.slots.tables import compile_machine

SMALL = {
    "strips": (("a", "b", "w"), ("a", "b", "w"), ("a", "b", "w")),
    "rows": 1,
    "lines": ((0, 0, 0),),
    "pays": {"a": {2: 1, 3: 5}, "b": {3: 10}, "w": {3: 100}},
    "wild": "w",
}


def pays(row: str) -> tuple[int, str, int] | None:
    tables = compile_machine(Machine(**SMALL))
    window = tuple((tables.symbols.index(symbol),) for symbol in row)
    pay = tables.line_pay(window, (0, 0, 0))
    return None if pay is None else (pay.units, tables.symbols[pay.symbol], pay.run)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("aaa", (5, "a", 3)),
        ("aab", (1, "a", 2)),
        ("aba", None),
        ("baa", None),
        ("bbb", (10, "b", 3)),
        ("wbb", (10, "b", 3)),
        ("bwb", (10, "b", 3)),
        ("wwb", (10, "b", 3)),
        ("wwa", (5, "a", 3)),
        ("waa", (5, "a", 3)),
        ("wab", (1, "a", 2)),
        ("wba", None),
        ("www", (100, "w", 3)),
        ("bbw", (10, "b", 3)),
        ("bba", None),
    ],
)
def test_a_line_pays_its_longest_run_and_a_wild_stands_for_anything(row: str, expected: object) -> None:
    assert expected == pays(row)


def test_every_row_pays_the_best_of_what_its_wilds_could_be() -> None:
    """Against a plain reading of the rule: put every symbol for every wild, and take the best."""
    plain = {"a": {2: 1, 3: 5}, "b": {3: 10}}
    for row in product("abw", repeat=3):
        best = 100 if row == ("w", "w", "w") else 0
        for stand in product("ab", repeat=3):
            shown = [s if r == "w" else r for r, s in zip(row, stand, strict=True)]
            run = next((n for n, symbol in enumerate(shown) if symbol != shown[0]), 3)
            best = max(best, plain[shown[0]].get(run, 0))
        found = pays("".join(row))
        assert best == (0 if found is None else found[0]), row


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"strips": ()}, "strips"),
        ({"rows": 4}, "reel 1 has 3 stops"),
        ({"lines": ()}, "lines"),
        ({"lines": ((0, 0),)}, "line 1 has 2 rows"),
        ({"lines": ((0, 0, 1),)}, "line 1 leaves the grid"),
        ({"lines": ((0, 0, 0), (0, 0, 0))}, "twice"),
        ({"pays": {"x": {3: 1}}}, "'x'"),
        ({"pays": {"a": {4: 1}}}, "a cannot pay"),
        ({"pays": {"a": {3: 0}}}, "a cannot pay"),
        ({"wild": "x"}, "wild"),
    ],
)
def test_a_definition_with_a_fault_is_refused_by_place(changes: dict[str, object], place: str) -> None:
    with pytest.raises(Fault, match=place):
        Machine(**(SMALL | changes))

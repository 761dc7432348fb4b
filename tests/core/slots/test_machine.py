"""The slot engine: what boards pay, how they fall, and which definitions are refused."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from core.slots import exact
from core.slots.compiling import compile_machine
from core.slots.game import SlotGame
from core.slots.machine import Anywhere, Cascade, Clusters, Fault, Lines, Machine, Scatter, Ways, Wild
from core.slots.phase import Phase
from core.slots.reveal import Carried, Told
from core.slots.spin import spin
from tests.core.slots.cases import Stops

STRIP = ("a", "b", "w")
SMALL: dict[str, Any] = {
    "rows": 1,
    "pattern": Lines(((0, 0, 0),)),
    "pays": {"a": {2: 1, 3: 5}, "b": {3: 10}, "w": {3: 100}},
    "base": Phase(strips=(STRIP, STRIP, STRIP)),
    "cost": 1,
    "wild": Wild(symbol="w"),
}


def board(machine: Machine, *stops: int) -> tuple[int, Told]:
    told: Told = []
    tables = compile_machine(machine)
    win, _, _ = spin(tables, tables.base, Stops(stops), told, Carried())
    return win, [event for event in told if "win" in event]


def shows(*columns: str) -> Phase:
    """A phase whose stop 0 shows these columns."""
    return Phase(strips=tuple(tuple(column) for column in columns))


def pays(row: str) -> tuple[int, str, int] | None:
    win, events = board(Machine(**SMALL), *[STRIP.index(symbol) for symbol in row])
    return (win, events[0]["symbol"], events[0]["count"]) if events else None


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


def test_a_mix_pays_for_any_of_its_symbols_and_less_than_a_pure_run() -> None:
    bars = ("1", "2", "-")
    machine = Machine(
        rows=1,
        pattern=Lines(((0, 0, 0),)),
        pays={"1": {3: 30}, "2": {3: 20}, "any": {3: 5}},
        mixes={"any": ("1", "2")},
        base=Phase(strips=(bars, bars, bars)),
        cost=1,
    )
    for stops, expected in (((0, 0, 0), [(30, "1")]), ((0, 1, 0), [(5, "any")]), ((0, 2, 0), [])):
        assert expected == [(event["win"], event["symbol"]) for event in board(machine, *stops)[1]]


@pytest.mark.parametrize(("direction", "expected"), [("left", 2), ("right", 7), ("both", 9)])
def test_lines_pay_from_the_left_the_right_or_both_ways(direction: Any, expected: int) -> None:
    machine = Machine(
        rows=1,
        pattern=Lines(((0, 0, 0, 0, 0),), direction),
        pays={"a": {2: 2, 5: 50}, "b": {3: 7}},
        base=shows("a", "a", "b", "b", "b"),
        cost=1,
    )
    assert expected == board(machine, 0, 0, 0, 0, 0)[0]
    assert expected == exact.rtp(compile_machine(machine))


def test_a_run_over_all_reels_is_paid_once_both_ways() -> None:
    machine = Machine(
        rows=1, pattern=Lines(((0, 0, 0),), "both"), pays={"a": {3: 7}}, base=shows("a", "a", "a"), cost=1
    )
    assert 7 == board(machine, 0, 0, 0)[0]
    assert 7 == exact.rtp(compile_machine(machine))


def test_ways_multiply_and_a_wild_joins_every_symbol() -> None:
    machine = Machine(
        rows=(2, 3, 1),
        pattern=Ways(),
        pays={"a": {3: 5}, "b": {2: 1, 3: 2}},
        base=shows("ab", "aaw", "w"),
        cost=1,
        wild=Wild(symbol="w"),
    )
    win, events = board(machine, 0, 0, 0)
    assert {"a": 3, "b": 1} == {event["symbol"]: event["ways"] for event in events}
    assert 5 * 3 + 2 * 1 == win


def test_between_two_counts_the_lower_one_pays() -> None:
    machine = Machine(rows=3, pattern=Anywhere(), pays={"a": {2: 1, 5: 9}}, base=shows("aab", "aab"), cost=1)
    assert 1 == board(machine, 0, 0)[0]


def test_clusters_touch_by_their_sides_and_share_wilds() -> None:
    machine = Machine(
        rows=3,
        pattern=Clusters(),
        pays={"a": {3: 4}, "b": {3: 6}},
        base=shows("aab", "xwb", "axx"),
        cost=1,
        wild=Wild(symbol="w"),
    )
    win, events = board(machine, 0, 0, 0)
    assert [["a", 3], ["b", 3]] == [[event["symbol"], event["count"]] for event in events]
    assert 10 == win


def test_what_won_leaves_and_the_strip_goes_on_upwards() -> None:
    machine = Machine(
        rows=2,
        pattern=Anywhere(),
        pays={"a": {2: 1}, "b": {2: 10}},
        base=Phase(strips=(("a", "c", "d", "b"), ("a", "e", "f", "b")), steps=(1, 3)),
        cost=1,
        cascade=Cascade(),
    )
    win, events = board(machine, 0, 0)
    assert [1, 30] == [event["win"] for event in events]
    assert 31 == win


def test_fresh_symbols_are_drawn_for_the_holes() -> None:
    machine = Machine(
        rows=2,
        pattern=Anywhere(),
        pays={"a": {2: 1}},
        base=shows("acd", "aef"),
        cost=1,
        cascade=Cascade(refill="fresh"),
    )
    told: Told = []
    tables = compile_machine(machine)
    spin(tables, tables.base, Stops([0, 0, 2, 1]), told, Carried())
    assert [["d", "c"], ["e", "e"]] == told[-1]["window"]


def test_the_value_of_a_symbol_falls_with_it_and_multiplies_the_whole_spin() -> None:
    machine = Machine(
        rows=3,
        pattern=Anywhere(),
        pays={"a": {2: 1}},
        base=Phase(strips=(("m", "a", "a", "c", "d"),), values={"m": {5: 1}}),
        cost=1,
        cascade=Cascade(),
    )
    told: Told = []
    tables = compile_machine(machine)
    win, _, _ = spin(tables, tables.base, Stops([0]), told, Carried())
    assert 5 == win
    assert [[5, 0, 0]] == told[0]["values"]
    fallen = next(event for event in told if event["type"] == "fall")
    assert [["c", "d", "m"]] == fallen["window"]
    assert [[0, 0, 5]] == fallen["values"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"base": Phase(strips=())}, "rows: 1 on 0 reels"),
        ({"rows": 4}, "reel 1 has 3 stops"),
        ({"rows": 9}, "a grid is 1 to 8"),
        ({"cost": 0}, "cost: 0"),
        ({"pattern": Lines(())}, "lines"),
        ({"pattern": Lines(((0, 0),))}, "line 1 has 2 rows"),
        ({"pattern": Lines(((0, 0, 1),))}, "line 1 leaves the grid"),
        ({"pattern": Lines(((0, 0, 0), (0, 0, 0)))}, "twice"),
        ({"pays": {"x": {3: 1}}}, "'x'"),
        ({"pays": {"a": {4: 1}}}, "a cannot pay"),
        ({"pays": {"a": {3: 0}}}, "a cannot pay"),
        ({"wild": Wild(symbol="x")}, "wild"),
        ({"scatter": Scatter(symbol="x")}, "scatter"),
        ({"mixes": {"any": ("a", "x")}}, "mixes: 'any'"),
        ({"base": Phase(strips=(STRIP,) * 3, awards={1: 1})}, "base.awards: there is no scatter"),
        ({"base": Phase(strips=(STRIP,) * 3, values={"w": {2: 0}})}, "base.values: the weights of w sum to nothing"),
        ({"base": Phase(strips=(STRIP,) * 3, values={"x": {2: 1}})}, "base.values: no strip has the symbol 'x'"),
        ({"base": Phase(strips=(STRIP,) * 3, steps=())}, "base.steps"),
        ({"free": Phase(strips=(STRIP,) * 2)}, "free.strips: there are 2 for 3 reels"),
    ],
)
def test_a_definition_with_a_fault_is_refused_by_place(changes: dict[str, object], place: str) -> None:
    with pytest.raises(Fault, match=place):
        Machine(**(SMALL | changes))


def test_another_return_than_the_declared_one_is_refused() -> None:
    with pytest.raises(Fault, match="rtp: 1/2 is declared for mode base, the tables return"):
        SlotGame(id="x", name="X", version="1", machine=Machine(**(SMALL | {"cost": 10})), rtp=Fraction(1, 2), cap=100)


def test_a_series_of_free_games_without_an_end_is_refused() -> None:
    strips = (("s", "a"),) * 3
    machine = Machine(
        rows=1,
        pattern=Lines(((0, 0, 0),)),
        pays={"a": {3: 1}},
        base=Phase(strips=strips, awards={3: 1}),
        free=Phase(strips=strips, awards={2: 2}),
        cost=1,
        scatter=Scatter(symbol="s"),
    )
    with pytest.raises(Fault, match=r"free.awards: a free game awards 1 more"):
        SlotGame(id="x", name="X", version="1", machine=machine, rtp=Fraction(1, 2), cap=100)

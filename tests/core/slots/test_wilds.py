"""What wilds do: they multiply once or each, draw values that are summed or multiplied, and fill their reels.

The exact figures are those of a count over every sequence of draws through the served game, and the compiled reader plays
the same rounds from the same draws.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from adapters.simulation.slots.runs import replay
from core.slots import exact
from core.slots.compiling import compile_machine
from core.slots.machine import Anywhere, Cascade, Fault, Lines, Machine, Scatter, Ways, Wild
from core.slots.phase import Phase
from core.slots.reveal import Told
from core.slots.spin import play_round
from tests.core.slots.judge import every, mean, served, variance, wins

STRIPS = (("a", "b", "w", "s"), ("b", "w", "a"), ("a", "w", "s", "b"))
PAYS = {"a": {2: 2, 3: 9}, "b": {3: 4}, "w": {2: 1, 3: 20}}
LINES = Lines(((0, 0, 0), (1, 1, 1), (0, 1, 0)))
PLAIN = Machine(
    rows=2,
    pattern=LINES,
    pays=PAYS,
    base=Phase(strips=STRIPS),
    wild=Wild(symbol="w", factor=2),
    scatter=Scatter(symbol="s", pays={2: 5}),
    cost=3,
)
VALUES = {"w": {1: 3, 2: 2, 5: 1}}
SMALL = replace(PLAIN, rows=1, pattern=Lines(((0, 0, 0),)), cost=1)


def _values(how: str, **changes: Any) -> Machine:
    wild = Wild(symbol="w", values=how)  # type: ignore[arg-type]
    return replace(SMALL, base=Phase(strips=STRIPS, values=VALUES), wild=wild, **changes)


def _expanding(machine: Machine, *reels: int, **changes: Any) -> Machine:
    return replace(machine, base=replace(machine.base, expanding=reels), **changes)


MACHINES = {
    "once": PLAIN,
    "each": replace(PLAIN, wild=Wild(symbol="w", factor=2, multiplies="each")),
    "each, both ways": replace(
        PLAIN, wild=Wild(symbol="w", factor=3, multiplies="each"), pattern=replace(LINES, direction="both")
    ),
    "values summed": _values("summed"),
    "values multiplied": _values("multiplied"),
    "values multiplied, both ways": _values("multiplied", pattern=Lines(((0, 0, 0),), direction="both")),
    "expanding": _expanding(PLAIN, 0, 1, 2),
    "expanding in the middle": _expanding(PLAIN, 1),
    "expanding, on ways": _expanding(PLAIN, 1, 2, pattern=Ways(), wild=Wild(symbol="w")),
    "expanding, uneven": _expanding(PLAIN, 1, 2, rows=(2, 3, 2)),
    "expanding, from the right": _expanding(PLAIN, 0, 2, pattern=replace(LINES, direction="right")),
}


@pytest.mark.parametrize("name", MACHINES)
def test_the_exact_figures_are_those_of_a_count(name: str) -> None:
    machine = MACHINES[name]
    tables = compile_machine(machine)
    found = wins(tables)
    figures = exact.figures(tables)
    assert mean(found) / machine.cost == figures.rtp
    assert 1 - found.get(0, Fraction(0)) == figures.hit_rate
    if figures.variance is not None:
        assert variance(found) / machine.cost**2 == figures.variance
        assert found == figures.wins


@pytest.mark.parametrize("name", MACHINES)
def test_the_compiled_reader_plays_the_same_rounds(name: str) -> None:
    tables = compile_machine(MACHINES[name])
    tapes, found = served(tables, 500)
    assert found == replay(tables, tapes)


def told(machine: Machine) -> list[Told]:
    tables = compile_machine(machine)

    def play(rng: Any) -> Told:
        events: Told = []
        play_round(tables, rng, events)
        return events

    return [events for events, _ in every(play)]


def test_each_wild_of_a_run_multiplies_it() -> None:
    once, each = (
        {event["win"] for events in told(replace(SMALL, wild=wild)) for event in events if event.get("symbol") == "a"}
        for wild in (Wild(symbol="w", factor=2), Wild(symbol="w", factor=2, multiplies="each"))
    )
    assert ({2, 4, 9, 18}, {2, 4, 9, 18, 36}) == (once, each)


def test_values_of_several_wilds_are_summed_or_multiplied() -> None:
    factors = {}
    for how in ("summed", "multiplied"):
        runs = [
            event
            for events in told(_values(how))
            for event in events
            if event["type"] == "line" and event["count"] == 3
        ]
        factors[how] = {event.get("factor", 1) for event in runs if event["symbol"] == "w"}
    assert {3, 4, 5, 6, 7, 8, 9, 11, 12, 15} == factors["summed"] | {5, 11}
    assert {1, 2, 4, 5, 8, 10, 20, 25, 50, 125} == factors["multiplied"]


def test_an_expansion_is_told_with_the_board_after_it_and_scatters_stay() -> None:
    seen = [event for events in told(MACHINES["expanding"]) for event in events if event["type"] in ("reels", "expand")]
    pairs = [(seen[at - 1], event) for at, event in enumerate(seen) if event["type"] == "expand"]
    assert pairs
    for before, after in pairs:
        for reel, (old, new) in enumerate(zip(before["window"], after["window"], strict=True)):
            filled = ["s" if symbol == "s" else "w" for symbol in old]
            assert (filled if reel in after["reels"] else list(old)) == list(new)
            assert ("w" in old and list(old) != list(new)) == (reel in after["reels"])
    assert any("s" in column for _, after in pairs for column in after["window"])


def test_where_nothing_grows_nothing_is_told() -> None:
    for events in told(MACHINES["expanding in the middle"]):
        kinds = [event["type"] for event in events]
        grows = "w" in events[0]["window"][1] and list(events[0]["window"][1]) != ["w", "w"]
        assert grows == ("expand" in kinds)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"base": Phase(strips=STRIPS, expanding=(3,))}, "base.expanding: there are reels 0 to 2"),
        ({"base": Phase(strips=STRIPS, expanding=(0,)), "wild": None, "pays": {"a": {3: 1}}}, "it is for a wild"),
        ({"base": Phase(strips=STRIPS, expanding=(0,), values={"a": {2: 1}})}, "only the wild can have values then"),
        ({"base": Phase(strips=STRIPS, values=VALUES | {"a": {2: 1}})}, "those of the wild, or those of other symbols"),
        (
            {
                "base": Phase(strips=STRIPS, expanding=(0,)),
                "pattern": Anywhere(),
                "cascade": Cascade(),
                "wild": Wild(symbol="w"),
            },
            "where nothing falls",
        ),
    ],
)
def test_a_wild_that_cannot_grow_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        replace(PLAIN, **changes)

"""Features as values: how reels stop, what wilds do between free games, places that multiply, books, hold and respin.

What can be computed is what a count over every sequence of draws through the served game gives, and the compiled reader plays
the same rounds from the same draws.
"""

import itertools
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from adapters.simulation.slots.runs import replay
from core.slots import exact, reach
from core.slots.compiling import compile_machine
from core.slots.game import SlotGame
from core.slots.hold import Hold
from core.slots.machine import Anywhere, Bet, Cascade, Clusters, Fault, Lines, Machine, Scatter, Ways, Wild
from core.slots.phase import Landing, Phase, Positions, Sticky
from core.slots.reveal import Told
from core.slots.spin import play_round
from tests.core.slots.judge import every, mean, served, variance, wins

STRIPS = (("a", "b", "w", "s"), ("b", "w", "a"), ("a", "s", "b"))
LINES = Lines(((0, 0, 0), (1, 1, 1), (0, 1, 0)))
PAYS = {"a": {2: 2, 3: 9}, "b": {3: 4}, "w": {3: 20}}
PLAIN = Machine(
    rows=2,
    pattern=LINES,
    pays=PAYS,
    base=Phase(strips=STRIPS),
    wild=Wild(symbol="w"),
    scatter=Scatter(symbol="s", pays={2: 5}),
    cost=3,
)
SMALL = replace(PLAIN, rows=1, pattern=Lines(((0, 0, 0),)), cost=1)
WEIGHTS = ((1, 2, 0, 1), (3, 1, 1), (1, 1, 2))
OTHERS = ((2, (("b", "w", "b"), ("a", "a", "w"), ("s", "b", "a", "a"))), (1, (("s", "a"), ("b", "w"), ("s", "a"))))
THREES = replace(
    PLAIN, pattern=Ways(), base=Phase(strips=STRIPS, heights=({1: 1, 2: 2}, {2: 1}, {2: 3, 1: 1})), rows=(2, 2, 2)
)
FREE = replace(SMALL, base=Phase(strips=STRIPS, awards={2: 2}), free=Phase(strips=STRIPS))


def free(machine: Machine = FREE, **changes: Any) -> Machine:
    assert machine.free is not None
    return replace(machine, free=replace(machine.free, **changes))


TALL = replace(
    FREE,
    rows=2,
    pattern=LINES,
    cost=3,
    base=Phase(strips=(("a", "s"), ("a", "b"), ("s", "b")), awards={2: 2}),
    free=Phase(strips=(("a", "b"), ("b", "w", "a"), ("a", "b"))),
)
RESPINS = replace(
    TALL,
    scatter=None,
    base=Phase(strips=(("a", "b"), ("b", "w", "a"), ("a", "b", "w")), expanding=(1, 2), sticky=Sticky(respins=True)),
    free=Phase(strips=(("a", "b"), ("b", "w", "a"), ("a", "b", "w")), expanding=(1, 2), sticky=Sticky(respins=True)),
)
HELD = Hold(symbol="s", starts=2, prizes={1: 1, 4: 1}, lands=(1, 2), lives=2, full=5)
HOLDING = replace(SMALL, scatter=None, hold=HELD)
BOARD = Machine(
    rows=2,
    pattern=Clusters(),
    pays={"a": {2: 1, 3: 3}, "b": {2: 2}},
    base=Phase(strips=(("a", "b"), ("b", "a", "c"))),
    cost=2,
)
COMPUTED = {
    "weighted stops": replace(PLAIN, base=Phase(strips=STRIPS, weights=WEIGHTS)),
    "weighted stops, both ways": replace(
        PLAIN, base=Phase(strips=STRIPS, weights=WEIGHTS), pattern=replace(LINES, direction="both")
    ),
    "weighted stops, expanding": replace(PLAIN, base=Phase(strips=STRIPS, weights=WEIGHTS, expanding=(1,))),
    "weighted stops, ways": replace(PLAIN, base=Phase(strips=STRIPS, weights=WEIGHTS), pattern=Ways()),
    "sets of strips": replace(PLAIN, base=Phase(strips=STRIPS, weight=3, others=OTHERS)),
    "sets of strips, without a scatter": replace(
        PLAIN, base=Phase(strips=STRIPS, weight=3, others=OTHERS), scatter=None
    ),
    "sets of strips, on ways": replace(PLAIN, base=Phase(strips=STRIPS, others=OTHERS), pattern=Ways()),
    "varying heights": THREES,
    "varying heights, weighted stops": replace(THREES, base=replace(THREES.base, weights=WEIGHTS)),
    "free games with sets of strips": free(others=OTHERS),
    "capped free games": free(strips=(("a", "s"), ("b", "s", "w"), ("a", "b")), awards={2: 2}, most=3),
    "multipliers that accumulate": free(
        strips=(("a", "b"), ("b", "w"), ("a", "b")), steps=(1, 2), growth=3, accumulates=True
    ),
    "multipliers that accumulate, with more games, a book and a cap": free(
        strips=(("a", "s"), ("b", "s", "w"), ("a", "b")),
        awards={2: 1},
        most=3,
        steps=(1, 2),
        growth=1,
        accumulates=True,
        book={"a": 1, "b": 1},
    ),
    "capped free games, with values": free(
        strips=(("a", "s"), ("w", "s", "b"), ("a", "b")), awards={2: 1}, most=3, values={"w": {1: 1, 3: 2}}
    ),
    "capped free games, bought": replace(
        free(strips=(("a", "s"), ("b", "s"), ("a", "b")), awards={2: 2}, most=3), buys=2
    ),
    "cells": replace(PLAIN, base=Phase(strips=(("a", "b", "w"), ("a", "s"), ("b", "s")), cells=True)),
    "weighted cells on ways": replace(
        PLAIN, base=Phase(strips=STRIPS, weights=WEIGHTS, cells=True), pattern=Ways(), rows=(2, 1, 1)
    ),
    "cells, expanding": replace(
        PLAIN, base=Phase(strips=(("a", "b", "w"), ("a", "s", "w"), ("b", "s")), cells=True, expanding=(1,))
    ),
    "expanding with values": replace(
        PLAIN,
        base=Phase(strips=STRIPS, expanding=(0, 1), values={"w": {1: 1, 3: 2}}),
        rows=(2, 2, 1),
        pattern=Lines(((0, 0, 0), (1, 1, 0))),
    ),
    "landing wilds": replace(PLAIN, base=Phase(strips=STRIPS, landing=Landing({0: 2, 1: 1, 4: 1}))),
    "landing wilds that expand": replace(
        PLAIN, base=Phase(strips=STRIPS, landing=Landing({0: 2, 2: 1}), expanding=(1, 2))
    ),
    "landing wilds on ways": replace(PLAIN, base=Phase(strips=STRIPS, landing=Landing({1: 1, 2: 2})), pattern=Ways()),
    "sticky reels": free(TALL, expanding=(1,), sticky=Sticky()),
    "sticky wilds that fill their reels later": free(TALL, sticky=Sticky(fills=True)),
    "sticky wilds with values": free(FREE, sticky=Sticky(fills=True), values={"w": {1: 1, 2: 1}}),
    "sticky wilds with values drawn anew": free(
        FREE, sticky=Sticky(fills=True, redraws=True), values={"w": {1: 1, 2: 1}}
    ),
    "sticky wilds that land": free(
        FREE, strips=(("a", "b"),) * 3, sticky=Sticky(fills=True), landing=Landing({0: 2, 1: 1})
    ),
    "sticky wilds, bought": replace(free(TALL, sticky=Sticky(fills=True)), buys=3),
    "respins for a wild": RESPINS,
    "respins for a wild, both ways": replace(RESPINS, pattern=replace(LINES, direction="both")),
    "book": free(book={"a": 1, "b": 2}, factor=2),
    "book, bought": replace(free(TALL, book={"a": 1, "b": 2}), buys=2),
    "book that is the scatter, too": replace(
        FREE,
        wild=Wild(symbol="s"),
        pays={"a": {2: 2, 3: 9}, "b": {3: 4}},
        base=Phase(strips=(("a", "b", "s"), ("b", "s", "a"), ("a", "s", "b")), awards={2: 1}),
        free=Phase(strips=(("a", "b", "s"), ("b", "s", "a"), ("a", "s", "b")), book={"a": 1, "b": 1}),
    ),
    "hold": HOLDING,
    "hold, from one on": replace(HOLDING, hold=replace(HELD, starts=1)),
    "hold, one life": replace(HOLDING, hold=replace(HELD, lives=1, lands=(1, 1), full=0)),
    "hold and free games": replace(FREE, pays={"a": {2: 2, 3: 9}, "w": {3: 20}}, hold=replace(HELD, symbol="b")),
    "hold at once": replace(HOLDING, holds=True, hold=replace(HELD, lives=1, lands=(1, 1))),
}
SPREAD_UNKNOWN = {
    name
    for name in COMPUTED
    if "sticky" in name
    or "respins for" in name
    or "landing" in name
    or "with values" in name
    or "capped" in name
    or "accumulate" in name
} | {"hold and free games"}
"""Machines of which even the variance takes a simulation."""
SIMULATED = {
    "positions": replace(BOARD, base=replace(BOARD.base, positions=Positions((1, 2, 4))), cascade=Cascade()),
    "positions without falls": replace(BOARD, base=replace(BOARD.base, positions=Positions((2,)))),
    "positions anywhere": replace(
        BOARD,
        pattern=Anywhere(),
        pays={"a": {2: 1, 3: 3}, "b": {2: 2}},
        cascade=Cascade(refill="fresh"),
        base=replace(BOARD.base, positions=Positions((0, 2)), strips=(("a", "b", "c"), ("b", "a", "c"))),
    ),
    "positions kept over free games": replace(
        BOARD,
        scatter=Scatter(symbol="c"),
        base=replace(BOARD.base, awards={1: 3}),
        wild=Wild(symbol="a"),
        pays={"b": {2: 2}},
        free=Phase(strips=(("a", "b", "c", "c"), ("b", "a", "c", "c")), positions=Positions((1, 2, 3, 5))),
        cascade=Cascade(refill="fresh"),
    ),
    "positions of each free game": replace(
        BOARD,
        scatter=Scatter(symbol="c"),
        base=replace(BOARD.base, awards={1: 3}),
        free=replace(BOARD.base, positions=Positions((1, 2, 3, 5), kept=False)),
        cascade=Cascade(),
    ),
    "falls with weighted stops": replace(
        BOARD, cascade=Cascade(refill="fresh"), base=replace(BOARD.base, weights=((3, 2), (1, 1, 2)))
    ),
    "falls with sets of strips": replace(
        BOARD, cascade=Cascade(), base=replace(BOARD.base, others=((2, (("c", "a", "b"), ("a", "b", "c"))),))
    ),
    "cells that fall, with varying heights": replace(
        BOARD,
        cascade=Cascade(refill="fresh"),
        base=replace(
            BOARD.base,
            cells=True,
            weights=((1, 2, 1), (2, 1, 1)),
            heights=({1: 1, 2: 1}, {2: 1}),
            strips=(("a", "b", "c"),) * 2,
        ),
    ),
    "cells anywhere, with free games": replace(
        BOARD,
        pattern=Anywhere(),
        pays={"a": {2: 1}},
        scatter=Scatter(symbol="c"),
        free=replace(BOARD.base, cells=True),
        base=replace(BOARD.base, cells=True, awards={1: 2}),
    ),
    "falls with varying heights": replace(
        BOARD,
        cascade=Cascade(),
        base=replace(BOARD.base, heights=({1: 1, 2: 1}, {2: 1, 1: 3}), strips=(("a", "b", "c"),) * 2),
    ),
    "falls whose multipliers accumulate": replace(
        BOARD,
        scatter=Scatter(symbol="c"),
        base=replace(BOARD.base, awards={1: 3}),
        cascade=Cascade(),
        free=replace(BOARD.base, steps=(1, 2), growth=2, accumulates=True),
    ),
    "multipliers that accumulate without end": free(
        strips=(("a", "s"), ("b", "s", "w"), ("a", "b", "s")), awards={3: 1}, growth=1, accumulates=True
    ),
    "sticky wilds on their places": free(TALL, sticky=Sticky()),
    "sticky wilds on their places, on ways": free(replace(TALL, pattern=Ways()), sticky=Sticky()),
    "sticky wilds and more free games": free(TALL, sticky=Sticky(fills=True), strips=STRIPS, awards={2: 1}),
    "walking wilds": free(replace(TALL, base=replace(TALL.base, awards={2: 3})), sticky=Sticky(walks=-1)),
    "walking wilds that respin": replace(
        RESPINS,
        base=replace(RESPINS.base, expanding=(), sticky=Sticky(walks=-1, respins=True)),
        free=replace(RESPINS.base, expanding=(), sticky=Sticky(walks=-1, respins=True)),
    ),
    "wilds that walk to the right and keep their values": free(
        replace(TALL, base=replace(TALL.base, awards={2: 3})), sticky=Sticky(walks=1), values={"w": {1: 1, 2: 1}}
    ),
    "wilds of the base spin that stay": replace(
        free(TALL, sticky=Sticky()), base=Phase(strips=STRIPS, awards={1: 2}, sticky=Sticky())
    ),
    "hold on turning reels": replace(
        HOLDING, hold=replace(HELD, lands=None, strips=(("a", "s"), ("b", "a", "s"), ("a", "b")))
    ),
    "hold on turning reels, at once": replace(
        HOLDING, holds=True, hold=replace(HELD, lands=None, strips=(("a", "s"), ("b", "a", "s"), ("a", "s", "b", "b")))
    ),
}
HITS_UNKNOWN = {name for name in COMPUTED if "sticky" in name or "respins for" in name or "landing" in name} | {
    "hold and free games",
    "hold at once",
}
"""Machines of which it takes a simulation to tell how many rounds pay."""
ENDLESS = ("walking wilds that respin", "positions anywhere", "falls with weighted stops")
MACHINES = COMPUTED | SIMULATED


@pytest.mark.parametrize("name", COMPUTED)
def test_the_exact_figures_are_those_of_a_count(name: str) -> None:
    machine = COMPUTED[name]
    tables = compile_machine(machine)
    assert reach.computable(machine)
    found = wins(tables)
    figures = exact.figures(tables)
    assert mean(found) / machine.cost == figures.rtp
    assert figures.rtp == figures.base_rtp + figures.free_rtp + figures.hold_rtp
    assert (figures.variance is None) == (name in SPREAD_UNKNOWN)
    if figures.variance is not None:
        assert variance(found) / machine.cost**2 == figures.variance
    assert (figures.round_hit_rate is None) == (name in HITS_UNKNOWN)
    if figures.round_hit_rate is not None:
        assert 1 - found.get(0, Fraction(0)) == figures.round_hit_rate


@pytest.mark.parametrize("name", COMPUTED)
def test_so_are_the_chances_of_features_and_of_the_base_spin(name: str) -> None:
    machine = COMPUTED[name]
    tables = compile_machine(machine)
    found: Counter[str] = Counter()
    games, base_wins = Fraction(0), Counter[int]()
    alike: Counter[tuple[frozenset[str], int, int, Fraction]] = Counter()
    for events, chance in counted(machine):
        kinds = [event["type"] for event in events]
        alike[frozenset(kinds), kinds.count("free_game"), base_win(events), chance] += 1
    for (types, played, win, chance), paths in alike.items():
        found.update(dict.fromkeys(types, paths * chance))  # type: ignore[misc]
        games += paths * chance * played
        base_wins[win] += paths * chance  # type: ignore[assignment]
    figures = exact.figures(tables)
    assert figures.free_game_rate == found["free_game"]
    assert figures.hold_rate == found["hold"]
    assert figures.games_a_trigger * figures.free_game_rate == games
    if figures.wins is not None:
        assert dict(base_wins) == figures.wins
    if figures.hit_rate is not None and not (machine.buys or machine.holds):
        assert 1 - base_wins[0] == figures.hit_rate


@pytest.mark.parametrize("name", SIMULATED)
def test_what_cannot_be_computed_is_not(name: str) -> None:
    assert not reach.computable(SIMULATED[name])


@pytest.mark.parametrize("name", MACHINES)
def test_the_compiled_reader_plays_the_same_rounds(name: str) -> None:
    tables = compile_machine(MACHINES[name])
    tapes, found = served(tables, 1000)
    assert len(set(found)) > 2
    assert found == replay(tables, tapes)


def counted(machine: Machine) -> list[tuple[Told, Fraction]]:
    tables = compile_machine(machine)

    def play(rng: Any) -> Told:
        events: Told = []
        play_round(tables, rng, events)
        return events

    return list(every(play))


def base_win(events: Told) -> int:
    """What the base spin paid, features aside."""
    win = 0
    for event in events:
        if event["type"] in ("free_game", "hold", "bought", "special"):
            break
        win += event.get("win", 0)
    return win


def series(events: Told) -> list[Told]:
    """The events of each free game."""
    found: list[Told] = []
    for event in events:
        if event["type"] == "free_game":
            found.append([])
        elif found:
            found[-1].append(event)
    return found


def wild_cells(event: dict[str, Any]) -> set[tuple[int, int]]:
    return {
        (reel, row) for reel, column in enumerate(event["window"]) for row, symbol in enumerate(column) if symbol == "w"
    }


def last_board(game: Told) -> dict[str, Any]:
    return [event for event in game if "window" in event][-1]


@pytest.mark.parametrize(("name", "step"), [("sticky wilds on their places", 0), ("walking wilds", -1)])
def test_wilds_stay_to_the_end_of_the_series_or_move_on(name: str, step: int) -> None:
    seen = 0
    for events, _ in counted(SIMULATED[name]):
        games = series(events)
        for before, after in itertools.pairwise(games):
            moved = {(reel + step, row) for reel, row in wild_cells(last_board(before)) if reel + step >= 0}
            assert moved <= wild_cells(last_board(after))
            told = [event for event in after if event["type"] == "sticky"]
            assert [sorted(moved)] * bool(moved) == [[(reel, row) for reel, row in event["cells"]] for event in told]
            seen += bool(moved)
    assert seen


def test_a_wild_that_fills_its_reel_is_held_all_over_it() -> None:
    filled = 0
    for events, _ in counted(COMPUTED["sticky wilds that fill their reels later"]):
        games = series(events)
        for before, after in itertools.pairwise(games):
            reels = {reel for reel, _ in wild_cells(last_board(before))}
            assert {(reel, row) for reel in reels for row in (0, 1)} <= wild_cells(last_board(after))
            filled += bool(reels)
    assert filled


def test_each_new_wild_is_worth_one_respin_and_a_full_board_of_them_none() -> None:
    lengths = Counter[int]()
    for events, chance in counted(RESPINS):
        spins = [list(events[: position(events)]), *series(events)]
        lengths[len(spins) - 1] += chance  # type: ignore[assignment]
        held: set[tuple[int, int]] = set()
        for spin in spins:
            new = wild_cells(last_board(spin)) - held
            assert bool(new) == any(event["type"] == "again" for event in spin)
            held |= new
    assert {0, 1, 2} == set(lengths)


def position(events: Told) -> int:
    """Where the first free game begins."""
    return next((at for at, event in enumerate(events) if event["type"] == "free_game"), len(events))


def test_the_value_of_a_held_wild_stays_or_is_drawn_anew() -> None:
    kept, anew = (
        {
            (one["values"][1][0], two["values"][1][0])
            for events, _ in counted(COMPUTED[name])
            for games in [series(events)]
            for one, two in [[last_board(game) for game in games]] * (len(games) == 2)
            if one["values"][1][0]
        }
        for name in ("sticky wilds with values", "sticky wilds with values drawn anew")
    )
    assert ({(1, 1), (2, 2)}, {(1, 1), (1, 2), (2, 1), (2, 2)}) == (kept, anew)


def test_a_place_multiplies_by_what_was_won_on_it_before() -> None:
    """a and b alternate on two reels; a, in view on both, pays again and again."""
    machine = replace(
        BOARD,
        rows=1,
        pays={"a": {2: 1}},
        base=Phase(strips=(("a", "a", "a", "b"), ("a", "a", "b", "b")), positions=Positions((1, 3))),
        cascade=Cascade(),
    )
    falls = {tuple(e["win"] for e in events if e["type"] == "cluster"): events for events, _ in counted(machine)}
    assert {(), (1,), (1, 2)} == set(falls)
    told = [event["multipliers"] for event in falls[1, 2] if event["type"] == "positions"]
    assert [[[1], [1]], [[3], [3]]] == told


def test_places_forget_between_free_games_where_they_are_not_kept() -> None:
    for name, kept in (("positions kept over free games", True), ("positions of each free game", False)):
        grids = [
            [event for event in game if event["type"] == "positions"]
            for events, _ in counted_some(SIMULATED[name])
            for game in series(events)[1:]
        ]
        empty = [game for game in grids if game and not any(map(any, game[0]["multipliers"]))]
        assert bool(empty) != kept


def counted_some(machine: Machine) -> list[tuple[Told, Fraction]]:
    tables = compile_machine(machine)
    tapes, _ = served(tables, 300)
    return [(told_again(tables, tape), Fraction(1, 300)) for tape in tapes]


def told_again(tables: Any, tape: list[int]) -> Told:
    values = iter(tape)

    class Again:
        def below(self, bound: int, purpose: str) -> int:
            return next(values)

        def many(self, bound: int, count: int, purpose: str) -> list[int]:
            return [next(values) for _ in range(count)]

        def each(self, bounds: list[int], purpose: str) -> list[int]:
            return [next(values) for _ in bounds]

    events: Told = []
    play_round(tables, Again(), events)  # type: ignore[arg-type]
    return events


def test_the_book_pays_on_every_line_whatever_stands_between() -> None:
    paid = 0
    for events, _ in counted(replace(free(TALL, book={"a": 1, "b": 2}), buys=1)):
        special = next(event["symbol"] for event in events if event["type"] == "special")
        window = next(event["window"] for event in events if event["type"] == "reels")
        reels = [reel for reel, column in enumerate(window) if special in column]
        books = [event for event in events if event["type"] == "book"]
        pay = PAYS[special].get(len(reels), 0) * 3
        assert [(pay, reels)] * bool(pay) == [(event["win"], event["reels"]) for event in books]
        paid += bool(pay)
    assert paid


def test_on_turning_reels_the_symbol_is_held_where_it_comes_into_view() -> None:
    seen = 0
    for events, _ in counted(SIMULATED["hold on turning reels"]):
        held: set[tuple[int, int]] = set()
        for event in events:
            if event["type"] in ("hold", "respin"):
                more = {(reel, row) for reel, row in event["cells"]}
                assert not more & held
                held |= more
            if event["type"] == "respin":
                assert held == {(reel, 0) for reel, [symbol] in enumerate(event["window"]) if symbol == "s"}
                seen += 1
    assert seen


def test_a_bet_can_begin_with_hold_and_respin() -> None:
    machine = replace(HOLDING, hold=replace(HELD, lives=1), bets={"hold": Bet(cost=4, holds=True)})
    for events, _ in counted(machine.played_as("hold")):
        assert ("hold", []) == (events[0]["type"], events[0]["cells"])
        assert "reels" not in {event["type"] for event in events}


@pytest.mark.parametrize(
    ("machine", "changes", "complaint"),
    [
        (
            PLAIN,
            {"base": Phase(strips=STRIPS, weights=((1, 1), *WEIGHTS[1:]))},
            "base.weights: there is one for each stop",
        ),
        (PLAIN, {"base": Phase(strips=STRIPS, weights=((0,) * 4, *WEIGHTS[1:]))}, "base.weights: .* sum to nothing"),
        (PLAIN, {"base": Phase(strips=STRIPS, weights=((1, 1, 1, -1), *WEIGHTS[1:]))}, "base.weights: .* below 0"),
        (PLAIN, {"base": Phase(strips=STRIPS, weights=WEIGHTS, others=OTHERS)}, "only where there is one set"),
        (PLAIN, {"base": Phase(strips=STRIPS, weights=((10**6, 1, 1, 1), *WEIGHTS[1:]))}, "places to stop"),
        (PLAIN, {"base": Phase(strips=STRIPS, others=((0, STRIPS),))}, "base.others: a set of strips has the weight 0"),
        (PLAIN, {"base": Phase(strips=STRIPS, others=((1, STRIPS[:2]),))}, "base.strips: there are 2 for 3 reels"),
        (PLAIN, {"base": Phase(strips=STRIPS, accumulates=True)}, "base.accumulates: it is for free games"),
        (PLAIN, {"base": Phase(strips=STRIPS, most=3)}, "base.most: it is for free games"),
        (FREE, {"free": Phase(strips=STRIPS, most=-1)}, "free.most: -1 free games"),
        (PLAIN, {"base": Phase(strips=STRIPS, heights=({2: 1},) * 3)}, "base.heights: lines need fixed ones"),
        (
            THREES,
            {"base": Phase(strips=STRIPS, heights=({1: 1},) * 3)},
            "the greatest of each reel is what `rows` says",
        ),
        (THREES, {"base": Phase(strips=STRIPS, heights=({2: 1},) * 2)}, "base.heights: each reel has some"),
        (THREES, {"base": Phase(strips=STRIPS, heights=({2: 1, 0: 1},) * 3)}, "base.heights: each reel has some"),
        (BOARD, {"base": replace(BOARD.base, cells=True), "cascade": Cascade()}, "no strip that could go on upwards"),
        (PLAIN, {"base": Phase(strips=STRIPS, landing=Landing({1: 0}))}, "base.landing"),
        (PLAIN, {"base": Phase(strips=STRIPS, landing=Landing({-1: 1}))}, "base.landing"),
        (
            PLAIN,
            {"base": Phase(strips=STRIPS, landing=Landing({1: 1})), "wild": None, "pays": {"a": {3: 1}}},
            "for a wild",
        ),
        (PLAIN, {"base": Phase(strips=STRIPS, sticky=Sticky(respins=True))}, "no free games that hold a wild"),
        (FREE, {"base": replace(FREE.base, sticky=Sticky())}, "no free games that hold a wild"),
        (
            free(FREE, sticky=Sticky()),
            {"base": replace(FREE.base, sticky=Sticky(respins=True))},
            "awarded by scatters or as respins",
        ),
        (free(TALL, sticky=Sticky()), {"pattern": Anywhere(), "cascade": Cascade()}, "where nothing falls"),
        (
            SIMULATED["walking wilds that respin"],
            {
                "free": replace(
                    RESPINS.base,
                    strips=(("a", "b"), ("b", "w"), ("a", "b")),
                    expanding=(),
                    sticky=Sticky(walks=-1, respins=True),
                )
            },
            "the respins have no end",
        ),
        (BOARD, {"base": replace(BOARD.base, positions=Positions(()))}, "base.positions: there are no steps"),
        (BOARD, {"base": replace(BOARD.base, positions=Positions((-1,)))}, "base.positions: .* below 0"),
        (PLAIN, {"base": Phase(strips=STRIPS, positions=Positions((1,)))}, "for clusters and anywhere"),
        (PLAIN, {"base": Phase(strips=STRIPS, book={"a": 1})}, "base.book: it is for free games on lines"),
        (FREE, {"free": Phase(strips=STRIPS, book={"z": 1})}, "free.book: no strip has such a symbol"),
        (FREE, {"free": Phase(strips=STRIPS, book={"s": 1})}, "free.book: a symbol that pays, and no wild"),
        (FREE, {"free": Phase(strips=STRIPS, book={"w": 1})}, "free.book: a symbol that pays, and no wild"),
        (SMALL, {"holds": True}, "holds: there is no hold and respin"),
        (HOLDING, {"hold": replace(HELD, symbol="z")}, "hold: no strip has the symbol 'z'"),
        (HOLDING, {"hold": replace(HELD, symbol="a")}, "hold: a pays by its prizes only"),
        (HOLDING, {"hold": replace(HELD, starts=0)}, "hold.starts"),
        (HOLDING, {"hold": replace(HELD, starts=4)}, "hold.starts"),
        (HOLDING, {"hold": replace(HELD, prizes={})}, "hold.prizes"),
        (HOLDING, {"hold": replace(HELD, prizes={0: 1})}, "hold.prizes"),
        (HOLDING, {"hold": replace(HELD, prizes={1: 0})}, "hold.prizes"),
        (HOLDING, {"hold": replace(HELD, lands=(0, 1))}, "hold.lands"),
        (HOLDING, {"hold": replace(HELD, lands=(1, 0))}, "hold.lands"),
        (HOLDING, {"hold": replace(HELD, lands=None)}, "`lands` or strips"),
        (HOLDING, {"hold": replace(HELD, strips=STRIPS)}, "`lands` or strips"),
        (HOLDING, {"hold": replace(HELD, lands=None, strips=STRIPS[:2])}, "hold.strips"),
        (HOLDING, {"hold": replace(HELD, lives=0)}, "lives are 1 to 100"),
        (HOLDING, {"hold": replace(HELD, full=-1)}, "lives are 1 to 100"),
        (BOARD, {"cascade": Cascade(), "hold": replace(HELD, symbol="c")}, "on which nothing falls"),
    ],
)
def test_a_feature_that_cannot_be_played_is_refused_with_its_place(
    machine: Machine, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(Fault, match=complaint):
        replace(machine, **changes)


def test_a_board_that_falls_without_end_is_refused() -> None:
    """Every board of these strips has a cluster."""
    machine = replace(BOARD, wild=Wild(symbol="a"), pays={"b": {2: 2}}, cascade=Cascade())
    with pytest.raises(Fault, match="cascade: in the base spin a board falls without end"):
        SlotGame(id="endless", name="Endless", version="1", machine=machine, rtp=Fraction(9, 10), cap=1000)


def test_a_series_that_is_capped_says_what_is_given() -> None:
    limits = [
        event for events, _ in counted(COMPUTED["capped free games"]) for event in events if event["type"] == "limit"
    ]
    assert {0, 1} == {event["games"] for event in limits}
    assert 3 == max(len(series(events)) for events, _ in counted(COMPUTED["capped free games"]))

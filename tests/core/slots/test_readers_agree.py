"""Definitions that a stranger tried: whatever loads, the served game, the exact maths and the compiled reader play alike."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from adapters.simulation.slots.arrays import arrays
from adapters.simulation.slots.runs import batch, replay
from core.rng import TurnRng
from core.slots import boards, exact
from core.slots.cascade import Endless
from core.slots.compiling import compile_machine
from core.slots.game import SlotGame
from core.slots.hold import Hold
from core.slots.machine import Anywhere, Cascade, Fault, Lines, Machine, Pick, Scatter, Ways, Wild
from core.slots.phase import Phase, Sticky
from core.slots.spin import SERIES, play_round
from core.slots.tables import Tables
from ports.game import Wager
from tests.core.slots.judge import every, mean, served, wins
from tests.games.catalogue import Bytes

STRIPS = (("a", "s", "b"), ("b", "a", "s"))
EACH = Scatter(symbol="s", pays={1: 1}, settled=False)
SCATTERED = Machine(
    rows=1, pattern=Lines(((0, 0),)), pays={"a": {2: 3}}, base=Phase(strips=STRIPS), cost=2, scatter=EACH
)
THREE = (("a", "b", "c"), ("b", "a", "c"))
VARYING = Phase(strips=THREE, heights=({1: 1, 2: 1}, {1: 1, 2: 1}))
TALL = Machine(
    rows=2,
    pattern=Ways(),
    pays={"a": {2: 3}},
    base=replace(VARYING, awards={1: 2}),
    free=Phase(strips=THREE),
    cost=2,
    scatter=Scatter(symbol="c"),
)
BOOK_STRIPS = (("a", "b", "c"), ("c", "b", "a"), ("b", "s", "a"))
FALLING_BOOK = Machine(
    rows=1,
    pattern=Lines(((0, 0, 0),)),
    pays={"a": {2: 2, 3: 9}, "b": {3: 4, 2: 1}},
    base=Phase(strips=BOOK_STRIPS, awards={1: 2}),
    free=Phase(strips=BOOK_STRIPS, steps=(1, 2, 10), accumulates=True, book={"a": 1}),
    scatter=Scatter(symbol="s"),
    cascade=Cascade(),
    cost=2,
)
ALIKE = {
    "a scatter counted at each evaluation, where nothing falls": SCATTERED,
    "the same on plain lines": replace(
        SCATTERED, pattern=Lines(((0, 0, 0),)), base=Phase(strips=(*STRIPS, ("a", "s")))
    ),
    "the same on ways, with free games": replace(
        SCATTERED, pattern=Ways(), base=Phase(strips=STRIPS, awards={1: 1}), free=Phase(strips=STRIPS)
    ),
    "heights that vary in the base spin alone": TALL,
    "heights that vary in free games alone": replace(TALL, base=Phase(strips=THREE, awards={1: 2}), free=VARYING),
    "a book on a board that falls under steps that go on": FALLING_BOOK,
}


@pytest.mark.parametrize("kind", ALIKE)
def test_what_loads_is_played_alike_by_every_reader(kind: str) -> None:
    machine = ALIKE[kind]
    tables = compile_machine(machine)
    tapes, expected = served(tables, 300)
    assert expected == replay(tables, tapes)
    if machine.cascade is None:
        assert mean(wins(tables)) / machine.cost == exact.rtp(tables)
    told = arrays(tables)
    slow, quick = (batch(told, key=bytes(32), stream=0, rounds=20_000, cap=10**6, quick=way) for way in (False, True))
    assert slow == quick


def test_a_book_takes_the_step_at_which_its_spin_began() -> None:
    factors = set()
    for events, _ in every(lambda rng: _told(compile_machine(FALLING_BOOK), rng)):
        won = False
        for event in events:
            won |= event["type"] in ("line", "fall")
            if event["type"] == "free_game":
                won = False
            if event["type"] == "book" and not won:
                factors.add((event.get("factor", 1), _falls_before(events, event)))
    assert factors
    assert all(factor == (1, 2, 10)[min(falls, 2)] for factor, falls in factors)


def _told(tables: Tables, rng: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    play_round(tables, rng, told)
    return told


def _falls_before(events: list[dict[str, Any]], book: dict[str, Any]) -> int:
    """Falls of the series before the book's spin."""
    began = next(place for place, event in enumerate(events) if event["type"] == "special")
    return sum(event["type"] == "fall" for event in events[began : events.index(book)])


def slot(machine: Machine, rtp: Fraction = Fraction(1, 2), cap: int = 100) -> SlotGame:
    return SlotGame(id="x", name="X", version="1", machine=machine, rtp=rtp, cap=cap)


PAIR = (("a", "b"), ("b", "a"))
ROUNDABOUT = Machine(
    rows=1, pattern=Anywhere(), pays={"a": {2: 1}, "b": {2: 1}}, base=Phase(strips=PAIR), cascade=Cascade(), cost=2
)


def test_a_board_that_falls_for_ever_from_one_combination_of_stops_alone_is_refused() -> None:
    with pytest.raises(Fault, match=r"falls without end, from \[1, 0\]"):
        slot(ROUNDABOUT)


def test_a_board_that_is_filled_afresh_is_not_refused_for_what_chance_never_does() -> None:
    pays = {"a": {2: 4}, "b": {1: 7, 2: 5}}
    fresh = replace(ROUNDABOUT, pattern=Lines(((0, 0),)), pays=pays, cascade=Cascade(refill="fresh"), cost=50)
    assert slot(fresh).play(Wager("base"), TurnRng(Bytes(3))).win >= 0


LEAVING = Machine(
    rows=1,
    pattern=Anywhere(),
    pays={"a": {2: 1}},
    base=Phase(strips=(("s", "a", "b"), ("b", "s", "a")), awards={1: 1}),
    free=Phase(strips=(("s", "a", "b"), ("s", "s", "a")), awards={1: 2}),
    scatter=Scatter(symbol="s", settled=False),
    cascade=Cascade(refill="fresh"),
    cost=5,
)


def test_free_games_that_award_more_and_more_on_falling_boards_are_refused() -> None:
    with pytest.raises(Fault, match=r"free\.awards: .* and the series has no end"):
        slot(LEAVING)


def test_a_series_that_gets_through_all_the_same_ends_with_an_error() -> None:
    tables = compile_machine(LEAVING)
    rng = TurnRng(Bytes(3))
    with pytest.raises(Endless, match=f"more than {SERIES} free games"):
        _ = [play_round(tables, rng, []) for _ in range(50)]


REFUSED = {
    "wild.factor: 0; it is at least 1": {"wild": Wild(symbol="b", factor=0)},
    "wild.multiplies: 'added' is none of 'once', 'each'": {"wild": Wild(symbol="b", multiplies="added")},  # type: ignore[arg-type]
    "wild.spares: no strip has the symbol 'z'": {"wild": Wild(symbol="b", spares=("z",))},
    "pattern.direction: 'LEFT' is none of": {"pattern": Lines(((0, 0),), "LEFT")},  # type: ignore[arg-type]
    "pattern.rows: .* is no tuple": {"pattern": Lines([[0, 0]])},  # type: ignore[arg-type]
    "pays.a.2: 1.5 is no whole number": {"pays": {"a": {2: 1.5}}},
    "pays.a.2: '3' is no whole number": {"pays": {"a": {2: "3"}}},
    "pays.a: None is no mapping": {"pays": {"a": None}},
    "pays: nothing pays on lines": {"pays": {}},
    "cost: True is no whole number": {"cost": True},
    "base.growth: 0.5 is no whole number": {"base": Phase(strips=STRIPS, growth=0.5)},  # type: ignore[arg-type]
    "base.strips 1 2: 7 is no name": {"base": Phase(strips=(("a", 7, "s"), ("b", "a", "s")))},  # type: ignore[arg-type]
    "base.strips: .* is no tuple": {"base": Phase(strips=[["a", "b", "s"]] * 2)},  # type: ignore[arg-type]
    "base: None is no Phase": {"base": None},
    "cascade.refill: 'top' is none of": {"cascade": Cascade(refill="top")},  # type: ignore[arg-type]
    "rows: 1.0 is no": {"rows": 1.0},
    "mixes: 'any' has no pays": {"mixes": {"any": ("a", "b")}},
    "scatter: 3 of it are named, and 2 can be seen": {
        "base": Phase(strips=STRIPS, awards={3: 1}), "free": Phase(strips=STRIPS),
    },
    "buys: 2000 free games cannot be bought": {"buys": 2000, "free": Phase(strips=STRIPS)},
    "picks: x has 0 games": {"picks": {"x": Pick(games=0, phase=Phase(strips=STRIPS))}},
    "hold.lands: 3 values, where 2 belong": {"hold": Hold(symbol="b", starts=1, prizes={1: 1}, lands=(1, 1, 1))},  # type: ignore[arg-type]
    "hold.strips: there is one for each reel": {
        "hold": Hold(symbol="b", starts=1, prizes={1: 1}, strips=(("b",), ("b",), ("b",)))
    },
    "hold.strips: they never show what is held": {
        "hold": Hold(symbol="b", starts=1, prizes={1: 1}, strips=(("a",), ("a",)))
    },
    "hold: lives are 1 to 100": {"hold": Hold(symbol="b", starts=1, prizes={1: 1}, lands=(1, 1), lives=2000)},
}  # fmt: skip


@pytest.mark.parametrize("complaint", REFUSED)
def test_a_definition_of_the_wrong_shape_is_refused_with_its_place(complaint: str) -> None:
    with pytest.raises(Fault, match=complaint):
        replace(SCATTERED, **REFUSED[complaint])


@pytest.mark.parametrize("cap", [0, -5, 2.5, True])
def test_a_cap_is_a_whole_number_of_units(cap: Any) -> None:
    with pytest.raises(Fault, match="cap: "):
        slot(SCATTERED, cap=cap)


def test_weights_beyond_what_the_compiled_reader_draws_are_refused() -> None:
    with pytest.raises(Fault, match="weights: they sum to 8589934592"):
        compile_machine(replace(SCATTERED, base=Phase(strips=STRIPS, times={1: 2**32, 2: 2**32})))


def test_free_games_of_a_further_scatter_are_refused_where_wilds_award_respins() -> None:
    strips = (("a", "w", "s"), ("a", "b", "t"), ("b", "a", "t"))
    phase = Phase(strips=strips, sticky=Sticky(respins=True))
    free = Phase(strips=strips, sticky=Sticky(respins=True), most=5)
    machine = Machine(
        rows=1,
        pattern=Lines(((0, 0, 0),)),
        pays={"a": {3: 9}},
        base=phase,
        free=free,
        wild=Wild(symbol="w"),
        cost=9,
        scatter=Scatter(symbol="s"),
    )
    with pytest.raises(Fault, match="awarded by scatters or as respins, one of them"):
        replace(machine, others=(Scatter(symbol="t", awards={"base": {1: 1}}),))


def test_a_wild_that_walks_is_always_there_only_where_its_weight_says_so() -> None:
    strips = (("w", "a"), ("a", "b"))
    for weights, endless in (((1, 0), True), ((1, 1), False)):
        phase = Phase(strips=strips, weights=(weights, (1, 1)), sticky=Sticky(walks=1, respins=True))

        def machine(phase: Phase = phase) -> Machine:
            return Machine(
                rows=1,
                pattern=Lines(((0, 0),)),
                pays={"a": {2: 1}},
                base=phase,
                free=phase,
                wild=Wild(symbol="w"),
                cost=2,
            )

        if endless:
            with pytest.raises(Fault, match="every spin shows a wild"):
                machine()
        else:
            assert machine().free is phase


def test_what_would_take_too_long_to_count_is_told_as_not_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = compile_machine(SCATTERED)
    whole = exact.figures(tables)
    assert None not in (whole.hit_rate, whole.variance, whole.wins)
    monkeypatch.setattr(boards, "MOST_STEPS", 1)
    found = exact.figures(tables)
    assert (whole.rtp, None, None, None) == (found.rtp, found.hit_rate, found.variance, found.wins)
    monkeypatch.undo()
    monkeypatch.setattr(boards, "MOST_BITS", 1)
    heavy = compile_machine(
        replace(SCATTERED, scatter=None, wild=Wild(symbol="b"), base=Phase(strips=STRIPS, values={"b": {1: 1, 2: 1}}))
    )
    assert exact.figures(heavy).hit_rate is None

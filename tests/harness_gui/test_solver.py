"""The solver: exact where it can try everything, honest where it cannot."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from adapters.system import SystemEntropy
from core.rng import Replay, TurnRng
from harness_gui.bench import Bench
from harness_gui.solver import Wanted
from ports.game import Turn, Wager
from ports.randomness import Draw
from rgs.settings import Settings


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


def test_ranges_of_wins_share_all_combinations_out(bench: Bench) -> None:
    nothing, little, much = (
        bench.force.solve(Wanted(low=low, high=high)) for low, high in ((0, 0), (1, 49), (50, None))
    )
    assert nothing.exact
    assert little.exact
    assert much.exact
    assert 32**3 == nothing.matches + little.matches + much.matches == nothing.tried
    assert nothing.matches > little.matches > much.matches > 0


def test_what_was_found_comes_out_when_it_is_forced(bench: Bench) -> None:
    solution = bench.force.solve(Wanted(low=250))
    bench.force.tape(solution.pick(), label="a big win")
    round = bench.spin(stake=100)
    assert round.win >= 250 * 20
    assert round.terms.forced


def test_symbols_can_be_asked_for_where_they_shall_stand(bench: Bench) -> None:
    solution = bench.force.solve(Wanted(cells={(0, 1): "seven", (2, 1): "seven"}))
    assert solution.exact
    assert 2 * 32 * 2 == solution.matches, solution.words
    window = bench.listing.game.play(Wager("base"), Replay(solution.pick())).events[0]["window"]
    assert ("seven", "seven") == (window[0][1], window[2][1])  # type: ignore[index, call-overload]


def test_what_cannot_be_is_said_to_be_out_of_reach(bench: Bench) -> None:
    solution = bench.force.solve(Wanted(low=1_000_000))
    assert "not reachable" in solution.words
    with pytest.raises(LookupError, match="not reachable"):
        solution.pick()


def test_a_sample_says_that_it_is_one(bench: Bench) -> None:
    from harness_gui.solver import solve

    game = bench.listing.game
    found = solve(game, Wager("base"), Wanted(low=1), honest=bench.deck.honest, whole=2_000)
    assert "sampled" in found.words
    assert not found.exact
    nothing = solve(game, Wager("base"), Wanted(low=10**6), honest=bench.deck.honest, whole=2_000)
    assert "does not prove" in nothing.words


def test_it_stops_where_it_has_found_enough(bench: Bench) -> None:
    solution = bench.force.solve(Wanted(low=100), enough=1)
    assert (1, 1) == (solution.matches, len(solution.found))
    assert solution.tried < 32**3
    assert not solution.exact
    round = bench.force.outcome(Wanted(low=100)) and bench.spin(stake=100)
    assert round.win >= 100 * 20
    with pytest.raises(ValueError, match="not reachable"):
        bench.force.outcome(Wanted(low=1_000_000))


def test_what_watches_over_chance_sees_also_what_does_not_match(bench: Bench) -> None:
    from harness_gui.solver import solve

    seen: list[Sequence[Draw]] = []
    found = solve(
        bench.listing.game,
        Wager("base"),
        Wanted(low=100),
        honest=lambda: TurnRng(SystemEntropy(), witness=seen.append),
        whole=2_000,
    )
    assert found.matches < found.tried == len(seen)


def test_it_can_be_stopped(bench: Bench) -> None:
    solution = bench.force.solve(Wanted(), go_on=lambda part: part < 0.5)
    assert not solution.exact
    assert 0 < solution.tried < 32**3


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(low=5, high=5), True),
        (Wanted(low=6), False),
        (Wanted(high=4), False),
        (Wanted(event="scatter"), True),
        (Wanted(event="fall"), False),
        (Wanted(cells={(0, 1): "b"}), True),
        (Wanted(cells={(0, 1): "a"}), False),
        (Wanted(cells={(3, 0): "a"}), False),
    ],
)
def test_an_outcome_fits_if_all_that_is_wanted_is_there(wanted: Wanted, fits: bool) -> None:
    turn = Turn(5, ({"type": "reels", "window": [["a", "b"]], "stops": [0]}, {"type": "scatter", "win": 5}))
    assert fits == wanted.fits(turn)

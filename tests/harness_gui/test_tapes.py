"""The tape of a round: where each value came from, kept in a file, and forced again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness_gui import deck, tapes
from harness_gui.bench import Bench, Refused
from harness_gui.tapes import CHANCE, FORCED, UNKNOWN
from ports.randomness import Draw
from rgs.settings import Settings


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


def sources(bench: Bench, id: str) -> list[str]:
    return [row.source for row in bench.drawn(id)]


def test_each_draw_says_whether_it_was_forced(bench: Bench) -> None:
    free = bench.spin()
    bench.force.stops([11, 11])
    forced = bench.spin()
    assert [CHANCE] * 3 == sources(bench, free.id)
    assert [FORCED, FORCED, CHANCE] == sources(bench, forced.id)
    assert list(forced.turns[0].draws) == [row.draw for row in bench.drawn(forced.id)]
    assert [(1, 1), (1, 2), (1, 3)] == [(row.turn, row.number) for row in bench.drawn(forced.id)]


def test_a_force_is_of_the_first_turn_only(bench: Bench) -> None:
    bench.open_session(operator="social", token="demo-qa", game="video-poker")
    bench.force.tape(bench.force.rehearse())
    round = bench.spin()
    round = bench.choose(round.id, "hold-none")
    assert [(1, FORCED)] * 5 + [(2, CHANCE)] * 5 == [(row.turn, row.source) for row in bench.drawn(round.id)]


def test_of_a_round_that_was_forced_before_nobody_knows_which_draws(bench: Bench) -> None:
    bench.force.stops([11, 11])
    round = bench.spin()
    assert [UNKNOWN] * 3 == [row.source for row in tapes.drawn(round, None)]


def test_only_so_many_forced_rounds_are_remembered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deck, "REMEMBERED", 2)
    bench.force.stops([11, 11, 13], shots=3)
    played = [bench.spin().id for _ in range(3)]
    assert [None, 3, 3] == [bench.deck.played(id) for id in played]


def test_a_tape_from_a_file_comes_out_the_same(bench: Bench) -> None:
    first = bench.spin()
    assert "" == bench.force.tape_file(bench.tape_file(first.id), label="a file")
    again = bench.spin()
    assert first.turns[0].turn == again.turns[0].turn
    assert [FORCED] * 3 == sources(bench, again.id)
    bench.force.round(first.id)
    assert first.turns[0].turn == bench.spin().turns[0].turn


def test_a_file_has_every_turn_and_arms_the_first(bench: Bench) -> None:
    bench.open_session(operator="social", token="demo-qa", game="video-poker")
    round = bench.choose(bench.spin().id, "hold-12")
    read = tapes.read(bench.tape_file(round.id))
    assert (2, tuple(round.turns[0].draws)) == (read.turns, read.draws)
    assert (round.id, "video-poker", round.terms.maths) == (read.round, read.game, read.maths)
    kept = bench.choose(bench.spin().id, "hold-12345")
    assert () == kept.turns[1].draws
    assert tuple(kept.turns[0].draws) == tapes.read(bench.tape_file(kept.id)).draws


def test_a_tape_of_another_game_or_version_is_refused_and_other_maths_are_told(bench: Bench) -> None:
    file = json.loads(bench.tape_file(bench.spin().id))
    for change in ({"game": "moon-garden"}, {"version": "0"}):
        with pytest.raises(ValueError, match="is played here"):
            bench.force.tape_file(json.dumps(file | change), label="x")
    assert bench.deck.force is None
    assert "other maths" in bench.force.tape_file(json.dumps(file | {"maths": "0" * 64}), label="x")
    assert bench.deck.force is not None
    bench.open_session(operator="social", token="demo-qa", game="roulette")
    with pytest.raises(ValueError, match="at this bench roulette is played"):
        bench.force.round(file["round"])


def test_what_was_not_drawn_has_no_tape(bench: Bench) -> None:
    bench.arm("escrow", "refused")
    round = bench.spin()
    assert [] == bench.drawn(round.id)
    for ask in (bench.tape_file, bench.force.round):
        with pytest.raises(ValueError, match="nothing was drawn"):
            ask(round.id)
    with pytest.raises(Refused, match="there is no round"):
        bench.drawn("nobody's")


def test_a_bare_list_is_a_tape_of_no_game_in_particular() -> None:
    assert tapes.Loaded(draws=(Draw("stop", 32, 3),)) == tapes.read('[["stop", 32, 3]]')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        "[[]]",
        "[1]",
        '["abc"]',
        '[["stop", 32]]',
        '[["stop", 32, 32]]',
        '[["stop", 32, -1]]',
        '[["stop", 32, true]]',
        '[["stop", 32, 1.0]]',
        '[["stop", 32, "1"]]',
        '[[5, 32, 1]]',
        f'[["stop", {2**64 + 1}, 1]]',
        '[["stop", NaN, 1]]',
        "{}",
        '{"schema": 1}',
        '{"schema": 1, "turns": []}',
        '{"schema": 1, "turns": [[["stop", 2, 1]]]}',
        '{"schema": 1, "turns": [[["stop", 2, 1]], 5], "game": "g", "version": "1", "maths": "", "round": ""}',
        '{"schema": 1, "turns": [[["stop", 2, 1]]], "game": 5, "version": "1", "maths": "", "round": ""}',
        '{"schema": 2, "turns": [[["stop", 2, 1]]], "game": "g", "version": "1", "maths": "", "round": ""}',
        " " * (tapes.LARGEST + 1),
    ],
)  # fmt: skip
def test_what_is_no_tape_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="this is no tape") as refused:
        tapes.read(text)
    assert len(str(refused.value)) <= 250


def test_the_first_draws_are_those_that_every_turn_begins_with_also_where_a_rehearsal_wins_free_games(
    bench: Bench,
) -> None:
    bench.open_session(operator="social", token="demo-qa", game="deep-lanterns")
    assert {5} == {len(bench.force.first_draws()) for _ in range(40)}

"""The bench without its window: forced, broken, healed, watched."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest

from adapters.backends.faulty import FAULTS, Armed, When
from adapters.backends.social import FILE, SocialWallet
from harness_gui.bench import Bench, Refused
from harness_gui.journal import Call, Write
from ports.record import State
from ports.wallet import Traits
from rgs.settings import Operator, Settings

FULL_SCREEN = [11, 11, 13]
"""Stops of Three Fruits that show a wild in the top row of every reel."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(data=tmp_path, store="memory")) as bench:
        bench.open_session(operator="social", token="demo-qa", game="three-fruits")
        yield bench


def reds(bench: Bench) -> list[str]:
    return [lamp.id for lamp in bench.invariants() if lamp.holds is False]


def test_an_honest_spin_settles_and_bears_no_mark(bench: Bench) -> None:
    round = bench.spin(stake=100)
    assert State.SETTLED is round.state
    assert not round.terms.forced
    assert [] == reds(bench)


def test_a_force_by_stops_comes_out_once_and_marks_its_round_for_ever(bench: Bench) -> None:
    bench.force.stops(FULL_SCREEN)
    forced, free = bench.spin(stake=100), bench.spin(stake=100)
    assert FULL_SCREEN == forced.turns[0].turn.events[0]["stops"]
    assert all(version.terms.forced for version in bench.versions(forced.id))
    assert not free.terms.forced
    assert bench.deck.force is None
    assert [] == reds(bench)


def test_a_force_waits_until_a_stake_is_confirmed(bench: Bench) -> None:
    bench.force.stops(FULL_SCREEN)
    bench.arm("escrow", "insufficient funds")
    assert State.DECLINED is bench.spin(stake=100).state
    assert FULL_SCREEN == bench.spin(stake=100).turns[0].turn.events[0]["stops"]


def test_a_force_for_three_rounds_is_over_after_three(bench: Bench) -> None:
    bench.force.stops(FULL_SCREEN, shots=3)
    assert [True, True, True, False] == [bench.spin(stake=10).terms.forced for _ in range(4)]


def test_a_round_that_was_accepted_unmarked_is_never_given_a_force(bench: Bench) -> None:
    bench.force.stops(FULL_SCREEN)
    bench.deck.paid("somebody else's round")
    bench.deck.tape().below(32, "stop")
    assert bench.deck.force is not None


def test_the_tape_of_a_round_forces_the_same_outcome_again(bench: Bench) -> None:
    first = bench.spin(stake=100)
    bench.force.tape(first.turns[0].draws)
    assert first.turns[0].turn == bench.spin(stake=100).turns[0].turn


def test_stops_that_are_not_there_are_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="0 to 31"):
        bench.force.stops([32, 0, 0])
    with pytest.raises(ValueError, match="draws 3 values"):
        bench.force.stops([1, 2, 3, 4])


def test_a_lost_escrow_answer_gives_the_stake_back(bench: Bench) -> None:
    bench.arm("escrow", "time-out after")
    round = bench.spin(stake=100)
    assert State.CANCELLED is round.state
    assert (100_000, 0) == (bench.balances().available, bench.balances().held)
    assert ["escrow", "cancel"] == [call.call for call in bench.transactions() if call.round == round.id]
    assert [] == reds(bench)


def test_a_lost_result_answer_is_repeated_and_paid_once(bench: Bench) -> None:
    bench.force.stops(FULL_SCREEN)
    bench.arm("result", "reset after", "11")
    round = bench.spin(stake=100)
    assert State.DRAWN is round.state
    assert [round.id] == [moved.id for moved in bench.recover()]
    assert 100_000 - 100 + round.win == bench.balances().available
    assert [] == reds(bench)


def test_a_request_that_arrives_after_its_cancel_moves_nothing(bench: Bench) -> None:
    bench.arm("escrow", "late")
    round = bench.spin(stake=100)
    bench.deliver()
    assert State.CANCELLED is bench.find(round.id).state
    assert 100_000 == bench.balances().available
    assert [] == reds(bench)


@pytest.mark.parametrize("fault", [fault.name for fault in FAULTS.values() if fault.lies and "escrow" in fault.calls])
def test_an_operator_that_lies_turns_a_lamp_red_or_ends_in_dispute(bench: Bench, fault: str) -> None:
    bench.arm("escrow", fault)
    round = bench.spin(stake=100)
    assert reds(bench) or State.DISPUTED is bench.find(round.id).state


def test_the_same_bet_again_is_the_same_round(bench: Bench) -> None:
    round = bench.spin(stake=100)
    assert round.digest == bench.repeat(round.id).digest


def test_a_timeline_has_the_durable_write_before_the_call_and_the_answer_before_the_next_write(bench: Bench) -> None:
    round = bench.spin(stake=100)
    kinds = [
        line.call if isinstance(line, Call) else line.state
        for line in bench.timeline(round.id)
        if isinstance(line, Call | Write)
    ]
    assert ["opened", "escrow", "escrowed", "drawn", "result", "settled"] == kinds


def test_a_transaction_tells_the_state_that_followed_it(bench: Bench) -> None:
    bench.spin(stake=100)
    states = {call.call: call.state for call in bench.transactions()}
    assert {"player": "", "escrow": "drawn", "result": "settled"} == states


def test_disarming_leaves_nothing_armed(bench: Bench) -> None:
    bench.arm("escrow", "time-out before", "always")
    bench.force.stops(FULL_SCREEN)
    bench.disarm_all()
    assert ([], None) == (bench.armed(), bench.deck.force)
    assert State.SETTLED is bench.spin(stake=100).state


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("next", [1]),
        ("always", [1, 2, 3, 4, 5, 6]),
        ("every 3", [3, 6]),
        ("0110", [2, 3]),
        ("100%", [1, 2, 3, 4, 5, 6]),
        ("0%", []),
    ],
)
def test_a_fault_strikes_when_it_is_told_to(text: str, struck: list[int]) -> None:
    assert struck == [count for count in range(1, 7) if When(text).strikes(count)]


@pytest.mark.parametrize("text", ["", "never", "every 0", "every", "x%", "012"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is none of"):
        When(text)


def test_a_fault_counts_the_calls_it_saw_and_the_ones_it_hit(bench: Bench) -> None:
    armed: Armed = bench.arm("escrow", "refused", "every 2")
    for _ in range(4):
        bench.spin(stake=10)
    assert (4, 2) == (armed.calls, armed.hits)


def test_real_money_is_refused_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SocialWallet, "traits", property(lambda self: Traits(real_money=True)))
    with pytest.raises(Refused, match="real money"):
        Bench(Settings(data=tmp_path, store="memory"))


def test_the_clock_put_forward_passes_a_deadline(bench: Bench) -> None:
    from datetime import timedelta

    before = bench.clock.now()
    bench.forward(timedelta(hours=25))
    assert timedelta(hours=25) <= bench.clock.now() - before
    with pytest.raises(ValueError, match="never back"):
        bench.forward(timedelta(hours=-1))


GEMS = {"more": [{"currency": "GEM", "exponent": 0, "opening_balance": 5000}]}


@pytest.fixture
def two_coins(tmp_path: Path) -> Iterator[Bench]:
    operators = {"social": Operator(backend="social", options=GEMS)}
    with Bench(Settings(data=tmp_path, store="memory", operators=operators)) as bench:
        for token in ("demo-qa", "demo-qa.GEM"):
            bench.open_session(operator="social", token=token, game="three-fruits")
            bench.force.stops([0, 0, 0])
            bench.spin(stake=100)
        bench.arm("result", "time-out before", "11")
        bench.force.stops([0, 0, 0])
        assert State.DRAWN is bench.spin(stake=50).state
        yield bench


def test_every_currency_of_a_wallet_has_its_sums(two_coins: Bench) -> None:
    assert [
        "social FUN: players 999.00 · held 0.00 · on record 0.00 · house -999.00 · sum 0.00",
        "social GEM: players 4,850 · held 50 · on record 50 · house -4,900 · sum 0",
    ] == [each.words for each in two_coins.books()]
    assert ("GEM", 0, 4850, 50) == astuple(two_coins.balances())
    assert [] == reds(two_coins)


@pytest.mark.parametrize("code", ["FUN", "GEM"])
def test_a_coin_too_many_turns_the_lamp_red_in_any_currency(two_coins: Bench, code: str) -> None:
    with closing(sqlite3.connect(two_coins.container.data() / FILE)) as books:
        books.execute("UPDATE accounts SET balance = balance + 1 WHERE name = 'player:qa' AND currency = ?", (code,))
        books.commit()
    (red,) = [lamp for lamp in two_coins.invariants() if lamp.holds is False]
    assert ("I1", f"social: the accounts in {code} add up to 1, not to 0") == (red.id, red.why)
    assert [1] == [each.total for each in two_coins.books() if each.total]


def test_books_of_a_currency_that_is_gone_still_add_up(two_coins: Bench) -> None:
    two_coins.close()
    with Bench(Settings(data=two_coins.container.data(), store="memory")) as later:
        assert ["FUN", "GEM"] == [each.currency.code for each in later.books()]
        assert [] == reds(later)

"""Who walks, who waits, and how patient recovery is."""

import threading
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import pytest

from core.recovery import LONGEST_PAUSE
from core.walker import _Turnstile
from ports.canonical import Unreadable
from ports.game import Wager
from ports.record import Round, State
from ports.rounds import Bet
from ports.wallet import Unconfirmed
from ports.watch import Nobody
from tests.core.house import LOST, REPEATS, ROUND, House, in_state


def test_one_at_a_time_walks_a_round_and_whoever_waits_comes_next() -> None:
    turnstile, order = _Turnstile(), list[str]()
    inside = [threading.Event() for _ in range(3)]
    go_on = threading.Event()

    def walk(number: int) -> None:
        with turnstile.at(ROUND, 10) as alone:
            order.append(f"{number} {alone}")
            inside[number].set()
            assert go_on.wait(10)

    threads = [threading.Thread(target=walk, args=(number,)) for number in range(3)]
    threads[0].start()
    assert inside[0].wait(10)
    for thread in threads[1:]:
        thread.start()
    with turnstile.at(ROUND, 0) as alone:
        assert not alone
    with turnstile.at(ROUND, 0.05) as alone:
        assert not alone
    assert ["0 True"] == order
    with turnstile.at("another round", 0) as alone:
        assert alone
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert ["0 True", "1 True", "2 True"] == sorted(order)
    assert {} == turnstile._locks


def test_nothing_is_kept_of_a_round_that_nobody_walks() -> None:
    turnstile = _Turnstile()
    for _ in range(2):
        with ExitStack() as stack:
            held = [stack.enter_context(turnstile.at(f"round {number}", 0)) for number in range(5)]
            held += [stack.enter_context(turnstile.at("round 0", 0)) for _ in range(3)]
            assert [True] * 5 + [False] * 3 == held
        assert {} == turnstile._locks


def test_a_round_that_breaks_its_walker_is_free_again() -> None:
    turnstile = _Turnstile()
    with pytest.raises(KeyError), turnstile.at(ROUND, 0):
        raise KeyError
    with turnstile.at(ROUND, 0) as alone:
        assert alone


def test_recovery_asks_once_each_time_and_a_request_twice() -> None:
    house = House(REPEATS)
    house.play(faults=(LOST,) * 50)
    assert 2 == house.network.hits[f"{LOST} escrow"]
    list(house.process.recovery.sweep())
    assert 3 == house.network.hits[f"{LOST} escrow"]


def test_recovery_comes_back_later_and_later_each_time_between_half_and_all_of_the_pause() -> None:
    house = in_state(State.DRAWN, hosted=True)
    house.network._answer = lost
    recovery = house.process.recovery
    pauses = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, LONGEST_PAUSE, LONGEST_PAUSE]
    asked = 0
    for failures, pause in enumerate(pauses):
        list(recovery.sweep())
        assert asked + 1 == tries(recovery), pause
        asked = tries(recovery)
        assert ([ROUND] if failures + 1 >= 10 else []) == recovery.stuck()
        house.clock.tick(timedelta(seconds=0.49 * pause))
        list(recovery.sweep())
        assert asked == tries(recovery), f"came back before half of {pause} s"
        house.clock.tick(timedelta(seconds=0.52 * pause))
    list(recovery.sweep(at_once=True))
    list(recovery.sweep(at_once=True))
    assert asked + 2 == tries(recovery)


def lost(movement: object, fault: str) -> object:
    raise Unconfirmed("no answer")


def tries(recovery: object) -> int:
    return sum(tried.failures for tried in recovery._patience._tries.values())


class Heard(Nobody):
    def __init__(self) -> None:
        self.broken = 0

    def broke(self) -> None:
        self.broken += 1


def test_a_round_whose_record_cannot_be_read_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    house = in_state(State.DRAWN, hosted=True)
    other = str(UUID(int=2))
    house.script = ["none", LOST, LOST]
    house.hosted.play(house.player("coin", "player-1"), Bet(round=other, wager=Wager("base"), stake=10))
    load, recovery, heard = house.rounds.load, house.process.recovery, Heard()
    recovery._watch = heard

    def broken(id: str) -> Round | None:
        if id == ROUND:
            raise Unreadable("a byte was changed")
        return load(id)

    monkeypatch.setattr(house.rounds, "load", broken)
    [moved] = recovery.sweep()
    assert (other, State.SETTLED, 1) == (moved.id, moved.state, heard.broken)
    assert [] == list(recovery.sweep())
    assert 1 == heard.broken, "it is postponed like every other that does not move"
    monkeypatch.undo()
    [moved] = recovery.sweep(at_once=True)
    assert (ROUND, State.SETTLED) == (moved.id, moved.state)


def test_a_round_that_came_to_its_end_is_forgotten() -> None:
    house = in_state(State.DRAWN, hosted=True)
    answer, house.network._answer = house.network._answer, lost
    list(house.process.recovery.sweep())
    house.network._answer = answer
    [moved] = house.process.recovery.sweep(at_once=True)
    assert State.SETTLED is moved.state
    list(house.process.recovery.sweep())
    assert {} == house.process.recovery._patience._tries

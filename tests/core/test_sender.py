"""One call to a wallet: what is counted, what is told, and whose refusal may be believed."""

from collections.abc import Mapping
from datetime import timedelta
from threading import Thread

import pytest

from adapters.storage.memory import MemorySessions
from core.balances import Balances
from core.sender import Sender
from ports.conformance.makers import EUR, opened, walked
from ports.money import Currency, Money
from ports.record import Round, State
from ports.rounds import RoundConflict
from ports.sessions import Session
from ports.wallet import Contradicted, Declined, Movement, MovementKind, Reason, Receipt, Traits, Unconfirmed, Wallet
from tests.simulation.world import VirtualClock

ROUND = opened(1)
[ESCROW] = ROUND.entries


class Till:
    """Answers what the test says, three seconds later."""

    traits = Traits(real_money=False, idempotency_window=timedelta(minutes=10), in_flight=timedelta(seconds=30))

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.answer: Receipt | BaseException | None = Receipt(balance=Money(900, EUR))
        self.asked: list[tuple[str, Movement]] = []

    def _say(self, call: str, movement: Movement) -> Receipt | None:
        self._clock.tick(timedelta(seconds=3))
        self.asked.append((call, movement))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def escrow(self, movement: Movement) -> Receipt | None:
        return self._say("escrow", movement)

    def result(self, movement: Movement) -> Receipt | None:
        return self._say("result", movement)

    def cancel(self, movement: Movement) -> Receipt | None:
        return self._say("cancel", movement)

    def query(self, movement: Movement) -> Receipt | None:
        return self._say("query", movement)


class Desk:
    """A sender with its wallet, and what it told whom."""

    def __init__(self) -> None:
        self.clock, self.balances, self.sessions = VirtualClock(), Balances(), MemorySessions()
        self.till = Till(self.clock)
        self.wallets: dict[str, Wallet] = {"casino": self.till}
        self.told: list[tuple[str, MovementKind, str, float]] = []
        self.sender = Sender(
            sessions=self.sessions, wallets=self.wallets, clock=self.clock, balances=self.balances, watch=self
        )

    def called(self, operator: str, call: MovementKind, outcome: str, seconds: float) -> None:
        self.told.append((operator, call, outcome, seconds))

    def recorded(self, round: Round) -> None:
        raise AssertionError("the sender records nothing")

    def broke(self) -> None:
        raise AssertionError("the sender recovers nothing")

    @property
    def last(self) -> int | None:
        return self.balances.last("casino", "ann", "EUR")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("kind", MovementKind)
def test_a_movement_is_asked_of_the_call_that_is_for_it(desk: Desk, kind: MovementKind) -> None:
    entry = type(ESCROW)(kind=kind, number=1, amount=7, session="s-1", since=ESCROW.since)
    desk.sender.send(ROUND, entry)
    [(call, movement)] = desk.till.asked
    assert (kind, kind, Money(7, EUR), "") == (call, movement.kind, movement.amount, movement.handle)


def test_the_operators_handle_of_the_session_goes_with_it(desk: Desk) -> None:
    ends = desk.clock.now() + timedelta(hours=1)
    desk.sessions.add(
        Session(
            id="s-1", operator="casino", player="ann", currency=EUR, game="plums", opened_by=None, handle="their token",
            demo=False, created=desk.clock.now(), expires=ends,
        ),
        b"digest",
    )  # fmt: skip
    desk.sender.send(ROUND, ESCROW)
    desk.sender.query(ROUND, ESCROW)
    assert ["their token"] * 2 == [movement.handle for _, movement in desk.till.asked]


ANSWERS: Mapping[str, tuple[Receipt | BaseException, str, type[BaseException] | None]] = {
    "a receipt": (Receipt(), "confirmed", None),
    "a refusal": (Declined(Reason.LIMIT, "too much"), "declined", Declined),
    "no answer": (Unconfirmed("time is up"), "unconfirmed", Unconfirmed),
    "a contradiction": (Contradicted("of somebody else"), "contradicted", Contradicted),
    "a broken adapter": (KeyError("balance"), "unconfirmed", Unconfirmed),
    "a reference that is no text": (Receipt(reference="\ud800"), "unconfirmed", Unconfirmed),
    "words that are no text": (Declined(Reason.LIMIT, "\ud800"), "unconfirmed", Unconfirmed),
    "a code that is no text": (Contradicted("of somebody else", code="\ud800"), "unconfirmed", Unconfirmed),
    "another currency": (Receipt(balance=Money(5, Currency("USD", 2))), "contradicted", Contradicted),
    "the end of the process": (KeyboardInterrupt(), "unconfirmed", KeyboardInterrupt),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_whoever_looks_on_is_told_each_call_how_it_ended_and_how_long_it_took(desk: Desk, answer: str) -> None:
    desk.till.answer, outcome, error = ANSWERS[answer]
    desk.clock.tick(timedelta(seconds=100))
    if error is None:
        assert desk.till.answer is desk.sender.send(ROUND, ESCROW)
    else:
        with pytest.raises(error):
            desk.sender.send(ROUND, ESCROW)
    assert [("casino", MovementKind.ESCROW, outcome, 3.0)] == desk.told


def test_an_operator_that_is_not_configured_gives_no_answer(desk: Desk) -> None:
    desk.wallets.clear()
    for ask in (desk.sender.send, desk.sender.query, desk.sender.stale):
        with pytest.raises(Unconfirmed, match="no backend is configured for operator casino"):
            ask(ROUND, ESCROW)
    with pytest.raises(Unconfirmed):
        desk.sender.traits(ROUND)


def test_the_balance_that_comes_with_an_answer_is_remembered(desk: Desk) -> None:
    desk.sender.send(ROUND, ESCROW)
    assert 900 == desk.last
    desk.till.answer = Receipt(balance=Money(800, EUR))
    assert desk.till.answer is desk.sender.query(ROUND, ESCROW)
    assert 800 == desk.last
    desk.till.answer = None
    assert desk.sender.query(ROUND, ESCROW) is None
    desk.till.answer = Receipt(balance=Money(5, Currency("USD", 2)))
    with pytest.raises(Contradicted, match="answered in USD"):
        desk.sender.send(ROUND, ESCROW)
    assert 800 == desk.last


def test_sends_are_counted_until_the_movement_is_done(desk: Desk) -> None:
    assert not desk.sender.sends_it(ROUND, ESCROW)
    for _ in range(3):
        desk.sender.send(ROUND, ESCROW)
    assert desk.sender.sends_it(ROUND, ESCROW)
    assert (3, 0) == (desk.sender.done(ROUND, ESCROW), desk.sender.done(ROUND, ESCROW))
    assert not desk.sender.sends_it(ROUND, ESCROW)


def test_who_takes_a_movement_over_sends_it_and_counts_its_own_sends(desk: Desk) -> None:
    desk.sender.took_over(ROUND, ESCROW)
    assert desk.sender.sends_it(ROUND, ESCROW)
    assert not desk.sender.first(ROUND, ESCROW)
    desk.sender.send(ROUND, ESCROW)
    assert 1 == desk.sender.done(ROUND, ESCROW)


def decide(desk: Desk, round: Round = ROUND) -> None:
    with desk.sender.deciding(round):
        """It is on record at once."""


def test_who_asks_whether_an_escrow_was_sent_while_it_is_put_on_record_waits_for_that(desk: Desk) -> None:
    told: list[bool] = []
    asker = Thread(target=lambda: told.append(desk.sender.first(ROUND, ESCROW)))
    with desk.sender.deciding(ROUND):
        asker.start()
        asker.join(0.2)
        assert [] == told
    asker.join(10)
    assert [True] == told


def test_an_escrow_that_did_not_come_on_record_was_not_decided(desk: Desk) -> None:
    with pytest.raises(RoundConflict), desk.sender.deciding(ROUND):
        raise RoundConflict
    assert not desk.sender.first(ROUND, ESCROW)
    decide(desk)
    with pytest.raises(RoundConflict), desk.sender.deciding(ROUND):
        raise RoundConflict
    assert desk.sender.first(ROUND, ESCROW)


def test_nothing_is_kept_of_an_escrow_that_nobody_asks_about(desk: Desk) -> None:
    decide(desk)
    assert desk.sender.first(ROUND, ESCROW)
    assert not desk.sender._deciding


def test_who_decided_an_escrow_knows_that_nobody_sent_it_as_long_as_nobody_walked_on(desk: Desk) -> None:
    assert not desk.sender.first(ROUND, ESCROW)
    decide(desk)
    assert desk.sender.first(ROUND, ESCROW)
    later = walked(ROUND, State.OPENED)
    assert not desk.sender.first(later, ESCROW)
    desk.sender.send(ROUND, ESCROW)
    assert not desk.sender.first(ROUND, ESCROW)


def test_what_is_done_with_is_forgotten_sent_or_not(desk: Desk) -> None:
    decide(desk)
    assert 0 == desk.sender.done(ROUND, ESCROW)
    assert not desk.sender.first(ROUND, ESCROW)


def test_a_version_without_an_open_escrow_decides_none(desk: Desk) -> None:
    decide(desk, walked(ROUND, State.ESCROWED))
    assert not desk.sender.first(walked(ROUND, State.ESCROWED), ESCROW)


@pytest.mark.parametrize(("seconds", "stale"), [(0, False), (539, False), (540, True), (10_000, True)])
def test_what_could_arrive_when_the_operator_has_forgotten_is_stale(desk: Desk, seconds: int, stale: bool) -> None:
    """Ten minutes it remembers, half a minute is the longest way, and that is counted twice."""
    desk.clock.tick(ESCROW.since + timedelta(seconds=seconds) - desk.clock.now())
    assert stale == desk.sender.stale(ROUND, ESCROW)


def test_an_operator_that_never_forgets_can_always_be_asked_again(desk: Desk) -> None:
    desk.till.traits = Traits(real_money=False)
    desk.clock.tick(timedelta(days=1000))
    assert not desk.sender.stale(ROUND, ESCROW)

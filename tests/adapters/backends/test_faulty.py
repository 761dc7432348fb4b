"""The faulty wallet: with nothing armed it keeps every promise; armed, it breaks that call, that way, that often."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.backends.coins import Coins
from adapters.backends.faulty import ALWAYS, NEXT, Call, Fault, Faulty, Line, When
from adapters.backends.social import SocialWallet
from ports.money import Currency, Money
from ports.wallet import (
    Contradicted,
    Declined,
    Funding,
    Movement,
    MovementKind,
    Player,
    Reason,
    Receipt,
    Unconfirmed,
    WalletError,
)

BOOKED = {Fault.LOST_AFTER, Fault.CONTRADICTED, Fault.SLOW_BEFORE, Fault.SLOW_AFTER}
RAISES: dict[Fault, type[WalletError]] = {
    Fault.LOST_BEFORE: Unconfirmed,
    Fault.LOST_AFTER: Unconfirmed,
    Fault.SERVER_ERROR: Unconfirmed,
    Fault.REFUSED: Declined,
    Fault.NO_FUNDS: Declined,
    Fault.CONTRADICTED: Contradicted,
    Fault.UNREACHABLE: Declined,
}
BROKEN = [*RAISES]
SLOW = [Fault.SLOW_BEFORE, Fault.SLOW_AFTER]


@pytest.fixture
def social() -> Iterator[SocialWallet]:
    wallet = SocialWallet(":memory:", Coins(Currency("FUN", 2), 100_000))
    yield wallet
    wallet.close()


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def faulty(social: SocialWallet, naps: list[float]) -> Faulty:
    return Faulty(social, sleep=naps.append)


@pytest.fixture
def player(faulty: Faulty) -> Player:
    return faulty.player("demo-ann", "plums")


def movement(
    player: Player, kind: MovementKind = MovementKind.ESCROW, *, round: str = "r-1", minor: int = 10
) -> Movement:
    return Movement(
        kind=kind,
        number=1,
        round=round,
        player=player.id,
        handle=player.handle,
        game="plums",
        amount=Money(minor, player.currency),
        funding=Funding.CASH,
        reward=None,
        closes=kind is not MovementKind.ESCROW,
    )


def calls(faulty: Faulty, player: Player) -> dict[Call, Callable[[], object]]:
    return {
        Call.PLAYER: lambda: faulty.player("demo-ann", "plums"),
        Call.REFRESH: lambda: faulty.refresh(player, "plums"),
        Call.ESCROW: lambda: faulty.escrow(movement(player)),
        Call.RESULT: lambda: faulty.result(movement(player, MovementKind.RESULT)),
        Call.CANCEL: lambda: faulty.cancel(movement(player, MovementKind.CANCEL)),
        Call.QUERY: lambda: faulty.query(movement(player)),
    }


def answers(send: Callable[[Movement], Receipt], player: Player, count: int) -> list[str]:
    """What `count` movements of new rounds are answered: "-" for a receipt, else the name of what was raised."""
    told = []
    for number in range(count):
        try:
            send(movement(player, round=f"r-{number}"))
            told.append("-")
        except WalletError as problem:
            told.append(type(problem).__name__)
    return told


def test_every_fault_is_tried_here() -> None:
    assert set(Fault) == {*BROKEN, *SLOW}


def test_with_nothing_armed_it_is_the_wallet(faulty: Faulty, social: SocialWallet, player: Player) -> None:
    assert social.traits == faulty.traits
    assert social.refresh(player, "plums") == faulty.refresh(player, "plums")
    receipt = faulty.escrow(movement(player))
    assert receipt == social.query(movement(player)) == faulty.query(movement(player))


@pytest.mark.parametrize("fault", Fault)
def test_the_wallet_books_it_or_never_hears_of_it(
    faulty: Faulty, social: SocialWallet, player: Player, fault: Fault
) -> None:
    faulty.arm("escrow", fault)
    expected = RAISES.get(fault)
    if expected is None:
        assert "r-1:escrow:1" == faulty.escrow(movement(player)).reference
    else:
        with pytest.raises(expected):
            faulty.escrow(movement(player))
    assert (fault in BOOKED) == (social.query(movement(player)) is not None)
    assert "r-1:escrow:1" == faulty.escrow(movement(player)).reference
    assert 99_990 == social.refresh(player, "plums").balance.minor  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("call", Call)
def test_every_call_breaks_in_every_way_and_no_other_call_does(
    faulty: Faulty, player: Player, call: Call, fault: Fault
) -> None:
    everything = calls(faulty, player)
    faulty.arm(call, fault)
    for other in (Call.PLAYER, Call.REFRESH, Call.ESCROW, Call.QUERY):
        if other is not call:
            everything[other]()
    with pytest.raises(RAISES[fault]):
        everything[call]()
    assert {fault: 1} == faulty.struck
    assert () == faulty.armed


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.REFUSED, Reason.OTHER),
        (Fault.NO_FUNDS, Reason.INSUFFICIENT_FUNDS),
        (Fault.UNREACHABLE, Reason.UNREACHABLE),
    ],
)
def test_a_refusal_says_why(faulty: Faulty, player: Player, fault: Fault, reason: Reason) -> None:
    faulty.arm("escrow", fault)
    with pytest.raises(Declined) as refused:
        faulty.escrow(movement(player))
    assert reason is refused.value.reason


def test_a_refusal_of_the_wallet_is_lost_too(faulty: Faulty, player: Player) -> None:
    faulty.arm("escrow", Fault.LOST_AFTER)
    with pytest.raises(Unconfirmed):
        faulty.escrow(movement(player, minor=1_000_000))
    with pytest.raises(Declined):
        faulty.escrow(movement(player, minor=1_000_000))


@pytest.mark.parametrize("fault", SLOW)
def test_slow_sleeps_as_long_as_ordered(faulty: Faulty, player: Player, naps: list[float], fault: Fault) -> None:
    faulty.arm("escrow", fault, seconds=2.5)
    faulty.escrow(movement(player))
    faulty.escrow(movement(player))
    assert [2.5] == naps


@pytest.mark.parametrize(
    ("fault", "booked"), [(Fault.SLOW_BEFORE, [False]), (Fault.SLOW_AFTER, [True])], ids=["before", "after"]
)
def test_slow_sleeps_on_the_right_side_of_the_wallet(social: SocialWallet, fault: Fault, booked: list[bool]) -> None:
    player, seen = social.player("demo-ann", "plums"), []
    faulty = Faulty(social, sleep=lambda _: seen.append(social.query(movement(player)) is not None))
    faulty.arm("escrow", fault, seconds=1)
    faulty.escrow(movement(player))
    assert booked == seen


@pytest.mark.parametrize(
    ("when", "expected"),
    [(NEXT, "x-----"), (ALWAYS, "xxxxxx"), (When(3), "--x--x"), (When(2, once=True), "-x----")],
)
def test_when(faulty: Faulty, player: Player, when: When, expected: str) -> None:
    faulty.arm("escrow", Fault.REFUSED, when)
    assert list(expected.replace("x", "R")) == [a.replace("Declined", "R") for a in answers(faulty.escrow, player, 6)]


def test_several_for_the_next_call_strike_one_after_the_other(faulty: Faulty, player: Player) -> None:
    faulty.arm("escrow", Fault.LOST_BEFORE)
    faulty.arm("escrow", Fault.REFUSED)
    faulty.arm("escrow", Fault.CONTRADICTED)
    assert ["Unconfirmed", "Declined", "Contradicted", "-"] == answers(faulty.escrow, player, 4)


def test_disarmed_nothing_breaks_and_nothing_is_forgotten(faulty: Faulty, player: Player) -> None:
    faulty.arm("escrow", Fault.REFUSED, ALWAYS)
    faulty.arm("result", Fault.LOST_AFTER)
    assert ["Declined"] == answers(faulty.escrow, player, 1)
    assert [("escrow", "refused", 1), ("result", "lost after", 0)] == [(a.call, a.fault, a.seen) for a in faulty.armed]
    faulty.disarm_all()
    assert () == faulty.armed
    assert ["-"] == answers(faulty.escrow, player, 1)
    assert {Fault.REFUSED: 1} == faulty.struck
    assert {Call.PLAYER: 1, Call.ESCROW: 2} == faulty.calls


def test_the_log_tells_what_the_caller_saw(faulty: Faulty, player: Player) -> None:
    faulty.arm("escrow", Fault.LOST_AFTER)
    answers(faulty.escrow, player, 1)
    faulty.query(movement(player, round="r-0"))
    faulty.query(movement(player, round="r-9"))
    assert [
        Line(Call.PLAYER, None, None, "Player"),
        Line(Call.ESCROW, "r-0:escrow:1", Fault.LOST_AFTER, "Unconfirmed"),
        Line(Call.QUERY, "r-0:escrow:1", None, "Receipt"),
        Line(Call.QUERY, "r-9:escrow:1", None, "NoneType"),
    ] == list(faulty.log)


@pytest.mark.parametrize(
    "order",
    [
        lambda faulty: faulty.arm("debit", Fault.REFUSED),
        lambda faulty: faulty.arm("escrow", "earthquake"),
        lambda faulty: faulty.arm("escrow", Fault.SLOW_AFTER, seconds=-1),
        lambda faulty: When(0),
    ],
)
def test_what_there_is_not_cannot_be_armed(faulty: Faulty, order: Callable[[Faulty], object]) -> None:
    with pytest.raises(ValueError, match=r"debit|earthquake|past|number of calls"):
        order(faulty)
    assert () == faulty.armed


def test_of_many_calls_at_once_the_next_fault_strikes_one(faulty: Faulty, player: Player) -> None:
    faulty.arm("refresh", Fault.REFUSED)
    faulty.arm("refresh", Fault.LOST_BEFORE, When(4))

    def ask(_: int) -> str:
        try:
            return type(faulty.refresh(player, "plums")).__name__
        except WalletError as problem:
            return type(problem).__name__

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(ask, range(161)))
    assert (1, 40, 120) == tuple(told.count(name) for name in ("Declined", "Unconfirmed", "Player"))
    assert 161 == faulty.calls[Call.REFRESH] == len(faulty.log) - 1

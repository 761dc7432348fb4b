"""The whole house over each real protocol: 2,000 rounds in bad weather, and both ledgers agree to the cent.

The operator is a process of its own with books of its own. On the way requests are lost, answered with rubbish, doubled
and delivered late; the house forgets everything but its record; and many clients send the same bet at the same moment.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from adapters.storage.memory import MemoryRounds, MemorySessions
from ports.game import Wager
from ports.record import State
from ports.rounds import Bet, RoundOpen
from ports.sessions import Session
from rgs.conformance.benches import GAME, SIMULATED, Simulated
from rgs.container import Container
from rgs.settings import load

ROUNDS = 2_000
PLAYERS = 12
STEP = 2
"""Seconds between two rounds, of a clock that nobody waits for."""
ON_ITS_WAY = 20
"""Rounds that a late request may take to arrive; less than 60 seconds of that clock."""


class SteppedClock:
    """The system's clock, moved ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


class House:
    """Our side: what is on record stays, all else goes at every restart."""

    def __init__(self, bench: Simulated, place: Path) -> None:
        self.bench = bench
        self.place = place
        self.rounds, self.store, self.clock = MemoryRounds(), MemorySessions(), SteppedClock()
        self.wallet = bench.wallet(place, timeout_seconds=10)
        self.start()

    def restart(self) -> None:
        self.container.shutdown_resources()
        self.start()

    def start(self) -> None:
        settings = load(None, {"RGS_DATA": str(self.place), "RGS_STORE": "memory"})
        social = settings.operators["social"]
        settings = settings.model_copy(update={"operators": {"casino": social}, "keys": []})
        self.container = Container(
            settings=settings,
            rounds=self.rounds,
            session_store=self.store,
            wallets={"casino": self.wallet},
            clock=self.clock,
        )

    def session(self, player: str) -> Session:
        """A session of the player's, from the operator's own launch."""
        token = self.bench.launched(self.wallet, player)
        return self.container.sessions().open(operator="casino", token=token, game=GAME, opened_by=None).session

    def play(self, session: Session, bet: Bet) -> None:
        try:
            self.container.hosted().play(session, bet)
        except RoundOpen:
            pass

    def recover(self) -> None:
        for _ in self.container.recovery().sweep(at_once=True):
            pass


@pytest.fixture(params=[name for name in sorted(SIMULATED) if name != "social"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Simulated]:
    bench = SIMULATED[request.param](tmp_path)
    assert isinstance(bench, Simulated)
    yield bench
    bench.close()


def test_two_thousand_rounds_in_bad_weather_and_both_ledgers_agree(bench: Simulated, tmp_path: Path) -> None:
    chance = Random(6)
    house = House(bench, tmp_path)
    casino = bench.operator
    names = [f"player-{number}" for number in range(PLAYERS)]
    for name in names:
        casino.ctl("account", id=name, currency="EUR", balance="500.00", session=f"session-{name}")
    sessions = {name: house.session(name) for name in names}
    casino.ctl("weather", rate=0.1, seed=6)

    with ThreadPoolExecutor(4) as crowd:
        for number in range(1, ROUNDS + 1):
            house.clock.ahead += STEP
            bet = Bet(round=str(UUID(int=number, version=4)), wager=Wager("base"), stake=chance.choice((10, 25, 50)))
            session = sessions[chance.choice(names)]
            for done in [crowd.submit(house.play, session, bet) for _ in range(4 if number % 20 == 0 else 1)]:
                done.result()
            if number % ON_ITS_WAY == 0:
                casino.ctl("deliver")
                house.recover()
            if number % 500 == 0:
                house.restart()
    calm(house)

    ended = Counter(house.rounds.load(id).state for id in known(house))  # type: ignore[union-attr]
    assert set(ended) <= {State.SETTLED, State.CANCELLED, State.DECLINED}, ended
    assert ended[State.SETTLED] > ROUNDS / 2
    assert ended[State.CANCELLED] > ROUNDS / 50
    ledger = casino.ctl("ledger")
    assert [] == ledger["alarms"]
    settled = {id for id in known(house) if house.rounds.load(id).state is State.SETTLED}  # type: ignore[union-attr]
    assert settled == set(ledger["closed"])
    theirs = {name: Decimal(ledger["balances"][name]) for name in names}
    assert {name: Decimal(500) + ours(house, name) for name in names} == theirs


def calm(house: House) -> None:
    """Fair weather, until every round has come to its end."""
    house.bench.operator.ctl("fault", clear=True)
    house.bench.operator.ctl("deliver")
    for _ in range(4):
        house.clock.ahead += 61
        house.recover()
    assert [] == list(house.rounds.unfinished())


def known(house: House) -> list[str]:
    ids = (str(UUID(int=number, version=4)) for number in range(1, ROUNDS + 1))
    return [id for id in ids if house.rounds.load(id) is not None]


def ours(house: House, player: str) -> Decimal:
    """What our record says that the player won and lost, in main units."""
    rounds = [house.rounds.load(id) for id in known(house)]
    won = sum(r.win - r.terms.stake for r in rounds if r and r.terms.player == player and r.state is State.SETTLED)
    return Decimal(won).scaleb(-2)

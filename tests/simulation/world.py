"""One life of the house from one seed: players, game servers and staff, a bad network, crashes, and walkers that meet.

Everything that is ours is the real code. A crash leaves the store and the operator as they are and takes the process
(its `Lifecycle` and all it knew). At each boundary another process may be let in: it walks the same round, repeats the
client's request, or decides to give the stake back, while the first one is in the middle of its call.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from adapters.storage.memory import MemoryRewards, MemoryRounds, MemorySessions
from core.balances import Balances
from core.catalogue import Catalogue, Listing
from core.errors import RequestError
from core.external import External, Key
from core.health import Monitor
from core.hosted import Hosted
from core.house import House
from core.lifecycle import Lifecycle
from core.recovery import Recovery
from core.rewards import Rewards
from core.sender import Sender
from core.stakes import Stakes
from core.walker import Walker
from ports.game import Wager
from ports.money import Currency
from ports.randomness import Draw, Rng, Unhealthy
from ports.record import Round, State
from ports.rounds import Bet, RoundConflict, RoundOpen
from ports.sessions import Session
from ports.wallet import Declined, InDoubt, MovementKind, Traits, Wallet
from ports.watch import Nobody
from tests.simulation.games import Coin, Ladder
from tests.simulation.peer import OPENING, Hook, Network, Operator
from tests.simulation.time import VirtualClock

FUN = Currency("FUN", 2)
KEY = Key(name="server", operators=None, games=None, largest_win=10_000)

TRAITS = [
    Traits(
        real_money=False,
        in_doubt=in_doubt,
        tombstones=tombstones,
        in_flight=timedelta(seconds=60),
        idempotency_window=window,
        queryable=queryable,
    )
    for in_doubt in InDoubt
    for tombstones in (True, False)
    for window, queryable in ((None, False), (timedelta(minutes=10), True), (timedelta(minutes=10), False))
]
"""Backends of every kind that recovery must cope with."""


class Crash(BaseException):
    """The process is gone."""


class SeededTape(Rng):
    """A tape that the seed alone decides, and that fails now and then when told to."""

    def __init__(self, chance: Random, failing: float) -> None:
        self._chance = chance
        self._failing = failing
        self.draws: list[Draw] = []

    def below(self, bound: int, purpose: str) -> int:
        if self._chance.random() < self._failing:
            raise Unhealthy("the simulated source broke")
        self.draws.append(Draw(purpose, bound, self._chance.randrange(bound)))
        return self.draws[-1].value


class SoundSource:
    """Bytes for the health monitor of the simulated house."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def read(self, count: int) -> bytes:
        return self._chance.randbytes(count)


class CrashingRounds(MemoryRounds):
    """The memory store, with a boundary before and after each addition."""

    def __init__(self, hook: Hook) -> None:
        super().__init__()
        self._hook = hook
        self.ids: set[str] = set()

    def add(self, *versions: Round) -> None:
        state, id = versions[-1].state, versions[-1].id
        self._hook.at(f"before record {state}", id)
        super().add(*versions)
        self.ids.add(id)
        self._hook.at(f"after record {state}", id)


class Loud(Nobody):
    """What recovery would get over is a mistake of ours here."""

    def broke(self) -> None:
        raise AssertionError("recovery broke")


class Process:
    """One process of the house: what it knows beside the record dies with it."""

    def __init__(self, world: "World") -> None:
        self.wallets: dict[str, Wallet] = {"op": world.network}
        self.sender = world.make.sender(
            sessions=world.sessions, wallets=self.wallets, clock=world.clock, balances=Balances(), watch=Nobody()
        )
        self.lifecycle = world.make.lifecycle(
            rounds=world.rounds,
            sender=self.sender,
            catalogue=world.catalogue,
            tape=lambda: SeededTape(world.chance, world.rate / 20),
            clock=world.clock,
            watch=Nobody(),
        )
        self.walker = Walker(
            lifecycle=self.lifecycle, rounds=world.rounds, clock=world.clock, budget=timedelta(seconds=20)
        )
        house = House(
            software="sim",
            stakes={"op": Stakes(min=1, max=1000, default=10)},
            deadline=timedelta(hours=1),
            forced=lambda _: False,
        )
        self.rewards = Rewards(
            store=world.rewards,
            rounds=world.rounds,
            wallets=self.wallets,
            catalogue=world.catalogue,
            house=house,
            lifecycle=self.lifecycle,
            walker=self.walker,
            clock=world.clock,
        )
        self.hosted = Hosted(
            rounds=world.rounds,
            lifecycle=self.lifecycle,
            walker=self.walker,
            catalogue=world.catalogue,
            house=house,
            rewards=self.rewards,
            health=world.health,
            clock=world.clock,
        )
        self.external = External(
            rounds=world.rounds,
            lifecycle=self.lifecycle,
            walker=self.walker,
            house=house,
            rewards=self.rewards,
            health=world.health,
            clock=world.clock,
            tape=lambda _: SeededTape(world.chance, world.rate / 20),
        )
        self.recovery = Recovery(
            rounds=world.rounds, walker=self.walker, rewards=self.rewards, clock=world.clock, watch=Loud()
        )


@dataclass(frozen=True)
class Make:
    """What a life is made of; a deliberate mistake takes the place of one of them."""

    lifecycle: type[Lifecycle] = Lifecycle
    sender: type[Sender] = Sender
    operator: type[Operator] = Operator
    rounds: type[CrashingRounds] = CrashingRounds


class World(Hook):
    """A house, an operator, and everybody's behaviour, all from `seed`."""

    def __init__(
        self, seed: int, traits: Traits, *, rate: float = 0.15, players: int = 3, make: "Make | None" = None
    ) -> None:
        self.make = make or Make()
        self.chance = Random(seed)
        self.rate = rate
        self.clock = VirtualClock()
        self.operator = self.make.operator(traits, says_whether=self.chance.random() < 0.5)
        self.network = Network(self.operator, self.clock, self.chance, rate, self)
        self.rounds = self.make.rounds(self)
        self.sessions = MemorySessions()
        self.rewards = MemoryRewards()
        self.catalogue = Catalogue([Listing(Coin(), "c"), Listing(Ladder(), "l")])
        self.health = Monitor(SoundSource(self.chance))
        self.crashes: Counter[str] = Counter()
        self.intrusions = 0
        self.shown: dict[str, tuple[int, object]] = {}
        self.nested = False
        self.calm = False
        self.sheltered = False
        """A process was stalled for longer than a request may travel: it gets its answer, and lives to record it."""
        self.process = Process(self)
        self.players = [f"player-{n}" for n in range(players)]
        for player in self.players:
            self.operator.free[player] = OPENING if self.chance.random() < 0.9 else 25
        self.opening = self.operator.total()

    # Where processes crash, and others come in.

    def at(self, point: str, round: str) -> bool:
        """A boundary: perhaps the process dies here, perhaps somebody else acts on the same round first."""
        if self.sheltered and point.startswith("after record"):
            self.sheltered = False
        if self.calm or self.sheltered:
            return False
        stalled = False
        if not self.nested and self.chance.random() < self.rate / 4:
            self.nested = True
            self.intrusions += 1
            endless = self.operator.traits.idempotency_window is None
            stalled = endless and point == "before escrow" and self.chance.random() < 0.2
            try:
                self._intrude(round, stalled)
            except Crash:
                pass
            finally:
                self.nested = False
        if not stalled and self.chance.random() < self.rate / 10:
            self.crashes[point] += 1
            raise Crash
        self.sheltered = stalled
        return stalled

    def _intrude(self, id: str, to_the_end: bool) -> None:
        """Another process acts on the round; to the end, if this one is stalled for longer than anything travels."""
        other = Process(self)
        round = self.rounds.load(id)
        if round is None:
            return
        try:
            if self.chance.random() < 0.3 and round.state in (State.OPENED, State.ESCROWED):
                round = other.lifecycle.give_back(round, "staff:intruder", "asked to")
            for _ in range(6 if to_the_end else 1 + self.chance.randrange(2)):
                round = other.lifecycle.advance(round, "recovery")
                if to_the_end:
                    self.clock.tick(timedelta(seconds=31))
        except RoundConflict:
            pass

    # What people do.

    def live(self, rounds: int) -> None:
        """Let `rounds` rounds be lived, then let everything come to rest."""
        for _ in range(rounds):
            self._somebody_plays()
            self.clock.tick(timedelta(seconds=self.chance.randint(0, 20)))
            self.network.settle()
            if self.chance.random() < 0.03:
                self._outage()
            if self.chance.random() < 0.2:
                self._sweep()
        self.settle()

    def _outage(self) -> None:
        """The operator answers nothing, or books no results, for a while; recovery and players keep trying."""
        everything = self.chance.random() < 0.5
        self.network.down = frozenset(MovementKind) if everything else frozenset({MovementKind.RESULT})
        for _ in range(self.chance.randrange(25)):
            self.clock.tick(timedelta(seconds=59))
            self.network.settle()
            if self.chance.random() < 0.3:
                self._somebody_plays()
            self._sweep()
        self.network.down = frozenset()

    def settle(self) -> None:
        """No more faults: walk everything to its end."""
        self.calm, self.network.rate, self.rate = True, 0.0, 0.0
        for _ in range(200):
            self.clock.tick(timedelta(seconds=61))
            self.network.settle()
            self._sweep()
            if not self.rounds.unfinished():
                return
        raise AssertionError(f"rounds never ended: {[self.rounds.load(id) for id in self.rounds.unfinished()]}")

    def _sweep(self) -> None:
        self._try(lambda: [self._see(round) for round in self.process.recovery.sweep()])

    def _somebody_plays(self) -> None:
        session = self._session(self.chance.choice(self.players), self.chance.choice(("coin", "ladder", "theirs")))
        id = str(UUID(int=self.chance.getrandbits(128)))
        if session.opened_by is None:
            self._hosted(session, id)
        else:
            self._external(session, id)

    def _hosted(self, session: Session, id: str) -> None:
        bet = Bet(round=id, wager=Wager("base"), stake=self.chance.choice((10, 20, 50)), reward=None)
        for _ in range(1 + self.chance.randrange(3)):
            self._try(lambda: self._see(self.process.hosted.play(session, bet).round))
        while self.chance.random() < 0.8:
            round = self.rounds.load(id)
            if round is None or round.state is not State.AWAITING:
                return
            choice = self.chance.choice(("stop", "climb", "raise"))
            turn = len(round.turns)
            for _ in range(1 + self.chance.randrange(2)):
                self._try(lambda t=turn, c=choice: self._see(self.process.hosted.choose(session, id, t, c).round))

    def _external(self, session: Session, id: str) -> None:
        external, win = self.process.external, self.chance.choice((0, 0, 30))
        steps = [lambda: external.escrow(KEY, session, id, 20, None)]
        if self.chance.random() < 0.2:
            steps.append(lambda: external.cancel(KEY, id, "changed its mind"))
        draws = self.chance.randrange(3)
        for number in range(1, draws + 1):
            steps.append(lambda n=number: external.draw(KEY, id, n, {"range": {"min": 0, "max": 6, "count": 2}}))
        if draws and self.chance.random() < 0.3:
            steps.append(lambda: external.further_escrow(KEY, id, 2, 15))
        if self.chance.random() < 0.9:
            steps.append(lambda: external.result(KEY, id, win, {"shown": win}))
        for step in steps:
            for _ in range(1 + self.chance.randrange(2)):
                self._try(step)
                external = self.process.external

    def _try(self, act: object) -> None:
        """A request: it may be refused, and the process may die under it and be started again."""
        try:
            act()  # type: ignore[operator]
        except (RequestError, RoundOpen, Declined, Unhealthy):
            pass
        except Crash:
            self.process = Process(self)

    def _see(self, round: Round) -> None:
        """A client was shown this; whatever is shown later must agree."""
        if round.state in (State.DRAWN, State.SETTLED):
            now = (round.win, [played.turn.events for played in round.turns])
            assert self.shown.setdefault(round.id, now) == now, "two outcomes were shown of one round"

    def _session(self, player: str, game: str) -> Session:
        opened_by = "server" if game == "theirs" else None
        session = Session(
            id=f"{player}-{game}",
            operator="op",
            player=player,
            currency=FUN,
            game=game,
            opened_by=opened_by,
            handle=f"handle-{player}",
            demo=False,
            created=self.clock.now(),
            expires=self.clock.now() + timedelta(days=1),
        )
        if self.sessions.get(session.id) is None:
            self.sessions.add(session, session.id.encode().ljust(32, b"\0"))
        return session

    def all_rounds(self) -> Sequence[Sequence[Round]]:
        """Every round of this life, each with all its versions."""
        ids = {booking.movement.round for booking in self.operator.booked.values()}
        return [self.rounds.versions(id) for id in sorted(ids | self.rounds.ids)]

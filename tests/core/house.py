"""A small house for tests of the core: real requests, real walk, the simulation's operator behind a scripted network."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from core.hosted import Hosted
from ports.game import Wager
from ports.record import Round, State
from ports.rounds import Bet
from ports.sessions import Session
from ports.wallet import InDoubt, Traits
from tests.simulation.world import KEY, World

ROUND = str(UUID(int=1))
DRAW = {"range": {"min": 0, "max": 6, "count": 2}}
CANCELS = Traits(real_money=False, in_doubt=InDoubt.CANCEL, tombstones=True, corrections=True)
REPEATS = Traits(real_money=False, in_doubt=InDoubt.REPEAT, tombstones=True)


class House(World):
    """A calm world in which the network does what the test says, call by call."""

    def __init__(self, traits: Traits = CANCELS) -> None:
        super().__init__(7, traits, rate=0.0)
        self.script: list[str] = []
        self.network._fault = lambda movement: self.script.pop(0) if self.script else "none"  # type: ignore[method-assign]

    @property
    def hosted(self) -> Hosted:
        return self.process.hosted

    def player(self, game: str = "coin", name: str = "player-0") -> Session:
        return self._session(name, game)

    def play(self, game: str = "coin", *, faults: tuple[str, ...] = (), round: str = ROUND, stake: int = 10) -> Round:
        """A bet, with these faults on the calls that follow."""
        self.script = [*faults]
        return self.hosted.play(self.player(game), Bet(round=round, wager=Wager("base"), stake=stake)).round

    def escrow(self, *, faults: tuple[str, ...] = (), stake: int = 20) -> Round:
        """The first stage of an external round."""
        self.script = [*faults]
        return self.process.external.escrow(KEY, self.player("theirs"), ROUND, stake, None).round

    def restart(self) -> None:
        """The process ends and another begins: only the record is left."""
        self.process = type(self.process)(self)

    def after_deadline(self) -> None:
        self.clock.tick(timedelta(hours=2))

    def sweep(self) -> None:
        for _ in range(3):
            self.clock.tick(timedelta(seconds=61))
            list(self.process.recovery.sweep())

    def now(self) -> Round:
        round = self.rounds.load(ROUND)
        assert round is not None
        return round


LOST = "lost after"


def in_state(state: State, *, hosted: bool) -> House:
    """A house whose round `ROUND` is in this state, on the way there that is shortest."""
    house = House(REPEATS if state in (State.OPENED, State.RAISING) else CANCELS)
    build: dict[tuple[State, bool], Callable[[], object]] = {
        (State.OPENED, True): lambda: house.play(faults=(LOST, LOST)),
        (State.AWAITING, True): lambda: house.play("ladder"),
        (State.RAISING, True): lambda: _raise_hosted(house),
        (State.DRAWN, True): lambda: house.play(faults=("none", LOST, LOST)),
        (State.SETTLED, True): lambda: house.play(),
        (State.DECLINED, True): lambda: house.play(faults=("refused",)),
        (State.CANCELLING, True): lambda: house.play(faults=(LOST, LOST, LOST)),
        (State.CANCELLED, True): lambda: house.play(faults=(LOST,)),
        (State.DISPUTED, True): lambda: house.play(faults=("contradicted",)),
        (State.OPENED, False): lambda: house.escrow(faults=(LOST, LOST)),
        (State.ESCROWED, False): house.escrow,
        (State.AWAITING, False): lambda: (house.escrow(), house.process.external.draw(KEY, ROUND, 1, DRAW)),
        (State.RAISING, False): lambda: _raise_external(house),
        (State.DRAWN, False): lambda: _result(house, (LOST, LOST)),
        (State.SETTLED, False): lambda: _result(house, ()),
        (State.DECLINED, False): lambda: house.escrow(faults=("refused",)),
        (State.CANCELLING, False): lambda: house.escrow(faults=(LOST, LOST, LOST)),
        (State.CANCELLED, False): lambda: house.escrow(faults=(LOST,)),
        (State.DISPUTED, False): lambda: house.escrow(faults=("contradicted",)),
    }
    build[state, hosted]()
    assert state is house.now().state
    return house


def _raise_hosted(house: House) -> None:
    house.play("ladder")
    house.script = [LOST, LOST]
    house.hosted.choose(house.player("ladder"), ROUND, 1, "raise")


def _raise_external(house: House) -> None:
    house.escrow()
    house.process.external.draw(KEY, ROUND, 1, DRAW)
    house.script = [LOST, LOST]
    house.process.external.further_escrow(KEY, ROUND, 2, 15)


def _result(house: House, faults: tuple[str, ...]) -> None:
    house.escrow()
    house.script = [*faults]
    house.process.external.result(KEY, ROUND, 30, {"shown": 30})

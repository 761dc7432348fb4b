"""Every schedule of a few faults over one short life: exhaustive where the random lives only sample.

A life passes a fixed row of points: before and after each call and each addition to the record. A plan says what goes
wrong at which of them; the search follows each plan to its end, and hangs the next fault on every point after the last.
"""

from collections.abc import Callable, Iterator

from ports.game import Wager
from ports.rounds import Bet
from ports.wallet import Movement, Traits
from tests.core.house import DRAW, ROUND
from tests.simulation.auditor import audit
from tests.simulation.world import KEY, Crash, World

Plan = tuple[tuple[int, str], ...]
"""(point, what goes wrong there), in the order of the points."""

ANYWHERE = ("crash", "another walks on", "another gives back")
AT_A_CALL = ("lost before", "lost after", "late", "doubled", "refused", "contradicted")
"""The other kinds of broken answer (server error, garbled) are the first two by another name."""


class Scheduled(World):
    """A life in which exactly the plan goes wrong."""

    def __init__(self, traits: Traits, plan: Plan) -> None:
        super().__init__(1, traits, rate=0.0)
        self.plan = dict(plan)
        self.points: list[str] = []
        self.next_fault = "none"
        self.network._fault = self._planned  # type: ignore[method-assign]

    def at(self, point: str, round: str) -> bool:
        if self.nested:
            return False
        action = self.plan.get(len(self.points), "")
        self.points.append(point)
        if action in AT_A_CALL:
            self.next_fault = action
        elif action == "crash":
            raise Crash
        elif action:
            self.nested = True
            self._other(round, gives_back=action == "another gives back")
            self.nested = False
        return False

    def _other(self, round: str, *, gives_back: bool) -> None:
        self.chance.random = lambda: 0.0 if gives_back else 1.0  # type: ignore[method-assign]
        self._intrude(round, False)
        del self.chance.random

    def _planned(self, movement: Movement) -> str:
        fault, self.next_fault = self.next_fault, "none"
        return fault


def coin(world: World) -> None:
    """A hosted round that is drawn at once, asked for twice."""
    session = world._session("player-0", "coin")
    for _ in range(2):
        world._try(
            lambda: world._see(
                world.process.hosted.play(session, Bet(round=ROUND, wager=Wager("base"), stake=10)).round
            )
        )


def ladder(world: World) -> None:
    """A hosted round with a choice that costs a further stake, and a free one."""
    session = world._session("player-0", "ladder")
    world._try(lambda: world.process.hosted.play(session, Bet(round=ROUND, wager=Wager("base"), stake=10)))
    world._try(lambda: world.process.hosted.choose(session, ROUND, 1, "raise"))
    world._try(lambda: world._see(world.process.hosted.choose(session, ROUND, 2, "stop").round))


def server(world: World) -> None:
    """An external round: escrow, a draw, a further escrow, the result."""
    session = world._session("player-0", "theirs")
    world._try(lambda: world.process.external.escrow(KEY, session, ROUND, 20, None))
    world._try(lambda: world.process.external.draw(KEY, ROUND, 1, DRAW))
    world._try(lambda: world.process.external.further_escrow(KEY, ROUND, 2, 15))
    world._try(lambda: world.process.external.result(KEY, ROUND, 30, None))


def change_of_mind(world: World) -> None:
    """An external round that its game server cancels."""
    session = world._session("player-0", "theirs")
    world._try(lambda: world.process.external.escrow(KEY, session, ROUND, 20, None))
    world._try(lambda: world.process.external.cancel(KEY, ROUND, "changed its mind"))


LIVES: dict[str, Callable[[World], None]] = {life.__name__: life for life in (coin, ladder, server, change_of_mind)}


def run(life: Callable[[World], None], traits: Traits, plan: Plan) -> list[str]:
    """Live it under the plan, let it come to rest, audit it; returns the points it passed."""
    world = Scheduled(traits, plan)
    try:
        life(world)
        world.settle()
        audit(world)
    except AssertionError as problem:
        raise AssertionError(f"plan {plan}: {problem}") from problem
    return world.points


def every(life: Callable[[World], None], traits: Traits, faults: int) -> Iterator[Plan]:
    """Run every plan of up to `faults` faults; yields each that was run."""
    yield from _extend(life, traits, (), faults)


def _extend(life: Callable[[World], None], traits: Traits, plan: Plan, left: int) -> Iterator[Plan]:
    points = run(life, traits, plan)
    yield plan
    if not left:
        return
    first = plan[-1][0] + 1 if plan else 0
    for number in range(first, len(points)):
        actions = (
            (*ANYWHERE, *AT_A_CALL)
            if points[number].startswith("before") and "record" not in points[number]
            else ANYWHERE
        )
        for action in actions:
            yield from _extend(life, traits, (*plan, (number, action)), left - 1)

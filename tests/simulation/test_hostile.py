"""Clients that retry, replay, race, abandon and return, and give back what they lose if they can: it does not pay.

What they see is the exact return to player of the game, within its interval: nobody can choose among outcomes.
"""

import os
from math import sqrt
from random import Random
from uuid import UUID

import pytest

from core.errors import RequestError
from ports.game import Wager
from ports.record import State
from ports.rounds import Bet, RoundOpen
from ports.wallet import MovementKind
from tests.simulation.auditor import audit
from tests.simulation.world import KEY, TRAITS, Process, World

ROUNDS = int(os.environ.get("HOSTILE", "20000"))
STAKE = 10
A_LIFE = 200
DEVIATIONS = 4.0
"""Of a normal variable; so far out by chance once in 16,000 runs."""


class Hostile:
    """One life in which every player is out to choose among outcomes."""

    def __init__(self, seed: int) -> None:
        self.world = World(seed, TRAITS[seed % len(TRAITS)], players=6)
        self.chance = Random(seed)
        for player in self.world.players:
            self.world.operator.free[player] = 10_000_000
        self.world.opening = self.world.operator.total()

    def live(self) -> None:
        for _ in range(A_LIFE):
            player = self.chance.choice(self.world.players)
            id = str(UUID(int=self.chance.getrandbits(128)))
            if self.chance.random() < 0.5:
                self._race(player, id)
            else:
                self._take_back_what_is_lost(player, id)
            if self.chance.random() < 0.3:
                self.world._sweep()
        self.world.settle()
        audit(self.world)

    def _race(self, player: str, id: str) -> None:
        """The same bet from two processes, again after every answer that is not liked; or dropped, and another one tried."""
        session = self.world._session(player, "coin")
        bet = Bet(round=id, wager=Wager("base"), stake=STAKE)
        for _ in range(self.chance.randrange(1, 5)):
            self.world._try(lambda: self.world._see(self.world.process.hosted.play(session, bet).round))
            round = self.world.rounds.load(id)
            if round is not None and round.state is State.SETTLED and not round.win:
                self._undo(id)

    def _undo(self, id: str) -> None:
        """Everything that a client, a game server or staff could try on a lost round."""
        process = self.world.process
        for attempt in (
            lambda: process.external.cancel(KEY, id, "I lost"),
            lambda: process.external.result(KEY, id, 1000, None),
            lambda: process.hosted.choose(self.world._session("player-0", "coin"), id, 1, "again"),
        ):
            try:
                attempt()
            except RequestError:
                continue
            raise AssertionError(f"a lost round was changed: {id}")

    def _take_back_what_is_lost(self, player: str, id: str) -> None:
        """A game server that draws, and cancels where it does not like the draw, or never reports it."""
        external = self.world.process.external
        session = self.world._session(player, "theirs")
        seen: list[int] = []

        def draw() -> None:
            values, _ = external.draw(KEY, id, 1, {"range": {"min": 0, "max": 2}})
            seen[:] = values

        self.world._try(lambda: external.escrow(KEY, session, id, STAKE, None))
        for _ in range(self.chance.randrange(1, 4)):
            external = self.world.process.external
            self.world._try(draw)
        external = self.world.process.external
        if seen == [1]:
            self.world._try(lambda: external.result(KEY, id, 2 * STAKE, seen))
        elif seen == [0]:
            self.world._try(lambda: external.cancel(KEY, id, "I lost"))


def test_nobody_can_choose_among_outcomes() -> None:
    played = won = drawn = taken_back = 0
    seed = 0
    while played < ROUNDS:
        life = Hostile(seed)
        life.live()
        seed += 1
        for versions in life.world.all_rounds():
            newest = versions[-1]
            if newest.terms.game == "coin" and newest.state is State.SETTLED:
                played += 1
                won += newest.win
            if newest.terms.game == "theirs" and newest.turns:
                drawn += 1
                taken_back += newest.state is State.CANCELLED
    sigma = 1.0  # of win / stake: the coin pays 0 or 2, each with one half
    deviation = (won / (played * STAKE) - 1) * sqrt(played) / sigma
    print(f"\n{played} rounds of hostile clients, return {won / played / STAKE:.4f}, {deviation:+.2f} deviations")
    assert abs(deviation) < DEVIATIONS
    assert drawn > ROUNDS / 10
    assert 0 == taken_back


def test_a_second_bet_waits_for_the_first() -> None:
    """Two sessions, two processes, one place: the second bet is refused while the first is in doubt."""
    world = World(1, TRAITS[0], rate=0.0)
    world.network.down = frozenset({MovementKind.RESULT})
    first = Bet(round=str(UUID(int=1)), wager=Wager("base"), stake=STAKE)
    second = Bet(round=str(UUID(int=2)), wager=Wager("base"), stake=STAKE)
    session = world._session("player-0", "coin")
    assert State.DRAWN is world.process.hosted.play(session, first).round.state
    with pytest.raises(RoundOpen) as refusal:
        Process(world).hosted.play(session, second)
    assert first.round == refusal.value.round

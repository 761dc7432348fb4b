"""External rounds: the stages as a game server drives them over our API. Its game runs there, its chance comes from here.

    escrow -> draw 1, 2, ... -> (escrow 2 -> draw ...) -> result
      '-> cancel, as long as nothing was drawn

A round belongs to the key that opened it; to everybody else it does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core import book
from core.book import ESCROW
from core.draws import execute
from core.errors import BadRequest, Forbidden, IdReused, NotFound, RoundFull, WrongState
from core.health import Monitor
from core.house import Answered, House, check_round_id, first_version
from core.lifecycle import Lifecycle
from core.rewards import Rewards
from core.walker import Walker
from ports import canonical
from ports.clock import Clock
from ports.game import Json, Turn, Wager
from ports.money import LIMIT
from ports.randomness import Tape
from ports.record import Kind, Played, Round, State, Status, Terms
from ports.rounds import RoundConflict, RoundStore
from ports.sessions import Session
from ports.wallet import Declined, Funding, Reason

MAX_DRAWS = 1_000
"""Requests for draws in one round."""
MAX_RECORD = 1024 * 1024
"""Bytes of a round's record, with what is asked for: every version repeats all that was drawn before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What the holder of an API key may do."""

    name: str
    operators: frozenset[str] | None
    """None: every operator."""
    games: frozenset[str] | None
    """None: every game."""
    largest_win: int
    """Minor units of one round."""

    @property
    def actor(self) -> str:
        """As it stands on record."""
        return f"key:{self.name}"

    def check(self, operator: str, game: str) -> None:
        """Raise `Forbidden` unless the key covers this operator and game."""
        if self.operators is not None and operator not in self.operators:
            raise Forbidden(f"key {self.name} does not cover operator {operator!r}")
        if self.games is not None and game not in self.games:
            raise Forbidden(f"key {self.name} does not cover game {game!r}")


class External:
    """The stages of a game, each done exactly once however often it is asked for."""

    def __init__(
        self,
        *,
        rounds: RoundStore,
        lifecycle: Lifecycle,
        walker: Walker,
        house: House,
        rewards: Rewards,
        health: Monitor,
        clock: Clock,
        tape: Callable[[Round], Tape],
    ) -> None:
        """`tape` makes the one of a draw, given the round as it was before it."""
        self._rounds = rounds
        self._lifecycle = lifecycle
        self._walker = walker
        self._house = house
        self._rewards = rewards
        self._health = health
        self._clock = clock
        self._tape = tape

    def find(self, key: Key, id: str) -> Round:
        """The round that this key opened. Raises `NotFound`, also for everybody else's."""
        round = self._rounds.load(id)
        if round is None or (round.terms.opened_by, round.terms.kind) != (key.name, Kind.PLAY):
            raise NotFound("there is no such round")
        return round

    def escrow(self, key: Key, session: Session, id: str, stake: int, reward: str | None) -> Answered:
        """Set the wager aside: the first stage, which opens the round.

        Raises `BadRequest`, `IdReused`, `NotFound`, `RoundOpen`, `Unhealthy`; `Declined` for a reward that does not pay
        for it.
        """
        check_round_id(id)
        if not 1 <= stake < LIMIT:
            raise BadRequest("a stake is 1 to 2**53-1 minor units")
        replay = True
        known = self._rounds.load(id)
        if known is None:
            try:
                with self._rewards.alone(reward):
                    first = first_version(id, self._terms(key, session, stake, reward), key.actor, self._clock.now())
                    known, replay = self._lifecycle.open(first), False
            except RoundConflict:
                pass
        known = known or self.find(key, id)
        if known.terms.opened_by != key.name:
            raise NotFound("there is no such round")
        terms = known.terms
        bet = (terms.operator, terms.player, terms.currency, terms.game, terms.stake, terms.reward)
        if bet != (session.operator, session.player, session.currency, session.game, stake, reward):
            raise IdReused(f"round {id} is another wager already")
        return Answered(self._walker.walk(known, key.actor), replay)

    def further_escrow(self, key: Key, id: str, number: int, stake: int) -> Answered:
        """Set a further wager aside, escrow number 2, 3, ... of a round in which something was drawn.

        Raises `NotFound`, `IdReused`, `WrongState`, `BadRequest`, and `Declined` if the operator refused it.
        """
        if not 1 <= stake < LIMIT:
            raise BadRequest("a stake is 1 to 2**53-1 minor units")
        round = self.find(key, id)
        known = book.find(round.entries, ESCROW, number)
        if known is not None and known.amount != stake:
            raise IdReused(f"escrow {number} of round {id} is another amount")
        if round.terms.reward is not None:
            raise BadRequest("a reward pays the first escrow of a round only")
        if known is None:
            decided = 1 + sum(e.kind is ESCROW for e in round.entries)
            if round.state is not State.AWAITING or number != decided:
                raise WrongState(round, f"escrow {number}")
            try:
                round = self._lifecycle.extend(round, stake, key.actor)
            except RoundConflict:
                return self.further_escrow(key, id, number, stake)
        round = self._walker.walk(round, key.actor)
        _refuse_untaken(round, number)
        return Answered(round, known is not None)

    def draw(self, key: Key, id: str, number: int, asked: Json) -> tuple[Json, bool]:
        """Draw number 1, 2, ... of a round: the values, on record before they are returned, and whether they were before.

        The first draw ends the right to cancel. Raises `NotFound`, `WrongState` (a gap, or not the time), `IdReused` (the
        number stands for another request), `BadRequest`, `RoundFull`, `Unhealthy`.
        """
        round = self.find(key, id)
        if 1 <= number <= len(round.turns):
            before = round.turns[number - 1]
            if not canonical.same(before.asked, asked):
                raise IdReused(f"draw {number} of round {id} was asked for otherwise")
            return before.turn.events[0]["values"], True
        if round.state not in (State.ESCROWED, State.AWAITING) or number != len(round.turns) + 1:
            raise WrongState(round, f"draw {number}")
        _check_room(round, asked)
        tape = self._tape(round)
        values = execute(asked, tape)
        turn = Turn(0, ({"type": "draw", "values": values},))
        try:
            self._lifecycle.drew(round, Played(asked=asked, draws=tuple(tape.draws), turn=turn), key.actor)
        except RoundConflict:
            return self.draw(key, id, number, asked)
        return values, False

    def result(self, key: Key, id: str, win: int, outcome: Json) -> Answered:
        """Report the outcome: `win` minor units, the whole round's. The escrow is taken, the win is paid.

        Raises `NotFound`, `Forbidden` (more than the key's largest win), `WrongState`, `IdReused` (another result stands).
        """
        round = self.find(key, id)
        turn = Turn(win, ({"type": "outcome", "outcome": outcome},))
        if round.state in (State.DRAWN, State.SETTLED):
            reported = round.turns[-1].turn
            if reported.win != win or not canonical.same(reported.events, turn.events):
                raise IdReused(f"round {id} has another result already")
            return Answered(self._walker.walk(round, key.actor), True)
        if not 0 <= win <= round.terms.cap:
            raise Forbidden(f"key {key.name} reports wins of 0 to {round.terms.cap} minor units")
        if round.state not in (State.ESCROWED, State.AWAITING):
            raise WrongState(round, "a result")
        try:
            drawn = self._lifecycle.finish(round, Played(asked=None, draws=(), turn=turn), key.actor)
        except RoundConflict:
            return self.result(key, id, win, outcome)
        return Answered(self._walker.walk(drawn, key.actor), False)

    def cancel(self, key: Key, id: str, reason: str) -> Answered:
        """Give the escrow back, while nothing was drawn. Raises `NotFound`, `WrongState`."""
        round = self.find(key, id)
        if round.state in (State.CANCELLING, State.CANCELLED):
            return Answered(self._walker.walk(round, key.actor), True)
        if round.state not in (State.OPENED, State.ESCROWED):
            raise WrongState(round, "a cancel")
        try:
            decided = self._lifecycle.give_back(round, key.actor, reason)
        except RoundConflict:
            return self.cancel(key, id, reason)
        return Answered(self._walker.walk(decided, key.actor), False)

    def _terms(self, key: Key, session: Session, stake: int, reward: str | None) -> Terms:
        limits = {} if reward is None else self._rewards.limit(session, reward, stake)
        self._health.require()
        now = self._clock.now()
        return Terms(
            kind=Kind.PLAY,
            operator=session.operator,
            player=session.player,
            session=session.id,
            currency=session.currency,
            opened_by=key.name,
            game=session.game,
            version="",
            variant="",
            maths="",
            software=self._house.software,
            wager=Wager("external"),
            stake=stake,
            cost=stake,
            funding=Funding.CASH if reward is None else Funding.FREE,
            reward=reward,
            cap=key.largest_win,
            limits=limits,
            accepted=now,
            deadline=now + self._house.deadline,
            forced=self._house.forced(key.name),
            demo=session.demo,
        )


def _refuse_untaken(round: Round, number: int) -> None:
    escrow = book.find(round.entries, ESCROW, number)
    assert escrow is not None
    if escrow.status is Status.DECLINED:
        reason = next((reason for reason in Reason if reason == round.reason), Reason.OTHER)
        raise Declined(reason, "the operator refused this escrow")
    if escrow.status is Status.RETURNED:
        raise Declined(Reason.OTHER, "the operator did not confirm this escrow; it was given back")


def _check_room(round: Round, asked: Json) -> None:
    """Raise `RoundFull` if the round has no room for this request. Nothing is drawn yet."""
    if len(round.turns) >= MAX_DRAWS:
        raise RoundFull(f"a round has room for {MAX_DRAWS} draws")
    if len(round.record) + len(canonical.dump(asked)) > MAX_RECORD:
        raise RoundFull(f"a round's record has room for {MAX_RECORD} bytes, with what is asked for")

"""Hosted rounds: what a player's client asks for. The game runs here, and the outcome is ours alone to draw."""

from core.book import newest_escrow
from core.catalogue import Catalogue
from core.errors import BadRequest, IdReused, NotFound, WrongState
from core.health import Monitor
from core.house import Answered, House, check_round_id, first_version
from core.lifecycle import Lifecycle
from core.rewards import Rewards
from core.walker import Walker
from ports import canonical
from ports.clock import Clock
from ports.game import IllegalWager
from ports.record import Kind, Round, State, Status, Terms
from ports.rounds import Bet, RoundConflict, RoundStore
from ports.sessions import Session
from ports.wallet import Declined, Funding, Reason

ACTOR = "player"


class Hosted:
    """Plays bets and choices of players, each exactly once however often it is asked for."""

    def __init__(
        self,
        *,
        rounds: RoundStore,
        lifecycle: Lifecycle,
        walker: Walker,
        catalogue: Catalogue,
        house: House,
        rewards: Rewards,
        health: Monitor,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._lifecycle = lifecycle
        self._walker = walker
        self._catalogue = catalogue
        self._house = house
        self._rewards = rewards
        self._health = health
        self._clock = clock

    def find(self, session: Session, id: str) -> Round:
        """The player's round, as it is on record. Raises `NotFound`, also for a round that is somebody else's."""
        round = self._rounds.load(id)
        if round is None or not _belongs(round, session):
            raise NotFound("there is no such round")
        return round

    def play(self, session: Session, bet: Bet) -> Answered:
        """Accept a bet and walk its round as far as it goes; the same bet again finds the same round.

        Raises `BadRequest`, `IdReused` (the id stands for another bet), `NotFound` (it is somebody else's), `RoundOpen`,
        `Declined` (a reward that does not pay for it), `ports.randomness.Unhealthy`. What the operator says is told by the
        state of the round.
        """
        check_round_id(bet.round)
        replay = True
        known = self._rounds.load(bet.round)
        if known is None:
            try:
                with self._rewards.alone(bet.reward):
                    known, replay = self._lifecycle.open(self._accept(session, bet)), False
            except RoundConflict:
                known = self._rounds.load(bet.round)
        assert known is not None
        if not _belongs(known, session):
            raise NotFound("there is no such round")
        terms = known.terms
        same = canonical.same(terms.wager.selection, bet.wager.selection) and terms.currency == session.currency
        if not same or (terms.wager.mode, terms.stake, terms.reward) != (bet.wager.mode, bet.stake, bet.reward):
            raise IdReused(f"round {bet.round} is another bet already")
        return Answered(self._walker.walk(known, ACTOR), replay)

    def choose(self, session: Session, id: str, turn: int, choice: str) -> Answered:
        """Take a choice that turn number `turn` offered (the first turn is 1).

        Raises `NotFound`, `WrongState`, `BadRequest` (not among the choices), `IdReused` (another choice was taken there),
        `GameUnavailable`, `Declined` (the operator refused what it costs: the choice is untaken).
        """
        round = self.find(session, id)
        if 1 <= turn < len(round.turns):
            if round.turns[turn].asked != choice or round.turns[turn].automatic:
                raise IdReused(f"another choice was taken at turn {turn} of round {id}")
            return Answered(self._walker.walk(round, ACTOR), True)
        if turn != len(round.turns) or round.state not in (State.AWAITING, State.RAISING):
            raise WrongState(round, f"a choice at turn {turn}")
        if round.state is State.RAISING:
            if round.raising != choice:
                raise IdReused(f"another choice is being taken at turn {turn} of round {id}")
            return Answered(_taken(self._walker.walk(round, ACTOR), turn), True)
        option = next((o for o in round.turns[-1].turn.choices if o.id == choice), None)
        if option is None:
            offered = ", ".join(o.id for o in round.turns[-1].turn.choices)
            raise BadRequest(f"{choice!r} is not among the choices: {offered}")
        try:
            chosen = self._lifecycle.choose(round, option.id, option.cost * round.unit, ACTOR)
        except RoundConflict:
            return self.choose(session, id, turn, choice)
        return Answered(_taken(self._walker.walk(chosen, ACTOR), turn), False)

    def _accept(self, session: Session, bet: Bet) -> Round:
        listing = self._catalogue.current(session.game, session.operator)
        game = listing.game
        if bet.wager.mode not in [mode.id for mode in game.modes]:
            raise BadRequest(f"{game.id} has the modes {', '.join(mode.id for mode in game.modes)}")
        if bet.wager.selection is not None and game.selection is None:
            raise BadRequest(f"{game.id} takes no selection")
        try:
            cost = game.cost(bet.wager)
        except IllegalWager as problem:
            raise BadRequest(str(problem)) from None
        stakes = self._house.limits(session.operator)
        stakes.check(bet.stake, cost)
        limits = {"min_stake": stakes.min, "max_stake": stakes.max}
        if bet.reward is not None:
            if bet.wager.mode != game.modes[0].id:
                raise BadRequest(f"a reward pays for the mode {game.modes[0].id}")
            limits |= self._rewards.limit(session, bet.reward, bet.stake)
        self._health.require()
        now = self._clock.now()
        terms = Terms(
            kind=Kind.PLAY,
            operator=session.operator,
            player=session.player,
            session=session.id,
            currency=session.currency,
            opened_by=None,
            game=game.id,
            version=game.version,
            variant=game.variant,
            maths=listing.maths,
            software=self._house.software,
            wager=bet.wager,
            stake=bet.stake,
            cost=cost,
            funding=Funding.CASH if bet.reward is None else Funding.FREE,
            reward=bet.reward,
            cap=game.cap * (bet.stake // cost),
            limits=limits,
            accepted=now,
            deadline=now + self._house.deadline,
            forced=self._house.forced(None),
            demo=session.demo,
        )
        return first_version(bet.round, terms, ACTOR, now)


def _belongs(round: Round, session: Session) -> bool:
    terms = round.terms
    theirs = (terms.operator, terms.player, terms.game, terms.opened_by)
    return theirs == (session.operator, session.player, session.game, None)


def _taken(round: Round, turn: int) -> Round:
    """The round, if its choice was taken or still may be. Raises `Declined` if the choice is open again."""
    if round.state is not State.AWAITING or len(round.turns) > turn:
        return round
    escrow = newest_escrow(round.entries)
    if escrow.status is Status.DECLINED:
        reason = next((reason for reason in Reason if reason == round.reason), Reason.OTHER)
        raise Declined(reason, "the operator refused what this choice costs")
    raise Declined(Reason.OTHER, "the operator did not confirm what this choice costs; it was given back")

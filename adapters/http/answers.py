"""Rounds and sessions as the outside sees them. A game's state, and what was drawn for it, never leaves."""

from datetime import UTC, datetime
from threading import Lock
from typing import Any

from adapters.http.endpoints import Answer
from adapters.http.gate import Busy, Gate
from adapters.http.problems import DECLINED, problem
from core.house import Answered
from core.rewards import Rewards
from core.sessions import Sessions
from ports.money import Currency
from ports.record import VOID, Round, State
from ports.rewards import Status
from ports.rounds import RoundStore
from ports.sessions import Session, SessionStore
from ports.wallet import Reason

_IN_DOUBT = frozenset({State.OPENED, State.CANCELLING, State.RAISING, State.DRAWN, State.DISPUTED})

REMEMBERED = 100_000
"""Players of whom it is remembered that their balance was asked for."""


class Answers:
    """Makes the answers that all audiences share."""

    def __init__(
        self, *, rounds: RoundStore, sessions: Sessions, session_store: SessionStore, rewards: Rewards, gate: Gate
    ) -> None:
        self._rounds = rounds
        self._rewards = rewards
        self._sessions = sessions
        self._session_store = session_store
        self._gate = gate
        self._asked: set[tuple[str, str, str]] = set()
        self._lock = Lock()

    def told(self, answered: Answered, *, opens: bool) -> Answer:
        """A request's round as its answer. `opens`: the request can have made the round."""
        round = answered.round
        if round.state is State.DECLINED:
            more = {"state": round.state, "reason": round.reason, "round": round.id}
            refusal = problem(DECLINED, "the operator refused the stake") | more
            return Answer(refusal, DECLINED.status, answered.replay)
        return Answer(self.round(round), _status(answered, opens), answered.replay)

    def round(self, round: Round) -> dict[str, Any]:
        """One round."""
        [told] = self.rounds([round])
        return told

    def rounds(self, rounds: list[Round]) -> list[dict[str, Any]]:
        """Rounds of one player, newest first, each with the balance of its currency."""
        purses: dict[Currency, dict[str, Any]] = {}
        for round in rounds:
            terms = round.terms
            if terms.currency not in purses:
                purses[terms.currency] = {
                    "balance": self._balance(self._session_store.get(terms.session)),
                    "held": self._rounds.held(terms.operator, terms.player, terms.currency),
                }
        return [_round(round, purses[round.terms.currency]) for round in rounds]

    def session(self, session: Session, bearer: str, *, refresh: bool) -> dict[str, Any]:
        """A session, as its bearer sees it; `refresh` asks the operator for the balance."""
        balance = self._refreshed(session) if refresh else self._balance(session)
        held = self._rounds.held(session.operator, session.player, session.currency)
        open_round = self._rounds.open_round(session.operator, session.player, session.game)
        if open_round is not None and open_round.terms.opened_by != session.opened_by:
            open_round = None
        return {
            "session": bearer,
            "player": {"id": session.player, "operator": session.operator, "demo": session.demo},
            "balance": balance,
            "held": held,
            "currency": session.currency.code,
            "exponent": session.currency.exponent,
            "game": session.game,
            "rewards": [_given(status, session.game) for status in self._rewards.playable(session)],
            "open_round": open_round and self.round(open_round),
            "expires": _time(session.expires),
        }

    def _balance(self, session: Session | None) -> int | None:
        """What the wallet last said. A player that it has said nothing of is asked for, once."""
        if session is None:
            return None
        said = self._sessions.balance(session)
        if said is not None or not self._first_time(session):
            return said
        return self._refreshed(session)

    def _refreshed(self, session: Session) -> int | None:
        try:
            with self._gate.within(session.operator):
                return self._sessions.refresh(session)
        except Busy:
            return self._sessions.balance(session)

    def _first_time(self, session: Session) -> bool:
        player = (session.operator, session.player, session.currency.code)
        with self._lock:
            if player in self._asked:
                return False
            if len(self._asked) >= REMEMBERED:
                self._asked.clear()
            self._asked.add(player)
            return True


def status_of(round: Round) -> int:
    """200, or 202 while money is in doubt."""
    walking = round.state is State.ESCROWED and round.hosted
    return 202 if walking or round.state in _IN_DOUBT else 200


def _status(answered: Answered, opens: bool) -> int:
    status = status_of(answered.round)
    return 201 if status == 200 and opens and not answered.replay else status


def _round(round: Round, purse: dict[str, int | None]) -> dict[str, Any]:
    terms = round.terms
    told: dict[str, Any] = {
        "round": round.id,
        "state": round.state,
        "game": terms.game,
        "mode": terms.wager.mode,
        "selection": terms.wager.selection,
        "reward": terms.reward,
        "stake": terms.stake if round.state in VOID else round.staked,
        "win": round.win,
        "unit": round.unit,
        **purse,
        "currency": terms.currency.code,
        "exponent": terms.currency.exponent,
        "events": [event for played in round.turns for event in played.turn.events],
        "turn": len(round.turns),
        "created": _time(terms.accepted),
        "updated": _time(round.time),
    }
    if round.state is State.AWAITING:
        offered = round.turns[-1].turn.choices
        told["choices"] = [{"id": option.id, "cost": option.cost * round.unit} for option in offered]
    if round.state is State.DECLINED and round.reason in list(Reason):
        told["reason"] = round.reason
    return told


def _given(status: Status, game: str) -> dict[str, Any]:
    reward = status.reward
    return {
        "reward": reward.id,
        "rounds": status.left,
        "stake": reward.stakes[game],
        "expires": _time(reward.expires),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""The office: what staff can ask about rounds, the same whether the server runs or not.

While the server runs it owns the data, and answers through a socket in the data directory (`rgs.control`), which tells it
who asks. Otherwise the command opens the data itself.
"""

import json
import os
import pwd
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from core.audit import Audit
from core.catalogue import Catalogue
from core.desk import Decision, Desk
from core.errors import RequestError
from core.house import own_round_id
from core.reconcile import reconcile
from core.recovery import Recovery
from core.replay import differences
from core.rewards import USUAL, Rewards
from ports.archive import Archive
from ports.books import Books, Grants
from ports.canonical import Unreadable
from ports.randomness import Entropy
from ports.record import Round
from ports.rewards import RewardConflict, RewardRefused, Status
from ports.rounds import RoundConflict, RoundStore
from ports.wallet import Wallet, WalletError

Request = Mapping[str, Any]
_WRONG = (KeyError, TypeError, ValueError, OverflowError)
"""A request that is not as it should be."""


class Refused(Exception):
    """The office said no; the message says why."""


class Office:
    """Answers requests `{"do": ..., ...}` of a person, each with a JSON object."""

    def __init__(
        self,
        *,
        rounds: RoundStore,
        archive: Archive,
        desk: Desk,
        recovery: Recovery,
        catalogue: Catalogue,
        audit: Audit,
        wallets: Mapping[str, Wallet],
        rewards: Rewards,
        entropy: Entropy,
    ) -> None:
        self._rewards = rewards
        self._entropy = entropy
        self._archive = archive
        self._audit = audit
        self._wallets = wallets
        self._rounds = rounds
        self._desk = desk
        self._recovery = recovery
        self._catalogue = catalogue
        self._does: dict[str, Callable[[str, Request], dict[str, Any]]] = {
            "list": self._list,
            "show": self._show,
            "replay": self._replay,
            "cancel": self._cancel,
            "dispute": self._dispute,
            "propose": self._propose,
            "confirm": self._confirm,
            "correct": self._correct,
            "recover": self._recover,
            "seal": self._seal,
            "verify": self._verify,
            "reconcile": self._reconcile,
            "grant": self._grant,
            "give": self._give,
            "rewards": self._rewards_of,
            "withdraw": self._withdraw,
        }

    def answer(self, actor: str, request: Request) -> dict[str, Any]:
        """Do it. Raises `Refused`."""
        if not isinstance(request, Mapping):
            raise Refused("a request is a JSON object")
        does = self._does.get(str(request.get("do")))
        if does is None:
            raise Refused(f"the office does not know {request.get('do')!r}")
        try:
            return does(actor, request)
        except (RequestError, RoundConflict, RewardRefused, RewardConflict, WalletError, *_WRONG) as problem:
            raise Refused(str(problem)) from None

    def _list(self, actor: str, request: Request) -> dict[str, Any]:
        """Rounds that are not at their end, or a player's."""
        found: Sequence[Round | None]
        unreadable: list[str] = []
        if "player" in request:
            operator, player = request["operator"], request["player"]
            found = self._rounds.history(
                operator, player, game=None, limit=request.get("limit", 50), cursor=None
            ).rounds
            if not found:  # an operator of before may have rounds here
                self._wallet(operator)
        else:
            found = [self._read(id, unreadable) for id in [*self._rounds.unfinished(), *self._rounds.disputed()]]
        wanted = request.get("state")
        rounds = [summary(r) for r in found if r is not None and (wanted is None or r.state == wanted)]
        return {"rounds": rounds, "unreadable": unreadable}

    def _read(self, id: str, unreadable: list[str]) -> Round | None:
        """A round; of one that cannot be read, the id is put down."""
        try:
            return self._rounds.load(id)
        except Unreadable:
            unreadable.append(id)
            return None

    def _show(self, actor: str, request: Request) -> dict[str, Any]:
        self._desk.find(request["round"])
        return {"versions": [json.loads(version.record) for version in self._rounds.versions(request["round"])]}

    def _replay(self, actor: str, request: Request) -> dict[str, Any]:
        round = self._desk.find(request["round"])
        return {"round": round.id, "turns": len(round.turns), "differences": differences(round, self._catalogue)}

    def _cancel(self, actor: str, request: Request) -> dict[str, Any]:
        return summary(self._desk.cancel(request["round"], actor, request["reason"]))

    def _dispute(self, actor: str, request: Request) -> dict[str, Any]:
        return summary(self._desk.dispute(request["round"], actor, request["reason"]))

    def _propose(self, actor: str, request: Request) -> dict[str, Any]:
        decision = Decision(request["decision"])
        return summary(self._desk.propose(request["round"], decision, actor, request["reason"]))

    def _confirm(self, actor: str, request: Request) -> dict[str, Any]:
        return summary(self._desk.confirm(request["round"], Decision(request["decision"]), actor))

    def _correct(self, actor: str, request: Request) -> dict[str, Any]:
        correction = own_round_id(self._entropy)
        return summary(self._desk.correct(request["round"], request["amount"], correction, actor, request["reason"]))

    def _recover(self, actor: str, request: Request) -> dict[str, Any]:
        moved = [summary(round) for round in self._recovery.sweep(at_once=True)]
        return {"moved": moved, "unfinished": len(self._rounds.unfinished())}

    def _seal(self, actor: str, request: Request) -> dict[str, Any]:
        seal = self._audit.seal()
        return {"seal": None if seal is None else asdict(seal)}

    def _verify(self, actor: str, request: Request) -> dict[str, Any]:
        return asdict(self._audit.verify())

    def _reconcile(self, actor: str, request: Request) -> dict[str, Any]:
        """Our record beside the books of one operator, or of each whose books can be read."""
        wanted = [request["operator"]] if "operator" in request else list(self._wallets)
        if not any(isinstance(self._wallet(operator), Books) for operator in wanted):
            raise Refused(f"nothing was compared: the books of {', '.join(wanted)} cannot be read from here")
        newest: dict[str, dict[str, Round]] = {}
        for stored in self._archive.records():
            round = Round.parse(stored.record)
            newest.setdefault(round.terms.operator, {})[round.id] = round
        told: dict[str, Any] = {}
        for operator in wanted:
            wallet = self._wallets.get(operator)
            if not isinstance(wallet, Books):
                told[operator] = {"readable": False, "rounds": 0, "gaps": []}
                continue
            rounds = newest.get(operator, {})
            stuck = [id for id in self._recovery.stuck() if id in rounds]
            gaps = [
                asdict(gap) | {"action": gap.action} for gap in reconcile(rounds.values(), wallet.booked(), stuck=stuck)
            ]
            told[operator] = {"readable": True, "rounds": len(rounds), "gaps": gaps}
        return {"operators": told}

    def _grant(self, actor: str, request: Request) -> dict[str, Any]:
        """Play money for a player, from an operator whose coins are ours to give."""
        operator, name = request["operator"], _name(request["player"])
        wallet = self._wallet(operator)
        if not isinstance(wallet, Grants):
            raise Refused(f"{operator} has no coins of ours to give")
        if not request["reason"].strip():
            raise Refused("a reason has words: it goes into the books")
        note = f"{actor}: {request['reason']}"
        balance = wallet.grant(name, request["amount"], note, currency=request.get("currency"))
        played = self._rounds.history(operator, name, game=None, limit=1, cursor=None).rounds
        return {
            "player": name,
            "balance": balance.minor,
            "currency": balance.currency.code,
            "exponent": balance.currency.exponent,
            "played": bool(played),
        }

    def _give(self, actor: str, request: Request) -> dict[str, Any]:
        """Free rounds for a player of play money; every other operator gives its own, by calls to us."""
        name, wallet = _name(request["player"]), self._wallet(request["operator"])
        if not isinstance(wallet, Grants):
            raise Refused(f"{request['operator']} gives its free rounds itself")
        coins = "" if request.get("currency") is None else f".{request['currency']}"
        player = wallet.player(f"demo-{name}{coins}", request["game"])
        desk = self._rewards.at(request["operator"])
        id = request.get("id") or own_round_id(self._entropy)
        usual = desk.now() + timedelta(days=request.get("days") or USUAL.days)
        known = desk.find(id, player.id)
        status = desk.issue(
            player=player.id,
            id=id,
            currency=player.currency,
            stakes={request["game"]: request["stake"]},
            rounds=request["rounds"],
            begins=None,
            expires=usual if known is None else known.reward.expires,  # given again it is the same, later though it is
        )
        return reward(status)

    def _rewards_of(self, actor: str, request: Request) -> dict[str, Any]:
        self._wallet(request["operator"])
        return {"rewards": [reward(status) for status in self._rewards.of(request["operator"], request["player"])]}

    def _withdraw(self, actor: str, request: Request) -> dict[str, Any]:
        self._wallet(request["operator"])
        status = self._rewards.withdraw(request["operator"], request["reward"], request["player"])
        if status is None:
            raise Refused(f"{request['player']} has no reward {request['reward']}")
        return reward(status)

    def _wallet(self, operator: str) -> Wallet:
        wallet = self._wallets.get(operator)
        if wallet is None:
            raise Refused(f"there is no operator {operator!r}; there is {', '.join(self._wallets)}")
        return wallet


def _name(player: str) -> str:
    """A player of play money, whose token is demo-NAME."""
    if player.startswith("demo-"):
        raise Refused(f"{player} is a token; its player is {player.removeprefix('demo-')}")
    return player


def reward(status: Status) -> dict[str, Any]:
    """A reward in a line."""
    given = status.reward
    return {
        "reward": given.id,
        "operator": given.operator,
        "player": given.player,
        "standing": str(status.standing),
        "rounds": given.rounds,
        "left": status.left,
        "stakes": dict(given.stakes),
        "currency": given.currency.code,
        "begins": given.begins.isoformat(),
        "expires": given.expires.isoformat(),
    }


def summary(round: Round) -> dict[str, Any]:
    """A round in a line."""
    terms = round.terms
    return {
        "round": round.id,
        "state": str(round.state),
        "operator": terms.operator,
        "player": terms.player,
        "game": terms.game,
        "currency": terms.currency.code,
        "stake": round.staked or terms.stake,
        "win": round.win,
        "held": round.held,
        "reason": round.reason,
        "actor": round.actor,
        "accepted": terms.accepted.isoformat(),
        "since": round.time.isoformat(),
        "version": round.version,
    }


def person(uid: int) -> str:
    """How the person with this user id stands on record."""
    try:
        return f"staff:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"staff:{uid}"


def me() -> str:
    """The person who runs this process."""
    return person(os.getuid())

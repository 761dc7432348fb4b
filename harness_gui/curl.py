"""A transaction as a request that anybody can send: what to type to have the house make this call to a wallet.

The call itself is made inside of the house, by an adapter that speaks its operator's protocol and signs with its keys, so it
has no form that could be handed on. What has one is the request, by our own HTTP contract, that makes the house make it:

    call               of a hosted round                       of a round that a game server drives
    player, refresh    POST /v1/sessions, GET /v1/session
    escrow 1           PUT /v1/rounds/{id}: the bet            POST /v1/escrow
    further escrows    POST /v1/rounds/{id}/choices            POST /v1/escrow
    result             the bet, or the last choice             POST /v1/result
    cancel             the bet, sent again, walks on           POST /v1/cancel
    query              GET /v1/rounds/{id}                     what the record says was asked last

No secret is ever in it: the bench does not look for any. Tokens are variables of the shell that refuse to be empty.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness_gui.journal import Call
from ports.record import Kind, Played, Round

SERVER = '"${RGS:-http://127.0.0.1:8000}"'
SESSION = '"Authorization: Bearer ${SESSION:?the session of the answer to POST /v1/sessions}"'
KEY = '"Authorization: Bearer ${KEY:?the API key of the game server}"'
LAUNCH, OPENED = "\0launch\0", "\0opened\0"
VARIABLES = {
    LAUNCH: "${TOKEN:?a launch token of the operator}",
    OPENED: "${SESSION:?the session of the answer to POST /v1/player}",
}
"""Marks in a body, and what the shell puts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the contract."""

    method: str
    path: str
    says: str
    """What it is, in words."""
    body: Mapping[str, Any] | None = None
    bearer: str | None = None


def curl(call: Call, round: Round | None, *, address: str | None = None) -> str:
    """The command, behind a line that says what it is. `address` is where the house serves HTTP, if that is known."""
    head = (
        f"# {call.call} {call.movement}".rstrip() + f" at {call.operator}: try {call.attempt}, {call.answer or 'out'}\n"
    )
    request = _about_player(call) if round is None else _of_round(call, round)
    if request is None:
        return f"{head}# no request asks for it: the house does it by itself\n"
    server = SERVER if address is None else shlex.quote(address)
    words = [f"curl -sS -X {request.method} {server}{request.path}"]
    if request.bearer is not None:
        words.append(f"-H {request.bearer}")
    if request.body is not None:
        words += ["-H 'Content-Type: application/json'", f"--data {_quoted(request.body)}"]
    return f"{head}# {request.says}\n" + " \\\n  ".join(words) + "\n"


def _quoted(body: Mapping[str, Any]) -> str:
    """The body as one word of the shell, in which variables stand for what is secret."""
    text = shlex.quote(json.dumps(body, separators=(",", ":")))
    for mark, variable in VARIABLES.items():
        text = text.replace(json.dumps(mark)[1:-1], f"'\"{variable}\"'")
    return text


def _about_player(call: Call) -> Request | None:
    if call.call == "refresh":
        return Request(method="GET", path="/v1/session", says="a client asks for its balance", bearer=SESSION)
    if call.call != "player":
        return None
    body = {"operator": call.operator, "token": LAUNCH, "game": call.game}
    says = "a client sits down; a game server asks the same of POST /v1/player, with its key"
    return Request(method="POST", path="/v1/sessions", says=says, body=body)


def _of_round(call: Call, round: Round) -> Request | None:
    if round.terms.kind is not Kind.PLAY:
        return None
    return _hosted(call, round) if round.hosted else _external(call, round)


def _hosted(call: Call, round: Round) -> Request:
    path = f"/v1/rounds/{round.id}"
    if call.call == "query":
        return Request(method="GET", path=path, says="a client asks for the round", bearer=SESSION)
    chosen = _choice(call, round)
    if chosen is not None:
        turn, choice = chosen
        body: dict[str, Any] = {"turn": turn, "choice": choice}
        return Request(
            method="POST", path=f"{path}/choices", says="the player's choice that led to it", body=body, bearer=SESSION
        )
    terms = round.terms
    body = {"stake": terms.stake, "mode": terms.wager.mode}
    if terms.wager.selection is not None:
        body["selection"] = terms.wager.selection
    if terms.reward is not None:
        body["reward"] = terms.reward
    says = "the player's bet that led to it; sent again, it finds the same round and walks it on"
    return Request(method="PUT", path=path, says=says, body=body, bearer=SESSION)


def _choice(call: Call, round: Round) -> tuple[int, str] | None:
    """The choice behind a call, and the turn that offered it; None: it was the bet itself."""
    if call.call == "result":
        last = round.turns[-1] if len(round.turns) > 1 else None
        return None if last is None or last.automatic else (len(round.turns) - 1, str(last.asked))
    taken = [(turn, str(played.asked)) for turn, played in enumerate(round.turns) if turn and _cost(round.turns, turn)]
    if round.raising is not None:
        taken.append((len(round.turns), round.raising))
    number = int(call.movement.rsplit(":", 1)[-1])
    return taken[number - 2] if 2 <= number <= len(taken) + 1 else None


def _cost(turns: tuple[Played, ...], turn: int) -> int:
    """What the choice cost that led to this turn."""
    return next((o.cost for o in turns[turn - 1].turn.choices if o.id == turns[turn].asked), 0)


def _external(call: Call, round: Round) -> Request:
    said: dict[str, Any]
    number = int(call.movement.rsplit(":", 1)[-1])
    if call.call == "escrow":
        said = {"session": OPENED, "round": round.id, "stake": call.amount}
        said |= {"escrow": number} if number > 1 else {}
        said |= {"reward": round.terms.reward} if round.terms.reward is not None and number == 1 else {}
    elif call.call == "cancel" or not round.turns:
        said = {"round": round.id, "reason": round.reason or "asked at the bench"}
    else:
        said = {"round": round.id, "win": round.turns[-1].turn.win}
        event = round.turns[-1].turn.events[-1] if round.turns[-1].turn.events else {}
        said |= {"outcome": event["outcome"]} if event.get("outcome") is not None else {}
    verb = "escrow" if "stake" in said else "cancel" if "reason" in said else "result"
    says = f"the game server's {verb}"
    return Request(method="POST", path=f"/v1/{verb}", says=says, body=said, bearer=KEY)

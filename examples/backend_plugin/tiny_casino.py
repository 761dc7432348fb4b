"""The wallet of the Tiny Casino: a backend of somebody else's, complete, which needs nothing changed in PyRGS.

The casino holds money for a round, then captures it and pays the win, or releases it. It has a few calls, all JSON:

    POST /session {"token"}                             -> {"player", "session", "balance"}
    POST /balance {"session"}                           -> {"player", "balance"}
    POST /hold    {"id", "session", "round", "amount"}  -> {"id", "balance"}
    POST /capture {"id", "round", "holds", "win"}       -> {"id", "balance"}
    POST /release {"id", "round", "hold"}               -> {"id", "balance", "found"}
    POST /find    {"id"}                                -> {"id"}

Every request carries our key as a bearer token. Amounts are integers of minor units. The casino remembers every id for
ever; the same id with the same content is answered again and done once. So a hold that was not answered may be repeated
(`InDoubt.REPEAT`), and a movement can be asked after (`queryable`).
"""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from ports.money import LIMIT, Currency, Money
from ports.wallet import (
    Contradicted,
    Declined,
    Funding,
    InDoubt,
    Movement,
    MovementKind,
    Player,
    Reason,
    Receipt,
    Traits,
    Unconfirmed,
)

LARGEST_ANSWER = 65_536
OPTIONS = {"url", "key_variable", "currency", "exponent", "timeout_seconds", "real_money"}

REFUSALS: Mapping[str, Reason | type[Contradicted]] = {
    "funds": Reason.INSUFFICIENT_FUNDS,
    "limit": Reason.LIMIT,
    "blocked": Reason.PLAYER_BLOCKED,
    "session": Reason.SESSION_INVALID,
    "released": Reason.OTHER,
    "conflict": Contradicted,
    "captured": Contradicted,
    "unknown_hold": Contradicted,
}
"""What the casino's error codes mean. A code that is not here proves nothing."""


class TinyCasino:
    """A `ports.wallet.Wallet`."""

    def __init__(self, url: str, key: str, currency: Currency, *, seconds: float = 10, real_money: bool = True) -> None:
        self._currency = currency
        self._real_money = real_money
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"},
            timeout=seconds,
            trust_env=False,
            follow_redirects=False,
        )

    @property
    def traits(self) -> Traits:
        """What the casino promises us, and the conformance suite tries."""
        return Traits(
            real_money=self._real_money,
            in_doubt=InDoubt.REPEAT,
            tombstones=True,
            in_flight=timedelta(seconds=30),
            queryable=True,
        )

    def player(self, token: str, game: str) -> Player:
        """Exchange the token for a session."""
        told = self._post("/session", {"token": token})
        player, session = told.get("player"), told.get("session")
        if not isinstance(player, str) or not isinstance(session, str):
            raise Unconfirmed("the casino does not say who plays")
        return Player(id=player, currency=self._currency, balance=self._balance(told), handle=session)

    def refresh(self, player: Player, game: str) -> Player:
        """The balance of now."""
        told = self._post("/balance", {"session": player.handle})
        if told.get("player") != player.id:
            raise Contradicted("the answer is about another player")
        return replace(player, balance=self._balance(told))

    def escrow(self, movement: Movement) -> Receipt:
        """Hold the stake."""
        if movement.funding is Funding.FREE:
            raise Declined(Reason.UNREPRESENTABLE, "the casino has no free rounds")
        amount = self._minor(movement.amount)
        body = {"id": movement.id, "session": movement.handle, "round": movement.round, "amount": amount}
        return self._moved("/hold", movement, body)

    def result(self, movement: Movement) -> Receipt:
        """Capture what is held, and pay the win."""
        holds = [escrow.id for escrow in movement.escrows]
        body = {"id": movement.id, "round": movement.round, "holds": holds, "win": self._minor(movement.amount)}
        return self._moved("/capture", movement, body)

    def cancel(self, movement: Movement) -> Receipt:
        """Release one hold."""
        hold = f"{movement.round}:{MovementKind.ESCROW}:{movement.number}"
        return self._moved("/release", movement, {"id": movement.id, "round": movement.round, "hold": hold})

    def query(self, movement: Movement) -> Receipt | None:
        """Whether the casino has booked it."""
        try:
            self._post("/find", {"id": movement.id})
        except Declined as answer:
            if answer.code == "not_found":
                return None
            raise
        return Receipt(reference=movement.id)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _moved(self, path: str, movement: Movement, body: Mapping[str, Any]) -> Receipt:
        told = self._post(path, body)
        if "id" not in told:
            raise Unconfirmed("the answer does not say what it answers")
        if told["id"] != movement.id:
            raise Contradicted("the answer is about another movement")
        found = told.get("found", True)
        return Receipt(reference=movement.id, balance=self._balance(told), applied=found is True)

    def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send once; the body of a success. Everything else is raised, in the port's words."""
        try:
            status, answer = self._send(path, json.dumps(body).encode())
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise Declined(Reason.UNREACHABLE, f"no connection: {problem}") from None
        except httpx.HTTPError as problem:
            raise Unconfirmed(f"no answer: {problem!r}") from None
        try:
            told = json.loads(answer)
        except (ValueError, RecursionError):
            raise Unconfirmed(f"HTTP {status}, and no JSON") from None
        if not isinstance(told, dict):
            raise Unconfirmed(f"HTTP {status}, and no JSON object")
        if status == 200:
            return told
        raise self._refusal(status, told)

    def _send(self, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        with self._client.stream("POST", path, content=body, headers=headers) as response:
            received = bytearray()
            for chunk in response.iter_raw():
                received += chunk
                if len(received) > LARGEST_ANSWER:
                    raise Unconfirmed("the answer is too large")
            return response.status_code, bytes(received)

    def _refusal(self, status: int, told: Mapping[str, Any]) -> Declined | Contradicted | Unconfirmed:
        code = told.get("error")
        if status != 409 or not isinstance(code, str):
            return Unconfirmed(f"HTTP {status}")
        if code == "not_found":
            return Declined(Reason.OTHER, "the casino does not know it", code=code)
        means = REFUSALS.get(code)
        if isinstance(means, Reason):
            return Declined(means, f"the casino answered {code}", code=code)
        return Unconfirmed(f"the casino answered {code}", code=code) if means is None else means(code, code=code)

    def _minor(self, amount: Money) -> int:
        if amount.currency != self._currency:
            raise Declined(Reason.CURRENCY, f"the casino plays in {self._currency.code}")
        return amount.minor

    def _balance(self, told: Mapping[str, Any]) -> Money | None:
        """Shown, never decided on: what cannot be a balance is none."""
        value = told.get("balance")
        return Money(value, self._currency) if type(value) is int and abs(value) < LIMIT else None


def backend(options: Mapping[str, object], _data: Path) -> TinyCasino:
    """The wallet as `rgs.yaml` describes it: what the entry point names. Raises `ValueError`.

    A backend that has files of its own keeps them in the directory that it is given; this one has none.
    """
    for name in options:
        if name not in OPTIONS:
            raise ValueError(f"{name}: there is no such option; there are {', '.join(sorted(OPTIONS))}")
    url, variable, code = (options.get(name) for name in ("url", "key_variable", "currency"))
    exponent, seconds = options.get("exponent", 2), options.get("timeout_seconds", 10)
    real_money = options.get("real_money", True)
    if not isinstance(url, str) or not isinstance(variable, str) or not isinstance(code, str):
        raise ValueError("url, key_variable, currency: wanted, as text")
    if type(exponent) is not int or not isinstance(seconds, int | float) or not isinstance(real_money, bool):
        raise ValueError("exponent and timeout_seconds are numbers, real_money is true or false")
    key = os.environ.get(variable, "")
    if not key:
        raise ValueError(f"there is no key in the variable {variable}")
    return TinyCasino(url, key, Currency(code, exponent), seconds=seconds, real_money=real_money)

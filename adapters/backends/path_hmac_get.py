"""The wallet of an aggregator whose calls are GET requests with a signed path and query.

    player   getaccount, with what the launch's address says; that address is not signed, so nothing in it is believed
    escrow   wager      result   result, of zero if need be, `completed`      cancel   rollback, by the wager's own id

The signature is HMAC-SHA256 over path and query exactly as they are sent. Amounts are decimals. An answer repeats no id;
what it says of the amount, split into real and bonus money, has to add up to what was sent.
"""

import hashlib
import hmac
import os
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import Field, SecretBytes

from adapters.backends.kit import (
    Common,
    Currencies,
    KeySource,
    Means,
    Row,
    Table,
    Traded,
    header,
    parse,
    uuid_of,
)
from adapters.backends.path_hmac_get_rewards import Bonuses
from adapters.backends.wire import Answer, Wire, read_object, write_object
from ports.launch import Launch, LaunchCall, LaunchRefused
from ports.money import Money
from ports.rewards import RewardDesk, RewardRefused
from ports.wallet import (
    Contradicted,
    Declined,
    FreeRounds,
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

VERSION = "1.2"
_DECIMAL = re.compile(r"\d{1,22}(\.\d{1,10})?\Z")
_AGAIN, _NO = Means.UNSETTLED, Means.CONTRADICTS
_REWARD = Row(Reason.REWARD_INVALID, Reason.REWARD_INVALID, _AGAIN)

TABLE = Table(
    {
        "200": Row(Means.DONE, Means.DONE, Means.DONE),
        "1": Row(_AGAIN, _AGAIN, _AGAIN),
        "102": Row(_AGAIN, _NO, Means.UNFOUND),  # there is no such wager
        "110": Row(Reason.OTHER, _NO, _NO),  # not allowed: the round is settled
        "400": Row(_AGAIN, _NO, _NO),  # a bad request, or the same id with another content
        "409": Row(Reason.OTHER, _NO, _AGAIN),
        "443": _REWARD,
        "444": _REWARD,
        "449": _REWARD,
        "500": _REWARD,
        "1000": Row(Reason.SESSION_INVALID, _AGAIN, _AGAIN),
        "1003": Row(Reason.OTHER, _AGAIN, _AGAIN, ask=Reason.SESSION_INVALID),
        "1006": Row(Reason.INSUFFICIENT_FUNDS, _AGAIN, _AGAIN),
        "1019": Row(Reason.LIMIT, Reason.LIMIT, _AGAIN),
        "1035": Row(Reason.PLAYER_BLOCKED, _AGAIN, _AGAIN),
    }
)
"""What each `code` means."""


class Options(Common):
    """The options in `rgs.yaml`."""

    key: KeySource
    """The access key, base64. To rotate it: the operator accepts the new one first, then change this."""
    path: str = Field("/groove", pattern=r"^/[A-Za-z0-9/_-]*$")
    """Behind `url`; it is signed."""
    bonus_key: KeySource | None = None
    """A secret that comes with the operator's calls about free round bonuses, as `Authorization: Bearer ...`. How they are
    authenticated the protocol does not say. None: there are no such calls, and the operator alone knows the bonuses.
    """
    eur: dict[str, Annotated[Decimal, Field(gt=0, lt=10**9, strict=False)]] = Field({})
    """What one EUR is worth, by our currency code, for stakes of bonuses: {"SEK": 11.2}."""


def sign(key: SecretBytes, target: str) -> str:
    """HMAC-SHA256 over path and query, in base64."""
    return b64encode(hmac.new(key.get_secret_value(), target.encode(), hashlib.sha256).digest()).decode()


class PathHmacWallet:
    """A `ports.wallet.Wallet` at one operator."""

    def __init__(self, options: Options, key: SecretBytes, bonus_key: SecretBytes | None = None) -> None:
        self._options = options
        self._key = key
        self._bonus_key = bonus_key
        self._currencies = Currencies(options.currencies)
        self._bonuses = Bonuses(options, self._currencies, options.eur)
        self._wire = Wire(options.url, seconds=options.timeout_seconds, connections=options.connections)

    @property
    def traits(self) -> Traits:
        """A wager without an answer is rolled back. That a later wager is then refused is nowhere promised."""
        return Traits(
            real_money=self._options.real_money,
            in_doubt=InDoubt.CANCEL,
            tombstones=False,
            in_flight=self._options.in_flight,
            free_rounds=FreeRounds.OPERATORS if self._bonus_key is None else FreeRounds.BY_ROUND,
        )

    # Players.

    def arrive(self, call: LaunchCall) -> Launch:
        """The address that the operator sends the player's browser to."""
        fields = dict(parse_qsl(call.query, keep_blank_values=True))
        game = fields.get("nogsgameid", "")
        if not game:
            raise _refusal("nogsgameid is missing")
        token: str | None = None
        if fields.get("nogsmode") != "demo":
            known = {name: fields.get(name, "") for name in ("accountid", "sessionid")}
            if not all(known.values()):
                raise _refusal("accountid or sessionid is missing")
            device = "mobile" if fields.get("device_type") == "mobile" else "desktop"
            token = urlencode(known | {"device": device})
        return Launch(
            token=token,
            game=self._options.our_game(game),
            language=fields.get("nogslang"),
            lobby=fields.get("homeurl"),
        )

    def welcome(self, url: str) -> None:
        """It is the browser itself that came; it is sent to the game."""

    def reward(self, call: LaunchCall, desk: RewardDesk) -> bytes | None:
        """The operator's calls below `/frb/`."""
        if self._bonus_key is None or not call.path.startswith("frb/"):
            return None
        expected = b"Bearer " + self._bonus_key.get_secret_value()
        if not hmac.compare_digest(header(call, "Authorization").encode(), expected):
            raise _refusal("the bonus key is not right", status=403)
        try:
            fields = read_object(Answer(200, call.body, json=True)) if call.body else {}
            told = self._bonuses.answer(call, fields, desk)
        except (RewardRefused, Unconfirmed) as problem:
            told = {"status": "Error", "error_message": str(problem)}
            raise LaunchRefused(str(problem), status=400, body=write_object(told)) from None
        return None if told is None else write_object(told)

    def player(self, token: str, game: str) -> Player:
        """The account behind a launch's token, as the operator says."""
        fields = dict(parse_qsl(token))
        account, session, device = (fields.get(name, "") for name in ("accountid", "sessionid", "device"))
        if not account or not session or device not in ("desktop", "mobile"):
            raise Declined(Reason.SESSION_INVALID, "a token here is accountid=...&sessionid=...&device=desktop")
        told = self._call(
            None,
            {
                "request": "getaccount",
                "gamesessionid": session,
                "accountid": account,
                "apiversion": VERSION,
                "device": device,
            },
        )
        if told.get("accountid", account) != account or told.get("gamesessionid", session) != session:
            raise Contradicted("the answer is about another account or session")
        traded = self._currencies.theirs(told.get("currency"))
        real, bonus = (_money(told.get(name, 0), traded) for name in ("real_balance", "bonus_balance"))
        balance = None if real is None or bonus is None or "real_balance" not in told else real + bonus
        return Player(id=account, currency=traded.ours, balance=balance, handle=f"{device}:{session}")

    def refresh(self, player: Player, game: str) -> Player:
        """Ask for the balance."""
        traded = self._currencies.ours(player.currency)
        device, session = _handle(player.handle)
        told = self._call(
            None,
            {
                "request": "getbalance",
                "gamesessionid": session,
                "accountid": player.id,
                "apiversion": VERSION,
                "device": device,
                "gameid": self._options.game(game),
            },
        )
        return replace(player, balance=_money(told.get("balance"), traded))

    # Movements.

    def escrow(self, movement: Movement) -> Receipt:
        """One wager; of zero, if a free round pays it."""
        asked = {"betamount": self._written(movement)}
        told = self._moved("wager", movement, asked, uuid_of(movement.id))
        return self._receipt(movement, told, "accounttransactionid", "realmoneybet", "bonusmoneybet")

    def result(self, movement: Movement) -> Receipt:
        """One result, which ends the round."""
        if not movement.escrows and movement.reward is None:
            raise Declined(Reason.UNREPRESENTABLE, "a result without a wager is for free rounds only")
        asked = {
            "result": _text(movement.amount, self._currencies),
            "gamestatus": "completed" if movement.closes else "pending",
        }
        told = self._moved("result", movement, asked, uuid_of(movement.id))
        return self._receipt(movement, told, "walletTx", "realMoneyWin", "bonusWin")

    def cancel(self, movement: Movement) -> Receipt:
        """Roll the wager back, by its own id."""
        original = uuid_of(f"{movement.round}:{MovementKind.ESCROW}:{movement.number}")
        try:
            told = self._moved("rollback", movement, {"rollbackamount": self._written(movement)}, original)
        except _Unfound:
            return Receipt(applied=False)
        return self._receipt(movement, told, "accounttransactionid", "", "")

    def query(self, movement: Movement) -> Receipt | None:
        """The protocol has no such question."""
        raise Unconfirmed("this operator cannot be asked about a movement")

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _moved(self, verb: str, movement: Movement, asked: Mapping[str, str], id: str) -> Mapping[str, Any]:
        device, session = _handle(movement.handle)
        fields = {
            "request": verb,
            "gamesessionid": session,
            "accountid": movement.player,
            "apiversion": VERSION,
            **asked,
            "device": device,
            "gameid": self._options.game(movement.game),
            "roundid": movement.round,
            "transactionid": id,
        }
        if movement.funding is Funding.FREE:
            if movement.reward is None:
                raise Declined(Reason.REWARD_INVALID, "a free round names its reward")
            fields["frbid"] = movement.reward
        return self._call(movement.kind, fields)

    def _written(self, movement: Movement) -> str:
        """The stake as it goes out: a free round costs the player nothing."""
        text = _text(movement.amount, self._currencies)
        return "0" if movement.funding is Funding.FREE else text

    def _receipt(self, movement: Movement, told: Mapping[str, Any], reference: str, real: str, bonus: str) -> Receipt:
        traded = self._currencies.ours(movement.amount.currency)
        cash, extra = _money(told.get(real), traded), _money(told.get(bonus), traded)
        split = cash is not None and extra is not None
        free = movement.kind is MovementKind.ESCROW and movement.funding is Funding.FREE
        if cash is not None and extra is not None and not free and cash + extra != movement.amount:
            raise Contradicted(f"{movement.amount} was sent, and {cash + extra} is confirmed")
        return Receipt(
            reference=str(told[reference]) if isinstance(told.get(reference), str | int) else None,
            balance=_money(told.get("balance"), traded),
            cash=cash.minor if split and cash is not None else None,
            bonus=extra.minor if split and extra is not None else None,
        )

    # Calls.

    def _call(self, kind: MovementKind | None, fields: Mapping[str, str]) -> Mapping[str, Any]:
        """The body of a success; every other answer is raised."""
        # Encoded once; the very same characters are signed and sent.
        target = f"{self._options.path}?{urlencode(fields, quote_via=quote, safe='')}"
        signature = sign(self._key, self._wire.prefix + target)
        answer = self._wire.send("GET", target, {"Authorization": f"HMAC-SHA256 Signature={signature}"})
        if answer.status != 200:
            raise Unconfirmed(f"HTTP {answer.status}")
        told = read_object(answer)
        code = told.get("code")
        if not isinstance(code, int | str):
            raise Unconfirmed("the answer has no code")
        if TABLE.judge(kind, str(code), str(told.get("status", ""))[:200]) is Means.UNFOUND:
            raise _Unfound
        return told


class _Unfound(Exception):
    """The operator knows of no such wager."""


def _handle(handle: str) -> tuple[str, str]:
    """Device and session."""
    device, _, session = handle.partition(":")
    return device, session


def _text(amount: Money, currencies: Currencies) -> str:
    text = f"{currencies.ours(amount.currency).decimal(amount):f}"
    if not _DECIMAL.match(text):
        raise Declined(Reason.UNREPRESENTABLE, f"{amount} cannot be written in this protocol")
    return text


def _money(value: object, traded: Traded) -> Money | None:
    """A number, or a plain decimal in a string, as money; None for anything else."""
    if isinstance(value, str) and _DECIMAL.match(value):
        return traded.money(Decimal(value))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return traded.money(value)
    return None


def _refusal(message: str, *, status: int = 400) -> LaunchRefused:
    return LaunchRefused(message, status=status, body=write_object({"error": message}))


def backend(options: Mapping[str, object], data: Path) -> PathHmacWallet:
    """The wallet as `rgs.yaml` describes it. Raises `ValueError`."""
    checked = parse(Options, options)
    try:
        key = b64decode(checked.key.read(data, os.environ).get_secret_value(), validate=True)
    except NotBase64:
        raise ValueError("key: the access key is written in base64") from None
    bonus_key = None if checked.bonus_key is None else checked.bonus_key.read(data, os.environ)
    return PathHmacWallet(checked, SecretBytes(key), bonus_key)

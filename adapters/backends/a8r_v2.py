"""The wallet of a game aggregator that speaks `provider_a8r` version 2. Each call is a POST of JSON on a fixed path.

    player   the launch call, signed by the operator, says who plays; the balance call confirms it
    escrow   BetWin with one bet
    result   BetWin with one win that finishes the round; Finish, if nothing was won (a win of zero is not accepted)
             Freespins/Finish for a grant: free rounds are played on our side and told in total
    cancel   Rollback of the bet, known by the id that we gave it; unknown, it is refused when it comes later

Every body is signed with HMAC-SHA256 over its bytes, in both directions; answers are not signed. Amounts are decimal
strings. What an answer means is told by `meta.api_code`, never by the HTTP status.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretBytes

from adapters.backends import a8r_v2_rewards
from adapters.backends.kit import (
    Common,
    Currencies,
    KeySource,
    Launches,
    Means,
    Row,
    Table,
    Traded,
    header,
    parse,
    uuid_of,
)
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
    WalletError,
)

SIGNATURE = "X-REQUEST-SIGN"
UNSIGNED = "0" * 64
"""What a browser that opens a game for show sends in its place."""
_AMOUNT = re.compile(r"\d{1,18}(\.\d{1,12})?\Z")
_UNSETTLED = Row(Means.UNSETTLED, Means.UNSETTLED, Means.UNSETTLED)
_CONTRADICTS = Row(Means.CONTRADICTS, Means.CONTRADICTS, Means.CONTRADICTS)


def _refused(reason: Reason) -> Row:
    """A refusal of the escrow that is final. A result or a cancel so answered stays owed, and is repeated."""
    return Row(reason, reason, reason)


TABLE = Table(
    {
        "100": Row(Reason.INSUFFICIENT_FUNDS, Means.UNSETTLED, Means.UNSETTLED),
        "101": _refused(Reason.PLAYER_BLOCKED),
        "105": _refused(Reason.LIMIT),
        "106": _refused(Reason.LIMIT),
        "107": _refused(Reason.GAME_UNAVAILABLE),
        "110": _refused(Reason.PLAYER_BLOCKED),
        "153": _refused(Reason.REGION),
        "154": _refused(Reason.CURRENCY),
        "155": _CONTRADICTS,  # the same id with another content
        "400": _refused(Reason.OTHER),
        "403": _refused(Reason.OTHER),
        "404": Row(Reason.OTHER, Means.CONTRADICTS, Means.UNFOUND),
        "405": _refused(Reason.GAME_UNAVAILABLE),
        "406": _refused(Reason.REWARD_INVALID),
        "409": Row(Reason.OTHER, Means.CONTRADICTS, Means.CONTRADICTS),  # rolled back before
        "410": _refused(Reason.GAME_UNAVAILABLE),
        "420": _refused(Reason.OTHER),
        "500": _UNSETTLED,
        "502": _UNSETTLED,
        "503": _UNSETTLED,
        "504": _UNSETTLED,
        **dict.fromkeys(
            ("600", "601", "602", "605", "606", "607", "610", "611", "620"), _refused(Reason.REWARD_INVALID)
        ),
        "700": _refused(Reason.GAME_UNAVAILABLE),
        # Words that some senders use in place of a number. An escrow is sent once, so it cannot exist already.
        "already_exists": Row(Means.UNSETTLED, Means.DONE, Means.UNTOLD),
        "canceled": Row(Reason.OTHER, Means.CONTRADICTS, Means.UNTOLD),
    }
)
"""What each `meta.api_code` means."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the calls are, of one dialect."""

    balance: str
    betwin: str
    finish: str
    rollback: str
    freespins: str | None
    """None: not known of this dialect."""


PROFILES = {
    "a8r_v2": Profile(
        balance="/v2/provider_a8r.Player/Balance",
        betwin="/v2/provider_a8r.Round/BetWin",
        finish="/v2/provider_a8r.Round/Finish",
        rollback="/v2/provider_a8r.Round/Rollback",
        freespins="/v2/provider_a8r.Freespins/Finish",
    ),
    "beexar": Profile(balance="/balance", betwin="/betwin", finish="/finish", rollback="/rollback", freespins=None),
}


class Options(Common):
    """The options in `rgs.yaml`."""

    profile: Literal["a8r_v2", "beexar"] = "a8r_v2"
    casino: str = Field(min_length=1)
    """The operator's `casino_id`."""
    keys: list[KeySource] = Field(min_length=1)
    """The first one signs; a launch may be signed with any of them."""
    launch_seconds: float = Field(60, gt=0)
    """How long a launch waits for its player's browser."""


def sign(key: SecretBytes, body: bytes) -> str:
    """HMAC-SHA256 over exactly these bytes, in lower-case hexadecimal."""
    return hmac.new(key.get_secret_value(), body, hashlib.sha256).hexdigest()


class A8rWallet:
    """A `ports.wallet.Wallet` at one casino of the aggregator's."""

    def __init__(self, options: Options, keys: Sequence[SecretBytes]) -> None:
        self._options = options
        self._keys = keys
        self._paths = PROFILES[options.profile]
        self._currencies = Currencies(options.currencies)
        self._launches = Launches(seconds=options.launch_seconds)
        self._wire = Wire(options.url, seconds=options.timeout_seconds, connections=options.connections)

    @property
    def traits(self) -> Traits:
        """A bet without an answer is rolled back; its id is refused from then on. Free spins are told in total."""
        return Traits(
            real_money=self._options.real_money,
            in_doubt=InDoubt.CANCEL,
            tombstones=True,
            in_flight=self._options.in_flight,
            free_rounds=FreeRounds.OPERATORS if self._paths.freespins is None else FreeRounds.IN_TOTAL,
        )

    # Players.

    def arrive(self, call: LaunchCall) -> Launch:
        """The operator's call `Launcher/Real` or `Launcher/Demo`. Unknown fields are accepted."""
        demo = call.path.endswith("/Demo")
        fields = self._asked(call, unsigned=demo)
        game = fields.get("game")
        if not isinstance(game, str) or not game:
            raise _refusal(400, "400", "game is missing")
        ours = self._options.our_game(game)
        token = None if demo else self._launches.add(self._launched(fields), ours)
        urls = fields.get("urls")
        urls = urls if isinstance(urls, dict) else {}
        return Launch(
            token=token,
            game=ours,
            language=_text(fields.get("locale")),
            lobby=_text(urls.get("return_url")),
            cashier=_text(urls.get("deposit_url")),
        )

    def welcome(self, url: str) -> bytes:
        """Where the game is."""
        return write_object({"launch_url": url})

    def reward(self, call: LaunchCall, desk: RewardDesk) -> bytes | None:
        """The operator's calls `Freespins/Issue` and `Freespins/Cancel`."""
        service, _, name = call.path.rpartition("/")
        if self._paths.freespins is None or not service.endswith("Freespins") or name not in ("Issue", "Cancel"):
            return None
        fields = self._asked(call, unsigned=False)
        try:
            return write_object(a8r_v2_rewards.answer(name, fields, desk, self._options, self._currencies))
        except RewardRefused as problem:
            raise _refusal(400, "620", str(problem)) from None

    def _asked(self, call: LaunchCall, *, unsigned: bool) -> Mapping[str, Any]:
        """The fields of a call that the operator signed. Raises `LaunchRefused`."""
        given = header(call, SIGNATURE)
        # Every key is tried, so that the time says nothing about which one it was.
        known = [hmac.compare_digest(sign(key, call.body).encode(), given.encode()) for key in self._keys]
        if not any(known) and not (unsigned and given == UNSIGNED):
            raise _refusal(403, "403", "the signature is not right")
        try:
            fields = read_object(Answer(200, call.body, json=True))
        except Unconfirmed as problem:
            raise _refusal(400, "400", str(problem)) from None
        if fields.get("casino_id") != self._options.casino:
            raise _refusal(400, "400", "casino_id is another casino's")
        return fields

    def player(self, token: str, game: str) -> Player:
        """The player of a launch, with a balance; a token works once."""
        player = self._launches.take(token, game)
        try:
            return self.refresh(player, game)
        except WalletError:
            self._launches.give_back(token, player, game)
            raise

    def refresh(self, player: Player, game: str) -> Player:
        """Ask for the balance."""
        traded = self._currencies.ours(player.currency)
        body = {
            "account_id": player.id,
            "currency": traded.theirs,
            "game_id": self._options.game(game),
            **_session(player.handle),
        }
        answer = self._call(None, self._paths.balance, body)
        return replace(player, balance=None if answer is None else _balance(answer, traded))

    def _launched(self, fields: Mapping[str, Any]) -> Player:
        account = fields.get("account")
        account = account if isinstance(account, dict) else {}
        id = account.get("id")
        if not isinstance(id, str) or not 0 < len(id) <= 255:
            raise _refusal(400, "101", "account.id is missing")
        try:
            currency = self._currencies.theirs(account.get("currency")).ours
        except Declined:
            raise _refusal(400, "154", "this currency is not played here") from None
        return Player(id=id, currency=currency, balance=None, handle=_text(fields.get("session_id")) or "")

    # Movements.

    def escrow(self, movement: Movement) -> Receipt:
        """One bet. The operator is told nothing of a free round before its reward's total."""
        if movement.funding is Funding.FREE:
            if self._paths.freespins is None:
                raise Declined(Reason.UNREPRESENTABLE, "this dialect has no free rounds")
            return Receipt()
        return self._betwin(movement, "bet")

    def result(self, movement: Movement) -> Receipt:
        """One win, or the end of the round without one; for a grant, the total."""
        if movement.funding is Funding.FREE:
            return Receipt() if movement.escrows else self._granted(movement)
        if movement.amount:
            return self._betwin(movement, "win")
        traded = self._currencies.ours(movement.amount.currency)
        body = {
            "account_id": movement.player,
            "currency": traded.theirs,
            "round_id": movement.round,
            **_session(movement.handle),
        }
        return self._told(self._call(movement.kind, self._paths.finish, body), traded)

    def cancel(self, movement: Movement) -> Receipt:
        """Roll the bet back. Its own id derives from what it rolls back. Of a free round there is nothing to roll back."""
        if movement.funding is Funding.FREE:
            return Receipt()
        traded = self._currencies.ours(movement.amount.currency)
        id, original = uuid_of(movement.id), uuid_of(f"{movement.round}:{MovementKind.ESCROW}:{movement.number}")
        body = {
            "account_id": movement.player,
            "currency": traded.theirs,
            "game_id": self._options.game(movement.game),
            "round_id_provider": movement.round,
            "finished": movement.closes,
            "transactions": [{"id_provider": id, "type": "rollback", "original_id_provider": original}],
        }
        try:
            answer = self._call(movement.kind, self._paths.rollback, body)
        except _Unfound:
            return Receipt(applied=False)
        if answer is None:
            return Receipt(applied=None)
        reference = _transaction(answer, id).get("id")
        applied = reference != ""
        return Receipt(reference=_text(reference) or None, balance=_balance(answer, traded), applied=applied)

    def query(self, movement: Movement) -> Receipt | None:
        """The protocol has no such question."""
        raise Unconfirmed("this operator cannot be asked about a movement")

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _betwin(self, movement: Movement, type: str) -> Receipt:
        traded = self._currencies.ours(movement.amount.currency)
        if not movement.amount:
            raise Declined(Reason.UNREPRESENTABLE, "an amount of zero is not accepted here")
        id = uuid_of(movement.id)
        body = {
            "account_id": movement.player,
            "currency": traded.theirs,
            "game_id": self._options.game(movement.game),
            "round_id": movement.round,
            "finished": movement.closes,
            "transactions": [{"id_provider": id, "type": type, "amount": _amount(movement.amount, traded)}],
            **_session(movement.handle),
        }
        answer = self._call(movement.kind, self._paths.betwin, body)
        if answer is None:
            return Receipt()
        told = _transaction(answer, id)
        bonus = _money(told.get("bonus_amount"), traded)
        split = bonus is not None and bonus <= movement.amount
        return Receipt(
            reference=_text(told.get("id")) or None,
            balance=_balance(answer, traded),
            bonus=bonus.minor if bonus is not None and split else None,
            cash=(movement.amount - bonus).minor if bonus is not None and split else None,
        )

    def _granted(self, movement: Movement) -> Receipt:
        traded = self._currencies.ours(movement.amount.currency)
        if movement.reward is None or self._paths.freespins is None:
            raise Declined(Reason.UNREPRESENTABLE, "a grant names its issue, in a dialect that has such a call")
        body = {"issue_id": movement.reward, "amount": _amount(movement.amount, traded)}
        return self._told(self._call(movement.kind, self._paths.freespins, body), traded)

    def _told(self, answer: Mapping[str, Any] | None, traded: Traded) -> Receipt:
        """The receipt of a call that answers with a balance only, which therefore has to be there."""
        if answer is not None and "balance" not in answer:
            raise Unconfirmed("the answer has no balance")
        return Receipt(balance=None if answer is None else _balance(answer, traded))

    # Calls.

    def _call(self, kind: MovementKind | None, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The body of a success, None for a success without one; every other answer is raised."""
        body = write_object(fields)
        headers = {"Content-Type": "application/json", SIGNATURE: sign(self._keys[0], body)}
        answer = self._wire.send("POST", path, headers, body)
        if 300 <= answer.status < 400 or answer.status == 429:
            raise Unconfirmed(f"HTTP {answer.status}")
        told = read_object(answer)
        code = _code(told)
        if code is not None:
            if TABLE.judge(kind, code, str(told.get("msg", ""))[:200]) is Means.UNFOUND:
                raise _Unfound
            return None
        if answer.status != 200:
            raise Unconfirmed(f"HTTP {answer.status} without a code")
        return told


class _Unfound(Exception):
    """The operator knows of no such bet."""


def _code(told: Mapping[str, Any]) -> str | None:
    """The code of an error envelope: `meta.api_code`, else `code`; None if this is no error."""
    meta = told.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("api_code"), str | int):
        return str(meta["api_code"])
    return str(told["code"]) if "code" in told else None


def _transaction(answer: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    """The one transaction of an answer, which has to be the one we sent."""
    told = answer.get("transactions")
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise Unconfirmed("the answer has no transactions")
    if [id] != [each.get("id_provider") for each in told]:
        raise Contradicted("the answer is about other transactions than were sent")
    return told[0] if isinstance(told[0], dict) else {}


def _amount(amount: Money, traded: Traded) -> str:
    text = f"{traded.decimal(amount):f}"
    if not _AMOUNT.match(text):
        raise Declined(Reason.UNREPRESENTABLE, f"{amount} cannot be written in this protocol")
    return text


def _money(value: object, traded: Traded) -> Money | None:
    """A decimal string as money; None for anything else. Such a value is shown or reported, and decides nothing."""
    return traded.money(Decimal(value)) if isinstance(value, str) and _AMOUNT.match(value) else None


def _balance(answer: Mapping[str, Any], traded: Traded) -> Money | None:
    return _money(answer.get("balance"), traded)


def _session(handle: str) -> dict[str, str]:
    """Correlation only; no settlement depends on it."""
    return {"session_id": handle} if handle else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _refusal(status: int, code: str, message: str) -> LaunchRefused:
    word = "permission_denied" if status == 403 else "invalid_argument"
    told = {"code": word, "msg": message, "meta": {"api_code": code, "api_message": message}}
    return LaunchRefused(message, status=status, body=write_object(told))


def backend(options: Mapping[str, object], data: Path) -> A8rWallet:
    """The wallet as `rgs.yaml` describes it. Raises `ValueError`."""
    checked = parse(Options, options)
    return A8rWallet(checked, [source.read(data, os.environ) for source in checked.keys])

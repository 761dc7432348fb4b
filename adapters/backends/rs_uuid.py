"""The wallet of an aggregator or casino that speaks the RS_* dialect: JSON by POST, two UUIDs on every movement.

    player   the balance call, with the token of the launch (a dialect may want the token exchanged first)
    escrow   bet      result   win, of zero if need be, which closes the round      cancel   rollback of the bet

`transaction_uuid` is the movement, `request_uuid` the request; both derive from our movement id, so a repeat is the same
bytes. Amounts are integers of 1/100000. The body is signed with RSA (PKCS #1 v1.5, SHA-256) in both directions; answers
are not signed. What differs between dialects stands in `PROFILES`.
"""

import os
import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import Field

from adapters.backends import rs_uuid_rewards
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
from adapters.backends.wire import Answer, Wire, read_object, write_object
from ports.launch import Launch, LaunchCall, LaunchRefused
from ports.money import LIMIT, Money
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

SCALE = 5
"""Digits behind the point in every amount."""

_DOUBT, _NO = Means.UNSETTLED, Means.CONTRADICTS


def _owed(reason: Reason, *, refuses: bool) -> Row:
    """A refusal that is about the player, the session or us. A result or a cancel so answered stays owed, and is
    repeated. `refuses`: a bet so answered is over; else the dialect wants it rolled back all the same.
    """
    return Row(reason if refuses else _DOUBT, reason, reason, ask=reason)


def _table(*, known: bool, limit: str) -> Table:
    """`known`: refusals that the operator decided itself end a bet; else only those for want of money or limits do."""
    return Table(
        {
            "RS_OK": Row(Means.DONE, Means.DONE, Means.UNTOLD),
            "RS_ERROR_UNKNOWN": Row(_DOUBT, _DOUBT, _DOUBT),
            "RS_ERROR_TIMEOUT": Row(_DOUBT, _DOUBT, _DOUBT),
            "RS_ERROR_INVALID_PARTNER": _owed(Reason.OTHER, refuses=False),
            "RS_ERROR_INVALID_TOKEN": _owed(Reason.SESSION_INVALID, refuses=known),
            "RS_ERROR_TOKEN_EXPIRED": _owed(Reason.SESSION_INVALID, refuses=False),
            "RS_ERROR_INVALID_GAME": _owed(Reason.GAME_UNAVAILABLE, refuses=known),
            "RS_ERROR_WRONG_CURRENCY": _owed(Reason.CURRENCY, refuses=known),
            "RS_ERROR_NOT_ENOUGH_MONEY": Row(Reason.INSUFFICIENT_FUNDS, _DOUBT, _DOUBT),
            limit: _owed(Reason.LIMIT, refuses=True),
            "RS_ERROR_USER_DISABLED": _owed(Reason.PLAYER_BLOCKED, refuses=known),
            "RS_ERROR_INVALID_SIGNATURE": _owed(Reason.OTHER, refuses=known),
            "RS_ERROR_WRONG_SYNTAX": _owed(Reason.OTHER, refuses=known),
            "RS_ERROR_WRONG_TYPES": _owed(Reason.OTHER, refuses=known),
            # The same transaction_uuid with another content. A true repeat is answered RS_OK.
            "RS_ERROR_DUPLICATE_TRANSACTION": Row(_NO, _NO, _NO),
            "RS_ERROR_TRANSACTION_DOES_NOT_EXIST": Row(_DOUBT, _NO, Means.UNFOUND),
            "RS_ERROR_TRANSACTION_ROLLED_BACK": Row(_DOUBT, _NO, Means.DONE),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One dialect."""

    header: str
    """Where the signature is."""
    balance: str
    bet: str
    win: str
    rollback: str
    check: str | None
    """The call that exchanges the launch's token for the session's; None: there is none."""
    names_user: bool
    """Movements carry `supplier_user`."""
    show: str
    """The currency of a launch for show."""
    freebets: bool
    """The operator gives free bets by calls to us."""
    table: Table


PROFILES: Mapping[str, Profile] = {
    "hub88": Profile(
        header="X-Hub88-Signature",
        balance="/supplier/generic/v2/user/balance",
        bet="/supplier/generic/v2/transaction/bet",
        win="/supplier/generic/v2/transaction/win",
        rollback="/supplier/generic/v2/transaction/rollback",
        check=None,
        names_user=False,
        show="XXX",
        freebets=True,
        table=_table(known=False, limit="RS_ERROR_LIMIT_REACHED"),
    ),
    "caleta": Profile(
        header="X-Auth-Signature",
        balance="/wallet/balance",
        bet="/wallet/bet",
        win="/wallet/win",
        rollback="/wallet/rollback",
        check="/wallet/check",
        names_user=True,
        show="FUN",
        freebets=False,
        table=_table(known=True, limit="RS_ERROR_BET_LIMIT_EXCEEDED"),
    ),
}


class Options(Common):
    """The options in `rgs.yaml`."""

    profile: Literal["hub88", "caleta"] = "hub88"
    key: KeySource
    """Our private key, PEM. To rotate it: give the operator the new public key first, then change this."""
    operator_keys: list[KeySource] = Field(min_length=1)
    """The operator's public keys, PEM; a launch may be signed with any of them."""
    operator_id: str | None = None
    """Refuse launches for another one."""


def sign(key: RSAPrivateKey, body: bytes) -> str:
    """RSASSA-PKCS1-v1_5 with SHA-256 over exactly these bytes, in base64. The same at every attempt."""
    return b64encode(key.sign(body, PKCS1v15(), SHA256())).decode()


def verifies(keys: Sequence[RSAPublicKey], body: bytes, signature: str) -> bool:
    """Whether one of the keys signed exactly these bytes."""
    try:
        raw = b64decode(signature, validate=True)
    except ValueError:
        return False
    return any(_verifies(key, body, raw) for key in keys)


def _verifies(key: RSAPublicKey, body: bytes, raw: bytes) -> bool:
    try:
        key.verify(raw, body, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


class RsWallet:
    """A `ports.wallet.Wallet` at one operator."""

    def __init__(self, options: Options, key: RSAPrivateKey, operator_keys: Sequence[RSAPublicKey]) -> None:
        self._options = options
        self._key = key
        self._operator_keys = operator_keys
        self._profile = PROFILES[options.profile]
        self._currencies = Currencies(options.currencies)
        self._wire = Wire(options.url, seconds=options.timeout_seconds, connections=options.connections)

    @property
    def traits(self) -> Traits:
        """A bet without an answer is rolled back. That a later bet is then refused is nowhere promised."""
        return Traits(
            real_money=self._options.real_money,
            in_doubt=InDoubt.CANCEL,
            tombstones=False,
            in_flight=self._options.in_flight,
            idempotency_window=timedelta(days=120),
            free_rounds=FreeRounds.BY_ROUND if self._profile.freebets else FreeRounds.OPERATORS,
        )

    # Players.

    def arrive(self, call: LaunchCall) -> Launch:
        """The operator's call `/game/url`. Its token is good only once it was answered, so nothing is asked here."""
        fields = self._given(call)
        game = fields.get("game_code")
        if not isinstance(game, str) or not game:
            raise _refusal(400, "game_code is missing")
        return Launch(
            token=None if fields.get("currency") == self._profile.show else self._token(fields),
            game=self._options.our_game(game),
            language=_text(fields.get("lang")),
            lobby=_text(fields.get("lobby_url")),
            cashier=_text(fields.get("deposit_url")),
        )

    def welcome(self, url: str) -> bytes:
        """Where the game is."""
        return write_object({"url": url})

    def reward(self, call: LaunchCall, desk: RewardDesk) -> bytes | None:
        """The operator's calls below `/freebet/`."""
        name = call.path.strip("/")
        if not self._profile.freebets or name not in rs_uuid_rewards.CALLS:
            return None
        fields = self._given(call)
        try:
            return write_object(rs_uuid_rewards.answer(name, fields, desk, self._options, self._currencies))
        except RewardRefused as problem:
            raise _refusal(400, str(problem)) from None

    def _given(self, call: LaunchCall) -> Mapping[str, Any]:
        """The fields of a call that the operator signed. Raises `LaunchRefused`."""
        if not verifies(self._operator_keys, call.body, header(call, self._profile.header)):
            raise _refusal(401, "the signature is not right")
        try:
            fields = read_object(Answer(200, call.body, json=True))
        except Unconfirmed as problem:
            raise _refusal(400, str(problem)) from None
        if self._options.operator_id not in (None, str(fields.get("operator_id"))):
            raise _refusal(404, "operator_id is another operator's")
        return fields

    def player(self, token: str, game: str) -> Player:
        """Whose token this is, as the operator says."""
        if not 10 <= len(token) <= 255:
            raise Declined(Reason.SESSION_INVALID, "a token here has 10 to 255 characters")
        if self._profile.check is not None:
            told = self._call(None, self._profile.check, {"token": token, "request_uuid": str(uuid.uuid4())})
            token = _text(told.get("token")) or token
        told = self._asked(token, game)
        user = told.get("user")
        if not isinstance(user, str) or not user:
            raise Unconfirmed("the operator does not say who plays")
        traded = self._currencies.theirs(told.get("currency"))
        return Player(id=user, currency=traded.ours, balance=_balance(told, traded), handle=token)

    def refresh(self, player: Player, game: str) -> Player:
        """Ask for the balance."""
        traded = self._currencies.ours(player.currency)
        told = self._asked(player.handle, game)
        _same(told, "user", player.id)
        _same(told, "currency", traded.theirs)
        return replace(player, balance=_balance(told, traded))

    def _token(self, fields: Mapping[str, Any]) -> str:
        token = fields.get("token")
        if not isinstance(token, str) or not 10 <= len(token) <= 255:
            raise _refusal(400, "token is missing")
        try:
            self._currencies.theirs(fields.get("currency"))
        except Declined:
            raise _refusal(403, "this currency is not played here") from None
        return token

    def _asked(self, token: str, game: str) -> Mapping[str, Any]:
        """The balance. Its request_uuid is new each time, so that the answer is never one of before."""
        body = {"token": token, "request_uuid": str(uuid.uuid4()), "game_code": self._options.game(game)}
        return self._call(None, self._profile.balance, body)

    # Movements.

    def escrow(self, movement: Movement) -> Receipt:
        """One bet. A free round is a bet that the operator's reward pays."""
        return self._moved(self._profile.bet, movement, {})

    def result(self, movement: Movement) -> Receipt:
        """One win, which may be zero, on the round's first bet."""
        if not movement.escrows:
            raise Declined(Reason.UNREPRESENTABLE, "a win pays a bet here; there is none")
        return self._moved(self._profile.win, movement, {"reference_transaction_uuid": uuid_of(movement.escrows[0].id)})

    def cancel(self, movement: Movement) -> Receipt:
        """Roll the bet back. OK is said of a bet that is not known, too."""
        escrow = f"{movement.round}:{MovementKind.ESCROW}:{movement.number}"
        body = {
            "token": movement.handle,
            "request_uuid": _request_uuid(movement),
            "transaction_uuid": uuid_of(movement.id),
            "reference_transaction_uuid": uuid_of(escrow),
            "round": movement.round,
            "round_closed": movement.closes,
            "game_code": self._options.game(movement.game),
            **self._user(movement),
        }
        return self._receipt(self._profile.rollback, movement, body)

    def query(self, movement: Movement) -> Receipt | None:
        """The protocol has no such question."""
        raise Unconfirmed("this operator cannot be asked about a movement")

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _moved(self, path: str, movement: Movement, reference: Mapping[str, str]) -> Receipt:
        traded = self._currencies.ours(movement.amount.currency)
        body = {
            "token": movement.handle,
            "request_uuid": _request_uuid(movement),
            "transaction_uuid": uuid_of(movement.id),
            **reference,
            "round": movement.round,
            "round_closed": movement.closes,
            "game_code": self._options.game(movement.game),
            "currency": traded.theirs,
            "amount": _amount(movement.amount, traded),
            "is_free": movement.funding is Funding.FREE,
            **self._user(movement),
            **_reward(movement),
        }
        return self._receipt(path, movement, body)

    def _user(self, movement: Movement) -> dict[str, str]:
        return {"supplier_user": movement.player} if self._profile.names_user else {}

    def _receipt(self, path: str, movement: Movement, body: Mapping[str, Any]) -> Receipt:
        traded = self._currencies.ours(movement.amount.currency)
        told = self._call(movement.kind, path, body)
        _same(told, "user", movement.player)
        _same(told, "currency", traded.theirs)
        means = self._profile.table.judge(movement.kind, str(told["status"]))
        applied = {Means.UNTOLD: None, Means.UNFOUND: False}.get(means, True)
        return Receipt(reference=str(body["transaction_uuid"]), balance=_balance(told, traded), applied=applied)

    # Calls.

    def _call(self, kind: MovementKind | None, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body of an answer that is no refusal; every other one is raised."""
        body = write_object(fields)
        headers = {"Content-Type": "application/json", self._profile.header: sign(self._key, body)}
        answer = self._wire.send("POST", path, headers, body)
        if answer.status != 200:
            raise Unconfirmed(f"HTTP {answer.status}")
        told = read_object(answer)
        status = told.get("status")
        if not isinstance(status, str):
            raise Unconfirmed("the answer has no status")
        _same(told, "request_uuid", fields["request_uuid"])
        self._profile.table.judge(kind, status)
        if "request_uuid" not in told:
            raise Unconfirmed("the answer does not say what it answers")
        return told


def _same(told: Mapping[str, Any], name: str, sent: object) -> None:
    """What the answer repeats is what was sent."""
    if name in told and told[name] != sent:
        raise Contradicted(f"the answer is about another {name}")


def _request_uuid(movement: Movement) -> str:
    return uuid_of(f"{movement.id}:request")


def _reward(movement: Movement) -> dict[str, str]:
    if movement.funding is not Funding.FREE:
        return {}
    try:
        return {"reward_uuid": str(uuid.UUID(movement.reward or ""))}
    except ValueError:
        raise Declined(Reason.REWARD_INVALID, "a free round names its reward, a UUID") from None


def _amount(amount: Money, traded: Traded) -> int:
    scaled = traded.decimal(amount).scaleb(SCALE)
    if scaled != scaled.to_integral_value() or scaled >= LIMIT:
        raise Declined(Reason.UNREPRESENTABLE, f"{amount} is no whole number of 1/100000, or is too large")
    return int(scaled)


def _balance(told: Mapping[str, Any], traded: Traded) -> Money | None:
    """An integer as money; None for anything else. It is shown, and decides nothing."""
    value = told.get("balance")
    return traded.money(Decimal(value).scaleb(-SCALE)) if type(value) is int and abs(value) < 10**25 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _refusal(status: int, message: str) -> LaunchRefused:
    return LaunchRefused(message, status=status, body=write_object({"error": message}))


def backend(options: Mapping[str, object], data: Path) -> RsWallet:
    """The wallet as `rgs.yaml` describes it. Raises `ValueError`."""
    checked = parse(Options, options)
    try:
        private = load_pem_private_key(checked.key.read(data, os.environ).get_secret_value(), password=None)
        public = [
            load_pem_public_key(source.read(data, os.environ).get_secret_value()) for source in checked.operator_keys
        ]
    except (ValueError, TypeError) as problem:
        if str(problem).startswith("there is no key"):
            raise
        raise ValueError("key, operator_keys: not PEM keys that can be read") from None
    if not isinstance(private, RSAPrivateKey) or not all(isinstance(key, RSAPublicKey) for key in public):
        raise ValueError("key, operator_keys: RSA keys are wanted")
    return RsWallet(checked, private, [key for key in public if isinstance(key, RSAPublicKey)])

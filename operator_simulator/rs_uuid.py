"""An aggregator that speaks the RS_* dialect: JSON by POST, RSA-SHA256 over the body, integers of 1/100000."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from operator_simulator.exchange import Intent, Reply, Request
from operator_simulator.ledger import Account, Ledger, Operation

UNIT = 100_000
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
VERBS = {"balance": "balance", "check": "balance", "bet": "bet", "win": "win", "rollback": "cancel"}
FIELDS: Mapping[str, Mapping[str, type]] = {
    "check": {"token": str, "request_uuid": str},
    "balance": {"token": str, "request_uuid": str, "game_code": str},
    "bet": {
        "token": str, "request_uuid": str, "transaction_uuid": str, "round": str, "round_closed": bool,
        "game_code": str, "currency": str, "amount": int, "is_free": bool,
    },
    "win": {
        "token": str, "request_uuid": str, "transaction_uuid": str, "reference_transaction_uuid": str, "round": str,
        "round_closed": bool, "game_code": str, "currency": str, "amount": int, "is_free": bool,
    },
    "rollback": {
        "token": str, "request_uuid": str, "transaction_uuid": str, "reference_transaction_uuid": str, "round": str,
        "round_closed": bool, "game_code": str,
    },
}  # fmt: skip


FINAL = (
    "RS_ERROR_NOT_ENOUGH_MONEY", "RS_ERROR_LIMIT_REACHED", "RS_ERROR_BET_LIMIT_EXCEEDED", "RS_ERROR_USER_DISABLED"
)  # fmt: skip
"""The same request_uuid has the same answer: these are remembered."""


class Refused(Exception):
    """The answer is this status."""


class Rs:
    """The operator. Switches: `caleta` (its paths, header and codes), `tombstones`, `unknown_rollback` (ok, or
    does_not_exist), `rewards` [uuid].
    """

    def __init__(self, ledger: Ledger, switches: dict[str, Any], secrets: dict[str, Any]) -> None:
        self._ledger = ledger
        self._switches = switches
        self._secrets = secrets
        self._answered: dict[str, tuple[bytes, Mapping[str, Any]]] = {}
        if "own" not in secrets:
            secrets["own"] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def intent(self, request: Request) -> Intent:
        """By the last word of the path."""
        verb = VERBS.get(_call(request), "other")
        try:
            fields = json.loads(request.body)
            return Intent(verb, str(fields.get("transaction_uuid", "")), str(fields.get("round", "")))
        except (ValueError, AttributeError):
            return Intent(verb)

    def refusal(self, request: Request, code: str) -> Reply:
        """The status, with the request's id."""
        try:
            return _reply(code, str(json.loads(request.body)["request_uuid"]), {})
        except (ValueError, KeyError, TypeError):
            return _reply(code, "", {})

    def garbled(self, reply: Reply) -> Reply:
        """Another request's id."""
        body = re.sub(
            rb'"request_uuid":\s*"[^"]*"', b'"request_uuid":"00000000-0000-4000-8000-000000000000"', reply.body
        )
        return replace(reply, body=body)

    def keys(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """{"supplier": PEM of the other side's public key}; tells the operator's own public key, which with
        {"renew": true} is a new one. Launches are signed with the newest, with {"old": true} with the one before.
        """
        if "supplier" in order:
            self._secrets["supplier"] = serialization.load_pem_public_key(order["supplier"].encode())
        if order.get("renew"):
            self._secrets["old"] = self._secrets["own"]
            self._secrets["own"] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self._secrets["own"].public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return {"public": pem.decode()}

    def launch(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """`/game/url`; with {"demo": true}, in the currency for show. With {"issue": {...}}, {"withdraw": ID} or
        {"prepaids": true} a call about free bets.
        """
        if "issue" in order or "withdraw" in order or "prepaids" in order:
            return self._reward(order)
        show = "FUN" if self._switches.get("caleta") else "XXX"
        fields: dict[str, Any] = {"operator_id": 1, "game_code": order["game"], "platform": "GPL_DESKTOP", "lang": "en"}
        fields |= {"lobby_url": "https://casino.example/lobby", "deposit_url": "https://casino.example/pay"}
        if order.get("demo"):
            fields["currency"] = show
        else:
            account = self._ledger.accounts[order["account"]]
            token = f"session-{account.id}"
            account.sessions.setdefault(token, True)
            fields |= {"user": account.id, "token": token, "currency": account.currency, "country": "EE"}
        return self._signed("/game/url", fields, old=bool(order.get("old")))

    def _reward(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """`/freebet/...`: a reward of {id, game, value, rounds, until}, which its bets are then accepted for."""
        if "prepaids" in order:
            return self._signed("/freebet/prepaids/list", {"operator_id": 1})
        if "withdraw" in order:
            return self._signed("/freebet/rewards/cancel", {"operator_id": 1, "reward_uuid": order["withdraw"]})
        issue, account = order["issue"], self._ledger.accounts[order["account"]]
        self._switches.setdefault("rewards", []).append(issue["id"])
        fields = {"operator_id": 1, "user": account.id, "currency": account.currency, "reward_uuid": issue["id"]}
        fields |= {"game_code": issue["game"], "bet_value": issue["value"], "bet_count": issue["rounds"]}
        return self._signed("/freebet/rewards/create", {**fields, "end_time": issue["until"], **issue.get("more", {})})

    def _signed(self, path: str, fields: Mapping[str, Any], *, old: bool = False) -> Mapping[str, Any]:
        body = json.dumps(fields)
        signature = self._secrets["old" if old else "own"].sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        headers = {"Content-Type": "application/json", self._header: b64encode(signature).decode()}
        return {"method": "POST", "path": path, "headers": headers, "body": body}

    def answer(self, request: Request) -> Reply:
        """Signature, form, session, cache, and then the books."""
        fields: Mapping[str, Any] = {}
        try:
            self._verify(request)
            call = _call(request)
            fields = _read(call, request.body)
            account = self._session(call, fields)
            if fields["request_uuid"] in self._ledger.refused:
                raise Refused(self._ledger.refused[fields["request_uuid"]])
            known = self._answered.get(fields["request_uuid"])
            if known is not None and call not in ("balance", "check"):
                if known[0] != request.body:
                    self._ledger.alarm(f"request_uuid {fields['request_uuid']} came again with another body")
                return _reply("RS_OK", fields["request_uuid"], known[1])
            told = self._do(call, account, fields)
            if not told.pop("passing", False):
                self._answered[fields["request_uuid"]] = (request.body, told)
            return _reply("RS_OK", fields["request_uuid"], told)
        except Refused as refused:
            if str(refused) in FINAL:
                self._ledger.refused[fields["request_uuid"]] = str(refused)
            more = {"balance": self._shown(account)} if str(refused) == "RS_ERROR_NOT_ENOUGH_MONEY" else {}
            return _reply(str(refused), str(fields.get("request_uuid", "")), more)

    def _verify(self, request: Request) -> None:
        try:
            raw = b64decode(request.headers.get(self._header.lower(), ""), validate=True)
            self._secrets["supplier"].verify(raw, request.body, padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, KeyError, InvalidSignature):
            self._ledger.alarm("a signature is wrong")
            raise Refused("RS_ERROR_INVALID_SIGNATURE") from None

    def _session(self, call: str, fields: Mapping[str, Any]) -> Account:
        account = self._ledger.session(fields["token"])
        if account is None:
            raise Refused("RS_ERROR_INVALID_TOKEN")
        if not account.sessions[fields["token"]] and call in ("bet", "balance", "check"):
            raise Refused("RS_ERROR_TOKEN_EXPIRED")
        return account

    def _do(self, call: str, account: Account, fields: Mapping[str, Any]) -> dict[str, Any]:
        if call == "check":
            token = f"{fields['token']}-checked"
            account.sessions[token] = True
            return {"token": token, "user": account.id}
        passing = False
        if call != "balance" and not self._again(call, account, fields):
            passing = {"bet": self._bet, "win": self._win, "rollback": self._rollback}[call](account, fields)
        return {
            "user": account.id,
            "currency": account.currency,
            "balance": self._shown(account),
            "passing": passing,
        }

    def _again(self, call: str, account: Account, fields: Mapping[str, Any]) -> bool:
        """A movement that came before is not done again; with another content it is refused."""
        known = self._ledger.operations.get(fields["transaction_uuid"])
        if known is not None and known.content != _content(call, account, fields):
            self._ledger.alarm(f"{known.id} came again with another content")
            raise Refused("RS_ERROR_DUPLICATE_TRANSACTION")
        return known is not None

    def _bet(self, account: Account, fields: Mapping[str, Any]) -> bool:
        amount = Decimal(fields["amount"]) / UNIT
        if account.disabled:
            raise Refused("RS_ERROR_USER_DISABLED")
        if fields["currency"] != account.currency:
            raise Refused("RS_ERROR_WRONG_CURRENCY")
        if fields["transaction_uuid"] in self._ledger.tombstones:
            raise Refused("RS_ERROR_TRANSACTION_ROLLED_BACK")
        if fields["is_free"] and fields.get("reward_uuid") not in self._switches.get("rewards", []):
            raise Refused("RS_ERROR_UNKNOWN")
        if account.limit is not None and amount > account.limit:
            raise Refused("RS_ERROR_BET_LIMIT_EXCEEDED" if self._switches.get("caleta") else "RS_ERROR_LIMIT_REACHED")
        if not fields["is_free"] and amount > self._ledger.balance(account.id):
            raise Refused("RS_ERROR_NOT_ENOUGH_MONEY")
        if fields["round"] in self._ledger.closed:
            self._ledger.alarm(f"a bet in the closed round {fields['round']}")
        self._book("bet", account, fields, amount, Decimal(0) if fields["is_free"] else -amount)
        return False

    def _win(self, account: Account, fields: Mapping[str, Any]) -> bool:
        reference = self._ledger.operations.get(fields["reference_transaction_uuid"])
        if reference is None or reference.verb != "bet" or reference.round != fields["round"]:
            self._ledger.alarm(f"a win for a bet that is not known, {fields['round']}")
            raise Refused("RS_ERROR_TRANSACTION_DOES_NOT_EXIST")
        if reference.reversed:
            self._ledger.alarm(f"a win for a bet that was rolled back, {fields['round']}")
            raise Refused("RS_ERROR_TRANSACTION_ROLLED_BACK")
        if fields["currency"] != account.currency:
            raise Refused("RS_ERROR_WRONG_CURRENCY")
        amount = Decimal(fields["amount"]) / UNIT
        self._book("win", account, fields, amount, amount)
        return False

    def _rollback(self, account: Account, fields: Mapping[str, Any]) -> bool:
        """Says whether nothing was done that would have to be remembered."""
        original = fields["reference_transaction_uuid"]
        known = self._ledger.operations.get(original)
        if known is None:
            if self._switches.get("tombstones"):
                self._ledger.tombstones.add(original)
            if self._switches.get("unknown_rollback", "ok") != "ok":
                raise Refused("RS_ERROR_TRANSACTION_DOES_NOT_EXIST")
            return True
        if fields["round"] in self._ledger.closed and not known.reversed:
            self._ledger.alarm(f"a cancel in the closed round {fields['round']}")
            raise Refused("RS_ERROR_UNKNOWN")
        if not known.reversed:
            self._ledger.reverse(known, fields["transaction_uuid"])
        content = _content("rollback", account, fields)
        done = Operation(fields["transaction_uuid"], "cancel", account.id, known.round, known.amount, content, "")
        self._ledger.operations[done.id] = done
        return False

    def _book(self, verb: str, account: Account, fields: Mapping[str, Any], amount: Decimal, effect: Decimal) -> None:
        content = _content(verb, account, fields)
        id, round, free = fields["transaction_uuid"], fields["round"], fields["is_free"] and verb == "bet"
        self._ledger.book(Operation(id, verb, account.id, round, amount, content, "", free=free), effect)
        if fields["round_closed"]:
            self._ledger.closed.add(round)

    def _shown(self, account: Account) -> int:
        return int(self._ledger.balance(account.id) * UNIT)

    @property
    def _header(self) -> str:
        return "X-Auth-Signature" if self._switches.get("caleta") else "X-Hub88-Signature"


def _call(request: Request) -> str:
    return request.target.rsplit("/", 1)[-1]


def _content(call: str, account: Account, fields: Mapping[str, Any]) -> Any:
    names = ("reference_transaction_uuid", "amount", "currency", "round", "game_code")
    return (call, account.id, *(fields.get(name) for name in names))


def _read(call: str, body: bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refused("RS_ERROR_WRONG_SYNTAX") from None
    if not isinstance(fields, dict) or call not in FIELDS:
        raise Refused("RS_ERROR_WRONG_SYNTAX")
    for name, type_ in FIELDS[call].items():
        if name not in fields:
            raise Refused("RS_ERROR_WRONG_SYNTAX")
        if type(fields[name]) is not type_ or (name.endswith("_uuid") and not UUID.match(fields[name])):
            raise Refused("RS_ERROR_WRONG_TYPES")
    if fields.get("amount", 0) < 0:
        raise Refused("RS_ERROR_WRONG_TYPES")
    return fields


def _reply(status: str, request_uuid: str, more: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps({"status": status, "request_uuid": request_uuid, **more}).encode())

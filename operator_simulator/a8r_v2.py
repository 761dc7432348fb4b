"""A game aggregator that speaks `provider_a8r` version 2: JSON by POST, HMAC-SHA256 over the body, decimal strings."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from operator_simulator.exchange import Intent, Reply, Request
from operator_simulator.ledger import Account, Ledger, Operation

KEY = "test_auth_token"
"""The key until another is given; it protects nothing."""

AMOUNT = re.compile(r"^\d{1,18}(\.\d{1,12})?$")
WORDS = {
    "100": "Player has not enough funds to process an action.",
    "101": "Player is invalid.",
    "106": "Exceed max bet limit.",
    "110": "Player is disabled.",
    "154": "Currency is not allowed.",
    "155": "Forbidden to change already set field.",
    "400": "Bad request.",
    "403": "Forbidden.",
    "404": "Not found.",
    "409": "Already rolled back.",
}
VERBS = {"balance": "balance", "betwin": "bet", "finish": "close", "rollback": "cancel", "freespins": "grant"}


class Refused(Exception):
    """The answer is an error with this code."""

    def __init__(self, code: str, account: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.account = account


class A8r:
    """The operator. Switches: `casino_id`; `issues` {issue id: account} of free spins."""

    def __init__(self, ledger: Ledger, switches: dict[str, Any], secrets: dict[str, Any]) -> None:
        self._ledger = ledger
        self._switches = switches
        self._secrets = secrets
        self._issued = 0

    # What it is told from outside.

    def intent(self, request: Request) -> Intent:
        """By the path; a BetWin with nothing but wins is a win."""
        call = _call(request.target)
        verb = VERBS.get(call, "other")
        try:
            fields = json.loads(request.body)
            round = str(fields.get("round_id", fields.get("round_id_provider", "")))
            if call == "freespins":
                return Intent(verb, str(fields["issue_id"]), "")
            if call == "finish":
                return Intent(verb, f"finish {round}", round)
            if call not in ("betwin", "rollback"):
                return Intent(verb)
            first = fields["transactions"][0]
            wins = call == "betwin" and all(each["type"] == "win" for each in fields["transactions"])
            return Intent("win" if wins else verb, str(first["id_provider"]), round)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return Intent(verb)

    def refusal(self, request: Request, code: str) -> Reply:
        """The code in the protocol's envelope."""
        return self._refuse(Refused(code))

    def garbled(self, reply: Reply) -> Reply:
        """Another transaction's ids."""
        body = re.sub(rb'"id_provider":\s*"[^"]*"', b'"id_provider":"00000000-0000-4000-8000-000000000000"', reply.body)
        return replace(reply, body=body)

    def keys(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """{"keys": [...]}: every one of them is accepted, the first one signs launches."""
        if "keys" in order:
            self._secrets["keys"] = [str(key) for key in order["keys"]]
        return {"keys": len(self._keys)}

    def launch(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """`Launcher/Real`, or `Launcher/Demo` with {"demo": true}; with {"issue": {...}} or {"withdraw": ID} free spins."""
        if "issue" in order or "withdraw" in order:
            return self._reward(order)
        fields: dict[str, Any] = {"casino_id": self._switches.get("casino_id", "casino"), "game": order["game"]}
        if not order.get("demo"):
            account = self._ledger.accounts[order["account"]]
            fields["account"] = {"id": account.id, "currency": account.currency, "country": "EE", "nickname": "Jo"}
            fields["session_id"] = f"session-{account.id}"
        fields |= {"locale": "en", "ip": "203.0.113.7", "client_type": "mobile"}
        fields["urls"] = {"return_url": "https://casino.example/lobby", "deposit_url": "https://casino.example/pay"}
        body = json.dumps(fields)
        path = f"/v2/a8r_provider.Launcher/{'Demo' if order.get('demo') else 'Real'}"
        headers = {"Content-Type": "application/json", "X-REQUEST-SIGN": self._sign(self._keys[0], body.encode())}
        return {"method": "POST", "path": path, "headers": headers, "body": body}

    def _reward(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """`Freespins/Issue` of {id, games, level, rounds, until}, which its total is then accepted for; or `/Cancel`."""
        fields: dict[str, Any] = {"casino_id": self._switches.get("casino_id", "casino")}
        if "withdraw" in order:
            fields["issue_id"] = order["withdraw"]
        else:
            issue, account = order["issue"], self._ledger.accounts[order["account"]]
            self._switches.setdefault("issues", {})[issue["id"]] = account.id
            fields["account"] = {"id": account.id, "currency": account.currency, "country": "EE", "nickname": "Jo"}
            fields |= {"issue_id": issue["id"], "games": issue["games"], "bet_level": issue["level"]}
            fields |= {"freespins_quantity": issue["rounds"], "valid_until": issue["until"]}
        body = json.dumps(fields)
        headers = {"Content-Type": "application/json", "X-REQUEST-SIGN": self._sign(self._keys[0], body.encode())}
        call = "Cancel" if "withdraw" in order else "Issue"
        return {"method": "POST", "path": f"/v2/a8r_provider.Freespins/{call}", "headers": headers, "body": body}

    # The calls.

    def answer(self, request: Request) -> Reply:
        """Signature first, over the bytes as they came; then the form; then the books."""
        try:
            given = request.headers.get("x-request-sign", "")
            if given not in [self._sign(key, request.body) for key in self._keys]:
                self._ledger.alarm("a signature is wrong")
                raise Refused("403")
            return Reply(200, json.dumps(self._do(_call(request.target), _read(request.body))).encode())
        except Refused as refused:
            return self._refuse(refused)

    def _do(self, call: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        if call == "freespins":
            return self._freespins(fields)
        account = self._account(fields)
        if call == "balance":
            return {"balance": self._ledger.shown(account.id)}
        if call == "betwin":
            return self._betwin(account, fields)
        if call == "finish":
            return self._finish(account, fields)
        if call == "rollback":
            return self._rollback(account, fields)
        raise Refused("404")

    def _betwin(self, account: Account, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        round, asked = _string(fields, "round_id"), _transactions(fields)
        _string(fields, "game_id")
        ids = [each["id_provider"] for each in asked]
        known = [self._ledger.operations[id] for id in ids if id in self._ledger.operations]
        for id, each in zip(ids, asked, strict=True):
            if id in self._ledger.tombstones or (
                id in self._ledger.operations and self._ledger.operations[id].reversed
            ):
                raise Refused("409")
            same = (account.id, round, each["type"], each["amount"])
            if id in self._ledger.operations and self._ledger.operations[id].content != same:
                self._ledger.alarm(f"{id} came again with another content")
                raise Refused("155")
        if len(known) == len(ids):
            answered: Mapping[str, Any] = known[0].answered
            return answered
        if round in self._ledger.closed:
            self._ledger.alarm(f"a movement in the closed round {round}")
            raise Refused("400")
        self._check(account, round, [each for each in asked if each["id_provider"] not in self._ledger.operations])
        told = [self._book(account, round, each) for each in asked]
        if fields.get("finished"):
            self._ledger.closed.add(round)
        answer = {"round_id": f"ours-{round}", "transactions": told, "balance": self._ledger.shown(account.id)}
        for id in ids:
            self._ledger.operations[id].answered = answer
        return answer

    def _check(self, account: Account, round: str, asked: list[Any]) -> None:
        """All of it can be done, in this order; else nothing is."""
        balance = self._ledger.balance(account.id)
        bets = [o for o in self._ledger.of_round(round) if o.verb == "bet"]
        standing = [bet for bet in bets if not bet.reversed]
        for each in asked:
            amount = Decimal(each["amount"])
            if each["type"] == "bet":
                code = self._refusal(account, amount, balance)
                if self._ledger.refused.setdefault(each["id_provider"], code):
                    raise Refused(self._ledger.refused[each["id_provider"]], account.id)
                balance -= amount
            else:
                if not standing and not any(e["type"] == "bet" for e in asked):
                    self._ledger.alarm(f"a win without a bet in {round}")
                    raise Refused("404")
                balance += amount

    def _refusal(self, account: Account, amount: Decimal, balance: Decimal) -> str:
        """Why the bet cannot be; empty if it can."""
        if account.disabled:
            return "110"
        if account.limit is not None and amount > account.limit:
            return "106"
        return "100" if amount > balance else ""

    def _book(self, account: Account, round: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        id, verb, amount = asked["id_provider"], asked["type"], Decimal(asked["amount"])
        if id not in self._ledger.operations:
            content = (account.id, round, verb, asked["amount"])
            operation = Operation(id, verb, account.id, round, amount, content, self._reference())
            self._ledger.book(operation, -amount if verb == "bet" else amount)
        zero = f"{0:.{account.exponent}f}"
        return {"id_provider": id, "id": self._ledger.operations[id].reference, "bonus_amount": zero}

    def _finish(self, account: Account, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        round = _string(fields, "round_id")
        if not any(o.verb == "bet" and not o.reversed for o in self._ledger.of_round(round)):
            self._ledger.alarm(f"the end of a round without a bet, {round}")
            raise Refused("404")
        self._ledger.closed.add(round)
        return {"balance": self._ledger.shown(account.id)}

    def _rollback(self, account: Account, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        round, told = _string(fields, "round_id_provider"), []
        _string(fields, "game_id")
        for each in _list(fields, "transactions"):
            id, original = _string(each, "id_provider"), _string(each, "original_id_provider")
            if each.get("type") != "rollback":
                raise Refused("400")
            known, done = self._ledger.operations.get(original), self._ledger.operations.get(id)
            if done is None and known is not None and not known.reversed:
                if round in self._ledger.closed:
                    self._ledger.alarm(f"a cancel in the closed round {round}")
                    raise Refused("400")
                self._ledger.reverse(known, id)
                done = Operation(id, "cancel", account.id, round, known.amount, original, self._reference())
                self._ledger.operations[id] = done
            if known is None:
                self._ledger.tombstones.add(original)
            told.append({"id_provider": id, "id": "" if done is None else done.reference})
        return {"balance": self._ledger.shown(account.id), "round_id": f"ours-{round}", "transactions": told}

    def _freespins(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        issue, amount = _string(fields, "issue_id"), _amount(fields, "amount")
        account = self._switches.get("issues", {}).get(issue)
        if account is None:
            raise Refused("601")
        known = self._ledger.operations.get(f"issue {issue}")
        if known is not None and known.content != amount:
            self._ledger.alarm(f"issue {issue} came again with another total")
            raise Refused("155")
        if known is None:
            operation = Operation(f"issue {issue}", "grant", account, "", Decimal(amount), amount, self._reference())
            self._ledger.book(operation, Decimal(amount))
        return {"balance": self._ledger.shown(account)}

    # Small change.

    @property
    def _keys(self) -> list[str]:
        keys: list[str] = self._secrets.get("keys", [KEY])
        return keys

    def _account(self, fields: Mapping[str, Any]) -> Account:
        account = self._ledger.accounts.get(_string(fields, "account_id"))
        if account is None:
            raise Refused("101")
        if _string(fields, "currency") != account.currency:
            raise Refused("154")
        return account

    def _refuse(self, refused: Refused) -> Reply:
        message = WORDS.get(refused.code, "Refused.")
        meta: dict[str, Any] = {"api_code": refused.code, "api_message": message}
        if refused.account is not None:
            meta["balance"] = self._ledger.shown(refused.account)
        word, status = ("internal", 500) if refused.code.startswith("50") else ("invalid_argument", 400)
        if not refused.code.isdigit():
            return Reply(400, json.dumps({"code": refused.code, "msg": message, "meta": {}}).encode())
        return Reply(status, json.dumps({"code": word, "msg": message, "meta": meta}).encode())

    def _sign(self, key: str, body: bytes) -> str:
        return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()

    def _reference(self) -> str:
        self._issued += 1
        return f"a8r-{self._issued:08d}"


def _call(target: str) -> str:
    """`/v2/provider_a8r.Round/BetWin` and `/betwin` are betwin."""
    *_, service, method = ("", *target.strip("/").split("/"))
    return "freespins" if "Freespins" in service or "freespins" in service else method.lower()


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refused("400") from None
    if not isinstance(fields, dict):
        raise Refused("400")
    return fields


def _string(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("400")
    return value


def _amount(fields: Mapping[str, Any], name: str) -> str:
    value = _string(fields, name)
    if not AMOUNT.match(value):
        raise Refused("400")
    return value


def _list(fields: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = fields.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise Refused("400")
    return value


def _transactions(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The bets and wins of a batch; an amount of zero is not accepted."""
    asked = _list(fields, "transactions")
    for each in asked:
        _string(each, "id_provider")
        if each.get("type") not in ("bet", "win") or Decimal(_amount(each, "amount")) == 0:
            raise Refused("400")
    if not isinstance(fields.get("finished", False), bool):
        raise Refused("400")
    return asked

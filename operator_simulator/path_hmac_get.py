"""An aggregator whose calls are GET requests, signed with HMAC-SHA256 over path and query; amounts are decimals."""

import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from operator_simulator.exchange import Intent, Reply, Request
from operator_simulator.ledger import Account, Ledger, Operation

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
"""The access key until another is given; it protects nothing."""

DECIMAL = re.compile(r"^\d{1,22}(\.\d{1,10})?$")
VERBS = {"getaccount": "balance", "getbalance": "balance", "wager": "bet", "result": "win", "rollback": "cancel"}
SESSION = ("accountid", "gamesessionid", "apiversion", "device")
MOVED = (*SESSION, "gameid", "roundid", "transactionid")
FIELDS = {
    "getaccount": SESSION,
    "getbalance": (*SESSION, "gameid"),
    "wager": (*MOVED, "betamount"),
    "result": (*MOVED, "result", "gamestatus"),
    "rollback": MOVED,
}
WORDS = {
    "1": "Technical error",
    "102": "Wager not found",
    "110": "Operation not allowed",
    "400": "Bad request",
    "409": "Round closed or transaction ID exists",
    "1000": "Not logged on",
    "1003": "Authentication failed",
    "1006": "Out of money",
    "1019": "Gaming limit",
    "1035": "Account blocked",
}


class Refused(Exception):
    """The answer has this code."""


class PathHmac:
    """The operator. Switches: `tombstones`; `rewards` [free-round ids]."""

    def __init__(self, ledger: Ledger, switches: dict[str, Any], secrets: dict[str, Any]) -> None:
        self._ledger = ledger
        self._switches = switches
        self._secrets = secrets
        self._issued = 0

    def intent(self, request: Request) -> Intent:
        """By the `request` in the query."""
        fields = dict(parse_qsl(urlsplit(request.target).query))
        verb = VERBS.get(fields.get("request", ""), "other")
        return Intent(verb, fields.get("transactionid", ""), fields.get("roundid", ""))

    def refusal(self, request: Request, code: str) -> Reply:
        """The code with its words."""
        return _reply({"code": int(code) if code.isdigit() else code, "status": WORDS.get(code, "Refused")})

    def garbled(self, reply: Reply) -> Reply:
        """Another amount than was asked: no answer here names an id."""
        body = re.sub(rb'"(realmoneybet|realMoneyWin)":\s*[0-9.]+', rb'"\1":7777.77', reply.body)
        return replace(reply, body=body)

    def keys(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """{"keys": [...]} in base64: every one of them is accepted."""
        if "keys" in order:
            self._secrets["keys"] = [str(key) for key in order["keys"]]
        return {"keys": len(self._keys)}

    def launch(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """The address of a game, as a browser would open it; nothing is signed. With {"template": {...}}, {"issue": {...}},
        {"status": ID} or {"withdraw": ID} a call about free round bonuses, with the secret `bonus_key`.
        """
        if {"template", "issue", "status", "withdraw"} & order.keys():
            return self._reward(order)
        account = self._ledger.accounts[order.get("account", next(iter(self._ledger.accounts)))]
        session = f"session-{account.id}"
        account.sessions.setdefault(session, True)
        query = urlencode(
            {
                "accountid": account.id, "country": "EE", "homeurl": "https://casino.example/lobby",
                "is_test_account": "true", "license": "Curacao", "nogscurrency": account.currency,
                "nogsgameid": order["game"], "nogslang": "en_US", "nogsmode": "demo" if order.get("demo") else "real",
                "nogsoperatorid": "7", "device_type": order.get("device", "mobile"), "sessionid": session,
            }
        )  # fmt: skip
        return {"method": "GET", "path": "/game/", "query": f"?{query}", "headers": {}, "body": ""}

    def _reward(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """`frb/create`, `frb/assign` or `frb/1.0/bonus`. The template is {game, eur, rounds, from, until}; what is issued has
        its `template`, too, and `players` [account ids]. What came of it is for the
        test to put into the switch `rewards`.
        """
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {order['bonus_key']}"}
        for call, method in (("status", "GET"), ("withdraw", "DELETE")):
            if call in order:
                query = urlencode({"operator_id": 7, "template_id": order[call], "player_id": order["account"]})
                return {
                    "method": method, "path": "/frb/1.0/bonus", "query": f"?{query}", "headers": headers, "body": "",
                }  # fmt: skip
        asked = order.get("template", order.get("issue"))
        fields: dict[str, Any] = {
            "providerName": "us", "operatorId": 7, "transactionId": asked["transaction"], "balanceTypeId": 1,
            "numberOfRounds": asked["rounds"], "availableFromDate": asked["from"], "availableDuration": 90,
            "expirationDate": asked["until"], "messageFirstLine": "", "messageSecondLine": "", "offerName": "offer",
            "gameInfoList": [{"gameId": asked["game"], "betAmount": float(asked["eur"])}],
        }  # fmt: skip
        if "issue" in order:
            accounts = [self._ledger.accounts[id] for id in asked["players"]]
            fields["templateId"] = asked["template"]
            fields["players"] = [{"playerId": a.id, "playerCurrency": a.currency} for a in accounts]
        call = "create" if "template" in order else "assign"
        body = json.dumps(fields)
        return {"method": "POST", "path": f"/frb/{call}", "headers": headers, "body": body}

    def answer(self, request: Request) -> Reply:
        """Signature over what came, form, account, and then the books."""
        try:
            self._verify(request)
            fields = _read(request)
            account = self._account(fields)
            return _reply({"code": 200, **self._do(fields["request"], account, fields), "apiversion": "1.2"})
        except Refused as refused:
            return self.refusal(request, str(refused))

    def _verify(self, request: Request) -> None:
        given = request.headers.get("authorization", "").removeprefix("HMAC-SHA256 Signature=")
        if given not in [_sign(key, request.target) for key in self._keys]:
            self._ledger.alarm("a signature is wrong")
            raise Refused("1003")

    def _account(self, fields: Mapping[str, str]) -> Account:
        account, verb = self._ledger.accounts.get(fields["accountid"]), fields["request"]
        if account is None or fields["gamesessionid"] not in account.sessions:
            raise Refused("1003")
        if verb in ("result", "rollback"):
            return account
        if not account.sessions[fields["gamesessionid"]]:
            raise Refused("1000")
        if account.disabled:
            raise Refused("1035")
        return account

    def _do(self, verb: str, account: Account, fields: Mapping[str, str]) -> Mapping[str, Any]:
        if verb == "getaccount":
            told = {
                "accountid": account.id,
                "gamesessionid": fields["gamesessionid"],
                "country": "EE",
                "city": "Tallinn",
            }
            return {"status": "Success", **told, "currency": account.currency, **self._balances(account)}
        if verb == "getbalance":
            return {"status": "Success", **self._balances(account)}
        if verb == "rollback":
            return self._rollback(account, fields)
        return self._moved(verb, account, fields)

    def _moved(self, verb: str, account: Account, fields: Mapping[str, str]) -> Mapping[str, Any]:
        id, amount = fields["transactionid"], _amount(fields, "betamount" if verb == "wager" else "result")
        known = self._ledger.operations.get(id)
        content = (verb, account.id, amount, fields["roundid"])
        if known is not None and known.content != content:
            self._ledger.alarm(f"{id} came again with another content")
            raise Refused("400")
        if known is None:
            known = (self._wager if verb == "wager" else self._result)(account, fields, amount, content)
            status = "Success"
        else:
            status = "Success - duplicate request"
        names = ("accounttransactionid", "realmoneybet", "bonusmoneybet")
        if verb == "result":
            names = ("walletTx", "realMoneyWin", "bonusWin")
        split = dict(zip(names, (known.reference, amount, Decimal(0)), strict=True))
        return {"status": status, **split, **self._balances(account)}

    def _wager(self, account: Account, fields: Mapping[str, str], amount: Decimal, content: Any) -> Operation:
        id, round = fields["transactionid"], fields["roundid"]
        if id in self._ledger.tombstones:
            raise Refused("110")
        if round in self._ledger.closed:
            self._ledger.alarm(f"a wager in the closed round {round}")
            raise Refused("409")
        free = "frbid" in fields
        if free and (fields["frbid"] not in self._switches.get("rewards", []) or amount != 0):
            raise Refused("443")
        limited = account.limit is not None and amount > account.limit
        poor = not free and amount > self._ledger.balance(account.id)
        code = self._ledger.refused.setdefault(id, "1019" if limited else "1006" if poor else "")
        if code:
            raise Refused(code)
        operation = Operation(id, "bet", account.id, round, amount, content, self._reference(), free=free)
        return self._ledger.book(operation, -amount)

    def _result(self, account: Account, fields: Mapping[str, str], amount: Decimal, content: Any) -> Operation:
        id, round = fields["transactionid"], fields["roundid"]
        bets = [each for each in self._ledger.of_round(round) if each.verb == "bet" and not each.reversed]
        if not bets and "frbid" not in fields:
            self._ledger.alarm(f"a result without a wager, {round}")
            raise Refused("102")
        if round in self._ledger.closed:
            self._ledger.alarm(f"a second result in the closed round {round}")
            raise Refused("409")
        if fields["gamestatus"] == "completed":
            self._ledger.closed.add(round)
        return self._ledger.book(Operation(id, "win", account.id, round, amount, content, self._reference()), amount)

    def _rollback(self, account: Account, fields: Mapping[str, str]) -> Mapping[str, Any]:
        id = fields["transactionid"]
        known = self._ledger.operations.get(id)
        if known is None:
            if self._switches.get("tombstones"):
                self._ledger.tombstones.add(id)
            raise Refused("102")
        if known.verb != "bet" or known.account != account.id:
            self._ledger.alarm(f"a rollback of what is no wager, {id}")
            raise Refused("400")
        if not known.reversed and known.round in self._ledger.closed:
            self._ledger.alarm(f"a cancel in the closed round {known.round}")
            raise Refused("110")
        status = "Success - duplicate request" if known.reversed else "Success"
        if not known.reversed:
            self._ledger.reverse(known, f"rollback {id}")
        return {"status": status, "accounttransactionid": known.reference, **self._balances(account)}

    def _balances(self, account: Account) -> Mapping[str, Any]:
        balance = Decimal(self._ledger.shown(account.id))
        shown = {"balance": balance, "real_balance": balance, "bonus_balance": Decimal(0)}
        return {**shown, "game_mode": 1, "order": "cash_money"}

    @property
    def _keys(self) -> list[str]:
        keys: list[str] = self._secrets.get("keys", [KEY])
        return keys

    def _reference(self) -> str:
        self._issued += 1
        return str(9000 + self._issued)


def _sign(key: str, target: str) -> str:
    return b64encode(hmac.new(b64decode(key), target.encode(), hashlib.sha256).digest()).decode()


def _read(request: Request) -> Mapping[str, str]:
    fields = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
    wanted = FIELDS.get(fields.get("request", ""))
    if request.method != "GET" or wanted is None or not all(fields.get(name) for name in wanted):
        raise Refused("400")
    if fields["device"] not in ("desktop", "mobile") or fields.get("gamestatus", "completed") not in (
        "completed",
        "pending",
    ):
        raise Refused("400")
    return fields


def _amount(fields: Mapping[str, str], name: str) -> Decimal:
    if not DECIMAL.match(fields[name]):
        raise Refused("400")
    return Decimal(fields[name])


def _reply(fields: Mapping[str, Any]) -> Reply:
    """JSON whose decimals are numbers with all their digits."""
    written = (
        f"{json.dumps(name)}:{format(value, 'f') if isinstance(value, Decimal) else json.dumps(value)}"
        for name, value in fields.items()
    )
    return Reply(200, ("{" + ",".join(written) + "}").encode())

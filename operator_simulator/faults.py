"""What a bad operator, or a bad network, can do to a request. Each fault is a function in `CATALOGUE`.

A fault gets the request, and what would process it; it returns the reply, or one of `DROP` (the connection is cut) and
`STALL` (the connection stays open, and nothing comes).
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from operator_simulator.exchange import Intent, Operator, Reply, Request

DROP = "drop"
STALL = "stall"
Outcome = Reply | str

HTML = {"Content-Type": "text/html"}
PAGE = b"<html><body><h1>Bad gateway</h1></body></html>"


@dataclass
class Struck:
    """A request that a fault struck, and what the fault can use."""

    request: Request
    operator: Operator
    order: Mapping[str, Any]
    parked: list[Request]

    def process(self) -> Reply:
        """Do what is asked."""
        return self.operator.answer(self.request)

    def text(self, name: str, otherwise: str) -> str:
        """What the order says on this."""
        return str(self.order.get(name, otherwise))

    @property
    def status(self) -> int:
        """The HTTP status that is ordered."""
        return int(self.order.get("status", 500))


def _changed(reply: Reply, body: bytes, **headers: str) -> Reply:
    return replace(reply, body=body, headers={**reply.headers, **headers})


def _status_after(s: Struck) -> Reply:
    s.process()
    return Reply(s.status, PAGE, HTML)


def _drop_after(s: Struck) -> str:
    s.process()
    return DROP


def _stall_after(s: Struck) -> str:
    s.process()
    return STALL


def _truncated(s: Struck) -> Reply:
    reply = s.process()
    return _changed(reply, reply.body[: len(reply.body) // 2])


def _mislabelled(s: Struck) -> Reply:
    reply = s.process()
    return replace(reply, headers=HTML)


def _bom(s: Struck) -> Reply:
    reply = s.process()
    return _changed(reply, b"\xef\xbb\xbf" + reply.body)


def _bomb(s: Struck) -> Reply:
    return _changed(s.process(), _megabytes_in_little(), **{"Content-Encoding": "gzip"})


@cache
def _megabytes_in_little() -> bytes:
    return gzip.compress(b" " * 50_000_000, 9)


def _huge(s: Struck) -> Reply:
    reply = s.process()
    return _changed(reply, reply.body + b" " * 5_000_000)


def _park(s: Struck) -> str:
    s.parked.append(s.request)
    return DROP


def _twice(s: Struck) -> Reply:
    s.process()
    return s.process()


def _balance(s: Struck) -> Reply:
    """The balance as the order writes it, whatever that is; `remove` takes the field away."""
    reply, raw = s.process(), s.text("raw", "null")
    pattern = rb'"(balance|real_balance)":\s*("[^"]*"|[^,}\s]+)'
    if raw == "remove":
        fields = json.loads(reply.body, parse_float=str)
        fields.pop("balance", None)
        return _changed(reply, json.dumps(fields).encode())
    return _changed(reply, re.sub(pattern, lambda m: b'"' + m[1] + b'":' + raw.encode(), reply.body))


def _extra(s: Struck) -> Reply:
    """Fields that nobody knows, in another order."""
    reply = s.process()
    inner = reply.body.strip()[1:-1]
    return _changed(reply, b'{"unheard_of":{"a":[1,2.5,null]}, "zzz":"\\u00e9" , ' + inner + b"}")


def _duplicate_key(s: Struck) -> Reply:
    reply = s.process()
    name = json.dumps(next(iter(json.loads(reply.body)))).encode()
    return _changed(reply, b"{" + name + b":1," + reply.body.strip()[1:])


def _always(outcome: Outcome) -> Callable[[Struck], Outcome]:
    return lambda _: outcome


CATALOGUE: Mapping[str, Callable[[Struck], Outcome]] = {
    "drop_before": _always(DROP),
    "drop_after": _drop_after,
    "stall_before": _always(STALL),
    "stall_after": _stall_after,
    "drip": lambda s: _changed(s.process(), s.process().body, **{"X-Drip": "yes"}),
    "park": _park,
    "status_before": lambda s: Reply(s.status, PAGE, HTML),
    "status_after": _status_after,
    "empty": lambda s: _changed(s.process(), b""),
    "truncated": _truncated,
    "garbage": lambda s: _changed(s.process(), b"\x00\xffOK"),
    "mislabelled": _mislabelled,
    "bom": _bom,
    "bomb": _bomb,
    "huge": _huge,
    "echo": lambda s: s.operator.garbled(s.process()),
    "twice": _twice,
    "refuse": lambda s: s.operator.refusal(s.request, s.text("code", "500")),
    "refuse_with_status": lambda s: replace(s.operator.refusal(s.request, s.text("code", "500")), status=s.status),
    "success_with_status": lambda s: replace(s.process(), status=s.status),
    "redirect": lambda s: Reply(s.status, b"", {"Location": "/_elsewhere"}),
    "busy": _always(Reply(429, b"{}", {"Content-Type": "application/json", "Retry-After": "1"})),
    "balance": _balance,
    "extra": _extra,
    "duplicate_key": _duplicate_key,
}

STORM = ("drop_before", "drop_after", "status_before", "status_after", "truncated", "garbage", "twice", "park")
"""The faults of bad weather: what an honest operator behind a bad network does."""


class Faults:
    """Which fault strikes which request: those that are ordered, one by one, and the weather."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.parked: list[Request] = []
        self._rate = 0.0
        self._chance = random.Random(0)  # noqa: S311 - weather, which has to come again the same
        self._storm: tuple[str, ...] = STORM

    def order(self, order: Mapping[str, Any]) -> None:
        """{"fault", "verb"?, "round"?, "skip"?, "times"?, ...}. Raises `ValueError`."""
        if order.get("fault") not in CATALOGUE:
            raise ValueError(f"there is no fault {order.get('fault')!r}; there are {', '.join(CATALOGUE)}")
        self.orders.append({"verb": "any", "round": "", "skip": 0, "times": 1} | dict(order))

    def weather(self, rate: float, seed: int, faults: tuple[str, ...] = STORM) -> None:
        """From now on a share `rate` of all requests is struck by one of `faults`."""
        self._rate, self._chance, self._storm = rate, random.Random(seed), faults  # noqa: S311

    def strike(self, intent: Intent) -> Mapping[str, Any] | None:
        """The order that strikes this request, if any does."""
        for order in self.orders:
            aimed = order["verb"] in ("any", intent.verb) and order["round"] in ("", intent.round)
            if not aimed or order["times"] <= 0:
                continue
            if order["skip"] > 0:
                order["skip"] -= 1
                continue
            order["times"] -= 1
            return order
        if self._rate and intent.verb != "other" and self._chance.random() < self._rate:
            return {"fault": self._chance.choice(self._storm)}
        return None

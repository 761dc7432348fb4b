"""An operator simulator as a process of its own: started on a free loopback port, stopped by its own id."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from ports.launch import LaunchCall


class Casino:
    """A running `python -m operator_simulator`, and its control API."""

    def __init__(self, protocol: str, *arguments: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "operator_simulator", "--protocol", protocol, "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready = re.match(r"ready (http://127\.0\.0\.1:\d+)$", self.process.stdout.readline())
        if ready is None:
            self.stop()
            raise RuntimeError("the operator simulator did not start")
        self.url = ready[1]

    def ctl(self, path: str, **order: Any) -> Any:
        """One call of the control API."""
        body = json.dumps(order, default=str).encode()
        request = urllib.request.Request(f"{self.url}/_ctl/{path}", data=body)  # noqa: S310 - it is on loopback
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return json.loads(answer.read())

    def start_anew(self, *, keys: object = None, **switches: Any) -> None:
        """Empty books, and one player, jo, with 100.00 EUR."""
        player = {"id": "jo", "currency": "EUR", "balance": "100.00", "session": "session-jo"}
        self.ctl("reset", account=player, profile=switches, **({} if keys is None else {"keys": {"keys": keys}}))

    def fault(self, fault: str, verb: str = "any", **more: Any) -> None:
        """Order a fault for the next call that this verb names."""
        self.ctl("fault", fault=fault, verb=verb, **more)

    def launch(self, **order: Any) -> LaunchCall:
        """The call that opens a game."""
        made = self.ctl("launch", **order)
        query = str(made.get("query", "")).removeprefix("?")
        return LaunchCall(made["path"].lstrip("/"), query, made["headers"], made["body"].encode(), made["method"])

    def balance(self, account: str) -> Decimal:
        """What its books say that the player has, in main units."""
        return Decimal(self.ctl("ledger")["balances"][account])

    def alarms(self) -> list[str]:
        """What it noticed that must never be done."""
        alarms: list[str] = self.ctl("ledger")["alarms"]
        return alarms

    def exchanges(self, verb: str | None = None) -> list[Any]:
        """The requests that came, oldest first."""
        return [each for each in self.ctl("exchanges") if verb in (None, each["verb"])]

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.communicate(timeout=20)


@contextmanager
def open_casino(protocol: str, *arguments: str) -> Iterator[Casino]:
    """One for the length of a block."""
    casino = Casino(protocol, *arguments)
    try:
        yield casino
    finally:
        casino.stop()

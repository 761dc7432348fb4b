"""The whole show: one server, three operators on three protocols and one of play money, over HTTP, in bad weather.

Every operator is a process of its own, with its own check of signatures and its own books. Players arrive by the operators'
own launch calls, and play at once. Requests to the operators are lost, doubled, delayed and answered with rubbish; in the
middle the server is killed and started again. In the end every round is at rest, and all four ledgers agree to the cent.
"""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen
from uuid import uuid4

import pytest

from adapters.backends.coins import Coins
from adapters.backends.social import FILE, SocialWallet
from adapters.storage.sqlite import SqliteRounds, SqliteStore
from core.reconcile import reconcile
from ports.money import Currency
from ports.record import Round, State
from rgs.conformance.benches import A8r, PathHmac, Rs, Simulated
from tests.rgs.server import Server
from tests.simulation.client import GONE, Line

ROUNDS = int(os.environ.get("TOGETHER", "300"))
"""`make soak` plays more."""
OPERATORS: dict[str, type[Simulated]] = {"red": A8r, "green": Rs, "blue": PathHmac}
PLAYERS = 3
"""Of each operator."""
OPENING = Decimal(1000)
WEATHER = 0.1
"""The share of requests to an operator that is struck."""
IN_FLIGHT = 4
"""Seconds; what was delayed is delivered long before."""


class Show:
    """The server, its operators, and everybody who plays."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.data = data
        self.benches: dict[str, Simulated] = {}
        for name, kind in OPERATORS.items():
            (data / name).mkdir()
            self.benches[name] = kind(data / name)
            stack.callback(self.benches[name].close)
        (data / "rgs.yaml").write_text(json.dumps(self._settings()))
        self.server = self._serve()
        stack.callback(lambda: self.server.kill())
        self.left = dict.fromkeys((*OPERATORS, "social"), ROUNDS // 4)
        self.turnstile = threading.Lock()
        self.trouble: list[str] = []
        self.answered: Counter[str] = Counter()

    def _settings(self) -> dict[str, Any]:
        def operator(name: str, bench: Simulated) -> dict[str, Any]:
            usual = {
                "url": bench.operator.url,
                "currencies": {"EUR": 2},
                "timeout_seconds": 2,
                "in_flight_seconds": IN_FLIGHT,
            }
            return {"backend": bench.protocol, "options": usual | _below(name, bench.options())}

        operators = {name: operator(name, bench) for name, bench in self.benches.items()}
        return {
            "operators": operators | {"social": {"backend": "social"}},
            "rounds": {"recovery_seconds": 1, "budget_seconds": 5},
            "keys": [],
        }

    def _serve(self) -> Server:
        return Server(self.data, config=self.data / "rgs.yaml")

    def restart(self) -> None:
        """`kill -9`, and another process on the same data."""
        with self.turnstile:
            self.server.kill()
            self.server = self._serve()

    def next(self, operator: str) -> bool:
        """Whether there is a round left to play; each operator has as many."""
        with self.turnstile:
            self.left[operator] -= 1
            return self.left[operator] >= 0

    @property
    def played(self) -> int:
        """Rounds so far."""
        return ROUNDS // 4 * 4 - sum(max(left, 0) for left in self.left.values())

    @contextmanager
    def storm(self) -> Iterator[None]:
        """Bad weather between the server and its operators; what was held up arrives a little later."""
        over = threading.Event()
        for seed, bench in enumerate(self.benches.values()):
            bench.operator.ctl("weather", rate=WEATHER, seed=seed)

        def deliver() -> None:
            while not over.wait(0.5):
                for bench in self.benches.values():
                    bench.operator.ctl("deliver")

        postman = threading.Thread(target=deliver)
        postman.start()
        try:
            yield
        finally:
            over.set()
            postman.join()
            for bench in self.benches.values():
                bench.operator.ctl("weather", rate=0)
                bench.operator.ctl("deliver")

    def open_rounds(self) -> float:
        """How many rounds have not ended, as the server's figures tell."""
        with urlopen(f"{self.server.url}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("rgs_open_rounds{"))


def _below(name: str, options: Any) -> Any:
    """The same options, with their key files where the server finds them."""
    if isinstance(options, dict):
        return {key: f"{name}/{value}" if key == "file" else _below(name, value) for key, value in options.items()}
    return [_below(name, each) for each in options] if isinstance(options, list) else options


class _Stay(HTTPRedirectHandler):
    """Does not follow: the address is what is wanted."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = build_opener(_Stay)


class Player(threading.Thread):
    """Arrives as its operator sends it, and insists on an answer to each bet."""

    def __init__(self, show: Show, operator: str, name: str) -> None:
        super().__init__(name=f"{operator}/{name}", daemon=True)
        self._show, self._operator, self._name_there = show, operator, name
        self._line = Line(lambda: show.server)

    def run(self) -> None:
        try:
            bearer = self._insist(self._enter)
            while self._show.next(self._operator):
                self._round(str(uuid4()), bearer)
        except Exception as problem:
            self._show.trouble.append(f"{self.name}: {problem!r}")
        finally:
            self._line.close()

    def _enter(self) -> str:
        token = {"operator": "social", "token": f"demo-{self._name_there}"}
        if self._operator != "social":
            token = {name: values[0] for name, values in parse_qs(urlsplit(self._launch()).fragment).items()}
        status, opened = self._line.call("POST", "/v1/sessions", token | {"game": "three-fruits"})
        if status != 201:
            raise OSError(f"not let in: {opened}")
        return str(opened["session"])

    def _launch(self) -> str:
        """The operator's own call; the address that it answers with."""
        call = self._show.benches[self._operator].operator.launch(account=self._name_there, game="three-fruits")
        address = f"{self._show.server.url}/launch/{self._operator}/{call.path}"
        asked = Request(
            f"{address}?{call.query}" if call.query else address, data=call.body or None, headers=dict(call.headers)
        )
        try:
            with _opener.open(asked, timeout=20) as answer:
                told = json.loads(answer.read())
        except HTTPError as redirect:
            if redirect.status != 303:
                raise
            return str(redirect.headers["Location"])
        return str(told.get("url") or told["launch_url"])

    def _round(self, id: str, bearer: str) -> None:
        def ask() -> tuple[int, Any]:
            status, answer = self._line.call("PUT", f"/v1/rounds/{id}", {"stake": 100}, bearer)
            if status >= 500 or status == 202:
                raise OSError(f"no answer yet: {answer}")
            return status, answer

        status, answer = self._insist(ask)
        while (
            status == 409 and answer["code"] == "round_open"
        ):  # the one before is being given back, and takes its time
            time.sleep(0.05)
            status, answer = self._insist(ask)
        if status not in (200, 201, 402, 409):
            self._show.trouble.append(f"{self.name}: {status} {answer}")
        self._show.answered[self._operator] += 1

    def _insist(self, ask: Callable[[], Any]) -> Any:
        end = time.monotonic() + 120
        while True:
            try:
                return ask()
            except GONE:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)


@pytest.mark.timeout(0 if "TOGETHER" in os.environ else 240)
def test_four_operators_a_storm_and_a_kill_and_every_ledger_agrees(tmp_path: Path) -> None:
    with ExitStack() as stack:
        show = Show(tmp_path, stack)
        names = [f"player-{number}" for number in range(PLAYERS)]
        for bench in show.benches.values():
            for name in names:
                bench.operator.ctl("account", id=name, currency="EUR", balance=str(OPENING), session=f"session-{name}")
        players = [Player(show, operator, name) for operator in (*OPERATORS, "social") for name in names]
        with show.storm():
            for player in players:
                player.start()
            while show.played < ROUNDS // 2:
                time.sleep(0.05)
            show.restart()
            for player in players:
                while player.is_alive():
                    player.join(5)
                    print(f"\r{show.played} of {ROUNDS} rounds", end="", flush=True)
        assert [] == show.trouble
        _at_rest(show)
        show.server.stop()
        rounds = _on_record(tmp_path)
        told = {name: _ledgers_agree(name, bench, rounds, names) for name, bench in show.benches.items()}
        told["social"] = _play_money_agrees(tmp_path, rounds)
        assert sum(show.answered.values()) <= len(rounds)
        for name, states in told.items():
            print(f"\n{name}: {dict(states)}", end="")
            assert states[State.SETTLED] > ROUNDS / 4 / 2, states
        print(f"\n{sum(map(Counter.total, told.values()))} rounds, one kill, weather {WEATHER}: every ledger agrees")


def _at_rest(show: Show) -> None:
    """Recovery walks everything to its end; what an operator may still get takes its time to be given up."""
    end = time.monotonic() + 20 * IN_FLIGHT
    while show.open_rounds():
        assert time.monotonic() < end, f"{show.open_rounds()} rounds never ended"
        time.sleep(0.2)


def _on_record(data: Path) -> list[Round]:
    store = SqliteStore(data)
    try:
        rounds = SqliteRounds(store)
        ids = [id for (id,) in store.reader.execute("SELECT round FROM heads ORDER BY round")]
        return [found for found in map(rounds.load, ids) if found is not None]
    finally:
        store.close()


def _ledgers_agree(operator: str, bench: Simulated, rounds: list[Round], names: list[str]) -> Counter[State]:
    """The operator's books and our record, round by round and player by player."""
    ours = [round for round in rounds if round.terms.operator == operator]
    ledger = bench.operator.ctl("ledger")
    assert [] == ledger["alarms"]
    settled = [round for round in ours if round.state is State.SETTLED]
    assert {round.id for round in settled} == set(ledger["closed"])
    for name in names:
        won = sum(round.win - round.terms.stake for round in settled if round.terms.player == name)
        assert OPENING + Decimal(won).scaleb(-2) == Decimal(ledger["balances"][name]), (operator, name)
    return Counter(round.state for round in ours)


def _play_money_agrees(data: Path, rounds: list[Round]) -> Counter[State]:
    ours = [round for round in rounds if round.terms.operator == "social"]
    wallet = SocialWallet(data / FILE, Coins(Currency("FUN", 2), 100_000))
    try:
        assert 0 == sum(wallet.sums().values()) == wallet.sums()["held"]
        assert [] == list(reconcile(ours, wallet.booked()))
    finally:
        wallet.close()
    return Counter(round.state for round in ours)

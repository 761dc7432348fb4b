"""A whole house behind HTTP for tests: real stores in memory, the real social wallet, the real application."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4
from weakref import finalize

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapters.backends.coins import Coins
from adapters.backends.social import SocialWallet
from adapters.http import connections, models
from adapters.http.app import HttpConfig, Services, create_app
from adapters.http.launches import Launches
from adapters.metrics import Metrics
from adapters.storage.memory import MemoryRewards, MemoryRounds, MemorySessions
from adapters.system import SystemClock, SystemEntropy
from core.balances import Balances
from core.catalogue import Catalogue, Listing
from core.external import External, Key
from core.health import Monitor
from core.hosted import Hosted
from core.house import House
from core.lifecycle import Lifecycle
from core.rewards import Rewards
from core.rng import TurnRng
from core.sender import Sender
from core.sessions import Sessions
from core.stakes import Stakes
from core.walker import Walker
from ports.money import Currency
from ports.randomness import Entropy
from ports.wallet import Movement, Player, Receipt, Traits, Wallet
from tests.simulation.games import Coin, Ladder

OPENING = 100_000
"""Minor units that the social wallet gives to a player it sees for the first time."""

KEYS = {
    "key-one": Key(name="one", operators=None, games=None, largest_win=1_000_000),
    "key-two": Key(name="two", operators=None, games=None, largest_win=1_000_000),
    "key-narrow": Key(name="narrow", operators=frozenset({"other"}), games=frozenset({"theirs"}), largest_win=100),
}


T = TypeVar("T")


class Line(Wallet):
    """The way to a real wallet, which a test can cut: the next calls fail as `script` says, after they were sent or
    before."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self.before: list[Exception | None] = []
        self.after: list[Exception | None] = []
        self.calls = 0

    @property
    def traits(self) -> Traits:
        return self._wallet.traits

    def player(self, token: str, game: str) -> Player:
        return self._call(lambda: self._wallet.player(token, game))

    def refresh(self, player: Player, game: str) -> Player:
        return self._call(lambda: self._wallet.refresh(player, game))

    def escrow(self, movement: Movement) -> Receipt:
        return self._call(lambda: self._wallet.escrow(movement))

    def result(self, movement: Movement) -> Receipt:
        return self._call(lambda: self._wallet.result(movement))

    def cancel(self, movement: Movement) -> Receipt:
        return self._call(lambda: self._wallet.cancel(movement))

    def query(self, movement: Movement) -> Receipt | None:
        return self._call(lambda: self._wallet.query(movement))

    def _call(self, act: Callable[[], T]) -> T:
        self.calls += 1
        _raise_next(self.before)
        answer = act()
        _raise_next(self.after)
        return answer


def _raise_next(script: list[Exception | None]) -> None:
    error = script.pop(0) if script else None
    if error is not None:
        raise error


@dataclass
class Reply:
    """An answer that was checked for what is true of every answer."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def replay(self) -> bool:
        return self.headers.get("Idempotent-Replay") == "true"

    def problem(self) -> tuple[int, str]:
        return self.status, self.body["code"]


class Client:
    """Speaks to the application as one bearer."""

    def __init__(self, flask: FlaskClient, bearer: str | None = None) -> None:
        self._flask = flask
        self.bearer = bearer

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, **body: Any) -> Reply:
        return self.json("POST", path, body)

    def put(self, path: str, **body: Any) -> Reply:
        return self.json("PUT", path, body)

    def delete(self, path: str) -> Reply:
        return self.send("DELETE", path, None)

    def json(self, method: str, path: str, body: Any) -> Reply:
        return self._reply(self._flask.open(path, method=method, json=body, headers=self._headers(), buffered=True))

    def send(self, method: str, path: str, data: bytes | None, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._reply(
            self._flask.open(path, method=method, data=data, headers=self._headers() | named, buffered=True)
        )

    def _headers(self) -> dict[str, str]:
        return {} if self.bearer is None else {"Authorization": f"Bearer {self.bearer}"}

    def _reply(self, response: TestResponse) -> Reply:
        body = response.get_json(silent=True)
        if response.status_code >= 400:
            check_problem(response.status_code, response.content_type, body)
        if response.request.path.startswith("/v1/"):
            assert "no-store" == response.headers["Cache-Control"]
        assert "nosniff" == response.headers["X-Content-Type-Options"]
        return Reply(response.status_code, body, dict(response.headers))


def check_problem(status: int, content_type: str | None, body: Any) -> None:
    """What is true of every problem."""
    assert "application/problem+json" == content_type
    assert isinstance(body, dict)
    models.Problem.model_validate(body, strict=True)
    assert status == body["status"]


class Shop:
    """The house, its peers, and ways to come in."""

    def __init__(
        self,
        *,
        entropy: Entropy | None = None,
        threads: int = 8,
        together: int = 16,
        lifetime: timedelta = timedelta(hours=1),
    ):
        clock = SystemClock()
        self.monitor = Monitor(entropy or SystemEntropy())
        self.lines = {name: Line(self._wallet()) for name in ("social", "other")}
        self.rounds, self.session_store = MemoryRounds(), MemorySessions()
        self.reasons: list[str] = []
        balances = Balances()
        metrics = Metrics(rounds=self.rounds, clock=clock, sound=lambda: self.monitor.health.sound, tested=lambda: 0)
        catalogue = Catalogue([Listing(Coin(), "c"), Listing(Ladder(), "l")])
        stakes = Stakes(min=10, max=1000, default=100)
        house = House(
            software="1.2.3",
            stakes={"social": stakes, "other": Stakes(min=1, max=20, default=5)},
            deadline=timedelta(hours=1),
            forced=lambda _: False,
        )
        sender = Sender(sessions=self.session_store, wallets=self.lines, clock=clock, balances=balances, watch=metrics)
        lifecycle = Lifecycle(
            rounds=self.rounds, sender=sender, catalogue=catalogue, tape=self.tape, clock=clock, watch=metrics
        )
        walker = Walker(lifecycle=lifecycle, rounds=self.rounds, clock=clock, budget=timedelta(seconds=5))
        self.rewards = Rewards(
            store=MemoryRewards(),
            rounds=self.rounds,
            wallets=self.lines,
            catalogue=catalogue,
            house=house,
            lifecycle=lifecycle,
            walker=walker,
            clock=clock,
        )
        common: dict[str, Any] = {
            "rewards": self.rewards,
            "rounds": self.rounds,
            "lifecycle": lifecycle,
            "walker": walker,
            "house": house,
            "health": self.monitor,
            "clock": clock,
        }
        self.services = Services(
            hosted=Hosted(catalogue=catalogue, **common),
            external=External(tape=lambda _: self.tape(), **common),
            sessions=Sessions(
                store=self.session_store,
                catalogue=catalogue,
                wallets=self.lines,
                entropy=SystemEntropy(),
                clock=clock,
                balances=balances,
                lifetime=lifetime,
            ),
            session_store=self.session_store,
            rounds=self.rounds,
            rewards=self.rewards,
            catalogue=catalogue,
            house=house,
            stakes=stakes,
            keys={sha256(secret.encode()).digest(): key for secret, key in KEYS.items()},
            tape=self.tape,
            health=self.monitor,
            metrics=metrics,
            launches=Launches(
                wallets=self.lines, catalogue=catalogue, rewards=self.rewards, entropy=SystemEntropy(), show="social"
            ),
            ready=lambda: self.reasons,
        )
        self.app: Flask = create_app(
            self.services,
            HttpConfig(
                threads={"social": threads, "other": threads},
                together=together,
                art=Path(__file__).parent / "art",
                frame_ancestors="'self' https://casino.example",
            ),
        )

    def _wallet(self) -> SocialWallet:
        wallet = SocialWallet(":memory:", Coins(Currency("FUN", 2), OPENING))
        finalize(self, wallet.close)
        return wallet

    def tape(self) -> TurnRng:
        return TurnRng(self.monitor, witness=self.monitor.witness)

    @property
    def line(self) -> Line:
        return self.lines["social"]

    def stranger(self) -> Client:
        """Nobody in particular."""
        return Client(self.app.test_client())

    def server(self, secret: str = "key-one") -> Client:
        """A game server."""
        return Client(self.app.test_client(), secret)

    def player(self, name: str = "ann", game: str = "coin", operator: str = "social") -> Client:
        """A player's client, with its session."""
        opened = self.stranger().post("/v1/sessions", operator=operator, token=f"demo-{name}", game=game)
        assert 201 == opened.status, opened.body
        return Client(self.app.test_client(), opened.body["session"])

    def visit(self, name: str = "ann", game: str = "theirs", secret: str = "key-one", operator: str = "social") -> str:
        """A session that a game server opened."""
        opened = self.server(secret).post("/v1/player", operator=operator, token=f"demo-{name}", game=game)
        assert 201 == opened.status, opened.body
        return str(opened.body["session"])


@contextmanager
def serving(app: Flask, *, places: int = 100, seconds: float = 30) -> Iterator[int]:
    """The application on a real server; the port it is at."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = connections.listen(app, listening, threads=4, connections=places, seconds=seconds)
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            server.asyncore.loop(timeout=0.1, map=server._map, use_poll=True, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        server.pull_trigger()
        thread.join(30)
        server.task_dispatcher.shutdown(timeout=30)
        server.close()
        for channel in list(server.active_channels.values()):
            channel.handle_close()


def new_id() -> str:
    return str(uuid4())


def address(round: str) -> str:
    return f"/v1/rounds/{round}"

"""Figures for Prometheus: what the house was asked, what its operators answered, and what became of the rounds."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ports.clock import Clock
from ports.record import Entry, Kind, Round, State, Status
from ports.rounds import RoundStore
from ports.wallet import MovementKind

GAMES = 1_000
"""Games of game servers that are counted by name; what comes later is counted as "other"."""
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})
Labelled = TypeVar("Labelled")


class Metrics:
    """A `ports.watch.Watch`. Amounts are in minor units, times in seconds."""

    def __init__(
        self, *, rounds: RoundStore, clock: Clock, sound: Callable[[], bool], tested: Callable[[], int]
    ) -> None:
        """`sound`, `tested`: whether the entropy passes its tests, and how many bytes of it were tested and used."""
        self.registry = CollectorRegistry()
        self._known: dict[tuple[Any, ...], Any] = {}
        """The labelled children: looking them up costs as much as counting."""
        self._games: set[str] = set()

        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(f"rgs_{name}", says, labels, registry=self.registry)

        def histogram(name: str, says: str, *labels: str) -> Histogram:
            return Histogram(f"rgs_{name}", says, labels, registry=self.registry)

        self._requests = counter("requests", "Requests answered.", "method", "path", "status")
        self._seconds = histogram("request_seconds", "Time from a request to its answer.", "method", "path")
        self._problems = counter("problems", "Problems answered, by code.", "code")
        self._calls = counter("wallet_calls", "Calls to wallets.", "operator", "call", "outcome")
        self._waits = histogram("wallet_seconds", "Time that wallets took to answer, or not to.", "operator", "call")
        self._ended = counter("rounds", "Rounds that ended, or became disputed.", "operator", "game", "state")
        self._broken = counter("recovery_failures", "Rounds and totals that recovery could not even try.")
        money = ("operator", "game", "currency", "funding")
        self._staked = counter("staked_minor_units", "Stakes of settled rounds.", *money)
        self._won = counter("won_minor_units", "Wins of settled rounds.", *money)
        is_sound = Gauge(
            "rgs_rng_sound", "1 as long as every health test of the entropy passed.", registry=self.registry
        )
        is_sound.set_function(lambda: float(sound()))
        used = Gauge("rgs_rng_tested_bytes", "Random bytes that were tested and used.", registry=self.registry)
        used.set_function(lambda: float(tested()))
        self.registry.register(_OpenRounds(rounds, clock))

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request was answered. Whatever strangers make up is counted as "other": figures stay few."""
        method = method if method in METHODS else "other"
        self._child(self._requests, method, path, str(status)).inc()
        self._child(self._seconds, method, path).observe(seconds)

    def problem(self, code: str) -> None:
        """A problem was answered."""
        self._child(self._problems, code).inc()

    def called(self, operator: str, call: MovementKind, outcome: str, seconds: float) -> None:
        """A wallet was called."""
        self._child(self._calls, operator, str(call), outcome).inc()
        self._child(self._waits, operator, str(call)).observe(seconds)

    def recorded(self, round: Round) -> None:
        """A version is on record; it counts if the round ends with it, or is disputed."""
        if not (round.final or round.state is State.DISPUTED):
            return
        terms = round.terms
        game = self._game(terms.game)
        self._child(self._ended, terms.operator, game, str(round.state)).inc()
        if round.state is State.SETTLED and terms.kind is Kind.PLAY and not (terms.demo or terms.forced):
            money = (terms.operator, game, terms.currency.code, str(terms.funding))
            stakes = [entry.amount for entry in round.entries if _is_paid(entry)]
            self._child(self._staked, *money).inc(sum(stakes))
            self._child(self._won, *money).inc(round.win)

    def broke(self) -> None:
        """Recovery stumbled."""
        self._broken.inc()

    def _game(self, name: str) -> str:
        if name not in self._games and len(self._games) >= GAMES:
            return "other"
        self._games.add(name)
        return name

    def _child(self, family: Labelled, *labels: str) -> Labelled:
        key = (family, *labels)
        child = self._known.get(key)
        if child is None:
            child = self._known[key] = family.labels(*labels)  # type: ignore[attr-defined]
        return child  # type: ignore[no-any-return]


def _is_paid(entry: Entry) -> bool:
    return entry.kind is MovementKind.ESCROW and entry.status is Status.CONFIRMED


class _OpenRounds(Collector):
    """What is on its way, looked up whenever somebody asks."""

    def __init__(self, rounds: RoundStore, clock: Clock) -> None:
        self._rounds = rounds
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        pending = self._rounds.pending()
        count = GaugeMetricFamily("rgs_open_rounds", "Rounds that have not ended.", labels=["state"])
        age = GaugeMetricFamily(
            "rgs_oldest_open_round_seconds", "Since the oldest of these was accepted.", labels=["state"]
        )
        for some in pending:
            count.add_metric([str(some.state)], some.count)
            age.add_metric([str(some.state)], (self._clock.now() - some.oldest).total_seconds())
        yield from (count, age)

"""The container: the one place that knows which adapter fulfils which port.

Each provider is annotated with the port that it provides, so that mypy refuses an adapter that does not fit. A part is
replaced by keyword, `Container(settings=..., wallets=...)`, as the harness and the tests do.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from secrets import token_urlsafe

from dependency_injector import containers, providers
from flask import Flask

from adapters.http.app import HttpConfig, Services, create_app
from adapters.http.launches import Launches
from adapters.metrics import Metrics
from adapters.secret_file import keep
from adapters.storage.memory import MemoryRewards, MemoryRounds, MemorySessions
from adapters.storage.sqlite import SqliteRewards, SqliteRounds, SqliteSessions, SqliteStore, own
from adapters.system import SystemClock, SystemEntropy, bulk
from core.audit import Audit
from core.balances import Balances
from core.catalogue import Catalogue
from core.desk import Desk
from core.external import External, Key
from core.health import Monitor
from core.hosted import Hosted
from core.house import House
from core.lifecycle import Lifecycle
from core.recovery import Recovery
from core.rewards import Rewards
from core.rng import TurnRng
from core.sender import Sender
from core.sessions import Sessions
from core.stakes import Stakes
from core.walker import Walker
from ports.archive import AuditedRounds
from ports.books import Grants
from ports.clock import Clock
from ports.randomness import Entropy, Tape
from ports.record import Round
from ports.rewards import RewardStore
from ports.rounds import RoundStore
from ports.sessions import SessionStore
from ports.wallet import Wallet
from rgs import plugins
from rgs.events import Events
from rgs.office import Office
from rgs.settings import Settings, SettingsError, StakeLimits


def _data(settings: Settings) -> Path:
    settings.data.mkdir(parents=True, exist_ok=True)
    return settings.data


def _store(settings: Settings, data: Path) -> Iterator[SqliteStore | None]:
    """The file that rounds and sessions share; None if they are kept in memory. Either way the directory is owned."""
    if settings.store == "memory":
        with own(data):
            yield None
        return
    store = SqliteStore(data)
    try:
        yield store
    finally:
        store.close()


def _rounds(store: SqliteStore | None) -> AuditedRounds:
    return MemoryRounds() if store is None else SqliteRounds(store)


def _sessions(store: SqliteStore | None) -> SessionStore:
    return MemorySessions() if store is None else SqliteSessions(store)


def _reward_store(store: SqliteStore | None) -> RewardStore:
    return MemoryRewards() if store is None else SqliteRewards(store)


def _wallets(settings: Settings, data: Path) -> Mapping[str, Wallet]:
    books = [each.options.get("file") for each in settings.operators.values() if each.backend == "social"]
    if len(set(books)) < len(books):
        raise SettingsError(
            "operators: two of play money share their books; give one of them options: {file: NAME.sqlite}"
        )
    return {
        name: plugins.backend(operator.backend, operator.options, data) for name, operator in settings.operators.items()
    }


def _stakes(limits: StakeLimits) -> Stakes:
    return Stakes(min=limits.min, max=limits.max, default=limits.default)


def _catalogue(settings: Settings) -> Catalogue:
    return plugins.catalogue({name: operator.variants for name, operator in settings.operators.items()})


def _house(settings: Settings) -> House:
    return House(
        software=version("pyrgs"),
        stakes={name: _stakes(operator.stakes or settings.stakes) for name, operator in settings.operators.items()},
        deadline=timedelta(hours=settings.rounds.deadline_hours),
        external=frozenset(game for key in settings.keys if key.games != "every" for game in key.games),
        forced=_never,
    )


def _never(_opened_by: str | None) -> bool:
    return False


def _tape(monitor: Monitor) -> Callable[[], Tape]:
    fast = bulk()
    return lambda: TurnRng(monitor, bulk=fast, witness=monitor.witness)


def _round_tape(tape: Callable[[], Tape]) -> Callable[[Round], Tape]:
    return lambda _: tape()


def _keys(settings: Settings, data: Path) -> Mapping[bytes, Key]:
    """Every API key by its SHA-256. Raises `SettingsError` for a key that is not where it should be."""
    keys: dict[bytes, Key] = {}
    for setting in settings.keys:
        if setting.variable is not None:
            secret = os.environ.get(setting.variable, "")
            place = f"variable {setting.variable}"
        else:
            file = data / str(setting.file)
            if setting.generate and not (file.exists() and file.stat().st_size):
                keep(file, f"{token_urlsafe(32)}\n".encode())
            secret = file.read_text().strip() if file.exists() else ""
            place = f"file {file}"
        if len(secret) < 20:
            raise SettingsError(f"keys: {setting.name} has no key of at least 20 characters in {place}")
        digest = sha256(secret.encode()).digest()
        if digest in keys:
            raise SettingsError(f"keys: {setting.name} and {keys[digest].name} are the same key")
        keys[digest] = Key(
            name=setting.name,
            operators=None if setting.operators == "every" else frozenset(setting.operators),
            games=None if setting.games == "every" else frozenset(setting.games),
            largest_win=setting.largest_win,
        )
    return keys


def _show(wallets: Mapping[str, Wallet]) -> str | None:
    """The operator of play money, if there is one."""
    return next((name for name, wallet in wallets.items() if isinstance(wallet, Grants)), None)


def _ready(monitor: Monitor) -> Callable[[], Sequence[str]]:
    def reasons() -> Sequence[str]:
        return [] if monitor.health.sound else [f"randomness: {monitor.health.reason}"]

    return reasons


def _metrics(rounds: RoundStore, clock: Clock, monitor: Monitor) -> Metrics:
    return Metrics(rounds=rounds, clock=clock, sound=lambda: monitor.health.sound, tested=lambda: monitor.health.tested)


def _http(settings: Settings) -> HttpConfig:
    threads, together = settings.threads()
    return HttpConfig(
        threads=threads,
        together=together,
        art=Path(str(__file__)).parent.parent / "games" / "art",
        frame_ancestors=settings.server.frame_ancestors,
    )


class Container(containers.DeclarativeContainer):
    """The house, put together. `init_resources()` before threads start, `shutdown_resources()` at the end."""

    settings: providers.Provider[Settings] = providers.Dependency(instance_of=Settings)
    data: providers.Provider[Path] = providers.ThreadSafeSingleton(_data, settings)

    clock: providers.Provider[Clock] = providers.ThreadSafeSingleton(SystemClock)
    entropy: providers.Provider[Entropy] = providers.ThreadSafeSingleton(SystemEntropy)
    events: providers.Provider[Events] = providers.ThreadSafeSingleton(Events, data=data, clock=clock)
    monitor: providers.Provider[Monitor] = providers.ThreadSafeSingleton(
        Monitor, entropy, alarm=events.provided.stopped
    )
    tape: providers.Provider[Callable[[], Tape]] = providers.ThreadSafeSingleton(_tape, monitor)
    round_tape: providers.Provider[Callable[[Round], Tape]] = providers.ThreadSafeSingleton(_round_tape, tape)

    store: providers.Provider[SqliteStore | None] = providers.Resource(_store, settings, data)
    rounds: providers.Provider[AuditedRounds] = providers.ThreadSafeSingleton(_rounds, store)
    session_store: providers.Provider[SessionStore] = providers.ThreadSafeSingleton(_sessions, store)
    reward_store: providers.Provider[RewardStore] = providers.ThreadSafeSingleton(_reward_store, store)
    wallets: providers.Provider[Mapping[str, Wallet]] = providers.ThreadSafeSingleton(_wallets, settings, data)
    catalogue: providers.Provider[Catalogue] = providers.ThreadSafeSingleton(_catalogue, settings)
    house: providers.Provider[House] = providers.ThreadSafeSingleton(_house, settings)
    balances: providers.Provider[Balances] = providers.ThreadSafeSingleton(Balances)

    metrics: providers.Provider[Metrics] = providers.ThreadSafeSingleton(_metrics, rounds, clock, monitor)
    sender: providers.Provider[Sender] = providers.ThreadSafeSingleton(
        Sender, sessions=session_store, wallets=wallets, clock=clock, balances=balances, watch=metrics
    )
    lifecycle: providers.Provider[Lifecycle] = providers.ThreadSafeSingleton(
        Lifecycle, rounds=rounds, sender=sender, catalogue=catalogue, tape=tape, clock=clock, watch=metrics
    )
    walker: providers.Provider[Walker] = providers.ThreadSafeSingleton(
        Walker,
        lifecycle=lifecycle,
        rounds=rounds,
        clock=clock,
        budget=providers.Factory(timedelta, seconds=settings.provided.rounds.budget_seconds),
    )
    rewards: providers.Provider[Rewards] = providers.ThreadSafeSingleton(
        Rewards,
        store=reward_store,
        rounds=rounds,
        wallets=wallets,
        catalogue=catalogue,
        house=house,
        lifecycle=lifecycle,
        walker=walker,
        clock=clock,
    )
    recovery: providers.Provider[Recovery] = providers.ThreadSafeSingleton(
        Recovery, rounds=rounds, walker=walker, rewards=rewards, clock=clock, watch=metrics
    )
    sessions: providers.Provider[Sessions] = providers.ThreadSafeSingleton(
        Sessions,
        store=session_store,
        catalogue=catalogue,
        wallets=wallets,
        entropy=monitor,
        clock=clock,
        balances=balances,
        lifetime=providers.Factory(timedelta, hours=settings.provided.sessions.lifetime_hours),
    )
    hosted: providers.Provider[Hosted] = providers.ThreadSafeSingleton(
        Hosted,
        rounds=rounds,
        lifecycle=lifecycle,
        walker=walker,
        catalogue=catalogue,
        house=house,
        rewards=rewards,
        health=monitor,
        clock=clock,
    )
    external: providers.Provider[External] = providers.ThreadSafeSingleton(
        External,
        rounds=rounds,
        lifecycle=lifecycle,
        walker=walker,
        house=house,
        rewards=rewards,
        health=monitor,
        clock=clock,
        tape=round_tape,
    )

    desk: providers.Provider[Desk] = providers.ThreadSafeSingleton(
        Desk, rounds=rounds, lifecycle=lifecycle, walker=walker, sender=sender, clock=clock
    )
    audit: providers.Provider[Audit] = providers.ThreadSafeSingleton(Audit, archive=rounds, clock=clock)
    office: providers.Provider[Office] = providers.ThreadSafeSingleton(
        Office,
        rounds=rounds,
        archive=rounds,
        desk=desk,
        recovery=recovery,
        catalogue=catalogue,
        audit=audit,
        wallets=wallets,
        rewards=rewards,
        entropy=monitor,
    )

    keys: providers.Provider[Mapping[bytes, Key]] = providers.ThreadSafeSingleton(_keys, settings, data)
    services: providers.Provider[Services] = providers.ThreadSafeSingleton(
        Services,
        hosted=hosted,
        external=external,
        sessions=sessions,
        session_store=session_store,
        rounds=rounds,
        rewards=rewards,
        catalogue=catalogue,
        house=house,
        stakes=providers.ThreadSafeSingleton(_stakes, settings.provided.stakes),
        keys=keys,
        tape=tape,
        health=monitor,
        metrics=metrics,
        launches=providers.ThreadSafeSingleton(
            Launches,
            wallets=wallets,
            catalogue=catalogue,
            rewards=rewards,
            entropy=monitor,
            show=providers.Callable(_show, wallets),
            public_url=settings.provided.server.public_url,
        ),
        ready=providers.ThreadSafeSingleton(_ready, monitor),
    )
    app: providers.Provider[Flask] = providers.ThreadSafeSingleton(
        create_app, services, providers.ThreadSafeSingleton(_http, settings)
    )

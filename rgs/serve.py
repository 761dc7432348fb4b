"""One process that serves: HTTP in a pool of threads, recovery in one more, everything else handed to it.

It says `ready` and its address, in one flushed line, once it has found its own code, locked its data and bound its port.
On SIGTERM it takes no new connection, lets what is being answered be answered, and goes.
"""

import logging
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import adapters
import core
import games
import ports
import rgs
from adapters.http import connections
from core.recovery import Recovery
from ports.game import Interactive
from rgs import integrity, plugins
from rgs.container import Container
from rgs.control import Control
from rgs.settings import Settings, SettingsError

log = logging.getLogger("rgs")

FILES_OF_A_THREAD = 4
"""Open for a thread that reads the data, at most."""
FILES_OF_THE_HOUSE = 128
"""Open for everything else, at most."""
DAY = 24 * 60 * 60.0
GRACE = 25.0
"""Seconds that what is being answered may take after SIGTERM."""


class NotOurs(Exception):
    """A package of ours was imported from somewhere else: another distribution shadows it."""


def check_imports() -> None:
    """Raise `NotOurs` if `adapters`, `core`, ... are not the ones that came with this `rgs`."""
    home = Path(rgs.__file__).parent.parent
    for package in (ports, core, adapters, games):
        place = Path(str(package.__file__)).parent.parent
        if place != home:
            raise NotOurs(
                f"{package.__name__} comes from {place}, not from {home}: give PyRGS an environment of its own"
            )


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("waitress").setLevel(logging.ERROR)
    check_imports()
    _allow_files(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    container = Container(settings=settings)
    container.init_resources()
    try:
        verifying = threading.Thread(target=_verify, args=(container, stop), name="verify")
        verifying.start()
        listening = _listen(settings.server.host, settings.server.port)
        server = _server(container, settings, listening)
        recovery = threading.Thread(
            target=_recover, args=(container.recovery(), settings.rounds.recovery_seconds, stop), name="recovery"
        )
        recovery.start()
        control = Control(container.data(), container.office())
        container.events().note("started", software=container.house().software, port=listening.getsockname()[1])
        _announce(container, *listening.getsockname()[:2])
        _serve(server, listening, stop.is_set)
        control.close()
        recovery.join()
        container.events().note("stopped")
    finally:
        stop.set()
        container.shutdown_resources()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as problem:
        listening.close()
        raise click.ClickException(f"cannot serve at {host}:{port}: {problem.strerror}") from None
    return listening


def _server(container: Container, settings: Settings, listening: socket.socket) -> Any:
    return connections.listen(
        container.app(),
        listening,
        threads=settings.server.threads,
        connections=settings.server.connections,
        seconds=settings.server.request_seconds,
    )


def _allow_files(settings: Settings) -> None:
    """Raise the soft limit of open files to what the settings can need. Raises `SettingsError` if the hard one is below."""
    server = settings.server
    calls = sum(settings.threads()[0].values())
    needed = server.connections + calls + FILES_OF_A_THREAD * server.threads + FILES_OF_THE_HOUSE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SettingsError(
            f"server.connections: {server.connections} can need {needed} open files, and this process may open {hard};"
            " lower the setting, or raise the limit (ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _announce(container: Container, host: str, port: int) -> None:
    games = [listing.game for listing in container.catalogue()]
    first = min(
        games, key=lambda game: isinstance(game, Interactive), default=None
    )  # one that asks nothing, if there is
    page = "/" if first is None else f"/play/{first.id}"
    click.echo(f"ready http://{f'[{host}]' if ':' in host else host}:{port}{page}")


def _serve(server: Any, listening: socket.socket, stopped: Callable[[], bool]) -> None:
    def turn(seconds: float) -> None:
        server.asyncore.loop(timeout=seconds, map=server._map, use_poll=True, count=1)

    while not stopped():
        turn(0.5)
    log.info("stopping")
    server.del_channel(server._map)
    listening.close()
    end = time.monotonic() + GRACE
    while time.monotonic() < end and _working(server):
        turn(0.05)
    server.task_dispatcher.shutdown(timeout=1)
    server.close()


def _working(server: Any) -> bool:
    """A request is being answered, or an answer is on its way out."""
    busy = server.task_dispatcher.queue or server.task_dispatcher.active_count
    return bool(busy) or any(c.requests or c.total_outbufs_len for c in list(server.active_channels.values()))


def _verify(container: Container, stop: threading.Event) -> None:
    """Compare the files that decide an outcome with what was installed, at start and daily; a difference stops drawing."""
    while True:
        differences = integrity.check() or []
        for package in plugins.packages():
            differences += integrity.check_plugin(package)
        for difference in differences:
            container.events().note("file_changed", difference=str(difference))
        if differences:
            container.monitor().stop(f"{len(differences)} files are not as they were installed; see rgs verify")
        if stop.wait(DAY):
            return


def _recover(recovery: Recovery, pause: float, stop: threading.Event) -> None:
    while True:
        try:
            for round in recovery.sweep():
                log.info("recovery: round %s is %s", round.id, round.state)
            for id in recovery.stuck():
                log.warning("recovery: round %s does not move; somebody should look", id)
        except Exception:
            log.exception("recovery failed; it goes on in %s s", pause)
        if stop.wait(pause):
            return

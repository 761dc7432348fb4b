"""One process that serves: HTTP in a pool of threads, recovery in one more, everything else handed to it.

It says `ready` and its address, in one flushed line, once it has found its own code, locked its data and bound its port.
"""

import logging
import signal
import threading
from pathlib import Path
from types import FrameType

import click
from waitress.server import create_server

import adapters
import core
import games
import ports
import rgs
from core.recovery import Recovery
from rgs.container import Container
from rgs.settings import Settings

log = logging.getLogger("rgs")


class NotOurs(Exception):
    """A package of ours was imported from somewhere else: another distribution shadows it."""


def check_imports() -> None:
    """Raise `NotOurs` if `adapters`, `core`, ... are not the ones that came with this `rgs`."""
    home = Path(rgs.__file__).parent.parent
    for package in (ports, core, adapters, games):
        place = Path(str(package.__file__)).parent.parent
        if place != home:
            raise NotOurs(f"{package.__name__} comes from {place}, not from {home}: give PyRGS an environment of its own")


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("waitress").setLevel(logging.WARNING)
    check_imports()
    container = Container(settings=settings)
    container.init_resources()
    stop = threading.Event()
    try:
        server = create_server(
            container.app(),
            host=settings.server.host,
            port=settings.server.port,
            threads=settings.server.threads,
            ident="",
            clear_untrusted_proxy_headers=True,
            max_request_body_size=16 * 1024 * 1024,
            channel_timeout=30,
        )
        recovery = threading.Thread(
            target=_recover, args=(container.recovery(), settings.rounds.recovery_seconds, stop), name="recovery"
        )
        recovery.start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        first = next(iter(container.catalogue()), None)
        page = "/play/" + first.game.id if first is not None else "/"
        click.echo(f"ready http://{settings.server.host}:{server.effective_port}{page}")
        try:
            server.run()
        except SystemExit:
            log.info("stopping")
        finally:
            stop.set()
            server.close()
            server.task_dispatcher.shutdown(cancel_pending=False, timeout=30)
            recovery.join()
    finally:
        container.shutdown_resources()


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


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

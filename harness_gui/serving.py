"""The bench as a server: a browser, or a game server, plays under its forces and faults."""

import socket
from threading import Thread
from typing import Any

from adapters.http import connections
from harness_gui.bench import Bench, Refused


class Served:
    """HTTP on loopback, from threads of its own, until it is closed."""

    def __init__(self, bench: Bench, port: int) -> None:
        """`port` 0 takes a free one. Raises `Refused` if it is taken."""
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listening.bind(("127.0.0.1", port))
        except OSError as problem:
            self._listening.close()
            raise Refused(f"cannot serve at port {port}: {problem.strerror}") from None
        self.port = int(self._listening.getsockname()[1])
        self._server: Any = connections.listen(
            bench.container.app(), self._listening, threads=8, connections=100, seconds=30
        )
        self._open = True
        self._bench = bench
        bench.address = self.address
        self._thread = Thread(target=self._serve, name="bench-http", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Take no more requests."""
        self._open = False
        self._bench.address = None
        self._thread.join(timeout=5)
        self._server.task_dispatcher.shutdown(timeout=2)
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
        self._listening.close()

    def _serve(self) -> None:
        while self._open:
            self._server.asyncore.loop(timeout=0.1, map=self._server._map, use_poll=True, count=1)

"""The sockets of HTTP: how many at once, and how long each may take to say what it wants.

A connection has so many seconds for a whole request, head and body, from its first byte; bytes that trickle in do not
start them anew. When places get short, those that have waited longest without a whole request give theirs up. So neither
slow nor idle clients, however many, keep others out. What is being answered is left alone.
"""

import socket
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server

MAX_BODY = 16 * 1024 * 1024
"""Bytes that are read before the application may say what is too large."""
_OWN = 2
"""Places that the server itself takes: what it listens to, and what wakes it."""


class Channel(HTTPChannel):
    """A connection that knows since when it owes a whole request."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.since = time.monotonic()
        """When its request began, or before that, when it was ready for one."""
        self.resting = True
        """Nothing came since it was ready for a request."""
        super().__init__(*args, **options)

    def received(self, data: bytes) -> bool:
        """Take what came. The first byte of a request starts its time; empty lines, which are none, do so but once."""
        taken: bool = super().received(data)
        if self.resting and self.request is not None:
            self.since, self.resting = time.monotonic(), False
        return taken

    def service(self) -> None:
        """Answer a request; then the connection is ready for the next one."""
        super().service()
        self.since, self.resting = time.monotonic(), True


def listen(app: Any, listening: socket.socket, *, threads: int, connections: int, seconds: float) -> Any:
    """The server of `app` at this socket, not running yet.

    `threads`: requests answered at once. `connections`: open at once. `seconds`: for a whole request to come in.
    """
    server: Any = create_server(
        app,
        sockets=[listening],
        threads=threads,
        ident="",
        clear_untrusted_proxy_headers=True,
        max_request_body_size=MAX_BODY,
        connection_limit=connections + _OWN,
        asyncore_use_poll=True,
        cleanup_interval=1,
    )

    def maintenance(_now: float) -> None:
        _close_late(list(server.active_channels.values()), connections, seconds)

    server.channel_class, server.maintenance = Channel, maintenance
    return server


def _close_late(channels: list[Channel], places: int, seconds: float) -> None:
    now = time.monotonic()
    waiting = []
    for channel in channels:
        if channel.requests:
            channel.since = now
        else:
            waiting.append(channel)
    waiting.sort(key=lambda channel: channel.since)
    surplus = len(channels) - places * 3 // 4
    for number, channel in enumerate(waiting):
        waited = now - channel.since
        flowing = channel.total_outbufs_len and time.time() - channel.last_activity < seconds
        if (waited > seconds and not flowing) or (number < surplus and waited > 1):
            channel.will_close = True

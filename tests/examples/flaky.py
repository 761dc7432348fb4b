"""A line that loses things, on a plan: requests before they arrive, answers after the work was done, halves of answers."""

import itertools
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

FINE, LOST, ANSWER_LOST, ANSWER_CUT = "fine", "lost", "answer lost", "answer cut"


def _read_to_end(wire: socket.socket) -> bytes:
    return b"".join(iter(lambda: wire.recv(65536), b""))


def _request(wire: socket.socket) -> bytes:
    """One request, whole; what is sent on asks the server to close after its answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := wire.recv(65536)):
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += wire.recv(65536)
    return head + b"\r\n\r\n" + body


class FlakyLine:
    """A TCP proxy to `port`; its connections suffer what `plan` says, in turn and over again. One request each."""

    def __init__(self, port: int, plan: Sequence[str]) -> None:
        self._target = port
        self._plan = itertools.cycle(plan)
        self.suffered: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                wire, _ = self._listening.accept()
            except OSError:
                return
            with wire:
                self._pass(wire, next(self._plan))

    def _pass(self, wire: socket.socket, fate: str) -> None:
        request = _request(wire)
        self.suffered.append(fate)
        if fate == LOST:
            return
        with socket.create_connection(("127.0.0.1", self._target), timeout=30) as server:
            server.sendall(request)
            answer = _read_to_end(server)
        if fate == FINE:
            wire.sendall(answer)
        elif fate == ANSWER_CUT:
            wire.sendall(answer[: len(answer) * 2 // 3])


@contextmanager
def flaky(port: int, plan: Sequence[str]) -> Iterator[FlakyLine]:
    line = FlakyLine(port, plan)
    try:
        yield line
    finally:
        line.close()

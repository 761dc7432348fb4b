"""The socket through which staff reaches a running server: one JSON line in, one JSON line out.

It is a file in the data directory that only its owner and group may open, and the kernel says who is at the other end
(SO_PEERCRED), so that two people are two people.
"""

import json
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rgs.office import Office, Refused, person

NAME = "control.sock"
LONGEST = 64 * 1024
"""Bytes of a request."""
_UCRED = struct.Struct("3i")


class Control:
    """Serves the office on the socket, in a thread of its own."""

    def __init__(self, data: Path, office: Office) -> None:
        self._path = data / NAME
        self._path.unlink(missing_ok=True)
        with _nearby(data) as path:
            self._server = _Server(path, office)
        self._path.chmod(0o660)
        self._thread = threading.Thread(target=self._server.serve_forever, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; the file goes."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


@contextmanager
def _nearby(data: Path) -> Iterator[str]:
    """The socket's path, short enough however long the directory's is: a socket's name has some hundred bytes at most."""
    directory = os.open(data, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{NAME}"
    finally:
        os.close(directory)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, office: Office) -> None:
        self.office = office
        super().__init__(path, _Handler)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        _, uid, _ = _UCRED.unpack(self.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
        try:
            request = json.loads(self.rfile.readline(LONGEST))
            answer = self.server.office.answer(person(uid), request)
        except Refused as problem:
            answer = {"refused": str(problem)}
        except ValueError as problem:
            answer = {"refused": f"no request: {problem}"}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


def ask(data: Path, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Ask the server that owns `data`; None if there is none. Raises `Refused`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            with _nearby(data) as path:
                line.connect(path)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return None
        except PermissionError:
            raise Refused(f"you may not use {data / NAME}") from None
        line.sendall(json.dumps(request).encode() + b"\n")
        with line.makefile("rb") as answers:
            answer: dict[str, Any] = json.loads(answers.readline())
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer

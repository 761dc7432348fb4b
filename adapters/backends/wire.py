"""One request to an operator, and its whole answer: once, capped in size and in time.

There are no redirects, no proxies, no environment, no cookies, no compression and no second attempt in here. What goes
wrong is told in the port's words, in one place:

    no connection could be made                  Declined(UNREACHABLE): no byte of the request left
    anything else without a whole, small answer  Unconfirmed
"""

import json
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpcore

from ports.wallet import Declined, Reason, Unconfirmed

LARGEST_ANSWER = 256 * 1024
"""Bytes. No answer of any protocol here is near it."""
_IDLE = 5.0
"""Seconds that an unused connection is kept. Operators close theirs later than that; one that does not costs a doubt."""
_UNSENT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout, httpcore.UnsupportedProtocol)
_UNANSWERED = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. `json` says that it is declared as JSON."""

    status: int
    body: bytes
    json: bool


class Wire:
    """The connections to one operator. Many threads send at once."""

    def __init__(self, url: str, *, seconds: float, connections: int) -> None:
        """`url`: scheme, host and the path before every target. `seconds`: for a whole call. Raises `ValueError`."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("url is http(s)://host[:port][/path], without a query")
        if parts.username is not None or parts.password is not None:
            raise ValueError("url carries no user and no password: keys come from variables or files")
        self._scheme, self._host, self._port = parts.scheme, parts.hostname, parts.port
        self.prefix = parts.path.rstrip("/")
        """The path before every target; a protocol that signs the path signs it too."""
        self._seconds = seconds
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context() if parts.scheme == "https" else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_IDLE,
            retries=0,
            network_backend=_Backend(),
        )

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send exactly these bytes, once. `target` goes out as it is written, behind the prefix.

        Raises `Declined` (UNREACHABLE) or `Unconfirmed`.
        """
        address = httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=self.prefix + target)
        fields = [("Accept", "application/json"), ("Accept-Encoding", "identity"), *headers.items()]
        limits = {"pool": self._seconds, "connect": self._seconds, "read": self._seconds, "write": self._seconds}
        try:
            with (
                _within(self._seconds),
                self._pool.stream(
                    method, address, headers=fields, content=body, extensions={"timeout": limits}
                ) as response,
            ):
                return _whole(response)
        except _UNSENT as problem:
            raise Declined(Reason.UNREACHABLE, f"no connection: {_named(problem)}") from None
        except _UNANSWERED as problem:
            raise Unconfirmed(f"no answer: {_named(problem)}") from None

    def close(self) -> None:
        """Let all connections go."""
        self._pool.close()


def read_object(answer: Answer) -> Mapping[str, Any]:
    """The JSON object of an answer, numbers as `int` or `Decimal`. Raises `Unconfirmed` for anything else at all."""
    if not answer.json:
        raise Unconfirmed(f"the answer (HTTP {answer.status}) is not JSON")
    try:
        value = json.loads(
            answer.body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_pairs
        )
        if b"\\u" in answer.body:
            # Half a surrogate pair can be spelt so only, and is no text: it can be neither kept nor sent on.
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError, ArithmeticError):
        raise Unconfirmed(f"the answer (HTTP {answer.status}) is no readable JSON") from None
    if not isinstance(value, dict):
        raise Unconfirmed(f"the answer (HTTP {answer.status}) is no JSON object")
    return value


def write_object(fields: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Compact JSON in the order given: the bytes that are signed, and sent at every attempt."""
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _whole(response: httpcore.Response) -> Answer:
    declared = {name.lower(): value.lower() for name, value in response.headers}
    if declared.get(b"content-encoding", b"identity") != b"identity":
        raise Unconfirmed("the answer is compressed, which was not asked for")
    received = bytearray()
    for chunk in response.iter_stream():
        received += chunk
        if len(received) > LARGEST_ANSWER:
            raise Unconfirmed(f"the answer is larger than {LARGEST_ANSWER} bytes")
    return Answer(response.status, bytes(received), b"json" in declared.get(b"content-type", b""))


def _named(problem: Exception) -> str:
    return f"{type(problem).__name__} {problem}".strip()


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key stands twice")
    return fields


# A limit on the whole call. The library's own limits are for each read, and an operator that sends a byte a second would
# never meet them. A call stays on its thread from start to end, so the thread knows until when it may last.

_call = threading.local()


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    _call.end = time.monotonic() + seconds
    try:
        yield
    finally:
        del _call.end


def _left(otherwise: type[httpcore.TimeoutException]) -> float | None:
    """Seconds left for this thread's call; None outside of one, as when connections are closed."""
    end = getattr(_call, "end", None)
    if end is None:
        return None
    left: float = end - time.monotonic()
    if left <= 0:
        raise otherwise("the time for the whole call is over")
    return left


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

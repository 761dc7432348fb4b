"""One address and method: who may call it, what it takes, what it does. Routes and documents are made of one list."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, TypeVar

from flask import Request, Response
from pydantic import BaseModel, ValidationError

from adapters.http import strict_json
from adapters.http.models import NoQuery
from adapters.http.problems import TooLarge, UnsupportedType
from core.errors import BadRequest, Unauthenticated
from core.external import Key
from core.sessions import Sessions
from ports.sessions import Session

Shape = TypeVar("Shape", bound=BaseModel)

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{1,512})\Z", re.IGNORECASE | re.ASCII)


class Audience(Enum):
    """Who calls, and so what must stand behind the call."""

    GAME_SERVERS = "Game servers"
    PLAYERS = "Players' clients"
    ANYONE = "Anyone"
    OPERATIONS = "Operations"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view says: a JSON body, and how it is to be taken."""

    body: Mapping[str, Any] | None
    status: int = 200
    replay: bool = False
    """The same request had been answered before."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A view, and all that is said about it.

    The view is called with the caller first (a `Key` for game servers, the bearer's `Caller` for players), then by name
    the parts of the path, `query` and `body` as far as there are models for them.
    """

    audience: Audience
    method: str
    path: str
    """As OpenAPI has it: `/v1/rounds/{id}`."""
    summary: str
    view: Callable[..., Answer | Response]
    answers: Mapping[int, type[BaseModel] | None]
    problems: tuple[int, ...] = ()
    _: KW_ONLY
    authenticated: bool = True
    query: type[BaseModel] | None = NoQuery
    """None: whatever stands in the query string is passed over (pages)."""
    body: type[BaseModel] | Mapping[str, type[BaseModel]] | None = None
    """A model; or several, each told by a field that only it has, and "" for the rest."""
    limit: int = strict_json.SMALL

    @property
    def name(self) -> str:
        """Unique in the application."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Caller:
    """A player's client: its session, and the bearer token that it came with."""

    session: Session
    bearer: str = field(repr=False)


class Credentials:
    """Finds out who calls."""

    def __init__(self, *, keys: Mapping[bytes, Key], sessions: Sessions) -> None:
        self._keys = keys
        self._sessions = sessions

    def key(self, request: Request) -> Key:
        """The API key behind a request. Raises `Unauthenticated`. Every key is looked at, whichever it is."""
        digest = sha256(_bearer(request, "an API key").encode()).digest()
        found = None
        for known, key in self._keys.items():
            if compare_digest(known, digest):
                found = key
        if found is None:
            raise Unauthenticated("there is no such API key")
        return found

    def caller(self, request: Request) -> Caller:
        """The player's session behind a request. Raises `Unauthenticated`, also for the sessions of game servers."""
        bearer = _bearer(request, "a session")
        session = self._sessions.find(bearer)
        if session.opened_by is not None:
            raise Unauthenticated("there is no live session behind this token; open a new one")
        return Caller(session, bearer)


def read_query(request: Request, model: type[Shape]) -> Shape:
    """The query string, as `model` has it. Raises `BadRequest`."""
    return _validated(model, strict_json.query(request.query_string))


def read_body(request: Request, endpoint: Endpoint) -> BaseModel | None:
    """The body, as the endpoint has it. Raises `BadRequest`, `TooLarge`, `UnsupportedType`."""
    sent = request.environ
    if endpoint.body is None and not sent.get("CONTENT_LENGTH") and "HTTP_TRANSFER_ENCODING" not in sent:
        return None
    length = request.content_length
    if length is not None and length > endpoint.limit:
        raise TooLarge(f"a body has at most {endpoint.limit} bytes here")
    request.max_content_length = endpoint.limit
    if endpoint.body is None:
        if request.get_data(cache=False):
            raise BadRequest("this request takes no body")
        return None
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset != "utf-8":
        raise UnsupportedType("a body is application/json, in UTF-8")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedType("a body is not compressed")
    value = strict_json.load(request.get_data(cache=False))
    if not isinstance(value, dict):
        raise BadRequest("the body is a JSON object")
    return _validated(_chosen(endpoint.body, value), value)


def _chosen(body: type[BaseModel] | Mapping[str, type[BaseModel]], value: Iterable[str]) -> type[BaseModel]:
    if isinstance(body, type):
        return body
    return next((model for name, model in body.items() if name in value), body[""])


def _validated(model: type[Shape], value: object) -> Shape:
    try:
        return model.model_validate(value)
    except ValidationError as problem:
        complaints = [_complaint(error["loc"], error["type"], error["msg"]) for error in problem.errors()[:5]]
        raise BadRequest("; ".join(complaints)) from None


def _complaint(place: Iterable[int | str], kind: str, message: str) -> str:
    where = ".".join(str(part)[:64] for part in place) or "the request"
    return f"{where}: there is no such field" if kind == "extra_forbidden" else f"{where}: {message[:200]}"


def _bearer(request: Request, what: str) -> str:
    found = _BEARER.match(request.headers.get("Authorization", ""))
    if found is None:
        raise Unauthenticated(f"send {what} as `Authorization: Bearer ...`")
    return found.group(1)

"""The application: the audiences' endpoints as Flask routes, one way in and one way out.

request -> who calls? -> query -> body -> view -> Answer -> response
                  '--------- any error, anywhere ------> one problem
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import HTTPException

from adapters.http import problems
from adapters.http.answers import Answers
from adapters.http.anyone import Anyone
from adapters.http.endpoints import Answer, Audience, Credentials, Endpoint, read_body, read_query
from adapters.http.game_servers import GameServers
from adapters.http.gate import Gate
from adapters.http.launches import Launches
from adapters.http.operations import Operations
from adapters.http.players import Players
from adapters.metrics import Metrics
from core.catalogue import Catalogue
from core.external import External, Key
from core.health import Monitor
from core.hosted import Hosted
from core.house import House
from core.rewards import Rewards
from core.sessions import Sessions
from core.stakes import Stakes
from ports.randomness import Tape
from ports.rounds import RoundOpen, RoundStore
from ports.sessions import SessionStore

log = logging.getLogger("rgs.http")

_spell = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the audiences need of the house."""

    hosted: Hosted
    external: External
    sessions: Sessions
    session_store: SessionStore
    rounds: RoundStore
    rewards: Rewards
    catalogue: Catalogue
    house: House
    stakes: Stakes
    """The house's own limits, for whoever looks at the games without naming an operator."""
    keys: Mapping[bytes, Key]
    """Game servers, by the SHA-256 of their API keys."""
    tape: Callable[[], Tape]
    health: Monitor
    metrics: Metrics
    launches: Launches
    ready: Callable[[], Sequence[str]]
    """Why requests should not be sent here; empty when they should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpConfig:
    """How the house is shown."""

    threads: Mapping[str, int]
    """Requests that may be at work for each operator at once."""
    together: int
    """And for all operators."""
    art: Path
    """The folder with the games' pictures."""
    frame_ancestors: str
    """Who may show the page in a frame, as a Content-Security-Policy has it: `'self'`, or the casinos' origins."""


def create_app(services: Services, config: HttpConfig) -> Flask:
    """The WSGI application."""
    app = Flask("adapters.http", static_folder=None, template_folder="templates")
    app.url_map.merge_slashes = False
    credentials = Credentials(keys=services.keys, sessions=services.sessions)
    for endpoint in _endpoints(services, config):
        rule = re.sub(r"{(\w+)}", _part, endpoint.path)
        exactly = rule != "/"  # else werkzeug redirects by itself
        app.add_url_rule(
            rule, endpoint.name, _view(endpoint, credentials), methods=[endpoint.method], strict_slashes=exactly
        )
    launch = services.launches.view()
    for rule in ("/launch/<operator>", "/launch/<operator>/<path:call>"):
        app.add_url_rule(rule, "launch", launch, methods=["GET", "POST", "DELETE"])
    _wrap(app, services, config)
    return app


def _endpoints(services: Services, config: HttpConfig) -> list[Endpoint]:
    gate = Gate(config.threads, config.together)
    answers = Answers(
        rounds=services.rounds,
        sessions=services.sessions,
        session_store=services.session_store,
        rewards=services.rewards,
        gate=gate,
    )
    game_servers = GameServers(
        external=services.external,
        sessions=services.sessions,
        tape=services.tape,
        health=services.health,
        answers=answers,
        gate=gate,
    )
    players = Players(
        hosted=services.hosted,
        sessions=services.sessions,
        rounds=services.rounds,
        catalogue=services.catalogue,
        answers=answers,
        gate=gate,
    )
    anyone = Anyone(catalogue=services.catalogue, house=services.house, stakes=services.stakes, art=config.art)
    found: list[Endpoint] = []
    operations = Operations(
        version=services.house.software, ready=services.ready, metrics=services.metrics, endpoints=lambda: found
    )
    for audience in (game_servers, players, anyone, operations):
        found += audience.endpoints()
    return found


def _part(name: re.Match[str]) -> str:
    return f"<path:{name[1]}>" if name[1] == "file" else f"<{name[1]}>"


def _view(endpoint: Endpoint, credentials: Credentials) -> Callable[..., Response]:
    who = credentials.key if endpoint.audience is Audience.GAME_SERVERS else credentials.caller

    def view(**path: str) -> Response:
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # once, not at each attribute
        caller = [who(asked)] if endpoint.authenticated else []
        arguments: dict[str, Any] = dict(path)
        if endpoint.query is not None:
            query = read_query(asked, endpoint.query)
            if endpoint.query.model_fields:
                arguments["query"] = query
        body = read_body(asked, endpoint)
        if body is not None:
            arguments["body"] = body
        g.round = path.get("id") or getattr(body, "round", None) or getattr(arguments.get("query"), "round", None)
        answer = endpoint.view(*caller, **arguments)
        return answer if isinstance(answer, Response) else _response(answer)

    return view


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status=answer.status)
    is_problem = answer.status >= 400
    response = Response(
        _spell(answer.body),
        status=answer.status,
        content_type="application/problem+json" if is_problem else "application/json",
    )
    if answer.replay:
        response.headers["Idempotent-Replay"] = "true"
    if is_problem:
        g.problem = answer.body["code"]
    return response


def _wrap(app: Flask, services: Services, config: HttpConfig) -> None:
    """What happens around every request: its clock, its problem, its headers, its count."""
    metrics = services.metrics
    app.wsgi_app = _headed(app.wsgi_app, config.frame_ancestors)  # type: ignore[method-assign]

    @app.errorhandler(Exception)
    def fail(error: Exception) -> Response:
        return _failed(error, services.rounds)

    @app.after_request
    def finish(response: Response) -> Response:
        asked, noted = request._get_current_object(), g._get_current_object()  # type: ignore[attr-defined]
        path = "other" if asked.url_rule is None else asked.url_rule.rule
        metrics.answered(asked.method, path, response.status_code, time.monotonic() - asked.environ["rgs.start"])
        if "problem" in noted:
            metrics.problem(noted.problem)
        return response


def _headed(app: Callable[..., Iterable[bytes]], frame_ancestors: str) -> Callable[..., Iterable[bytes]]:
    """The application, timed; each of its answers has the headers that a browser is to obey. What it shows has a policy
    of what it may load and who may frame it; an answer of the API is data, and stays with whoever asked.
    """
    api = [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]
    rules = "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'"
    policy = ("Content-Security-Policy", f"{rules}; frame-ancestors {frame_ancestors}")
    shown = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["rgs.start"] = time.monotonic()
        is_api = environ.get("PATH_INFO", "").startswith("/v1/")

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers += api if is_api else shown
            if not (is_api or any(name == policy[0] for name, _ in headers)):
                headers.append(policy)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return app(environ, start)

    return answer


def _failed(error: Exception, rounds: RoundStore) -> Response:
    body = problems.describe(error)
    code = problems.code_of(error)
    if code is problems.INTERNAL:
        body["id"] = str(uuid4())
        log.error("problem %s at %s %.200r", body["id"], request.method, request.path, exc_info=error)
    if isinstance(error, RoundOpen):
        body.update(_state(rounds, error.round))
    elif code in problems.OWN_ROUND and "state" not in body:
        body.update(_state(rounds, g.get("round")))
    response = _response(Answer(body, body["status"]))
    if isinstance(error, HTTPException):
        allowed = [(name, value) for name, value in error.get_headers() if name.lower() == "allow"]
        response.headers.extend(allowed)
    if code is problems.UNAUTHENTICATED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if body["status"] in (429, 503):
        response.headers["Retry-After"] = "1"
    return response


def _state(rounds: RoundStore, id: str | None) -> dict[str, str]:
    round = None if id is None else rounds.load(id)
    return {} if round is None else {"state": round.state}

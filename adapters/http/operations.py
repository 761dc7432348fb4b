"""Operations: is it alive, is it ready, what does it do, and how is it spoken to."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, render_template
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from adapters.http import models
from adapters.http.endpoints import Answer, Audience, Endpoint
from adapters.http.openapi import document
from adapters.http.problems import CODES, Unready
from adapters.metrics import Metrics

_endpoint = partial(Endpoint, Audience.OPERATIONS, "GET", authenticated=False, query=None)


class Operations:
    """What runs the server, and what explains it."""

    def __init__(
        self,
        *,
        version: str,
        ready: Callable[[], Sequence[str]],
        metrics: Metrics,
        endpoints: Callable[[], Sequence[Endpoint]],
    ) -> None:
        self._version = version
        self._ready = ready
        self._metrics = metrics
        self._all = endpoints

    def endpoints(self) -> list[Endpoint]:
        """The addresses of this audience."""
        return [
            _endpoint("/healthz", "The process runs", self.alive, {200: models.Health}),
            _endpoint("/readyz", "Requests may be sent here", self.ready, {200: models.Health}, (503,)),
            _endpoint("/metrics", "Figures for Prometheus", self.metrics, {200: None}),
            _endpoint("/openapi.json", "This API as OpenAPI 3.1", self.openapi, {200: None}),
            _endpoint("/docs", "This API for people", self.docs, {200: None}),
        ]

    def alive(self) -> Answer:
        """It answers, so it runs."""
        return Answer({"status": "ok"})

    def ready(self) -> Answer:
        """Raises `Unready` with the reasons why not."""
        reasons = self._ready()
        if reasons:
            raise Unready(list(reasons))
        return Answer({"status": "ready"})

    def metrics(self) -> Response:
        """The figures, as Prometheus reads them."""
        return Response(generate_latest(self._metrics.registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    def openapi(self) -> Answer:
        """The document."""
        return Answer(self._document)

    def docs(self) -> Response:
        """The document as a page of its own, without scripts."""
        style = (Path(__file__).parent / "templates" / "docs.css").read_text("utf-8")
        page = render_template("docs.html", document=self._document, codes=CODES, style=style)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": policy})

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document(self._all(), self._version)

"""Anyone: which games there are, the page that shows them all, and the page that plays one."""

from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Response, request, send_from_directory

from adapters.http import models
from adapters.http.endpoints import Answer, Audience, Endpoint
from core.catalogue import Catalogue, Listing
from core.errors import NotFound
from core.house import House
from core.stakes import Stakes
from ports.game import Game, Interactive, Mode

WEB = Path(__file__).parent / "web"

TYPES = {
    ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json",
    ".jpg": "image/jpeg", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".png": "image/png", ".svg": "image/svg+xml",
    ".webp": "image/webp", ".woff2": "font/woff2",
}  # fmt: skip
"""The files that are served, by how their names end."""


_endpoint = partial(Endpoint, Audience.ANYONE, "GET", authenticated=False)


class Anyone:
    """The catalogue and the web client."""

    def __init__(self, *, catalogue: Catalogue, house: House, stakes: Stakes, art: Path) -> None:
        self._catalogue = catalogue
        self._house = house
        self._stakes = stakes
        self._art = art

    def endpoints(self) -> list[Endpoint]:
        """The addresses of this audience."""
        return [
            _endpoint("/v1/games", "The games", self.games, {200: models.Games}, (404,), query=models.GamesQuery),
            _endpoint("/v1/games/{id}", "One game", self.game, {200: models.Game}, (404,), query=models.GamesQuery),
            _endpoint("/", "To the games", _lobby, {302: None}, query=None),
            _endpoint("/play", "To the games", _lobby, {302: None}, query=None),
            _endpoint("/play/", "The page that shows all games", self.lobby, {200: None}, query=None),
            _endpoint("/play/{game}", "The page that plays a game", self.page, {200: None}, (404,), query=None),
            _endpoint("/play/web/{file}", "A file of the page", self.web, {200: None}, (404,), query=None),
            _endpoint("/play/art/{file}", "A picture of a game", self.art, {200: None}, (404,), query=None),
        ]

    def games(self, query: models.GamesQuery) -> Answer:
        """All of them."""
        stakes = self._limits(query.operator)
        return Answer(
            {
                "games": [
                    _game(self._catalogue.current(listing.game.id, query.operator), stakes)
                    for listing in self._catalogue
                ]
            }
        )

    def game(self, id: str, query: models.GamesQuery) -> Answer:
        """One of them."""
        return Answer(_game(self._catalogue.current(id, query.operator), self._limits(query.operator)))

    def lobby(self) -> Response:
        """The page that leads to each of them."""
        return _file(WEB, "lobby.html")

    def page(self, game: str) -> Response:
        """The page, which finds out by its address what to play."""
        self._catalogue.current(game)
        return _file(WEB, "index.html")

    def web(self, file: str) -> Response:
        """Scripts and styles."""
        return _file(WEB, file)

    def art(self, file: str) -> Response:
        """Pictures and sounds."""
        return _file(self._art, file)

    def _limits(self, operator: str | None) -> Stakes:
        return self._stakes if operator is None else self._house.limits(operator)


def _lobby() -> Response:
    """To the lobby, and `?player=` with it; relative, for proxies that serve all this below a path of their own."""
    query = request.query_string.decode("ascii", "ignore")
    return Response(status=302, headers={"Location": f"play/?{query}" if query else "play/"})


def _file(folder: Path, name: str) -> Response:
    kind = TYPES.get(PurePosixPath(name).suffix)
    if kind is None:
        raise NotFound("there is no such file")
    return send_from_directory(folder, name, mimetype=kind, max_age=0)


def _game(listing: Listing, stakes: Stakes) -> dict[str, Any]:
    game: Game = listing.game
    modes = [_mode(mode, stakes) for mode in game.modes]
    return {
        "id": game.id,
        "name": game.name,
        "version": game.version,
        "modes": modes,
        "stakes": modes[0]["stakes"],
        "default_stake": modes[0]["default_stake"],
        "interactive": isinstance(game, Interactive),
        "selection": game.selection,
        "rules": game.rules,
    }


def _mode(mode: Mode, stakes: Stakes) -> dict[str, Any]:
    return {
        "id": mode.id,
        "cost": mode.cost,
        "rtp": _decimal(mode.rtp),
        "stakes": stakes.ladder(mode.cost),
        "default_stake": stakes.usual(mode.cost),
    }


def _decimal(fraction: Fraction) -> str:
    return f"{round(Decimal(fraction.numerator) / Decimal(fraction.denominator), 6):f}"

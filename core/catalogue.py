"""The games of the house, by id for new rounds and by (id, version, variant) for rounds that are on their way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.errors import NotFound
from ports.game import Game


@dataclass(frozen=True, slots=True)
class Listing:
    """A game, and the digest of all that decides its outcomes (compiled definition and source)."""

    game: Game
    maths: str


class Catalogue:
    """What can be played. Of several versions of a game, the one listed last is offered to new rounds."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._current: dict[str, Listing] = {}
        self._all: dict[tuple[str, str, str], Game] = {}
        for listing in listings:
            game = listing.game
            key = (game.id, game.version, game.variant)
            if key in self._all:
                raise ValueError(f"two games are {game.id} {game.version} {game.variant}")
            self._all[key] = game
            self._current[game.id] = listing

    def __iter__(self) -> Iterator[Listing]:
        return iter(self._current.values())

    def current(self, game: str) -> Listing:
        """The listing that new rounds of `game` are played under. Raises `NotFound`."""
        try:
            return self._current[game]
        except KeyError:
            raise NotFound(f"there is no game {game!r}") from None

    def exact(self, game: str, version: str, variant: str) -> Game | None:
        """The game that a round was accepted under, if it is still here."""
        return self._all.get((game, version, variant))

"""The games of the house, by id and operator for new rounds, by (id, version, variant) for rounds that are on their way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.errors import NotFound
from ports.game import Game


@dataclass(frozen=True, slots=True)
class Listing:
    """A game, and the digest of all that decides its outcomes (compiled definition and source)."""

    game: Game
    maths: str


Variants = Mapping[str, Mapping[str, str]]
"""Operator -> game -> the variant that its players get."""


class Catalogue:
    """What can be played. Of several versions of a game, the one listed last is offered to new rounds; of several variants,
    the one listed first, or the one that is chosen for the operator.
    """

    def __init__(self, listings: Iterable[Listing], variants: Variants = MappingProxyType({})) -> None:
        """Raises `ValueError` where two games are the same, or a variant is chosen that there is not."""
        self._usual: dict[str, str] = {}
        self._current: dict[tuple[str, str], Listing] = {}
        self._all: dict[tuple[str, str, str], Game] = {}
        for listing in listings:
            game = listing.game
            key = (game.id, game.version, game.variant)
            if key in self._all:
                raise ValueError(f"two games are {game.id} {game.version} {game.variant}")
            self._all[key] = game
            self._current[game.id, game.variant] = listing
            self._usual.setdefault(game.id, game.variant)
        self._variants = variants
        for operator, chosen in variants.items():
            for name, variant in chosen.items():
                if (name, variant) not in self._current:
                    there = ", ".join(other for known, other in self._current if known == name)
                    raise ValueError(
                        f"operators: {operator}: variants: there is no variant {variant!r} of {name}; "
                        + (f"there are: {there}" if there else "there is no such game")
                    )

    def __iter__(self) -> Iterator[Listing]:
        """Each game once, in its usual variant."""
        return (self._current[game, variant] for game, variant in self._usual.items())

    def every(self) -> Iterator[Listing]:
        """Each game in all of its variants."""
        return iter(self._current.values())

    def current(self, game: str, operator: str | None = None) -> Listing:
        """The listing that new rounds of `game` are played under, at an operator's. Raises `NotFound`."""
        if game not in self._usual:
            raise NotFound(f"there is no game {game!r}")
        chosen = self._variants.get(operator or "", {})
        return self._current[game, chosen.get(game, self._usual[game])]

    def exact(self, game: str, version: str, variant: str) -> Game | None:
        """The game that a round was accepted under, if it is still here."""
        return self._all.get((game, version, variant))

"""Saved cases: outcomes that QA wants again, each a name and the draws of a round's first turn, in one small JSON file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ports.randomness import Draw

FILE = "cases.json"
LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Case:
    """One outcome of one game."""

    name: str
    game: str
    version: str
    draws: tuple[Draw, ...]


class Cases:
    """The file, read at every look: somebody may edit it, or bring one along."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def all(self, game: str | None = None) -> list[Case]:
        """Those of a game, or all, in the order in which they were saved. Raises `ValueError` for a file that is none."""
        if not self._path.exists():
            return []
        try:
            cases = [_case(each) for each in json.loads(self._path.read_text())]
        except (ValueError, TypeError, KeyError) as problem:
            raise ValueError(f"{self._path} has no cases in it: {problem}") from None
        return [case for case in cases if game in (None, case.game)]

    def find(self, game: str, name: str) -> Case:
        """One case. Raises `ValueError`."""
        for case in self.all(game):
            if case.name == name:
                return case
        raise ValueError(f"there is no case {name!r} of {game}")

    def save(self, case: Case) -> None:
        """Keep a case; one of the same game and name is replaced. Raises `ValueError`."""
        if not case.name.strip() or len(case.name) > LONGEST:
            raise ValueError(f"a case has a name of 1 to {LONGEST} characters")
        if not case.draws:
            raise ValueError("nothing was drawn in it")
        kept = self.all()
        names = [(each.game, each.name) for each in kept]
        if (case.game, case.name) in names:
            kept[names.index((case.game, case.name))] = case
        else:
            kept.append(case)
        self._write(kept)

    def delete(self, game: str, name: str) -> None:
        """Forget a case. Raises `ValueError`."""
        gone = self.find(game, name)
        self._write([case for case in self.all() if case != gone])

    def _write(self, cases: Sequence[Case]) -> None:
        told = [
            {
                "name": case.name,
                "game": case.game,
                "version": case.version,
                "draws": [list(draw) for draw in case.draws],
            }
            for case in cases
        ]
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        fresh.replace(self._path)


def _case(told: Any) -> Case:
    draws = tuple(Draw(str(purpose), int(bound), int(value)) for purpose, bound, value in told["draws"])
    if any(not 0 <= draw.value < draw.bound for draw in draws):
        raise ValueError(f"a value of {told['name']} is not below its bound")
    return Case(str(told["name"]), str(told["game"]), str(told["version"]), draws)

"""What a line pays, as a walk through a tree whose equal branches are shared.

A branch is a tuple with a place for each symbol, a leaf is what the line pays, or None. Most lines are at a leaf after two
reels.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from core.slots.machine import Machine


@dataclass(frozen=True, slots=True)
class LinePay:
    """What one row of symbols along a line pays."""

    units: int
    symbol: str
    """The symbol, or the mix, that is paid for."""
    run: int
    wilds: int
    """Wilds in the run that draw values, if any do."""


Node: TypeAlias = "LinePay | tuple[Node, ...] | None"


def taken_for(machine: Machine, key: str) -> frozenset[str]:
    """The symbols that count as this symbol, or as this mix: its own, and the wilds that stand for it."""
    members = frozenset(machine.mixes.get(key, (key,)))
    wild = machine.wild
    if wild is None:
        return members
    wilds = frozenset(wild.factors)
    spared = {*wild.spares, *wild.others, *(s.symbol for s in machine.scatters)} - {wild.symbol}
    return members | wilds if not members & spared else members


class Tree:
    """Builds the branches of line pays: at each reel, some keys (symbols and mixes) may still go on with their run."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._symbols = machine.symbols
        self._factors = {} if machine.wild is None else machine.wild.factors
        self._reels = len(machine.heights)
        self._takes = {key: taken_for(machine, key) for key in machine.pays}
        self._known: dict[tuple[int, frozenset[str], LinePay | None, _Wilds], int] = {}
        self.branches: list[tuple[int, ...]] = []
        self.leaves: dict[LinePay | None, int] = {None: 0}
        self._node(0, frozenset(machine.pays), None, _Wilds(0, 0, 1))

    def nested(self) -> Node:
        """The same as tuples within tuples, from the first reel on."""
        leaves = tuple(self.leaves)
        made: list[Node] = []
        for branch in self.branches:  # a branch stands after those that it leads to
            made.append(tuple(made[place] if place >= 0 else leaves[-1 - place] for place in branch))
        return made[-1]

    def _node(self, reel: int, alive: frozenset[str], best: LinePay | None, wilds: "_Wilds") -> int:
        if reel == self._reels:
            best = self._ended(alive, reel, best, wilds)
        if not alive or reel == self._reels:
            return -1 - self.leaves.setdefault(best, len(self.leaves))
        known = (reel, alive, best, wilds)
        if known not in self._known:
            branch = tuple(self._next(reel, alive, best, wilds, symbol) for symbol in self._symbols)
            self._known[known] = len(self.branches)
            self.branches.append(branch)
        return self._known[known]

    def _next(self, reel: int, alive: frozenset[str], best: LinePay | None, wilds: "_Wilds", symbol: str) -> int:
        on = frozenset(key for key in alive if symbol in self._takes[key])
        best = self._ended(alive - on, reel, best, wilds)
        return self._node(reel + 1, on, best, self._with(wilds, symbol))

    def _with(self, wilds: "_Wilds", symbol: str) -> "_Wilds":
        wild = self._machine.wild
        if wild is None or symbol not in self._factors:
            return wilds
        factor = self._factors[symbol]
        factor = wilds.factor * factor if wild.multiplies == "each" else max(wilds.factor, factor)
        return _Wilds(wilds.number + 1, wilds.drawing + (symbol == wild.symbol), factor)

    def _ended(self, keys: frozenset[str], run: int, best: LinePay | None, wilds: "_Wilds") -> LinePay | None:
        """The better of `best` and the runs of `keys`, which end here."""
        for key in sorted(keys):
            units = self._machine.pays[key].get(run, 0)
            if wilds.number and key not in self._factors:
                units *= wilds.factor if wilds.number < run else 0  # wilds alone are a run of wilds only
            if units and (best is None or units > best.units or (units == best.units and self._prefers(key, best))):
                best = LinePay(units, key, run, wilds.drawing)
        return best

    def _prefers(self, key: str, best: LinePay) -> bool:
        wild = self._machine.wild
        if wild is None or (key in self._factors) == (best.symbol in self._factors):
            return False
        return (key in self._factors) == (wild.ties == "wild")


class _Wilds(NamedTuple):
    """Those of a run."""

    number: int
    drawing: int
    """How many of them are the wild that may draw values."""
    factor: int

"""What a line pays, as a walk through a tree whose equal branches are shared.

A branch is a tuple with a place for each symbol, a leaf is what the line pays, or None. Most lines are at a leaf after two
reels.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from core.slots.machine import Fault, Lines, Machine


@dataclass(frozen=True, slots=True)
class LinePay:
    """What one row of symbols along a line pays."""

    units: int
    symbol: str
    """The symbol, or the mix, that is paid for."""
    run: int
    """How many cells are paid."""
    wilds: int
    """Wilds among them that draw values, if any do."""
    at: tuple[int, ...] = ()
    """Where they are along the line; nothing: they are the first ones."""


MOST_PLACES = 2**18
"""Branches times symbols: some seconds of building, some megabytes. Runs from the first reel take a hundredth of it."""

Node: TypeAlias = "LinePay | tuple[Node, ...] | None"


def taken_for(machine: Machine, key: str) -> frozenset[str]:
    """The symbols that count as this symbol, or as this mix: its own, and the wilds that stand for it."""
    members = frozenset(machine.mixes.get(key, (key,)))
    wild = machine.wild
    if wild is None:
        return members
    wilds = frozenset(wild.factors)
    spared = {*wild.spares, *wild.others, *(s.symbol for s in machine.scatters)} - {wild.symbol}
    return members | wilds if not {key, *members} & spared else members


class Tree:
    """Builds the branches of line pays: at each reel, some keys (symbols and mixes) may still go on with their run."""

    def __init__(self, machine: Machine) -> None:
        pattern = machine.pattern
        assert isinstance(pattern, Lines)
        self._machine = machine
        self._symbols = machine.symbols
        self._factors = {} if machine.wild is None else machine.wild.factors
        self._reels = len(machine.heights)
        takes = {key: taken_for(machine, key) for key in machine.pays}
        self._takers = {symbol: frozenset(key for key in takes if symbol in takes[key]) for symbol in machine.symbols}
        self._loose = frozenset(pattern.any_position)
        self._later = self._loose if pattern.direction != "any" else frozenset(machine.pays)
        self._known: dict[tuple[int, frozenset[_Run], LinePay | None], int] = {}
        self.branches: list[tuple[int, ...]] = []
        self.leaves: dict[LinePay | None, int] = {None: 0}
        self._node(0, frozenset(), None)

    def nested(self) -> Node:
        """The same as tuples within tuples, from the first reel on."""
        leaves = tuple(self.leaves)
        made: list[Node] = []
        for branch in self.branches:  # a branch stands after those that it leads to
            made.append(tuple(made[place] if place >= 0 else leaves[-1 - place] for place in branch))
        return made[-1]

    def _node(self, reel: int, runs: "frozenset[_Run]", best: LinePay | None) -> int:
        if reel == self._reels:
            best = self._ended(runs, best)
        if reel == self._reels or not (runs or self._may_begin(reel)):
            return -1 - self.leaves.setdefault(best, len(self.leaves))
        known = (reel, runs, best)
        if known not in self._known:
            if len(self._known) * len(self._symbols) > MOST_PLACES:
                raise Fault(
                    f"pattern: runs can go on in more than {MOST_PLACES} ways; it takes fewer reels or symbols, or runs "
                    "that begin on the first reel"
                )
            branch = tuple(self._next(reel, runs, best, symbol) for symbol in self._symbols)
            self._known[known] = len(self.branches)
            self.branches.append(branch)
        return self._known[known]

    def _may_begin(self, reel: int) -> bool:
        """Whether something that begins here can pay."""
        return reel == 0 or any(count <= self._reels - reel for key in self._later for count in self._machine.pays[key])

    def _next(self, reel: int, runs: "frozenset[_Run]", best: LinePay | None, symbol: str) -> int:
        takers, known, ended = self._takers[symbol], {run.key for run in runs}, list[_Run]()
        new = takers - known if reel == 0 else (takers & self._later) - known
        going = [self._with(_Run(key), reel, symbol) for key in new]
        for run in runs:
            if run.key in takers:
                going.append(self._with(run, reel, symbol))
            else:
                (going if run.key in self._loose else ended).append(run)
        return self._node(reel + 1, frozenset(going), self._ended(ended, best))

    def _with(self, run: "_Run", reel: int, symbol: str) -> "_Run":
        wild, reels = self._machine.wild, (*run.reels, reel)
        if wild is None or symbol not in self._factors:
            return run._replace(reels=reels)
        factor = self._factors[symbol]
        factor = run.factor * factor if wild.multiplies == "each" else max(run.factor, factor)
        return _Run(run.key, reels, run.wilds + 1, run.drawing + (symbol == wild.symbol), factor)

    def _ended(self, runs: Iterable["_Run"], best: LinePay | None) -> LinePay | None:
        """The better of `best` and these, which end here."""
        for run in sorted(runs):
            number = len(run.reels)
            units = self._machine.pays[run.key].get(number, 0)
            if run.wilds and run.key not in self._factors:
                units *= run.factor if run.wilds < number else 0  # wilds alone are a run of wilds only
            if units and (best is None or units > best.units or (units == best.units and self._prefers(run.key, best))):
                first = run.reels == tuple(range(number))
                best = LinePay(units, run.key, number, run.drawing, () if first else run.reels)
        return best

    def _prefers(self, key: str, best: LinePay) -> bool:
        wild = self._machine.wild
        if wild is None or (key in self._factors) == (best.symbol in self._factors):
            return False
        return (key in self._factors) == (wild.ties == "wild")


class _Run(NamedTuple):
    """Cells along a line that count for a key, so far."""

    key: str
    reels: tuple[int, ...] = ()
    wilds: int = 0
    drawing: int = 0
    """Wilds that may draw values."""
    factor: int = 1
    """Of the wilds."""

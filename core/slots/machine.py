"""A slot as a value: strips, pays, features. It says what the game is; nothing here plays it.

    Machine = grid + pattern (lines, ways, anywhere, clusters) + pays + wild + scatter + cascade + hold + phases (base, free)

A definition with a fault is refused when it is made, with the place named: the rules that are served, computed and
simulated are always these, and always whole. The order of evaluation stands in `docs/add-a-game.md`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from typing import Any, Literal, TypeAlias

from core.slots.hold import Hold
from core.slots.phase import MOST_GAMES, Phase
from core.slots.shape import misfits
from ports.game import Json

BASE = "base"
"""The mode that every machine has."""


class Fault(ValueError):
    """The definition of a slot cannot be played; the message names the place."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A line pays for the best run of one symbol from the first reel on, from the last, from either, or wherever it is."""

    rows: tuple[tuple[int, ...], ...]
    """For each line the row (0: top) on each reel."""
    direction: Literal["left", "right", "both", "any"] = "left"
    """With "both", a run over all reels is paid once. With "any", a run may begin on any reel; of two that pay alike, the
    first one is told."""
    any_position: tuple[str, ...] = ()
    """Symbols and mixes that are counted wherever they stand on a line, in a run or not ("any one cherry")."""


@dataclass(frozen=True, slots=True)
class Ways:
    """A symbol pays for as many reels as it stands on, from the first on, times the number of ways through its cells."""


@dataclass(frozen=True, slots=True)
class Anywhere:
    """A symbol pays for the number of its cells, wherever they are. Between two counts of `pays`, the lower one pays."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """A symbol pays for each group of its cells that touch by their sides. Between two counts, the lower one pays."""


def strips(text: str) -> tuple[tuple[str, ...], ...]:
    """The strips that a text spells: names of symbols, and an empty line between one reel and the next."""
    return tuple(tuple(reel.split()) for reel in text.strip().split("\n\n"))


SIDE = 8
"""The most reels, and the most rows."""

Pattern: TypeAlias = Lines | Ways | Anywhere | Clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class Wild:
    """A symbol that stands for others, in runs that have one of these. Wilds alone pay where `pays` has the wild."""

    symbol: str
    factor: int = 1
    """On lines: what a run of another symbol is multiplied by if a wild is in it. Compared after."""
    multiplies: Literal["once", "each"] = "once"
    """Whether `factor` counts once in a run, or once for each wild: two of them multiply by its square."""
    values: Literal["summed", "multiplied"] = "summed"
    """On lines: how the values that several wilds of a run have drawn come together."""
    ties: Literal["wild", "symbol"] = "wild"
    """What is paid where a run of wilds and a run of the symbol they lead to pay alike."""
    spares: tuple[str, ...] = ()
    """Symbols that it does not stand for; never for a scatter."""
    others: Mapping[str, int] = field(default_factory=dict)
    """Further wild symbols, each with its factor: with "once", the greatest of a run counts. Mixed, they run as `symbol`.
    What a phase does with wilds (values, expanding, landing, sticky), it does with `symbol` alone."""

    @property
    def factors(self) -> dict[str, int]:
        """Every wild symbol, with its factor."""
        return {self.symbol: self.factor, **self.others}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """A symbol that counts wherever it stands. Beyond the highest count named, the highest pays. It may have pays as any
    other symbol, too; no wild stands for it there.
    """

    symbol: str
    pays: Mapping[int, int] = field(default_factory=dict)
    """Count -> units."""
    settled: bool = True
    """Counted once, when nothing falls any more; else at each evaluation, and what counts leaves with the wins."""
    reels: tuple[int, ...] = ()
    """Reels on which it counts, the first is 0; nothing: all."""
    takes: tuple[str, ...] = ()
    """Symbols that count as it, too: a wild, say."""
    awards: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Of a further scatter: phase ("base" or "free") -> count -> free games. The first scatter's stand in the phases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """What won leaves, what is above falls, and the board is evaluated again, until nothing wins."""

    refill: Literal["strip", "fresh"] = "strip"
    """Holes are filled from the strip continuing upwards from its stop, or each by drawing a stop of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bet:
    """A further way to bet on the same machine: an ante for better chances, or a feature at once."""

    cost: int
    """Units; pays stay what they are."""
    base: Phase | None = None
    """The spin that is played instead of the base game's."""
    buys: int = 0
    """Free games that the round starts with, instead of any base spin; where the player picks, as many as the pick has."""
    holds: bool = False
    """The round is a hold and respin, from an empty board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Free games that the player may choose."""

    games: int
    """However many scatters awarded them."""
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A slot. Stops are equally likely where no phase weighs them; pays are in units, for a bet of `cost` units."""

    rows: int | tuple[int, ...]
    """Visible symbols of each reel, the most where that varies; one number if all are alike."""
    pattern: Pattern
    pays: Mapping[str, Mapping[int, int]]
    """Symbol, or name of a mix -> how many -> units."""
    base: Phase
    cost: int
    free: Phase | None = None
    wild: Wild | None = None
    scatter: Scatter | None = None
    others: tuple[Scatter, ...] = ()
    """Further scatters, each counted for itself."""
    cascade: Cascade | None = None
    hold: Hold | None = None
    """Hold and respin, after a base spin that shows enough of its symbol."""
    mixes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """On lines: name -> symbols that may stand mixed in a run ("any bar")."""
    buys: int = 0
    """Free games that a round starts with, instead of a base spin."""
    holds: bool = False
    """A round is a hold and respin from an empty board, instead of a base spin."""
    picks: Mapping[str, Pick] = field(default_factory=dict)
    """Instead of `free`: name -> free games, of which the player chooses when some are awarded. The first is the published
    strategy's."""
    bets: Mapping[str, Bet] = field(default_factory=dict)
    """Further modes, by name; `base` is the machine's own."""

    def __post_init__(self) -> None:
        for fault in chain(misfits(self, Machine, ""), self._faults()):
            raise Fault(fault)
        for mode in self.bets:
            self.played_as(mode)
        for name in self.picks:
            self.picked(name)

    def picked(self, name: str) -> "Machine":
        """The machine as it is when this is picked: one with no other free games. Raises `Fault`, `KeyError`."""
        pick = self.picks[name]
        awards = dict.fromkeys(self.base.awards, pick.games)
        base, buys = replace(self.base, awards=awards), self.buys and pick.games
        try:
            return replace(self, free=pick.phase, base=base, buys=buys, picks={}, bets={})
        except Fault as fault:
            raise Fault(f"picks: {name}: {fault}") from None

    def played_as(self, mode: str) -> "Machine":
        """The machine of a mode: a machine of its own, with no other modes. Raises `Fault`, `KeyError`."""
        if mode == BASE:
            return replace(self, bets={}) if self.bets else self
        bet = self.bets[mode]
        try:
            return replace(self, cost=bet.cost, base=bet.base or self.base, buys=bet.buys, holds=bet.holds, bets={})
        except Fault as fault:
            raise Fault(f"bets: {mode}: {fault}") from None

    @property
    def phases(self) -> dict[str, Phase]:
        """The kinds of spin that there are."""
        picks = {f"free ({name})": pick.phase for name, pick in self.picks.items()}
        return {"base": self.base} | ({} if self.free is None else {"free": self.free}) | picks

    @property
    def scatters(self) -> tuple[Scatter, ...]:
        """All that there are."""
        return () if self.scatter is None else (self.scatter, *self.others)

    def awards(self, name: str) -> tuple[Mapping[int, int], ...]:
        """Of each scatter, in the phase of this name: count -> free games."""
        return (self.phases[name].awards, *(scatter.awards.get(name, {}) for scatter in self.others))

    @property
    def heights(self) -> tuple[int, ...]:
        """Visible symbols of each reel."""
        return (self.rows,) * len(self.base.strips) if isinstance(self.rows, int) else self.rows

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol, in the order in which the strips name them first; last a wild that only lands."""
        named = [symbol for phase in self.phases.values() for symbol in phase.symbols]
        held = () if self.hold is None else self.hold.symbols
        lands = self.wild is not None and any(phase.landing is not None for phase in self.phases.values())
        landed = (self.wild.symbol,) if self.wild is not None and lands else ()
        return tuple(dict.fromkeys((*named, *held, *landed)))

    def rules(self) -> dict[str, Json]:
        """What the player may read: everything but the strips and the weights."""
        told = _json(asdict(self))
        assert isinstance(told, dict)
        phases = {name: told.pop(name) for name in ("base", "free")}
        for name, phase in phases.items():
            if phase is not None:
                told[name] = _told(phase)
        for bet in told["bets"].values():
            bet["base"] = bet["base"] and _told(bet["base"])
        for pick in told["picks"].values():
            pick["phase"] = _told(pick["phase"])
        lines: tuple[tuple[int, ...], ...] = ()
        if isinstance(self.pattern, Lines):
            lines = self.pattern.rows
            told |= {"direction": self.pattern.direction, "any_position": self.pattern.any_position}
        pattern = type(self.pattern).__name__.lower()
        wild = None if self.wild is None else self.wild.symbol
        told["hold"] = self.hold and self.hold.told()
        told["wilds"] = {} if self.wild is None else _json(self.wild.factors)
        return {**told, "reels": len(self.base.strips), "pattern": pattern, "lines": lines, "wild": wild}

    def as_json(self) -> dict[str, Json]:
        """The whole definition, for the maths digest."""
        return {"pattern_type": type(self.pattern).__name__, "machine": _json(asdict(self))}

    def _faults(self) -> Iterator[str]:
        heights = self.heights
        if not heights or not all(1 <= height <= SIDE for height in heights) or len(heights) > SIDE:
            yield f"rows: {self.rows} on {len(self.base.strips)} reels; a grid is 1 to {SIDE} by 1 to {SIDE}"
        if self.cost < 1:
            yield f"cost: {self.cost} units"
        if not self.pays and isinstance(self.pattern, Lines):
            yield "pays: nothing pays on lines"
        for name, phase in self.phases.items():
            for fault in (*phase.faults(heights), *self._phase_faults(name, phase)):
                yield f"{name}.{fault}"
        if isinstance(self.pattern, Lines):
            yield from _line_faults(self.pattern, heights)
            for key in self.pattern.any_position:
                if key not in self.pays:
                    yield f"pattern.any_position: {key!r} has no pays"
        elif self.mixes or (self.wild is not None and set(self.wild.factors.values()) != {1}):
            yield "mixes: they, and the factor of a wild, are for lines"
        yield from self._symbol_faults()
        yield from self._scatter_faults()
        some = self.free is not None or self.picks
        if any(self.awards(BASE)) and not some:
            yield "base.awards: there are no free games to award"
        if not 0 <= self.buys <= MOST_GAMES or (self.buys and not some):
            yield f"buys: {self.buys} free games cannot be bought"
        for name, pick in self.picks.items():
            if not 1 <= pick.games <= MOST_GAMES:
                yield f"picks: {name} has {pick.games} games; 1 to {MOST_GAMES} can be picked"
        if self.picks and any(scatter.awards for scatter in self.others):
            yield "picks: only the first scatter awards them"
        if self.picks and (self.free is not None or self.base.sticky is not None):
            yield "picks: they are instead of other free games, and no wild is held before them"
        if self.hold is not None:
            yield from self.hold.faults(heights)
        if self.holds and (self.hold is None or self.buys):
            yield "holds: there is no hold and respin to begin with, or free games are bought, too"
        if BASE in self.bets:
            yield f"bets: {BASE} is the machine's own mode"

    def _phase_faults(self, name: str, phase: Phase) -> Iterator[str]:
        """What does not go together in this machine."""
        wild = None if self.wild is None else self.wild.symbol
        along = isinstance(self.pattern, Lines | Ways)
        for symbol in sorted(set(phase.values) - set(self.symbols)):
            yield f"values: no strip has the symbol {symbol!r}"
        if phase.awards and self.scatter is None:
            yield "awards: there is no scatter to count"
        if wild in phase.values and not along:
            yield "values: a wild's values are for lines and ways"
        if wild in phase.values and len(phase.values) > 1:
            yield "values: those of the wild, or those of other symbols"
        for place, part in (("expanding", phase.expanding), ("landing", phase.landing), ("sticky", phase.sticky)):
            if part and (wild is None or not along or self.cascade is not None or phase.heights):
                yield f"{place}: it is for a wild on lines or ways, where nothing falls and heights are fixed"
            if part and phase.values and wild not in phase.values:
                yield f"{place}: only the wild can have values then"
        if phase.sticky is not None and (self.free is None or self.free.sticky is None):
            yield "sticky: there are no free games that hold a wild, too"
        if phase.sticky is not None and name == BASE and phase.sticky.respins == any(self.awards(BASE)):
            yield "sticky: the free games of its wilds are awarded by scatters or as respins, one of them"
        if phase.sticky is not None and phase.sticky.respins and phase.sticky.walks and self._always_wild(phase):
            yield "sticky: every spin shows a wild, and the respins have no end"
        if phase.heights and isinstance(self.pattern, Lines):
            yield "heights: lines need fixed ones"
        if phase.cells and self.cascade is not None and self.cascade.refill == "strip":
            yield "cells: they have no strip that could go on upwards"
        if phase.positions is not None and along:
            yield "positions: they are for clusters and anywhere"
        if phase.most and name == BASE:
            yield "most: it is for free games"
        if phase.accumulates and name == BASE:
            yield "accumulates: it is for free games"
        if phase.book and (name == BASE or not isinstance(self.pattern, Lines)):
            yield "book: it is for free games on lines"
        if phase.book and (set(phase.book) - set(self.pays) or wild in phase.book):
            yield "book: a symbol that pays, and no wild"

    def _always_wild(self, phase: Phase) -> bool:
        wild = None if self.wild is None else self.wild.symbol
        lands = phase.landing is not None and not phase.landing.numbers.get(0)
        return lands or any(
            all(
                wild in (strip + strip)[stop : stop + height]
                for stop in range(len(strip))
                if not phase.weights or phase.weights[reel][stop]
            )
            for _, strips in phase.sets
            for reel, (strip, height) in enumerate(zip(strips, self.heights, strict=False))
        )

    def _symbol_faults(self) -> Iterator[str]:
        shown = set(self.symbols)
        for name, members in self.mixes.items():
            if name in shown or not set(members) <= shown:
                yield f"mixes: {name!r} is a symbol, or mixes one that no strip has"
            if name not in self.pays:
                yield f"mixes: {name!r} has no pays"
        most = len(self.heights) if isinstance(self.pattern, Lines | Ways) else sum(self.heights)
        for symbol, counts in self.pays.items():
            if symbol not in shown and symbol not in self.mixes:
                yield f"pays: no strip has the symbol {symbol!r}"
            for count, units in counts.items():
                if not 1 <= count <= most or units < 1:
                    yield f"pays: {symbol} cannot pay {units} units for {count}"
        kinds = () if self.hold is None else tuple(self.hold.kinds)
        for place, symbols in (("wild", () if self.wild is None else (self.wild.symbol,)), ("hold", kinds)):
            for symbol in symbols:
                if symbol not in shown:
                    yield f"{place}: no strip has the symbol {symbol!r}"
        if self.wild is not None and self.wild.factor < 1:
            yield f"wild.factor: {self.wild.factor}; it is at least 1"
        if self.wild is not None:
            for symbol in set(self.wild.spares) - shown - set(self.mixes):
                yield f"wild.spares: no strip has the symbol {symbol!r}"
            for symbol, factor in self.wild.others.items():
                if symbol not in shown or symbol == self.wild.symbol or factor < 1:
                    yield f"wild.others: no strip has {symbol!r}, or it is the wild itself, or its factor is below 1"
        if self.hold is not None:
            for symbol in kinds:
                if symbol in self.pays or any(symbol in (s.symbol, *s.takes) for s in self.scatters):
                    yield f"hold: {symbol} pays by its prizes only"
            if self.cascade is not None or self.base.heights:
                yield "hold: it is for boards on which nothing falls, of fixed heights"

    def _scatter_faults(self) -> Iterator[str]:
        shown, heights = set(self.symbols), self.heights
        if self.others and self.scatter is None:
            yield "others: there is no first scatter"
        if len({scatter.settled for scatter in self.scatters}) > 1:
            yield "others: all scatters are counted at the end, or all at each evaluation"
        if len({scatter.symbol for scatter in self.scatters}) < len(self.scatters):
            yield "others: two scatters are one symbol"
        for place, scatter in enumerate(self.scatters):
            name = f"others: {scatter.symbol}" if place else "scatter"
            for symbol in (scatter.symbol, *scatter.takes):
                if symbol not in shown:
                    yield f"{name}: no strip has the symbol {symbol!r}"
            for count, units in scatter.pays.items():
                if not 1 <= count <= sum(heights) or units < 1:
                    yield f"{name}.pays: cannot pay {units} units for {count} on {heights}"
            if not set(scatter.reels) <= set(range(len(heights))):
                yield f"{name}.reels: there are reels 0 to {len(heights) - 1}"
            if not set(scatter.awards) <= {BASE, "free"} or (scatter.awards and not place):
                yield f"{name}.awards: they are for base and free, and the first scatter's stand in the phases"
            for count, games in (award for awards in scatter.awards.values() for award in awards.items()):
                if count < 1 or not 1 <= games <= MOST_GAMES:
                    yield f"{name}.awards: cannot award {games} games for {count}"
            most = sum(height for reel, height in enumerate(heights) if not scatter.reels or reel in scatter.reels)
            phases = {BASE, "free"} & self.phases.keys()
            named = [*scatter.pays, *(count for phase in phases for count in self.awards(phase)[place])]
            if max(named, default=0) > most:
                yield f"{name}: {max(named)} of it are named, and {most} can be seen"


def _told(phase: dict[str, Any]) -> dict[str, Any]:
    secret = ("strips", "weights", "weight", "others", "values")
    times = sorted(int(value) for value in phase["times"])
    told = {name: part for name, part in phase.items() if name not in secret}
    landing = phase["landing"] and [int(number) for number in phase["landing"]["numbers"]]
    heights = bool(phase["heights"])
    return told | {"landing": landing, "book": sorted(phase["book"]) or None, "heights": heights, "times": times}


def _line_faults(lines: Lines, heights: tuple[int, ...]) -> Iterator[str]:
    if not lines.rows or len(set(lines.rows)) < len(lines.rows):
        yield "lines: there is none, or one stands twice"
    if lines.any_position and lines.direction == "both":
        yield "pattern.any_position: what is counted wherever it stands is not paid both ways"
    for number, line in enumerate(lines.rows, 1):
        if len(line) != len(heights):
            yield f"lines: line {number} has {len(line)} rows for {len(heights)} reels"
        if any(not 0 <= row < height for row, height in zip(line, heights, strict=False)):
            yield f"lines: line {number} leaves the grid: {line}"


def _json(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_json(item) for item in value]
    assert value is None or isinstance(value, str | int)
    return value

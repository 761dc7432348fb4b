"""A slot as a value: strips, pays, features. It says what the game is; nothing here plays it.

    Machine = grid + pattern (lines, ways, anywhere, clusters) + pays + wild + scatter + cascade + phases (base, free)

A definition with a fault is refused when it is made, with the place named: the rules that are served, computed and
simulated are always these, and always whole. The order of evaluation stands in `docs/add-a-game.md`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeAlias

from ports.game import Json

BASE = "base"
"""The mode that every machine has."""


class Fault(ValueError):
    """The definition of a slot cannot be played; the message names the place."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A line pays for the longest run of one symbol from the first reel on, from the last, or from either."""

    rows: tuple[tuple[int, ...], ...]
    """For each line the row (0: top) on each reel."""
    direction: Literal["left", "right", "both"] = "left"
    """With "both", a run over all reels is paid once."""


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
    """Symbols that it does not stand for; never for the scatter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """A symbol that counts wherever it stands. Beyond the highest count named, the highest pays."""

    symbol: str
    pays: Mapping[int, int] = field(default_factory=dict)
    """Count -> units."""
    settled: bool = True
    """Counted once, when nothing falls any more; else at each evaluation, and what counts leaves with the wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """What won leaves, what is above falls, and the board is evaluated again, until nothing wins."""

    refill: Literal["strip", "fresh"] = "strip"
    """Holes are filled from the strip continuing upwards from its stop, or each by a draw of any place of the strip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One kind of spin: the base game's, or a free game's."""

    strips: tuple[tuple[str, ...], ...]
    """One cyclic strip for each reel, from the left. A stop s shows s, s+1, ... from the top row down."""
    factor: int = 1
    """Multiplies every pay."""
    steps: tuple[int, ...] = (1,)
    """Multiplies pays, but no scatter's: evaluation after evaluation of a cascade; then the last one, plus `growth` each."""
    growth: int = 0
    values: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Symbol -> value -> weight: each such symbol draws a value as it enters. A wild's come together over a winning line
    and multiply it, or count as so many ways. Those of any other symbol are summed at the end and multiply the whole spin."""
    expanding: tuple[int, ...] = ()
    """Reels, the first is 0, on which a wild in view fills every place but those of scatters, before anything is paid."""
    awards: Mapping[int, int] = field(default_factory=dict)
    """Scatters -> (more) free games."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bet:
    """A further way to bet on the same machine: an ante for better chances, or the free games at once."""

    cost: int
    """Units; pays stay what they are."""
    base: Phase | None = None
    """The spin that is played instead of the base game's."""
    buys: int = 0
    """Free games that the round starts with, instead of any base spin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A slot. All stops are equally likely, and the reels are independent; pays are in units, for a bet of `cost` units."""

    rows: int | tuple[int, ...]
    """Visible symbols of each reel; one number if all are alike."""
    pattern: Pattern
    pays: Mapping[str, Mapping[int, int]]
    """Symbol, or name of a mix -> how many -> units."""
    base: Phase
    cost: int
    free: Phase | None = None
    wild: Wild | None = None
    scatter: Scatter | None = None
    cascade: Cascade | None = None
    mixes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """On lines: name -> symbols that may stand mixed in a run ("any bar")."""
    buys: int = 0
    """Free games that a round starts with, instead of a base spin."""
    bets: Mapping[str, Bet] = field(default_factory=dict)
    """Further modes, by name; `base` is the machine's own."""

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise Fault(fault)
        for mode in self.bets:
            self.played_as(mode)

    def played_as(self, mode: str) -> "Machine":
        """The machine of a mode: a machine of its own, with no other modes. Raises `Fault`, `KeyError`."""
        if mode == BASE:
            return replace(self, bets={}) if self.bets else self
        bet = self.bets[mode]
        try:
            return replace(self, cost=bet.cost, base=bet.base or self.base, buys=bet.buys, bets={})
        except Fault as fault:
            raise Fault(f"bets: {mode}: {fault}") from None

    @property
    def phases(self) -> dict[str, Phase]:
        """The kinds of spin that there are."""
        return {"base": self.base} | ({} if self.free is None else {"free": self.free})

    @property
    def heights(self) -> tuple[int, ...]:
        """Visible symbols of each reel."""
        return (self.rows,) * len(self.base.strips) if isinstance(self.rows, int) else self.rows

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol, in the order in which the strips name them first."""
        return tuple(dict.fromkeys(s for phase in self.phases.values() for strip in phase.strips for s in strip))

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
        lines = self.pattern.rows if isinstance(self.pattern, Lines) else ()
        pattern = type(self.pattern).__name__.lower()
        wild = None if self.wild is None else self.wild.symbol
        return {**told, "reels": len(self.base.strips), "pattern": pattern, "lines": lines, "wild": wild}

    def as_json(self) -> dict[str, Json]:
        """The whole definition, for the maths digest."""
        return {"pattern_type": type(self.pattern).__name__, "machine": _json(asdict(self))}

    def _faults(self) -> Iterator[str]:
        heights = self.heights
        if not heights or not all(1 <= height <= 8 for height in heights) or len(heights) > 8:
            yield f"rows: {self.rows} on {len(self.base.strips)} reels; a grid is 1 to 8 by 1 to 8"
        if self.cost < 1:
            yield f"cost: {self.cost} units"
        for name, phase in self.phases.items():
            yield from _phase_faults(name, phase, heights, self.scatter)
        if isinstance(self.pattern, Lines):
            yield from _line_faults(self.pattern, heights)
        elif self.mixes or (self.wild is not None and self.wild.factor != 1):
            yield "mixes: they, and the factor of a wild, are for lines"
        yield from self._symbol_faults()
        if self.base.awards and self.free is None:
            yield "base.awards: there are no free games to award"
        if self.buys < 0 or (self.buys and self.free is None):
            yield f"buys: {self.buys} free games cannot be bought"
        if BASE in self.bets:
            yield f"bets: {BASE} is the machine's own mode"

    def _symbol_faults(self) -> Iterator[str]:
        shown = set(self.symbols)
        for name, members in self.mixes.items():
            if name in shown or not set(members) <= shown:
                yield f"mixes: {name!r} is a symbol, or mixes one that no strip has"
        most = len(self.heights) if isinstance(self.pattern, Lines | Ways) else sum(self.heights)
        for symbol, counts in self.pays.items():
            if symbol not in shown and symbol not in self.mixes:
                yield f"pays: no strip has the symbol {symbol!r}"
            for count, units in counts.items():
                if not 1 <= count <= most or units < 1:
                    yield f"pays: {symbol} cannot pay {units} units for {count}"
        for place, part in (("wild", self.wild), ("scatter", self.scatter)):
            if part is not None and part.symbol not in shown:
                yield f"{place}: no strip has the symbol {part.symbol!r}"
        if self.scatter is not None:
            if self.scatter.symbol in self.pays:
                yield f"scatter: {self.scatter.symbol} pays as a scatter, not in pays"
            for count, units in self.scatter.pays.items():
                if not 1 <= count <= sum(heights := self.heights) or units < 1:
                    yield f"scatter.pays: cannot pay {units} units for {count} on {heights}"
        wild = None if self.wild is None else self.wild.symbol
        for name, phase in self.phases.items():
            if wild in phase.values and not isinstance(self.pattern, Lines | Ways):
                yield f"{name}.values: a wild's values are for lines and ways"
            if phase.expanding and (wild is None or self.cascade is not None or phase.values):
                yield f"{name}.expanding: it is for a wild without values, and where nothing falls"
            if not set(phase.expanding) <= set(range(len(self.heights))):
                yield f"{name}.expanding: there are reels 0 to {len(self.heights) - 1}"


def _told(phase: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in phase.items() if name not in ("strips", "values")}


def _phase_faults(name: str, phase: Phase, heights: tuple[int, ...], scatter: Scatter | None) -> Iterator[str]:
    if len(phase.strips) != len(heights):
        yield f"{name}.strips: there are {len(phase.strips)} for {len(heights)} reels"
    for reel, (strip, height) in enumerate(zip(phase.strips, heights, strict=False), 1):
        if len(strip) < height:
            yield f"{name}.strips: reel {reel} has {len(strip)} stops, fewer than the {height} rows"
    shown = {symbol for strip in phase.strips for symbol in strip}
    for symbol, weights in phase.values.items():
        if symbol not in shown:
            yield f"{name}.values: no strip has the symbol {symbol!r}"
        if not sum(weights.values()) or any(value < 1 or weight < 0 for value, weight in weights.items()):
            yield f"{name}.values: the weights of {symbol} sum to nothing, or one is below 0, or a value is below 1"
    if phase.factor < 1 or phase.growth < 0 or not phase.steps or min(phase.steps) < 1:
        yield f"{name}.steps: a multiplier is at least 1"
    if phase.awards and scatter is None:
        yield f"{name}.awards: there is no scatter to count"
    for count, games in phase.awards.items():
        if count < 1 or games < 1:
            yield f"{name}.awards: cannot award {games} games for {count}"


def _line_faults(lines: Lines, heights: tuple[int, ...]) -> Iterator[str]:
    if not lines.rows or len(set(lines.rows)) < len(lines.rows):
        yield "lines: there is none, or one stands twice"
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

"""A machine as a game of the house: its spins are served from the compiled tables and told as events."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from math import prod

from core.slots import exact, reach
from core.slots.cascade import Endless
from core.slots.compiling import compile_machine
from core.slots.machine import BASE, Fault, Machine
from core.slots.reveal import Carried, Told
from core.slots.spin import play_round, spin
from core.slots.tables import Tables
from ports.game import IllegalWager, Json, Mode, Turn, Wager
from ports.randomness import Rng

DIGITS = 12
"""Decimals of a declared return, where the exact one is too long to be written down."""
SURE = 2
"""So many more free games from each, in the mean, are no accident of those that were tried."""
TRIED = 2000
"""Boards of a cascade that are tried before it is loaded: every one, if there are no more."""


class SlotGame:
    """A `ports.game.Game` without choices: all is played on every spin, in the machine's own mode or in one of its `bets`."""

    selection: Json = None
    asks = False
    """Whether rounds ask the player something."""

    def __init__(
        self,
        *,
        id: str,
        name: str,
        version: str,
        machine: Machine,
        rtp: Fraction | Mapping[str, Fraction],
        cap: int,
        variant: str = "default",
    ) -> None:
        """`rtp` is the declared one, by mode where there are several; `cap` the most units a round pays.

        Raises `Fault`, also where the declared return is not the one that the tables have (if that can be computed: what a
        cap takes away is left out of it, and a cascade can only be counted or simulated). With hold and respin, or wilds that
        are held, it may be declared to `DIGITS` decimals: such fractions have hundreds of digits.
        """
        if machine.picks and not self.asks:
            raise Fault("picks: a game that asks the player is a `ChoosingSlot`")
        self.id = id
        self.name = name
        self.version = version
        self.variant = variant
        self.machine = machine
        self.cap = cap
        if type(cap) is not int or cap < 1:
            raise Fault(f"cap: {cap!r}; a round pays a whole number of units, at least 1")
        declared = rtp if isinstance(rtp, Mapping) else {BASE: rtp}
        if set(declared) != {BASE, *machine.bets}:
            raise Fault(f"rtp: declared for {', '.join(declared)}, played as {', '.join((BASE, *machine.bets))}")
        self.picks = tuple(machine.picks)
        self._first = "".join(self.picks[:1])
        self._tables = {
            (mode, pick): compile_machine(played.picked(pick) if pick else played)
            for mode in (BASE, *machine.bets)
            for played in [machine.played_as(mode)]
            for pick in self.picks or ("",)
        }
        self.modes = tuple(Mode(mode, self.compiled(mode).machine.cost, rtp) for mode, rtp in declared.items())
        self.rules: Json = machine.rules()
        self.definition: Mapping[str, Json] = machine.as_json()
        for tables in self._tables.values():
            exact.check_ends(tables)
            if tables.machine.cascade is not None:
                _check_rest(tables)
        for mode in self.modes:
            self._check(mode)

    def compiled(self, mode: str = BASE, pick: str = "") -> Tables:
        """The tables that this mode is played from, with this pick, or the first. Raises `KeyError`."""
        return self._tables[mode, pick or self._first]

    def _check(self, mode: Mode) -> None:
        tables = self.compiled(mode.id)
        if not 0 < mode.rtp < 1:
            raise Fault(f"rtp: {mode.rtp} of the stake is returned in mode {mode.id}")
        if not reach.computable(tables.machine):
            return
        found = exact.rtp(tables)
        if mode.rtp not in (found, round(found, DIGITS) if reach.long(tables.machine) else found):
            raise Fault(f"rtp: {mode.rtp} is declared for mode {mode.id}, the tables return {found}")

    def cost(self, wager: Wager) -> int:
        """Units of one bet."""
        if wager.mode not in (modes := [mode.id for mode in self.modes]):
            raise IllegalWager(f"{self.id} is played in the modes {', '.join(modes)}")
        if wager.selection is not None:
            raise IllegalWager(f"{self.id} takes no selection: everything is always played")
        return self.compiled(wager.mode).machine.cost

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Spin, and play the free games that follow."""
        told: Told = []
        win = play_round(self._tables[wager.mode, self._first], rng, told)
        return Turn(self._end(win, told), tuple(told))

    def _end(self, win: int, told: Told) -> int:
        """What a turn comes to, once it is capped, and told."""
        if win > self.cap:
            win = self.cap
            told.append({"type": "cap", "win": win})
        told.append({"type": "total", "win": win})
        return win

    def show(self, stops: Sequence[int]) -> Turn:
        """The turn that a base spin at these stops makes; for a game that draws nothing else."""
        return self.play(Wager(BASE), _Stops(list(stops)))


def _check_rest(tables: Tables) -> None:
    """Raise `Fault` if a board goes on falling, at any of its stops (where there are many, at some that lie anywhere), or if
    a free game awards so many more, in the mean of those, that its series has no end.
    """
    for name in tables.machine.phases:
        awarded = spins = 0
        for phase in tables.phase(name).sets or (tables.phase(name),):
            whole = prod([sum(weights) for weights in phase.of.weights] or phase.stops)
            every = whole <= TRIED and not phase.cells
            for number in range(min(whole, TRIED)):
                tried = _Tried(number if every else None, f"{name} {number}")
                try:
                    _, award, _ = spin(tables, phase, tried, [], Carried())
                except Endless:
                    raise Fault(f"cascade: in the {name} spin a board falls without end, from {tried.stops}") from None
                awarded += award
                spins += 1
        if phase.of is tables.machine.free and not phase.of.most and awarded >= spins * SURE:
            raise Fault(f"free.awards: {spins} free games awarded {awarded} more, and the series has no end")


class _Tried(Rng):
    """Gives the stops of this number, if there is one; everything else is anywhere, and always the same."""

    def __init__(self, number: int | None, name: str) -> None:
        self._number = number
        self._name = name
        self._drawn = 0
        self.stops: list[int] = []

    def below(self, bound: int, purpose: str) -> int:
        """The next one."""
        self._drawn += 1
        if purpose == "stop" and self._number is not None:
            self._number, value = divmod(self._number, bound)
        else:
            value = int.from_bytes(sha256(f"{self._name} {self._drawn}".encode()).digest()[:8]) % bound
        if purpose == "stop":
            self.stops.append(value)
        return value


class _Stops(Rng):
    """Gives the stops once."""

    def __init__(self, stops: list[int]) -> None:
        self._stops = stops

    def below(self, bound: int, purpose: str) -> int:
        """The next stop. Raises `IndexError` when there is none left."""
        return self._stops.pop(0)

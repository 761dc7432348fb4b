"""A machine as a game of the house: its spins are served from the compiled tables and told as events."""

from collections.abc import Sequence
from fractions import Fraction

from core.slots import exact
from core.slots.machine import Fault, Machine
from core.slots.spin import Told, play_round
from core.slots.tables import Tables, compile_machine
from ports.game import IllegalWager, Json, Mode, Turn, Wager
from ports.randomness import Rng


class SlotGame:
    """A `ports.game.Game`. One mode, all of the bet on every spin."""

    selection: Json = None

    def __init__(
        self,
        *,
        id: str,
        name: str,
        version: str,
        machine: Machine,
        rtp: Fraction,
        cap: int,
        variant: str = "default",
    ) -> None:
        """`rtp` is the declared one, `cap` the most units a round pays.

        Raises `Fault`, also where the declared return is not the one that the tables have (if that can be computed: what a
        cap takes away is left out of it, and a cascade can only be counted or simulated).
        """
        if not 0 < rtp < 1:
            raise Fault(f"rtp: {rtp} of the stake is returned")
        self.id = id
        self.name = name
        self.version = version
        self.variant = variant
        self.machine = machine
        self.cap = cap
        self.tables: Tables = compile_machine(machine)
        self.modes = (Mode("base", machine.cost, rtp),)
        self.rules: Json = machine.rules()
        self.definition = machine.as_json()
        exact.check_ends(self.tables)
        if exact.computable(machine) and rtp != (found := exact.rtp(self.tables)):
            raise Fault(f"rtp: {rtp} is declared, the tables return {found}")

    def cost(self, wager: Wager) -> int:
        """Units of one bet."""
        mode = self.modes[0]
        if wager.mode != mode.id:
            raise IllegalWager(f"{self.id} is played in mode {mode.id!r}")
        if wager.selection is not None:
            raise IllegalWager(f"{self.id} takes no selection: everything is always played")
        return mode.cost

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Spin, and play the free games that follow."""
        told: Told = []
        win = play_round(self.tables, rng, told)
        if win > self.cap:
            win = self.cap
            told.append({"type": "cap", "win": win})
        told.append({"type": "total", "win": win})
        return Turn(win, tuple(told))

    def show(self, stops: Sequence[int]) -> Turn:
        """The turn that a base spin at these stops makes; for a game that draws nothing else."""
        return self.play(Wager("base"), _Stops(list(stops)))


class _Stops(Rng):
    """Gives the stops once."""

    def __init__(self, stops: list[int]) -> None:
        self._stops = stops

    def below(self, bound: int, purpose: str) -> int:
        """The next stop. Raises `IndexError` when there is none left."""
        return self._stops.pop(0)

"""Two small games of the simulation: one draw, and a ladder of choices of which some cost a further stake."""

from fractions import Fraction

from ports.game import IllegalChoice, Json, Mode, Option, Turn, Wager
from ports.randomness import Rng


class Coin:
    """Heads pays two units, tails nothing."""

    id = "coin"
    name = "Coin"
    version = "1"
    variant = "default"
    modes = (Mode("base", 1, Fraction(1)),)
    cap = 2
    selection = None
    rules: Json = None
    definition: Json = {"heads": 2}

    def cost(self, wager: Wager) -> int:
        return 1

    def play(self, wager: Wager, rng: Rng) -> Turn:
        win = 2 * rng.below(2, "side")
        return Turn(win, ({"type": "coin", "win": win},))


class Ladder:
    """Each step wins a unit with one half; then: stop, climb for nothing, or climb for a unit more."""

    id = "ladder"
    name = "Ladder"
    version = "1"
    variant = "default"
    modes = (Mode("base", 1, Fraction(1)),)
    cap = 5
    escrows = 4
    selection = None
    rules: Json = None
    definition: Json = {"steps": 4}

    def cost(self, wager: Wager) -> int:
        return 1

    def play(self, wager: Wager, rng: Rng) -> Turn:
        return self._step(0, 0, 1, rng)

    def act(self, state: Json, choice: str, rng: Rng) -> Turn:
        assert isinstance(state, dict)
        if choice == "stop":
            return Turn(state["win"], ({"type": "stop"},))
        if choice not in ("climb", "raise"):
            raise IllegalChoice(choice)
        return self._step(state["step"], state["win"], 1 if choice == "climb" else 3, rng)

    def auto(self, state: Json) -> str:
        return "stop"

    def _step(self, step: int, win: int, prize: int, rng: Rng) -> Turn:
        win += prize * rng.below(2, f"step {step + 1}")
        event = {"type": "step", "step": step + 1, "win": win}
        if step == 3:
            return Turn(win, (event,))
        options = (Option("stop"), Option("climb"), Option("raise", 1))
        return Turn(win, (event,), {"step": step + 1, "win": win}, options)

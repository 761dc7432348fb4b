"""Fortune Wheel: one weighted draw. The widest fields pay least; where the wheel stops is what is paid."""

from fractions import Fraction

from core.rng import Weights
from ports.game import Event, IllegalWager, Json, Mode, Turn, Wager
from ports.randomness import Rng

_FIELDS: tuple[tuple[str, int, int], ...] = (
    ("blank", 0, 413),
    ("silver", 5, 250),
    ("bronze", 10, 180),
    ("gold", 20, 110),
    ("emerald", 50, 30),
    ("ruby", 100, 14),
    ("crown", 500, 3),
)
"""(name, units it pays, weight)."""

_TOTAL = sum(weight for _, _, weight in _FIELDS)

_DEFINITION: Json = {"fields": _FIELDS}
_RULES: Json = {"fields": [{"field": name, "pays": units, "weight": weight} for name, units, weight in _FIELDS]}


class Wheel:
    """A `ports.game.Game`: ten units a turn of the wheel."""

    id = "fortune-wheel"
    name = "Fortune Wheel"
    version = "1"
    variant = "default"
    cap = 500
    selection: Json = None
    modes = (Mode("base", 10, Fraction(sum(units * weight for _, units, weight in _FIELDS), 10 * _TOTAL)),)
    definition: Json = _DEFINITION
    rules: Json = _RULES
    _wheel: Weights[int] = Weights([(place, weight) for place, (_, _, weight) in enumerate(_FIELDS)])

    def cost(self, wager: Wager) -> int:
        """Ten units."""
        if wager.mode != "base" or wager.selection is not None:
            raise IllegalWager("the wheel is turned in mode 'base', without a selection")
        return self.modes[0].cost

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Turn the wheel once."""
        place = self._wheel.draw(rng, "wheel")
        field, win, _ = _FIELDS[place]
        stop: Event = {
            "type": "wheel",
            "fields": [name for name, _, _ in _FIELDS],
            "place": place,
            "field": field,
            "win": win,
        }
        return Turn(win, (stop, {"type": "total", "win": win}))


game = Wheel()

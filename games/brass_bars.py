"""Brass Bars: the mechanical machine of three reels and one line; blanks, any bar, a crown that doubles, and a gamble.

Its reels have 22 stops each, which a virtual reel weighs: what shows above and below the line is what a real reel has there.
"""

from fractions import Fraction

from core.slots.choosing import ChoosingSlot, Gamble
from core.slots.machine import Lines, Machine, Wild
from core.slots.phase import Phase

_REEL = (
    "blank", "cherry", "blank", "bar", "blank", "seven", "blank", "double-bar", "blank", "cherry", "blank",
    "bar", "blank", "triple-bar", "blank", "crown", "blank", "bar", "blank", "double-bar", "blank", "seven",
)  # fmt: skip
_WEIGHTS = (
    (4, 4, 5, 7, 5, 3, 5, 6, 4, 4, 5, 7, 5, 5, 5, 3, 5, 7, 5, 6, 4, 3),
    (5, 3, 5, 7, 5, 3, 5, 6, 5, 3, 5, 7, 5, 5, 5, 3, 5, 7, 5, 6, 5, 3),
    (6, 3, 5, 6, 5, 2, 5, 5, 5, 3, 5, 6, 5, 4, 5, 3, 5, 6, 5, 5, 5, 2),
)
"""By reel: what each symbol of `_REEL` weighs on the line, which is the row below the one that a stop names."""

game = ChoosingSlot(
    id="brass-bars",
    name="Brass Bars",
    version="1",
    machine=Machine(
        rows=3,
        pattern=Lines(((1, 1, 1),)),
        pays={
            "crown": {3: 1500},
            "seven": {3: 150},
            "triple-bar": {3: 80},
            "double-bar": {3: 30},
            "bar": {3: 12},
            "any bar": {3: 5},
            "cherry": {1: 2, 2: 8, 3: 20},
        },
        mixes={"any bar": ("bar", "double-bar", "triple-bar")},
        base=Phase(strips=(_REEL,) * 3, weights=tuple((*weights[1:], weights[0]) for weights in _WEIGHTS)),
        wild=Wild(symbol="crown", factor=2, multiplies="each", spares=("cherry", "blank")),
        cost=1,
    ),
    rtp=Fraction(558821, 583578),
    cap=1500,
    gamble=Gamble(most=1000),
)

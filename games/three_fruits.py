"""Three Fruits: the classic fruit machine, three reels, three rows, five lines, and a wild that stands for anything."""

from dataclasses import replace
from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Lines, Machine, Wild, strips
from core.slots.phase import Phase

_REELS = """
    melon cherry seven cherry lemon grapes lemon plum melon grapes plum wild lemon plum melon plum
    cherry lemon grapes plum seven lemon cherry grapes bell cherry melon cherry bell lemon wild bell

    lemon plum grapes plum grapes plum bell lemon grapes lemon cherry wild cherry lemon seven lemon
    melon bell melon lemon melon cherry bell plum melon seven cherry grapes cherry wild cherry plum

    bell melon lemon plum bell plum cherry melon cherry lemon cherry grapes plum wild melon cherry
    grapes lemon cherry lemon plum bell melon lemon grapes wild grapes lemon cherry seven plum seven
"""

_MACHINE = Machine(
    rows=3,
    pattern=Lines(((1, 1, 1), (0, 0, 0), (2, 2, 2), (0, 1, 2), (2, 1, 0))),
    base=Phase(strips=strips(_REELS)),
    cost=5,
    pays={
        "wild": {3: 250},
        "seven": {3: 150},
        "bell": {3: 50},
        "melon": {3: 15},
        "grapes": {3: 12},
        "plum": {3: 6},
        "lemon": {3: 6},
        "cherry": {2: 2, 3: 3},
    },
    wild=Wild(symbol="wild"),
)
_FEWER_SEVENS = strips(_REELS.replace("cherry seven plum seven", "cherry seven plum bell"))


def _slot(machine: Machine, rtp: Fraction, variant: str = "default") -> SlotGame:
    return SlotGame(
        id="three-fruits", name="Three Fruits", version="1", machine=machine, rtp=rtp, cap=1000, variant=variant
    )


game = _slot(_MACHINE, Fraction(7823, 8192))
variants = (_slot(replace(_MACHINE, base=Phase(strips=_FEWER_SEVENS)), Fraction(15071, 16384), "92"),)

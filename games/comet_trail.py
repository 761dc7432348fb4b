"""Comet Trail: ten lines both ways; a comet fills its reel, stays there, and gives a respin for each new one."""

from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Lines, Machine, Wild, strips
from core.slots.phase import Phase, Sticky

_STRIPS = """
    rocket ring rocket dust planet spark dust spark ring spark moon rocket dust rocket dust moon dust ring
    rocket spark rocket rocket dust moon rocket ring dust planet spark dust nova nova planet nova moon dust ring
    nova ring planet moon rocket spark planet spark dust dust ring spark moon moon dust ring spark ring spark
    spark ring spark ring

    dust spark dust dust ring ring ring moon ring moon rocket nova moon rocket planet rocket spark dust ring
    moon moon spark ring ring rocket planet dust dust dust dust spark dust ring rocket planet rocket rocket moon
    spark spark ring spark spark ring nova dust moon nova dust spark spark rocket rocket spark ring planet comet
    spark dust planet nova

    nova spark dust spark dust spark ring moon ring dust spark rocket ring dust moon rocket comet ring spark
    rocket planet spark spark rocket spark moon dust ring ring spark dust ring planet ring ring rocket dust moon
    spark planet dust planet rocket rocket rocket dust nova rocket ring spark moon nova planet dust dust dust
    spark ring moon moon nova

    spark ring planet moon comet rocket dust ring rocket rocket rocket spark dust rocket dust planet nova spark
    rocket spark ring moon spark ring ring spark dust spark rocket spark moon planet nova nova moon ring spark
    dust dust nova dust moon rocket spark dust dust dust ring ring moon planet planet dust moon ring rocket ring
    dust spark spark ring

    ring spark ring ring ring rocket planet moon dust nova moon ring dust moon ring dust rocket dust spark
    rocket spark dust moon rocket spark spark moon moon spark moon spark rocket planet spark spark dust dust
    dust rocket nova dust ring nova ring planet ring dust planet rocket rocket spark planet dust spark spark
    nova dust rocket ring ring
"""

_LINES = (
    (1, 1, 1, 1, 1),
    (0, 0, 0, 0, 0),
    (2, 2, 2, 2, 2),
    (0, 1, 2, 1, 0),
    (2, 1, 0, 1, 2),
    (0, 0, 1, 0, 0),
    (2, 2, 1, 2, 2),
    (1, 2, 2, 2, 1),
    (1, 0, 0, 0, 1),
    (1, 0, 1, 0, 1),
)

_SPIN = Phase(strips=strips(_STRIPS), expanding=(1, 2, 3), sticky=Sticky(respins=True))

game = SlotGame(
    id="comet-trail",
    name="Comet Trail",
    version="1",
    machine=Machine(
        rows=3,
        pattern=Lines(_LINES, "both"),
        pays={
            "nova": {3: 25, 4: 100, 5: 250},
            "planet": {3: 12, 4: 40, 5: 120},
            "moon": {3: 8, 4: 24, 5: 60},
            "rocket": {3: 5, 4: 14, 5: 40},
            "ring": {3: 3, 4: 8, 5: 30},
            "dust": {3: 2, 4: 5, 5: 20},
            "spark": {3: 2, 4: 5, 5: 20},
        },
        base=_SPIN,
        free=_SPIN,
        wild=Wild(symbol="comet"),
        cost=10,
    ),
    rtp=Fraction(9942625930341, 10304074872200),
    cap=10_000,
)

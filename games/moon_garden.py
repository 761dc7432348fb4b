"""Moon Garden: 243 ways; in free games each drop of dew counts as one, two or three symbols."""

from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Machine, Scatter, Ways, Wild, strips
from core.slots.phase import Phase

_BASE = """
    moss fern leaf leaf reed moth moon fern reed moss reed owl leaf reed leaf rose owl owl rose fern rose moss
    lily leaf reed lily moss moss

    rose leaf moss moon leaf rose moss reed moth reed lily dew fern reed leaf fern lily owl reed rose moss dew
    moss fern leaf leaf owl

    moss lily rose moth moss dew moss owl reed leaf owl leaf leaf fern reed reed fern rose reed moss moon lily
    rose fern leaf dew owl leaf lily

    moss moss fern moss moon owl fern leaf dew owl rose rose reed moth reed moth moss lily lily leaf leaf fern
    leaf reed dew reed leaf reed rose

    reed lily owl moss fern leaf reed moss moss fern rose rose moon moss rose lily leaf reed moss reed owl reed
    fern leaf leaf moth leaf owl
"""

_FREE = """
    fern leaf leaf moss reed moth fern moss reed lily moth rose leaf moss lily moss moon leaf reed rose reed
    rose owl reed leaf fern owl

    moss dew owl moss moss reed rose leaf reed leaf leaf dew lily lily leaf rose lily owl moss fern moon rose
    leaf reed moss moth fern moth fern reed fern reed

    owl lily reed leaf moss fern owl reed dew moth moth dew reed moss moss fern reed fern moon lily rose leaf
    rose leaf fern rose moss leaf leaf moss

    lily leaf moss owl dew reed rose fern rose rose owl dew leaf moss lily leaf reed reed reed leaf leaf moss
    moss reed owl fern moth moon fern

    moss owl leaf leaf moon fern reed reed leaf moss rose leaf reed lily owl leaf moth moss lily fern fern reed
    fern moss rose owl moss moth rose
"""

_GAMES = {3: 8, 4: 12, 5: 20}


game = SlotGame(
    id="moon-garden",
    name="Moon Garden",
    version="1",
    machine=Machine(
        rows=3,
        pattern=Ways(),
        pays={
            "moth": {3: 21, 4: 70, 5: 230},
            "owl": {3: 18, 4: 50, 5: 140},
            "lily": {3: 12, 4: 40, 5: 110},
            "rose": {3: 9, 4: 20, 5: 65},
            "fern": {3: 6, 4: 13, 5: 45},
            "moss": {3: 4, 4: 11, 5: 35},
            "reed": {3: 3, 4: 9, 5: 30},
            "leaf": {3: 3, 4: 7, 5: 20},
        },
        base=Phase(strips=strips(_BASE), awards=_GAMES),
        free=Phase(strips=strips(_FREE), awards=_GAMES, values={"dew": {1: 5, 2: 3, 3: 2}}),
        cost=25,
        wild=Wild(symbol="dew"),
        scatter=Scatter(symbol="moon", pays={3: 50, 4: 250, 5: 1250}),
    ),
    rtp=Fraction(122585666794751, 128215622150000),
    cap=125_000,
)

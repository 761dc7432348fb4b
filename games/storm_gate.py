"""Storm Gate: six by five, symbols pay wherever they stand and fall away; in free games sparks multiply the whole spin."""

from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Anywhere, Cascade, Machine, Scatter, strips
from core.slots.phase import Phase

_BASE = """
    blue crown gold blue blue green gold horn green green red coin gate coin red green coin red coin red gold
    coin gold gold red ring crown red ring ring green red blue gold horn gold horn blue horn gold crown blue
    green green ring ring

    red gold red gold coin blue gold green green blue gold red ring ring green green blue coin blue crown ring
    red gate horn horn gold coin red blue green crown crown horn gold coin ring ring green red gold red coin
    blue green horn gold

    horn coin gold blue coin ring blue red red gold ring blue horn ring green ring blue ring crown horn gold
    blue green gold gold gate coin red crown horn green green blue gold coin gold red green crown green red coin
    gold green red red

    blue green horn coin gold red gold red ring horn red ring gold blue crown coin red red ring gold blue coin
    coin horn blue green green crown green gold blue ring red green horn gold red gate gold gold coin green
    green crown blue ring

    ring red horn ring green green crown red red horn crown blue red blue coin red green ring red green red coin
    crown green gold blue gold horn blue ring coin horn gold gold green gold gold gold gate blue coin ring green
    coin blue gold

    gold gold green green red ring blue horn gate gold red blue blue blue red blue gold crown coin green green
    crown green coin horn horn ring horn coin red gold red ring gold red crown green coin coin gold ring blue
    gold red ring green
"""

_FREE = """
    red blue green coin ring horn coin red ring crown gold horn red spark gold green ring gold horn blue green
    red red red coin horn gold crown coin spark ring blue crown blue blue gate coin green blue gold gold green
    green green red gold ring gold

    coin red spark horn gold gold green ring red blue green horn gate ring horn green blue horn red green blue
    green ring gold gold red gold coin red ring green blue gold crown crown coin blue blue green spark coin coin
    gold gold crown ring red red

    ring red crown gold green ring ring gold green coin coin coin horn spark red red horn blue horn crown blue
    ring green horn gold green green red red blue red gold blue blue green red gold gold gold crown spark gold
    blue coin coin ring gate green

    red green green crown ring blue ring coin blue gold gold red crown blue crown coin gate coin red blue horn
    ring spark red coin green red ring gold horn coin green ring green horn gold horn green spark gold gold gold
    blue gold red green blue red

    green ring gold horn coin spark gold ring red gold crown ring red horn gold blue spark red blue green crown
    blue gold blue green horn green green ring crown gold gate red horn coin blue red blue green ring green coin
    red red coin gold gold coin

    crown red gold horn red green ring blue green ring crown red red spark ring gold ring blue blue red horn red
    blue gold gate red green green green coin green ring horn blue coin gold gold spark crown coin gold horn
    blue coin gold coin green gold
"""


game = SlotGame(
    id="storm-gate",
    name="Storm Gate",
    version="1",
    machine=Machine(
        rows=5,
        pattern=Anywhere(),
        pays={
            "crown": {8: 314, 10: 691, 12: 1885, 15: 4712, 20: 12566},
            "horn": {8: 209, 10: 461, 12: 1257, 15: 3142, 20: 8378},
            "ring": {8: 157, 10: 346, 12: 942, 15: 2356, 20: 6283},
            "coin": {8: 126, 10: 276, 12: 754, 15: 1885, 20: 5027},
            "blue": {8: 84, 10: 184, 12: 503, 15: 1257, 20: 3351},
            "green": {8: 63, 10: 138, 12: 377, 15: 942, 20: 2513},
            "red": {8: 47, 10: 104, 12: 283, 15: 707, 20: 1885},
            "gold": {8: 31, 10: 69, 12: 188, 15: 471, 20: 1257},
        },
        base=Phase(strips=strips(_BASE), awards={4: 10, 5: 12, 6: 15}),
        free=Phase(
            strips=strips(_FREE), awards={3: 5, 4: 8, 5: 10}, values={"spark": {2: 50, 3: 30, 5: 14, 10: 5, 25: 1}}
        ),
        cost=40,
        scatter=Scatter(symbol="gate", pays={4: 120, 5: 400, 6: 4000}),
        cascade=Cascade(),
    ),
    rtp=Fraction(9503, 10000),
    cap=200_000,
)

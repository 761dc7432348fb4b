"""Ember Vault: five reels, ten lines, a wild anvil; six embers or more are held, and the rest of the board is spun again."""

from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.hold import Hold
from core.slots.machine import Lines, Machine, Wild, strips
from core.slots.phase import Phase

_STRIPS = """
    sword nail hammer crown hammer ember ember shield nail nail hammer horseshoe nail sword horseshoe bolt bolt
    crown sword anvil shield horseshoe anvil horseshoe ember bolt bolt hammer nail shield bolt

    hammer horseshoe bolt shield shield ember anvil hammer bolt hammer shield crown horseshoe bolt ember ember
    ember nail hammer sword horseshoe sword nail anvil bolt nail horseshoe nail bolt sword crown nail

    crown sword horseshoe horseshoe bolt anvil bolt nail hammer horseshoe sword horseshoe ember shield nail
    hammer hammer nail nail nail bolt anvil bolt bolt shield hammer crown shield ember ember ember sword

    shield bolt bolt crown bolt nail horseshoe sword hammer nail shield nail shield ember ember ember horseshoe
    bolt crown sword sword anvil horseshoe nail bolt hammer hammer hammer nail horseshoe ember anvil

    crown ember ember nail nail nail anvil ember sword bolt shield horseshoe hammer horseshoe anvil hammer bolt
    bolt bolt shield nail horseshoe shield nail sword hammer bolt horseshoe hammer sword crown
"""

_LINES = (
    (1, 1, 1, 1, 1),
    (0, 0, 0, 0, 0),
    (2, 2, 2, 2, 2),
    (0, 1, 2, 1, 0),
    (2, 1, 0, 1, 2),
    (0, 0, 1, 0, 0),
    (2, 2, 1, 2, 2),
    (1, 0, 0, 0, 1),
    (1, 2, 2, 2, 1),
    (1, 1, 0, 1, 1),
)

game = SlotGame(
    id="ember-vault",
    name="Ember Vault",
    version="1",
    machine=Machine(
        rows=3,
        pattern=Lines(_LINES),
        pays={
            "anvil": {3: 40, 4: 200, 5: 1000},
            "crown": {3: 30, 4: 120, 5: 500},
            "sword": {3: 20, 4: 70, 5: 250},
            "shield": {3: 15, 4: 50, 5: 200},
            "hammer": {3: 9, 4: 25, 5: 90},
            "horseshoe": {3: 7, 4: 20, 5: 70},
            "bolt": {3: 5, 4: 12, 5: 40},
            "nail": {3: 3, 4: 9, 5: 30},
        },
        base=Phase(strips=strips(_STRIPS)),
        cost=10,
        wild=Wild(symbol="anvil", spares=("ember",)),
        hold=Hold(
            symbol="ember",
            starts=6,
            prizes={5: 400, 10: 300, 20: 160, 30: 80, 50: 45, 100: 12, 250: 3},
            lands=(1, 14),
            full=5000,
        ),
    ),
    rtp=Fraction("0.965894981096"),
    cap=20_000,
)

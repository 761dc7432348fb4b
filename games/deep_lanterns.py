"""Deep Lanterns: five reels, twenty lines, a wild lantern, free games that pay double; an ante, and free games for sale."""

from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Bet, Lines, Machine, Scatter, Wild, strips
from core.slots.phase import Phase

_BASE = """
    ray sand lantern stone whale sand weed stone weed ray pearl shell crab stone ray stone sand stone crab whale
    weed weed whale sand shell turtle shell turtle sand shell crab

    crab sand ray sand weed whale whale stone shell ray lantern turtle weed stone crab ray turtle shell stone
    crab stone stone whale shell weed shell sand lantern weed sand pearl sand

    sand turtle shell stone sand lantern shell shell whale sand pearl ray weed turtle sand stone ray shell sand
    stone weed lantern whale sand stone crab crab weed crab stone crab shell ray weed

    lantern crab stone turtle stone whale lantern weed crab shell sand shell shell weed weed sand stone sand ray
    pearl sand turtle sand stone shell crab sand weed whale ray weed stone ray

    stone weed sand weed sand sand crab stone sand ray shell stone weed weed lantern sand turtle stone stone
    whale ray turtle lantern ray shell weed shell crab whale crab sand shell pearl
"""

_FREE = """
    sand whale ray weed lantern ray sand shell stone stone weed crab turtle crab pearl crab turtle stone shell
    weed shell sand shell stone ray sand sand crab weed whale stone

    sand ray whale stone lantern stone sand whale stone sand stone shell sand stone crab shell turtle crab ray
    shell shell whale turtle turtle sand weed sand pearl weed ray weed weed crab

    turtle weed stone sand shell whale crab stone stone sand ray shell crab sand weed lantern ray crab sand
    stone shell sand whale stone ray shell weed pearl weed sand weed turtle

    stone ray shell sand stone pearl weed sand shell sand stone ray weed weed shell shell turtle whale crab weed
    sand shell whale whale crab turtle weed lantern sand stone crab ray sand stone

    lantern sand crab shell ray turtle stone whale weed crab sand crab sand ray pearl turtle stone stone sand
    stone weed whale sand weed shell ray crab weed turtle shell stone weed shell
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
    (0, 1, 1, 1, 0),
    (2, 1, 1, 1, 2),
    (0, 1, 0, 1, 0),
    (2, 1, 2, 1, 2),
    (1, 0, 1, 0, 1),
    (1, 2, 1, 2, 1),
    (1, 1, 0, 1, 1),
    (1, 1, 2, 1, 1),
    (0, 2, 0, 2, 0),
    (2, 0, 2, 0, 2),
    (0, 0, 1, 2, 2),
)

_GAMES = {3: 10, 4: 15, 5: 20}

_MORE_PEARLS = {0: 1, 2: 0, 4: 2}
"""With the ante: reel -> the stop at which the sand is a pearl."""


def _ante(base: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple("pearl" if _MORE_PEARLS.get(reel) == stop else symbol for stop, symbol in enumerate(strip))
        for reel, strip in enumerate(base)
    )


game = SlotGame(
    id="deep-lanterns",
    name="Deep Lanterns",
    version="2",
    machine=Machine(
        rows=3,
        pattern=Lines(_LINES),
        pays={
            "lantern": {3: 63, 4: 330, 5: 2600},
            "whale": {3: 39, 4: 155, 5: 770},
            "turtle": {3: 34, 4: 95, 5: 380},
            "ray": {3: 24, 4: 80, 5: 260},
            "crab": {3: 20, 4: 50, 5: 200},
            "shell": {3: 13, 4: 35, 5: 100},
            "weed": {3: 10, 4: 25, 5: 90},
            "stone": {3: 8, 4: 20, 5: 80},
            "sand": {3: 7, 4: 20, 5: 65},
        },
        base=Phase(strips=strips(_BASE), awards=_GAMES),
        free=Phase(strips=strips(_FREE), awards=_GAMES, factor=2),
        cost=20,
        wild=Wild(symbol="lantern"),
        scatter=Scatter(symbol="pearl", pays={3: 40, 4: 200, 5: 1000}),
        bets={
            "ante": Bet(cost=25, base=Phase(strips=_ante(strips(_BASE)), awards=_GAMES)),
            "buy": Bet(cost=258, buys=10),
        },
    ),
    rtp={
        "base": Fraction(16669337306855, 17436541324752),
        "ante": Fraction(82845142137071, 87182706623760),
        "buy": Fraction(2106678700, 2204621739),
    },
    cap=100_000,
)

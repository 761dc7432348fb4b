"""Video poker, jacks or better: five cards are dealt, the player holds some, the rest are drawn anew, and the hand pays.

A card is a number of 0 to 51: its rank is the number modulo 13 (0 is the two, 12 the ace), its suit what remains of 13.
The published strategy is the best there is: for each way to hold, the pays of all hands that can come of it are added up
exactly, and the way with the largest mean is taken. Nothing is enumerated for that: how much all hands pay that contain
certain cards depends on ranks and on whether their suits are one, and hands that contain none of the cards thrown away
are those that contain the held ones, less those that contain one of the others, and so on (inclusion and exclusion).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement
from math import comb, prod

from core.rng import sample
from ports.game import Event, IllegalChoice, IllegalWager, Json, Mode, Option, Turn, Wager
from ports.randomness import Rng

RANKS = "23456789TJQKA"
SUITS = "shdc"
PAYS = {
    "royal flush": 800,
    "straight flush": 50,
    "four of a kind": 25,
    "full house": 9,
    "flush": 6,
    "straight": 4,
    "three of a kind": 3,
    "two pair": 2,
    "jacks or better": 1,
}
"""Hand -> units, its stake included; the best name that a hand has is paid."""
NOTHING = "nothing"
DECK = range(52)
ENDS = {
    "royal flush": 493_512_264,
    "straight flush": 2_178_883_296,
    "four of a kind": 47_093_167_764,
    "full house": 229_475_482_596,
    "flush": 219_554_786_160,
    "straight": 223_837_565_784,
    "three of a kind": 1_484_003_070_324,
    "two pair": 2_576_946_164_148,
    "jacks or better": 4_277_372_890_968,
}
"""How many of `WAYS` end as each hand, by the published strategy. A test counts them all."""
WAYS = 2_598_960 * 7_669_695
"""Deals, and ways to draw: the least number that the ways to draw one, two, ... five of 47 cards all divide."""
_KINDS = {
    (4, 1): "four of a kind",
    (3, 2): "full house",
    (3, 1, 1): "three of a kind",
    (2, 2, 1): "two pair",
}
_HOLDS = tuple(held for count in range(5, -1, -1) for held in combinations(range(5), count))
"""Every way to hold, as places; those that draw the fewest cards come first, and win ties."""


def hand(cards: Sequence[int]) -> str:
    """What five cards are: a name of `PAYS`, or `NOTHING`."""
    return _named(tuple(sorted(card % 13 for card in cards)), len({card // 13 for card in cards}) == 1)


@cache
def _named(ranks: tuple[int, ...], flush: bool) -> str:
    counts = Counter(ranks)
    shape = tuple(sorted(counts.values(), reverse=True))
    if shape in _KINDS:
        return _KINDS[shape]
    if shape == (2, 1, 1, 1):
        return "jacks or better" if max(counts, key=lambda rank: counts[rank]) >= RANKS.index("J") else NOTHING
    straight = ranks[4] - ranks[0] == 4 or ranks == (0, 1, 2, 3, 12)
    if straight and flush:
        return "royal flush" if ranks[0] == RANKS.index("T") else "straight flush"
    return "flush" if flush else "straight" if straight else NOTHING


def paid_by_all(cards: Iterable[int]) -> int:
    """What all hands pay together that contain these cards, of which there are at most five."""
    given = list(cards)
    suits = {card // 13 for card in given}
    return _paid(
        tuple(sorted(card % 13 for card in given)), "one" if len(suits) == 1 else "several" if suits else "any"
    )


@cache
def _paid(given: tuple[int, ...], suits: str) -> int:
    """The same of these ranks, whose suits are one, several, or not given yet."""
    taken, total = Counter(given), 0
    for more in combinations_with_replacement(range(13), 5 - len(given)):
        added = Counter(more)
        ways = prod(comb(4 - taken[rank], count) for rank, count in added.items())
        ranks = tuple(sorted((*given, *more)))
        flushes = {"one": 1, "several": 0, "any": 4}[suits] if len(set(ranks)) == 5 else 0
        total += flushes * PAYS.get(_named(ranks, True), 0) + (ways - flushes) * PAYS.get(_named(ranks, False), 0)
    return total


def worth(cards: Sequence[int]) -> Mapping[tuple[int, ...], Fraction]:
    """Places held -> the mean win in units, exactly, for every way to hold these five cards."""
    subsets = {places: paid_by_all(cards[place] for place in places) for places in _HOLDS}
    found = {}
    for held in _HOLDS:
        thrown = [place for place in range(5) if place not in held]
        total = sum(
            (-1) ** count * subsets[tuple(sorted((*held, *more)))]
            for count in range(len(thrown) + 1)
            for more in combinations(thrown, count)
        )
        found[held] = Fraction(total, comb(47, len(thrown)))
    return found


def best(cards: Sequence[int]) -> tuple[int, ...]:
    """The places to hold."""
    means = worth(cards)
    return max(_HOLDS, key=lambda held: means[held])


def name(card: int) -> str:
    """A card in two letters: "As", "Td"."""
    return RANKS[card % 13] + SUITS[card // 13]


def _choice(held: Iterable[int]) -> str:
    return "hold-" + ("".join(str(place + 1) for place in held) or "none")


_CHOICES = {_choice(held): held for held in sorted(_HOLDS)}


_DEFINITION: Json = {"deck": [name(card) for card in DECK], "pays": PAYS}
_RULES: Json = {"hands": PAYS}
_LOST = WAYS - sum(ENDS.values())
_WINS = {"base": {0: Fraction(_LOST, WAYS)} | {PAYS[end]: Fraction(ENDS[end], WAYS) for end in reversed(ENDS)}}


class VideoPoker:
    """A `ports.game.Interactive` of two turns."""

    id = "video-poker"
    name = "Video Poker"
    version = "1"
    variant = "default"
    cap = PAYS["royal flush"]
    escrows = 1
    wins = _WINS
    modes = (Mode("base", 1, Fraction(sum(PAYS[end] * n for end, n in ENDS.items()), WAYS)),)
    selection = None
    definition = _DEFINITION
    rules = _RULES

    def cost(self, wager: Wager) -> int:
        """A unit."""
        if wager.mode != "base" or wager.selection is not None:
            raise IllegalWager("video poker has the mode base, and takes no selection")
        return 1

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Deal five cards; which of them are held is asked."""
        self.cost(wager)
        dealt = sample(rng, DECK, 5, "deal")
        shown: Event = {"type": "deal", "cards": [name(card) for card in dealt], "hand": hand(dealt)}
        return Turn(0, (shown,), {"dealt": dealt}, tuple(map(Option, _CHOICES)))

    def act(self, state: Json, choice: str, rng: Rng) -> Turn:
        """Draw the others anew from the 47 cards that were not dealt."""
        if choice not in _CHOICES:
            raise IllegalChoice(f"a choice is hold-none, hold-1 to hold-12345, not {choice!r}")
        dealt, held = _dealt(state), _CHOICES[choice]
        rest = [card for card in DECK if card not in dealt]
        thrown = [place for place in range(5) if place not in held]
        drawn = dict(zip(thrown, sample(rng, rest, len(thrown), "draw"), strict=True))
        final = [drawn.get(place, card) for place, card in enumerate(dealt)]
        found = hand(final)
        win = PAYS.get(found, 0)
        shown: Event = {
            "type": "redraw", "cards": [name(card) for card in final], "held": list(held), "hand": found, "win": win,
        }  # fmt: skip
        return Turn(win, (shown, {"type": "total", "win": win}))

    def auto(self, state: Json) -> str:
        """The best way to hold."""
        return _choice(best(_dealt(state)))


def _dealt(state: Json) -> list[int]:
    assert isinstance(state, Mapping)
    dealt = state["dealt"]
    assert isinstance(dealt, Sequence)
    return [card for card in dealt if isinstance(card, int)]


game = VideoPoker()

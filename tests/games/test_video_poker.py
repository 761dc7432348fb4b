"""Video poker: what hands are, what a hold is worth, and what the whole game returns, each by another way to count."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb, lcm
from random import Random

import numpy as np
import pytest

from games import video_poker
from games.video_poker import _HOLDS, DECK, ENDS, NOTHING, PAYS, RANKS, SUITS, WAYS, best, hand, name, worth
from ports.game import Wager
from tests.adapters.http.shop import Shop

_WAGER = Wager("base")
NAMES = {name(card): card for card in DECK}
KNOWN = {
    "royal flush": 4, "straight flush": 36, "four of a kind": 624, "full house": 3744, "flush": 5108,
    "straight": 10200, "three of a kind": 54912, "two pair": 123552,
}  # fmt: skip
"""How many of the 2,598,960 hands are so; textbooks agree."""


def cards(text: str) -> list[int]:
    return [NAMES[each] for each in text.split()]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("As Ks Qs Js Ts", "royal flush"), ("9h 8h 7h 6h 5h", "straight flush"), ("Ad 2d 3d 4d 5d", "straight flush"),
        ("Kh Qh Jh Th 9h", "straight flush"), ("7s 7h 7d 7c 2s", "four of a kind"), ("2s 2h 2d 3c 3s", "full house"),
        ("2s 9s 4s Ks 7s", "flush"), ("As Kh Qs Js Ts", "straight"), ("Ad 2s 3d 4d 5d", "straight"),
        ("Qs Kh Ad 2c 3s", NOTHING), ("9s 9h 9d 2c 3s", "three of a kind"), ("2s 2h 3d 3c 9s", "two pair"),
        ("Js Jh 2d 3c 9s", "jacks or better"), ("Ts Th 2d 3c 9s", NOTHING), ("As Ah 2d 3c 9s", "jacks or better"),
        ("As 2h 4d 3c 9s", NOTHING),
    ],
)  # fmt: skip
def test_a_hand_is_called_by_its_best_name(text: str, what: str) -> None:
    assert what == hand(cards(text))
    assert what == hand(cards(text)[::-1])


def test_every_card_has_a_name_of_its_own() -> None:
    assert 52 == len(NAMES)
    assert {rank + suit for rank in RANKS for suit in SUITS} == set(NAMES)


@pytest.mark.parametrize(
    "text", ["As Ks Qs Js 9s", "2s 7h 9d Jc Kd", "8s 8h 8d 3c 3s", "Ts Jh Qd Kc 2s", "4s 4h 9d Tc Js", "2s 3s 4s 5s 6h"]
)
def test_what_a_hold_is_worth_is_the_mean_over_everything_that_can_be_drawn(text: str) -> None:
    dealt = cards(text)
    rest = [card for card in DECK if card not in dealt]
    means = worth(dealt)
    for held in _HOLDS:
        if len(held) < 2:
            continue
        kept = [dealt[place] for place in held]
        wins = [PAYS.get(hand([*kept, *drawn]), 0) for drawn in combinations(rest, 5 - len(held))]
        assert Fraction(sum(wins), len(wins)) == means[held], held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("As Ks Qs Js Ts", "As Ks Qs Js Ts"), ("As Ks Qs Js 9s", "As Ks Qs Js"), ("Ks Kh 9d 4c 2s", "Ks Kh"),
        ("2s 7h 9d Tc 4d", ""), ("5s 5h 9d Jc Ks", "5s 5h"), ("Js Qh 4d 7c 9s", "Js Qh"),
    ],
)  # fmt: skip
def test_the_published_strategy_is_what_players_know_as_the_best(text: str, held: str) -> None:
    dealt = cards(text)
    assert cards(held) == [dealt[place] for place in best(dealt)]


def test_what_the_best_strategy_comes_to_is_counted_over_all_deals_and_all_ways_to_hold() -> None:
    """By tables of sums over the deck: nothing here is the game's own, but which of two equal ways to hold comes first."""
    hands = np.array(list(combinations(DECK, 5)), dtype=np.int16)
    pays = _pays(hands)
    assert {**KNOWN, "jacks or better": 337920} == {what: int((pays == units).sum()) for what, units in PAYS.items()}
    codes = {held: _code(hands, held) for held in _HOLDS}
    best_of, most = np.zeros(len(hands), dtype=np.int8), np.full(len(hands), -1, dtype=np.int64)
    sums = _sums(pays, codes)
    for number, held in enumerate(_HOLDS):
        total = _after(sums, codes, held, slice(None))
        better = total > most
        best_of[better], most[better] = number, total[better]
    rows = {held: np.flatnonzero(best_of == number) for number, held in enumerate(_HOLDS)}
    counted = {}
    for what, units in PAYS.items():
        sums = _sums(pays == units, codes)
        counted[what] = sum(int(_after(sums, codes, held, rows[held]).astype(object).sum()) for held in _HOLDS)
    assert counted == ENDS
    assert WAYS == SCALE * len(hands)
    assert Fraction(1653526326983, 1661102543100) == video_poker.game.modes[0].rtp, "as it was once counted by itself"
    sampled = Random(1).sample(range(len(hands)), 50)
    assert [worth(hands[at].tolist())[_HOLDS[best_of[at]]] for at in sampled] == [
        Fraction(int(most[at]), SCALE) for at in sampled
    ]
    assert [best(hands[at].tolist()) for at in sampled] == [_HOLDS[best_of[at]] for at in sampled]


SCALE = lcm(*(comb(47, drawn) for drawn in range(6)))


def _sums(weights: np.ndarray, codes: Mapping[tuple[int, ...], np.ndarray]) -> list[np.ndarray]:
    """By how many cards: of the hands that contain just these, the sum of their weights."""
    found = []
    for size in range(6):
        table = np.zeros(comb(52, size))
        for chosen in combinations(range(5), size):
            table += np.bincount(codes[chosen], weights=weights, minlength=len(table))
        found.append(table.astype(np.int64))
    return found


def _after(
    sums: Sequence[np.ndarray],
    codes: Mapping[tuple[int, ...], np.ndarray],
    held: tuple[int, ...],
    rows: slice | np.ndarray,
) -> np.ndarray:
    """What all draws to this hold come to, for these hands, as if there were `SCALE` draws."""
    thrown = [place for place in range(5) if place not in held]
    total = np.zeros(len(codes[held][rows]), dtype=np.int64)
    for count in range(len(thrown) + 1):
        for more in combinations(thrown, count):
            places = tuple(sorted((*held, *more)))
            total += (-1) ** count * sums[len(places)][codes[places][rows]]
    return total * (SCALE // comb(47, len(thrown)))


def _code(hands: np.ndarray, chosen: tuple[int, ...]) -> np.ndarray:
    """A number of their own for these cards of each hand, which come in rising order."""
    code = np.zeros(len(hands), dtype=np.int32)
    for number, place in enumerate(chosen, 1):
        code += _BINOMIAL[number][hands[:, place]]
    return code


_BINOMIAL = {number: np.array([comb(card, number) for card in DECK], dtype=np.int32) for number in range(1, 6)}


def _pays(hands: np.ndarray) -> np.ndarray:
    ranks, suits = np.sort(hands % 13, axis=1), hands // 13
    flush = (suits == suits[:, :1]).all(axis=1)
    alike = ranks[:, 1:] == ranks[:, :-1]
    same = alike.sum(axis=1)
    distinct = same == 0
    wheel = (ranks == [0, 1, 2, 3, 12]).all(axis=1)
    straight = distinct & ((ranks[:, 4] - ranks[:, 0] == 4) | wheel)
    four = (same == 3) & ((ranks[:, 0] == ranks[:, 3]) | (ranks[:, 1] == ranks[:, 4]))
    three = (same == 2) & ((ranks[:, :3] == ranks[:, 2:]).any(axis=1))
    high = (alike * (ranks[:, 1:] >= 9)).any(axis=1)
    royal = straight & flush & (ranks[:, 0] == 8)
    rules = [
        (royal, 800), (straight & flush, 50), (four, 25), (same == 3, 9), (flush, 6), (straight, 4), (three, 3),
        (same == 2, 2), ((same == 1) & high, 1),
    ]  # fmt: skip
    return np.select([where for where, _ in rules], [units for _, units in rules], 0)


def test_every_card_comes_as_often_as_any_other_in_either_turn() -> None:
    shop = Shop()
    seen: Counter[int] = Counter()
    for _ in range(2000):
        turn = video_poker.game.play(_WAGER, shop.tape())
        dealt = turn.state["dealt"]  # type: ignore[call-overload,index]
        after = video_poker.game.act(turn.state, "hold-none", shop.tape()).events[0]["cards"]
        assert not {name(card) for card in dealt} & set(after)  # type: ignore[arg-type]
        seen.update(dealt)
        seen.update(NAMES[each] for each in after)  # type: ignore[union-attr]
    mean = 2000 * 10 / 52
    square = sum((seen[card] - mean) ** 2 / mean for card in DECK)
    assert square < 51 + 7 * (2 * 51) ** 0.5

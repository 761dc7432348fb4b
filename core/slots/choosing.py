"""A slot whose rounds ask the player something: which free games, and whether a win is gambled."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Fault, Machine
from core.slots.reveal import Carried, Told
from core.slots.spin import begin_round, free_games
from ports.game import IllegalChoice, Json, Option, Turn, Wager
from ports.randomness import Rng

TAKE = "take"
SUITS = ("clubs", "diamonds", "hearts", "spades")
COLOURS = {"red": ("diamonds", "hearts"), "black": ("clubs", "spades")}
GUESSES: Mapping[str, tuple[str, ...]] = COLOURS | {suit: (suit,) for suit in SUITS}
"""Guess -> suits with which it is right. A right guess pays 4 / suits times the win: gambling returns what is put in."""


@dataclass(frozen=True, slots=True)
class Gamble:
    """A win may be put on the suit or the colour of a card, again and again."""

    most: int
    """Units that a gamble may come to; what could be more is not offered."""
    times: int = 5
    """In one round."""


class ChoosingSlot(SlotGame):
    """A `ports.game.Interactive`. A round of its own for the house: each choice is a turn, with draws of its own."""

    asks = True
    escrows = 1

    def __init__(
        self,
        *,
        id: str,
        name: str,
        version: str,
        machine: Machine,
        rtp: Fraction | Mapping[str, Fraction],
        cap: int,
        variant: str = "default",
        gamble: Gamble | None = None,
    ) -> None:
        """As `SlotGame`. The declared return is the one with the first pick; gambling does not change it. Raises `Fault`."""
        super().__init__(id=id, name=name, version=version, machine=machine, rtp=rtp, cap=cap, variant=variant)
        if gamble is None and not machine.picks:
            raise Fault("gamble: nothing is asked; the game is a `SlotGame`")
        if gamble is not None and not (gamble.times >= 1 and 1 <= gamble.most <= cap):
            raise Fault(f"gamble: {gamble.times} times up to {gamble.most} units, where a round pays {cap} at most")
        self.gamble = gamble
        told: Json = None if gamble is None else {"most": gamble.most, "times": gamble.times}
        self.rules = {**machine.rules(), "gamble": told}
        self.definition = {**self.definition, "gamble": told}

    def play(self, wager: Wager, rng: Rng) -> Turn:
        """Spin; free games are asked for, or else the win may be gambled."""
        self.cost(wager)
        told: Told = []
        carried = Carried()
        win, award = begin_round(self.compiled(wager.mode), rng, told, carried)
        if award and self.picks:
            told.append({"type": "total", "win": min(win, self.cap)})
            state: Json = {"asked": "pick", "mode": wager.mode, "win": win}
            return Turn(min(win, self.cap), tuple(told), state, tuple(map(Option, self.picks)))
        if award:
            win += free_games(self.compiled(wager.mode), award, rng, told, carried)
        return self._offer(self._end(win, told), 0, told)

    def act(self, state: Json, choice: str, rng: Rng) -> Turn:
        """Play the free games that were picked, or turn a card. Raises `IllegalChoice`."""
        assert isinstance(state, Mapping)
        if choice not in self._options(state):
            raise IllegalChoice(f"a choice is {', '.join(self._options(state))}, not {choice!r}")
        win = state["win"]
        assert isinstance(win, int)
        told: Told = []
        if state["asked"] == "pick":
            tables = self.compiled(str(state["mode"]), choice)
            award = tables.machine.buys or self.machine.picks[choice].games
            win += free_games(tables, award, rng, told, Carried())
            return self._offer(self._end(win, told), 0, told)
        if choice == TAKE:
            return Turn(self._end(win, told), tuple(told))
        suit = SUITS[rng.below(len(SUITS), "suit")]
        right = suit in GUESSES[choice]
        win = win * len(SUITS) // len(GUESSES[choice]) if right else 0
        told.append({"type": "gamble", "guess": choice, "suit": suit, "right": right, "to": win})
        times = state["times"]
        assert isinstance(times, int)
        return self._offer(self._end(win, told), times + 1, told)

    def auto(self, state: Json) -> str:
        """The first pick; a win is taken."""
        assert isinstance(state, Mapping)
        return self.picks[0] if state["asked"] == "pick" else TAKE

    def _options(self, state: Mapping[str, Json]) -> tuple[str, ...]:
        """The choices that this state offers."""
        if state["asked"] == "pick":
            return self.picks
        assert self.gamble is not None
        most, win = self.gamble.most, state["win"]
        assert isinstance(win, int)
        return (TAKE, *(guess for guess, suits in GUESSES.items() if win * len(SUITS) // len(suits) <= most))

    def _offer(self, win: int, times: int, told: Told) -> Turn:
        """The turn's end: the win may be gambled, if there is one, and if that is allowed once more."""
        state: Mapping[str, Json] = {"asked": "gamble", "win": win, "times": times}
        if self.gamble is None or not win or times >= self.gamble.times or len(self._options(state)) == 1:
            return Turn(win, tuple(told))
        return Turn(win, tuple(told), state, tuple(map(Option, self._options(state))))

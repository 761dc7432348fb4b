"""Free rounds: what a reward pays for, how much of it is left, and the total that some operators are told at its end.

    issue -> a bet that names it -> ... -> all played, expired or withdrawn -> the total, a round of kind GRANT

How many rounds a reward has left is nowhere counted: it is how many rounds on record name it. The store refuses the one too
many (`ports.rounds.RewardSpent`), and the total's round has an id that derives from the reward, so that it is made once. No
round begins between the count for a total and the total (`Rewards.alone`): it would be paid by neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from core.catalogue import Catalogue
from core.errors import BadRequest
from core.house import House, derived_round_id, owed
from core.lifecycle import Lifecycle
from core.walker import Walker
from ports.clock import Clock
from ports.game import Game, Interactive, Wager
from ports.ids import reward_id
from ports.money import Currency
from ports.record import VOID, Kind, Round, State
from ports.rewards import Kept, Reward, RewardRefused, RewardStore, Standing, Status
from ports.rounds import RoundStore
from ports.sessions import Session
from ports.wallet import Declined, FreeRounds, Reason, Wallet

ACTOR = "rewards"
MOST_ROUNDS = 1_000
"""Of one reward."""
LONGEST = 255
"""Characters of a player's id."""
USUAL = timedelta(days=30)
"""How long a reward is good whose end the operator does not say."""


class Rewards:
    """The rewards of all operators."""

    def __init__(
        self,
        *,
        store: RewardStore,
        rounds: RoundStore,
        wallets: Mapping[str, Wallet],
        catalogue: Catalogue,
        house: House,
        lifecycle: Lifecycle,
        walker: Walker,
        clock: Clock,
    ) -> None:
        self._store = store
        self._rounds = rounds
        self._wallets = wallets
        self._catalogue = catalogue
        self._house = house
        self._lifecycle = lifecycle
        self._walker = walker
        self._clock = clock
        self._lock = Lock()

    # Of players.

    @contextmanager
    def alone(self, reward: str | None) -> Iterator[None]:
        """While a round that names a reward is accepted and put on record, no total is counted. Without one: nothing."""
        if reward is None:
            yield
        else:
            with self._lock:
                yield

    def limit(self, session: Session, id: str, stake: int) -> dict[str, int]:
        """The limits that a reward puts on a round that it is to pay for: `reward_rounds`. Call it `alone`.

        Empty where the operator decides by itself. Raises `BadRequest` for another stake than the reward's, `Declined` for a
        reward that cannot pay for this round.
        """
        if any(listing.game.id == session.game and _asks_for_more(listing.game) for listing in self._catalogue):
            raise _refused(f"{session.game} asks for further stakes, which no reward pays")
        wallet = self._wallets.get(session.operator)
        if wallet is not None and wallet.traits.free_rounds is FreeRounds.OPERATORS:
            return {}
        kept = self._store.find(session.operator, session.player, id)
        if kept is None:
            raise _refused("there is no such reward")
        reward = kept.reward
        if reward.currency != session.currency or session.game not in reward.stakes:
            raise _refused("this reward is for other games, or another currency")
        now = self._clock.now()
        if kept.withdrawn or kept.told or not reward.begins <= now < reward.expires:
            raise _refused("this reward is over, or has not begun")
        if stake != reward.stakes[session.game]:
            raise BadRequest(f"the stake of a round of this reward is {reward.stakes[session.game]}")
        return {"reward_rounds": reward.rounds}

    def playable(self, session: Session) -> list[Status]:
        """The rewards that can pay for a round of this session's game now, that which ends first to the front."""
        now = self._clock.now()
        found = [self._status(kept) for kept in self._store.of(session.operator, session.player)]
        playable = [
            status
            for status in found
            if status.standing is Standing.ACTIVE
            and status.reward.begins <= now
            and status.reward.currency == session.currency
            and session.game in status.reward.stakes
        ]
        return sorted(playable, key=lambda status: status.reward.expires)

    # Of operators.

    def at(self, operator: str) -> "Desk":
        """The desk of an operator."""
        return Desk(self, operator)

    def games(self) -> list[str]:
        """The games that can be given rounds of."""
        hosted = (listing.game.id for listing in self._catalogue if not _asks_for_more(listing.game))
        return [*hosted, *sorted(self._house.external)]

    def stakes(self, operator: str, game: str) -> list[int]:
        """The stakes that a free round of the game can have, ascending. Raises `RewardRefused`: no such game."""
        listing = next((listing for listing in self._catalogue if listing.game.id == game), None)
        if listing is None and game in self._house.external:
            return self._house.limits(operator).ladder(1)
        if listing is None:
            raise RewardRefused(f"there is no game {game!r}")
        if _asks_for_more(listing.game):
            raise RewardRefused(f"{game} asks for further stakes, and so has no free rounds")
        return self._house.limits(operator).ladder(listing.game.modes[0].cost)

    def issue(self, reward: Reward) -> Status:
        """Give a player free rounds; the same once more, the same. Raises `RewardRefused`, `RewardConflict`."""
        if self._store.find(reward.operator, reward.player, reward.id) is None:
            self._check(reward)
        self._store.add(reward)
        kept = self._store.find(reward.operator, reward.player, reward.id)
        assert kept is not None
        return self._status(kept)

    def find(self, operator: str, id: str, player: str | None) -> Status | None:
        """A reward, by its id and, where that is not unique at this operator, its player."""
        named = self._store.named(operator, id)
        kept = [each for each in named if player in (None, each.reward.player)]
        return self._status(kept[0]) if len(kept) == 1 else None

    def withdraw(self, operator: str, id: str, player: str | None) -> Status | None:
        """Take back what is not played yet. None: there is no such reward."""
        found = self.find(operator, id, player)
        if found is not None:
            self._store.withdraw(operator, found.reward.player, id)
            found = self.find(operator, id, found.reward.player)
        return found

    def of(self, operator: str, player: str) -> list[Status]:
        """Every reward of a player."""
        return [self._status(kept) for kept in self._store.of(operator, player)]

    def now(self) -> datetime:
        """The house's clock."""
        return self._clock.now()

    def _check(self, reward: Reward) -> None:
        if not 1 <= len(reward.player) <= LONGEST:
            raise RewardRefused(f"player has 1 to {LONGEST} characters")
        try:
            reward_id(reward.id)
        except ValueError as problem:
            raise RewardRefused(str(problem)) from None
        if not 1 <= reward.rounds <= MOST_ROUNDS:
            raise RewardRefused(f"a reward is 1 to {MOST_ROUNDS} rounds")
        if reward.expires <= max(self.now(), reward.begins):
            raise RewardRefused("the reward would be over before it begins")
        if not reward.stakes:
            raise RewardRefused("a reward names a game")
        for game, stake in reward.stakes.items():
            ladder = self.stakes(reward.operator, game)
            if stake not in ladder:
                raise RewardRefused(f"a stake of {game} is one of {', '.join(map(str, ladder))}, not {stake}")

    # Totals.

    def untold(self) -> Iterator[Kept]:
        """The rewards whose total is owed, or will be."""
        for operator, wallet in self._wallets.items():
            if wallet.traits.free_rounds is FreeRounds.IN_TOTAL:
                yield from self._store.untold(operator)

    def settle(self, kept: Kept) -> Round | None:
        """Put the total of a reward on record, if it has come due, and walk it. By recovery, at start and ever again."""
        reward = kept.reward
        with self._lock:
            rounds = self._paid_by(reward)
            if self._standing(kept, rounds).standing is Standing.ACTIVE or not all(round.final for round in rounds):
                return None
            played = [round for round in rounds if round.state not in VOID]
            total = self._total(reward, played) if played else None
            self._store.tell(reward.operator, reward.player, reward.id)
        return None if total is None else self._walker.walk(total, ACTOR)

    def _total(self, reward: Reward, played: Sequence[Round]) -> Round:
        """The round that owes the total of these, made if it is not there. Clients choose ids, too: where one of them has
        taken the first that the reward stands for, it is the second.
        """
        name = (reward.operator, reward.player, reward.id)
        id, number = derived_round_id(*name), 0
        while (known := self._rounds.load(id)) is not None:
            terms = known.terms
            if (terms.kind, terms.operator, terms.player, terms.reward) == (Kind.GRANT, *name):
                return known
            number += 1
            id = derived_round_id(*name, str(number))
        amount, now = sum(round.win for round in played), self._clock.now()
        terms = replace(
            played[-1].terms,
            kind=Kind.GRANT,
            stake=0,
            cost=0,
            cap=amount,
            limits={},
            accepted=now,
            deadline=now,
            wager=Wager("reward"),
            forced=any(round.terms.forced for round in played),
        )
        reason = f"the total of {len(played)} free rounds of reward {reward.id}"
        return self._lifecycle.open(owed(id, terms, amount, State.DRAWN, ACTOR, now, reason))

    def _paid_by(self, reward: Reward) -> Sequence[Round]:
        return self._rounds.rewarded(reward.operator, reward.player, reward.id)

    def _status(self, kept: Kept) -> Status:
        return self._standing(kept, self._paid_by(kept.reward))

    def _standing(self, kept: Kept, rounds: Sequence[Round]) -> Status:
        reward = kept.reward
        left = max(0, reward.rounds - sum(round.state not in VOID for round in rounds))
        if not left:
            standing = Standing.PLAYED
        elif kept.withdrawn:
            standing = Standing.WITHDRAWN
        else:
            standing = Standing.EXPIRED if reward.expires <= self._clock.now() else Standing.ACTIVE
        return Status(reward, standing, left)


class Desk:
    """A `ports.rewards.RewardDesk`."""

    def __init__(self, rewards: Rewards, operator: str) -> None:
        self._rewards = rewards
        self._operator = operator

    @property
    def games(self) -> Sequence[str]:
        """The games that can be given rounds of."""
        return self._rewards.games()

    def stakes(self, game: str) -> Sequence[int]:
        """The stakes that a free round of the game can have, ascending. Raises `RewardRefused`: no such game."""
        return self._rewards.stakes(self._operator, game)

    def issue(
        self, *, player: str, id: str, currency: Currency, stakes: Mapping[str, int], rounds: int,
        begins: datetime | None, expires: datetime | None,
    ) -> Status:  # fmt: skip
        """Give a player free rounds; asked again with the same, the same. Raises `RewardRefused`, `RewardConflict`."""
        known = self.find(id, player)
        if begins is None:
            begins = self.now() if known is None else known.reward.begins
        if expires is None:
            expires = self.now() + USUAL if known is None else known.reward.expires
        return self._rewards.issue(
            Reward(
                operator=self._operator,
                player=player,
                id=id,
                currency=currency,
                stakes=dict(stakes),
                rounds=rounds,
                begins=begins,
                expires=expires,
            )
        )

    def find(self, id: str, player: str | None = None) -> Status | None:
        """A reward, by its id and, where that is not unique at this operator, its player."""
        return self._rewards.find(self._operator, id, player)

    def withdraw(self, id: str, player: str | None = None) -> Status | None:
        """Take back what is not played yet. None: there is no such reward."""
        return self._rewards.withdraw(self._operator, id, player)

    def now(self) -> datetime:
        """The house's clock."""
        return self._rewards.now()


def _asks_for_more(game: Game) -> bool:
    """A choice can cost a further stake, which no reward pays."""
    return isinstance(game, Interactive) and game.escrows > 1


def _refused(message: str) -> Declined:
    return Declined(Reason.REWARD_INVALID, message)

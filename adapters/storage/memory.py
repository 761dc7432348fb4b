"""Rounds, rewards and sessions in memory: stores like any other, for tests and simulations. They forget at the end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from threading import RLock

from ports.archive import Stored
from ports.money import LIMIT, Currency
from ports.record import VOID, Kind, Round, State
from ports.rewards import Kept, Reward, RewardConflict
from ports.rounds import Page, Pending, RewardSpent, RoundConflict, RoundOpen
from ports.sessions import Session

Place = tuple[str, str, str]


class MemoryRounds:
    """A `ports.rounds.RoundStore`, and its `ports.archive.Archive`."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Round]] = {}
        self._places: dict[Place, str] = {}
        self._players: dict[tuple[str, str], list[str]] = {}
        self._held: dict[tuple[str, str, Currency], dict[str, int]] = {}
        self._rewarded: dict[tuple[str, str, str], list[str]] = {}
        self._unfinished: dict[str, None] = {}
        self._disputed: dict[str, None] = {}
        self._log: list[Round] = []
        self._seals: list[tuple[int, bytes]] = []
        self._lock = RLock()

    def add(self, *versions: Round) -> None:
        """Keep these versions, all or none."""
        first, last = versions[0], versions[-1]
        with self._lock:
            chain = self._versions.get(first.id, [])
            numbers = [version.version for version in versions]
            if numbers != list(range(len(chain) + 1, len(chain) + len(versions) + 1)):
                raise RoundConflict(f"version {first.version} of round {first.id} does not follow {len(chain)}")
            place = _place(first)
            if not chain and first.occupies and place in self._places:
                raise RoundOpen(self._places[place])
            paid = _reward(first)
            if not chain and paid is not None:
                spent = sum(self._versions[id][-1].state not in VOID for id in self._rewarded.get(paid, ()))
                if spent >= first.terms.limits.get("reward_rounds", LIMIT):
                    raise RewardSpent(f"reward {paid[2]} has paid its {spent} rounds")
                self._rewarded.setdefault(paid, []).append(first.id)
            if not chain:
                self._players.setdefault((first.terms.operator, first.terms.player), []).append(first.id)
                if first.occupies:
                    self._places[place] = first.id
            self._versions[first.id] = [*chain, *versions]
            self._log += versions
            if not all(version.occupies for version in versions) and self._places.get(place) == first.id:
                del self._places[place]
            self._project(last)

    def _project(self, newest: Round) -> None:
        """The indexes. A place that a dispute has freed is not taken back: another round may be in it."""
        terms = newest.terms
        held = self._held.setdefault((terms.operator, terms.player, terms.currency), {})
        held.pop(newest.id, None)
        if newest.held:
            held[newest.id] = newest.held
        for index, belongs in (
            (self._unfinished, not newest.final and newest.state is not State.DISPUTED),
            (self._disputed, newest.state is State.DISPUTED),
        ):
            if belongs:
                index.setdefault(newest.id)
            else:
                index.pop(newest.id, None)

    def load(self, round: str) -> Round | None:
        """The newest version."""
        chain = self._versions.get(round)
        return chain[-1] if chain else None

    def versions(self, round: str) -> Sequence[Round]:
        """All versions, oldest first."""
        return list(self._versions.get(round, ()))

    def open_round(self, operator: str, player: str, game: str) -> Round | None:
        """The round that occupies this player's place in the game."""
        id = self._places.get((operator, player, game))
        return None if id is None else self.load(id)

    def held(self, operator: str, player: str, currency: Currency) -> int:
        """What is set aside for all rounds of the player in this currency."""
        with self._lock:
            return sum(self._held.get((operator, player, currency), {}).values())

    def history(self, operator: str, player: str, *, game: str | None, limit: int, cursor: str | None) -> Page:
        """The player's rounds, newest accepted first."""
        with self._lock:
            found = [self._versions[id][-1] for id in self._players.get((operator, player), ())]
        found = sorted((r for r in found if game in (None, r.terms.game)), key=_age, reverse=True)
        if cursor is not None:
            last = self.load(cursor)
            if last is None or (last.terms.operator, last.terms.player) != (operator, player):
                raise ValueError(f"{cursor!r} is no cursor of this history")
            found = [round for round in found if _age(round) < _age(last)]
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)

    def rewarded(self, operator: str, player: str, reward: str) -> Sequence[Round]:
        """The rounds that this reward pays for, oldest first."""
        with self._lock:
            found = [self._versions[id][-1] for id in self._rewarded.get((operator, player, reward), ())]
        return sorted(found, key=_age)

    def records(self) -> Iterator[Stored]:
        """Every version, in the order of addition."""
        return (Stored(place, v.id, v.version, v.record) for place, v in enumerate(list(self._log), 1))

    def unsealed(self) -> Sequence[Stored]:
        """Every version that no seal covers yet."""
        upto = self._seals[-1][0] if self._seals else 0
        return [stored for stored in self.records() if stored.place > upto]

    def seals(self) -> Sequence[bytes]:
        """All seals, oldest first."""
        return [seal for _, seal in self._seals]

    def add_seal(self, seal: bytes, upto: int) -> None:
        """Keep a seal."""
        self._seals.append((upto, seal))

    def unfinished(self) -> Sequence[str]:
        """The rounds that recovery walks, oldest first."""
        return self._oldest_first(self._unfinished)

    def disputed(self) -> Sequence[str]:
        """The rounds that people must decide, oldest first."""
        return self._oldest_first(self._disputed)

    def pending(self) -> Sequence[Pending]:
        """What has not ended, by state."""
        with self._lock:
            open_rounds = [self._versions[id][-1] for id in (*self._unfinished, *self._disputed)]
        found = {state: [r.terms.accepted for r in open_rounds if r.state is state] for state in State}
        return [Pending(state, len(times), min(times)) for state, times in found.items() if times]

    def _oldest_first(self, ids: Iterable[str]) -> Sequence[str]:
        with self._lock:
            return sorted(ids, key=lambda id: _age(self._versions[id][-1]))


class MemorySessions:
    """A `ports.sessions.SessionStore`."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._tokens: dict[bytes, str] = {}
        self._given: set[bytes] = set()
        self._lock = RLock()

    def add(self, session: Session, token_digest: bytes) -> None:
        """Keep a new session."""
        for text in (session.id, session.operator, session.player, session.game, session.handle):
            text.encode()
        with self._lock:
            if session.id in self._sessions or token_digest in self._given:
                raise ValueError(f"session {session.id}, or its token, is there already")
            self._given.add(token_digest)
            self._sessions[session.id] = replace(session)
            self._tokens[token_digest] = session.id

    def find(self, token_digest: bytes) -> Session | None:
        """The session of this bearer token, unless it was ended."""
        id = self._tokens.get(token_digest)
        return None if id is None else self._sessions.get(id)

    def get(self, id: str) -> Session | None:
        """The session with this id, ended or not."""
        return self._sessions.get(id)

    def end(self, id: str) -> None:
        """From now on its bearer token opens nothing."""
        with self._lock:
            for token in [token for token, session in self._tokens.items() if session == id]:
                del self._tokens[token]


class MemoryRewards:
    """A `ports.rewards.RewardStore`."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Kept] = {}
        self._lock = RLock()

    def add(self, reward: Reward) -> None:
        """Keep a reward."""
        with self._lock:
            known = self._kept.setdefault(_key(reward), Kept(reward, False, False))
            if known.reward != reward:
                raise RewardConflict(f"reward {reward.id} is another one already")

    def find(self, operator: str, player: str, id: str) -> Kept | None:
        """One reward."""
        return self._kept.get((operator, player, id))

    def withdraw(self, operator: str, player: str, id: str) -> None:
        """No round is begun from now on."""
        self._change((operator, player, id), withdrawn=True)

    def tell(self, operator: str, player: str, id: str) -> None:
        """The total is on record."""
        self._change((operator, player, id), told=True)

    def of(self, operator: str, player: str) -> Sequence[Kept]:
        """All rewards of a player, in the order in which they came."""
        return [kept for key, kept in list(self._kept.items()) if key[:2] == (operator, player)]

    def untold(self, operator: str) -> Sequence[Kept]:
        """All rewards of an operator whose total is not on record."""
        return [kept for key, kept in list(self._kept.items()) if key[0] == operator and not kept.told]

    def named(self, operator: str, id: str) -> Sequence[Kept]:
        """All rewards of an operator with this id."""
        return [kept for key, kept in list(self._kept.items()) if (key[0], key[2]) == (operator, id)]

    def _change(self, key: tuple[str, str, str], withdrawn: bool = False, told: bool = False) -> None:
        with self._lock:
            if key in self._kept:
                known = self._kept[key]
                self._kept[key] = Kept(known.reward, known.withdrawn or withdrawn, known.told or told)


def _key(reward: Reward) -> tuple[str, str, str]:
    return (reward.operator, reward.player, reward.id)


def _reward(round: Round) -> tuple[str, str, str] | None:
    """The reward that pays for a round."""
    terms = round.terms
    if terms.reward is None or terms.kind is not Kind.PLAY:
        return None
    return (terms.operator, terms.player, terms.reward)


def _place(round: Round) -> Place:
    return (round.terms.operator, round.terms.player, round.terms.game)


def _age(round: Round) -> tuple[object, str]:
    return (round.terms.accepted, round.id)

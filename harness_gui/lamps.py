"""The lamps: the invariants of the house, looked up in the record, the wallet's books and the game itself.

A lamp is green (holds), red (broken, and why) or dark (cannot be seen from here). A round that rests at its end is looked
at once for each of its versions; what moves is looked at again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, runtime_checkable

from core.audit import Audit
from core.book import RESULT
from core.catalogue import Catalogue
from core.reconcile import reconcile
from core.replay import differences
from ports.books import Books
from ports.money import Currency
from ports.record import Kind, Round, State, Status
from ports.rounds import RoundStore
from ports.wallet import Wallet

NAMES = {
    "I1": "the wallet's money adds up: free + held + house",
    "I2": "our movements are the wallet's, id by id",
    "I3": "no movement moved money twice",
    "I4": "every drawn round has one result, of exactly its win",
    "I5": "cancelled and declined rounds hold and pay nothing",
    "I6": "one outcome for ever: the tape gives what is on record",
    "I7": "no balance is below zero",
    "I8": "one open round a player and game",
    "I9": "no win is below zero or above the cap",
    "I10": "every path of states is legal",
    "I11": "no round is open beyond its deadline",
    "I12": "the chain of the record and its seals verify",
    "I13": "the same request has the same answer",
    "I14": "forced and demo rounds never touch real money",
}
_ENDS = (State.SETTLED, State.DECLINED, State.CANCELLED)
_LEGAL: Mapping[State, frozenset[State]] = {
    State.OPENED: frozenset({State.OPENED, State.ESCROWED, State.DECLINED, State.CANCELLING, State.DISPUTED}),
    State.ESCROWED: frozenset({State.AWAITING, State.DRAWN, State.CANCELLING, State.DISPUTED}),
    State.AWAITING: frozenset({State.AWAITING, State.RAISING, State.DRAWN, State.DISPUTED}),
    State.RAISING: frozenset({State.RAISING, State.AWAITING, State.DRAWN, State.DISPUTED}),
    State.DRAWN: frozenset({State.DRAWN, State.SETTLED, State.DISPUTED}),
    State.CANCELLING: frozenset({State.CANCELLING, State.CANCELLED, State.DISPUTED}),
    State.CANCELLED: frozenset({State.CANCELLING}),
    State.DISPUTED: frozenset({State.DISPUTED, State.DRAWN, State.CANCELLING, State.SETTLED, State.CANCELLED}),
    State.SETTLED: frozenset(),
    State.DECLINED: frozenset({State.DISPUTED}),
}
SLACK = timedelta(minutes=10)
"""What recovery may take beyond a deadline."""


@runtime_checkable
class Sums(Protocol):
    """A wallet that says what all its accounts add up to, a currency at a time; together zero."""

    def currencies(self) -> Sequence[Currency]:
        """Every currency in which there are accounts."""
        ...

    def sums(self, currency: str | None = None) -> Mapping[str, int]:
        """Kind of account (player, held, house) -> minor units of this currency."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What a wallet's accounts in one currency add up to, beside our record, in minor units."""

    operator: str
    currency: Currency
    player: int
    """What all players can spend."""
    held: int
    house: int
    recorded: int
    """What our record says is set aside, players' own money; a movement in flight, and a free round, are the difference."""

    @property
    def total(self) -> int:
        """Zero, if the books add up."""
        return self.player + self.held + self.house

    @property
    def words(self) -> str:
        """For people, in main units."""
        parts = {"players": self.player, "held": self.held, "on record": self.recorded, "house": self.house}
        told = " · ".join(f"{name} {spelt(minor, self.currency.exponent)}" for name, minor in parts.items())
        return f"{self.operator} {self.currency.code}: {told} · sum {spelt(self.total, self.currency.exponent)}"


def spelt(minor: int, exponent: int) -> str:
    """An amount in main units, for people."""
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(exponent + 1, "0")
    cut = len(digits) - exponent
    whole = f"{int(digits[:cut]):,}"
    return f"{sign}{whole}.{digits[cut:]}" if exponent else f"{sign}{whole}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """One invariant, and how it stands."""

    id: str
    name: str
    holds: bool | None
    """None: it cannot be seen from here."""
    why: str = ""

    @property
    def word(self) -> str:
        """green, red or dark."""
        return "dark" if self.holds is None else "green" if self.holds else "red"


class Lamps:
    """Checks the invariants over the rounds that the bench has seen."""

    def __init__(
        self,
        *,
        rounds: RoundStore,
        wallets: Mapping[str, Wallet],
        catalogue: Catalogue,
        audit: Audit,
        now: Callable[[], datetime],
    ) -> None:
        """`wallets` are the operators' own, without faults and watchers: their books are read."""
        self._rounds = rounds
        self._wallets = wallets
        self._catalogue = catalogue
        self._audit = audit
        self._now = now
        self._seen: dict[str, tuple[int, tuple[tuple[str, str], ...]]] = {}

    def check(self, ids: Sequence[str], *, unlike: Sequence[str] = ()) -> list[Lamp]:
        """All lamps, over these rounds. `unlike`: what was answered otherwise when it was asked again."""
        found: dict[str, list[str]] = {id: [] for id in NAMES}
        newest = [round for round in map(self._rounds.load, dict.fromkeys(ids)) if round is not None]
        self._seen = {round.id: self._seen[round.id] for round in newest if round.id in self._seen}
        for round in newest:
            for lamp, why in self._of_round(round):
                found[lamp].append(f"{round.id[:8]}: {why}")
        for lamp, why in [*self._of_books(newest), *self._of_places(newest)]:
            found[lamp].append(why)
        found["I12"] += [f"{f.round}: {f.what}" for f in self._audit.verify().findings]
        found["I13"] += unlike
        dark = set() if any(isinstance(w, Sums) for w in self._wallets.values()) else {"I1"}
        dark |= set() if any(isinstance(w, Books) for w in self._wallets.values()) else {"I2", "I3"}
        return [self._lamp(id, found[id], id in dark) for id in NAMES]

    def accounts(self) -> list[Accounts]:
        """The accounts of every wallet that tells of them, in each of its currencies."""
        held: Counter[tuple[str, Currency]] = Counter()
        for id in (*self._rounds.unfinished(), *self._rounds.disputed()):
            round = self._rounds.load(id)
            if round is not None:
                held[round.terms.operator, round.terms.currency] += round.held
        return [
            Accounts(operator=name, currency=currency, recorded=held[name, currency], **_accounts(wallet, currency))
            for name, wallet in self._wallets.items()
            if isinstance(wallet, Sums)
            for currency in wallet.currencies()
        ]

    def _lamp(self, id: str, why: Sequence[str], dark: bool) -> Lamp:
        if why:
            return Lamp(id=id, name=NAMES[id], holds=False, why="; ".join(why[:5]))
        return Lamp(id=id, name=NAMES[id], holds=None if dark else True)

    def _of_round(self, round: Round) -> Sequence[tuple[str, str]]:
        known = self._seen.get(round.id)
        if known is not None and known[0] == round.version:
            late = self._late(round)
            return [*known[1], *late]
        problems = tuple(self._look(round))
        self._seen[round.id] = (round.version, problems)
        return [*problems, *self._late(round)]

    def _late(self, round: Round) -> list[tuple[str, str]]:
        if round.final or round.state is State.DISPUTED or self._now() < round.terms.deadline + SLACK:
            return []
        return [("I11", f"{round.state} since its deadline, {round.terms.deadline:%Y-%m-%d %H:%M}")]

    def _look(self, round: Round) -> Iterator[tuple[str, str]]:
        results = [entry for entry in round.entries if entry.kind is RESULT]
        if round.state is State.SETTLED and round.terms.kind is Kind.PLAY:
            paid = [entry.amount for entry in results if entry.status is Status.CONFIRMED]
            if paid != [round.win]:
                yield "I4", f"settled with results {paid} and a win of {round.win}"
        if round.state in (State.CANCELLED, State.DECLINED) and (round.held or results):
            yield "I5", f"{round.state} with {round.held} held and {len(results)} results"
        for difference in differences(round, self._catalogue):
            yield "I6", difference
        if any(entry.balance is not None and entry.balance < 0 for entry in round.entries):
            yield "I7", "the operator told of a balance below zero"
        if not 0 <= round.win <= round.terms.cap:
            yield "I9", f"a win of {round.win}, the cap is {round.terms.cap}"
        versions = self._rounds.versions(round.id)
        for before, after in pairwise(versions):
            if after.state not in _LEGAL[before.state]:
                yield "I10", f"{before.state} became {after.state}"
        wallet = self._wallets.get(round.terms.operator)
        if wallet is None or (wallet.traits.real_money and (round.terms.forced or round.terms.demo)):
            yield "I14", f"operator {round.terms.operator}"

    def _of_books(self, newest: Sequence[Round]) -> Iterator[tuple[str, str]]:
        """I1 to I3: what the wallets say of themselves, and of what we sent. Movements in flight are no gap."""
        ours = {round.id for round in newest}
        for name, wallet in self._wallets.items():
            if isinstance(wallet, Sums):
                totals = {each.code: sum(wallet.sums(each.code).values()) for each in wallet.currencies()}
                for code, total in totals.items():
                    if total:
                        yield "I1", f"{name}: the accounts in {code} add up to {total}, not to 0"
            if not isinstance(wallet, Books):
                continue
            lines = [line for line in wallet.booked() if line.id.split(":", 1)[0] in ours]
            for id, times in Counter(line.id for line in lines).items():
                if times > 1:
                    yield "I3", f"{id} is booked {times} times"
            for gap in reconcile([round for round in newest if round.terms.operator == name], lines):
                if self._rests(gap.round, newest):
                    yield "I2", f"{gap.gap}: {gap.movement}"

    def _rests(self, id: str, newest: Sequence[Round]) -> bool:
        return any(round.id == id and round.state in _ENDS for round in newest)

    def _of_places(self, newest: Sequence[Round]) -> Iterator[tuple[str, str]]:
        places = Counter((r.terms.operator, r.terms.player, r.terms.game) for r in newest if r.occupies)
        for (operator, player, game), count in places.items():
            if count > 1:
                yield "I8", f"{player} of {operator} has {count} open rounds of {game}"


def _accounts(wallet: Sums, currency: Currency) -> dict[str, int]:
    sums = wallet.sums(currency.code)
    return {kind: sums.get(kind, 0) for kind in ("player", "held", "house")}

"""The bench: the whole house with its outer parts replaced, and what QA does with it. No Qt in here.

    wallets      faults, then a watcher, around each operator's own        every call can fail, every call is seen
    randomness   a deck, around fair chance; `outside` for game servers    `force` puts an outcome there, which is then marked
    record       a watcher, around the store                               every durable write is seen
    clock        can be put forward                                        deadlines pass at once

What a button of the window does, a test and a scenario file do through the same methods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import RLock
from types import TracebackType
from typing import Any
from uuid import uuid4

from dependency_injector import providers

from adapters.backends.faulty import Armed, Faulty
from core.catalogue import Catalogue, Listing
from core.house import House
from core.stakes import Stakes
from core.ways import example
from harness_gui import tapes
from harness_gui.cases import Cases
from harness_gui.clock import SettableClock
from harness_gui.curl import curl
from harness_gui.deck import Deck
from harness_gui.forcing import Forcing
from harness_gui.journal import Call, Journal, Line
from harness_gui.lamps import Accounts, Lamp, Lamps, spelt
from harness_gui.outside import Outside
from harness_gui.watch import WatchedRounds, WatchedWallet
from ports.game import Interactive, Json, Wager
from ports.record import Round, State
from ports.rounds import Bet
from ports.sessions import Session
from ports.wallet import InDoubt, Traits
from rgs.container import Container
from rgs.settings import Settings

BETS = 50_000
"""Bets that can be sent again; the oldest are forgotten."""


class Refused(Exception):
    """The bench does not do this; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One operator of the configuration."""

    operator: str
    backend: str
    traits: Traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """A player's money, in minor units; None where the operator has not said."""

    currency: str
    exponent: int
    available: int | None
    """What the wallet says can be spent."""
    held: int
    """What our record says is set aside."""

    def text(self, minor: int | None) -> str:
        """An amount in main units, for people."""
        return "?" if minor is None else spelt(minor, self.exponent)


class Bench:
    """A house to break things in. Many threads may use it; one player sits at it."""

    def __init__(self, settings: Settings) -> None:
        """Open it. Raises `Refused` if an operator is for real money, and what a server's start raises."""
        self._lock = RLock()
        self.container = Container(settings=settings)
        self.container.init_resources()
        try:
            self._replace_parts()
        except BaseException:
            self.container.shutdown_resources()
            raise

    def _replace_parts(self) -> None:
        container = self.container
        self._wallets = dict(container.wallets())
        for name, wallet in self._wallets.items():
            if wallet.traits.real_money:
                raise Refused(f"operator {name} is for real money; the harness opens play money and test wallets only")
        self.clock = SettableClock(container.clock())
        self.journal = Journal(self.clock.now)
        self.deck = Deck(container.tape())
        self.outside = Outside(container.tape(), self.journal.said)
        self.force = Forcing(
            self.deck,
            self.outside,
            self.journal,
            Cases(container.data()),
            listing=lambda: self.listing,
            wager=self.wager,
            find=self.find,
        )
        self.faults = {name: Faulty(wallet) for name, wallet in self._wallets.items()}
        watched = {n: WatchedWallet(n, faulty, self.journal, self.deck) for n, faulty in self.faults.items()}
        self.rounds = WatchedRounds(container.rounds(), self.journal, self.deck, self.outside)
        house = replace(container.house(), forced=self.force.armed)
        container.clock.override(providers.Object(self.clock))
        container.tape.override(providers.Object(self.deck.tape))
        container.round_tape.override(providers.Object(self.outside.tape))
        container.wallets.override(providers.Object(watched))
        container.rounds.override(providers.Object(self.rounds))
        container.house.override(providers.Object(house))
        self._house: House = house
        self._catalogue: Catalogue = container.catalogue()
        self._hosted = container.hosted()
        self._lamps = Lamps(
            rounds=self.rounds,
            wallets=self._wallets,
            catalogue=self._catalogue,
            audit=container.audit(),
            now=self.clock.now,
        )
        self._session: Session | None = None
        self._bets: dict[str, Bet] = {}
        self._unlike: list[str] = []
        self.address: str | None = None
        """Where the bench serves HTTP, if it does."""

    def close(self) -> None:
        """Let the data go."""
        self.container.shutdown_resources()
        for wallet in self._wallets.values():
            close = getattr(wallet, "close", None)
            if close is not None:
                close()

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # What there is.

    @property
    def backends(self) -> Sequence[Backend]:
        """The operators of the configuration. Their secrets stay with the adapters."""
        operators = self.container.settings().operators
        return [
            Backend(operator=name, backend=operators[name].backend, traits=wallet.traits)
            for name, wallet in self.faults.items()
        ]

    @property
    def games(self) -> Sequence[Listing]:
        """The games that can be played."""
        return list(self._catalogue)

    @property
    def session(self) -> Session:
        """The open session. Raises `Refused` if there is none."""
        if self._session is None:
            raise Refused("open a session first")
        return self._session

    @property
    def listing(self) -> Listing:
        """The game of the session."""
        return self._catalogue.current(self.session.game, self.session.operator)

    def wager(self, mode: str | None = None, selection: Json = None) -> Wager:
        """What to bet on. None: the first mode; the simplest selection, where the game takes one."""
        game = self.listing.game
        if selection is None and game.selection is not None:
            selection = example(game.selection)
        return Wager(mode or game.modes[0].id, selection)

    def stakes(self, wager: Wager) -> tuple[list[int], int | None]:
        """All stakes for a wager in minor units, and the usual one. Raises `IllegalWager`."""
        stakes: Stakes = self._house.stakes[self.session.operator]
        cost = self.listing.game.cost(wager)
        return stakes.ladder(cost), stakes.usual(cost)

    # Playing.

    def open_session(self, *, operator: str, token: str, game: str) -> Session:
        """Sit down at a game. Raises what `core.sessions.Sessions.open` raises."""
        with self._lock:
            opened = self.container.sessions().open(operator=operator, token=token, game=game, opened_by=None)
            self._session = opened.session
            return opened.session

    def spin(self, *, stake: int | None = None, mode: str | None = None, selection: Json = None) -> Round:
        """Bet, and walk the round as far as it goes. None: the usual stake, and as `wager` has it.

        Raises what `core.hosted.Hosted.play` raises.
        """
        session = self.session
        game = self.listing.game
        wager = self.wager(mode, selection)
        if stake is None:
            stake = self.stakes(wager)[1]
        bet = Bet(round=str(uuid4()), wager=wager, stake=stake or 0)
        self._bets[bet.round] = bet
        if len(self._bets) > BETS:
            del self._bets[next(iter(self._bets))]
        self.journal.said(bet.round, f"bet {bet.stake} on {game.id}, mode {wager.mode}")
        return self._told(self._play(session, bet))

    def repeat(self, id: str) -> Round:
        """Send the same bet again: what a client does that got no answer. Raises `Refused`."""
        bet = self._bets.get(id)
        if bet is None:
            raise Refused("this round's bet was not made here")
        self.journal.said(id, "the same bet again")
        return self._told(self._play(self.session, bet))

    def published_choice(self, round: Round) -> str | None:
        """What the game's published strategy takes where the round awaits a choice; None: it awaits none."""
        game = self.listing.game
        if round.state is not State.AWAITING or not isinstance(game, Interactive):
            return None
        return game.auto(round.turns[-1].turn.state)

    def choose(self, id: str, choice: str) -> Round:
        """Take a choice that the round offers. Raises what `core.hosted.Hosted.choose` raises."""
        round = self._hosted.find(self.session, id)
        self.journal.said(id, f"choice {choice}")
        return self._told(self._hosted.choose(self.session, id, len(round.turns), choice).round)

    def recover(self) -> list[Round]:
        """Walk every unfinished round on, now; the ones that moved."""
        return list(self.container.recovery().sweep(at_once=True))

    def refresh(self) -> int | None:
        """Ask the operator for the balance: minor units, or what it last said."""
        return self.container.sessions().refresh(self.session)

    def cancel(self, id: str, reason: str) -> Round:
        """Give a stake back, as staff may while nothing was drawn. Raises what `core.desk.Desk.cancel` raises."""
        return self.container.desk().cancel(id, "staff:bench", reason)

    def forward(self, span: timedelta) -> None:
        """Put the clock forward."""
        self.clock.forward(span)

    def _play(self, session: Session, bet: Bet) -> Round:
        try:
            return self._hosted.play(session, bet).round
        except Exception as problem:
            self.journal.said(bet.round, f"refused: {problem}")
            raise

    def _told(self, round: Round) -> Round:
        self.journal.said(round.id, f"told: {round.state}" + (f", win {round.win}" if round.turns else ""))
        return round

    # Breaking.

    def arm(self, call: str, fault: str, when: str = "next", *, operator: str | None = None) -> Armed:
        """Order a fault for an operator's wallet (None: the session's, else the first). Raises `ValueError`."""
        seated = self._session.operator if self._session is not None else next(iter(self.faults))
        armed = self.faults[operator or seated].arm(call, fault, when)
        self.journal.said("", f"fault armed: {armed}")
        return armed

    def pretend(self, operator: str, traits: Mapping[str, Any]) -> Traits:
        """Have an operator's wallet say other traits of itself. Raises `Refused`, `ValueError`, `TypeError`.

        Names as in `ports.wallet.Traits`; spans in seconds. It stays what it is: a wallet of play money.
        """
        if operator not in self.faults:
            raise Refused(f"there is no operator {operator!r}; there is {', '.join(self.faults)}")
        if "real_money" in traits:
            raise Refused("no wallet becomes one of real money")
        if unknown := traits.keys() - Traits.__annotations__.keys():
            raise ValueError(f"a wallet has no trait {', '.join(sorted(unknown))}")
        spans = {"in_flight", "idempotency_window"}
        fields: dict[str, Any] = {
            n: timedelta(seconds=v) if n in spans and v is not None else v for n, v in traits.items()
        }
        if "in_doubt" in fields:
            fields["in_doubt"] = InDoubt(fields["in_doubt"])
        faulty = self.faults[operator]
        faulty.pretended = replace(faulty.traits, **fields)
        return faulty.pretended

    def armed(self) -> list[Armed]:
        """Every fault in waiting."""
        return [armed for faulty in self.faults.values() for armed in faulty.armed]

    def disarm_all(self) -> None:
        """No fault and no force any more."""
        for faulty in self.faults.values():
            faulty.disarm()
        self.force.disarm()
        self.journal.said("", "everything disarmed")

    def deliver(self) -> int:
        """Let every late request arrive; how many there were."""
        return sum(faulty.deliver() for faulty in self.faults.values())

    # Watching.

    def seen(self) -> list[str]:
        """The ids of the rounds that the bench saw, oldest first."""
        return list(self.journal.rounds())

    def history(self) -> Sequence[Round]:
        """The rounds that the bench saw, newest first."""
        rounds = (self.rounds.load(id) for id in reversed(self.seen()))
        return [round for round in rounds if round is not None]

    def find(self, id: str) -> Round:
        """The newest version of a round. Raises `Refused`."""
        round = self.rounds.load(id)
        if round is None:
            raise Refused(f"there is no round {id}")
        return round

    def versions(self, id: str) -> Sequence[Round]:
        """A round's whole chain."""
        return self.rounds.versions(id)

    def drawn(self, id: str) -> list[tapes.Drawn]:
        """Every draw of a round, and where its value came from. Raises `Refused`."""
        round = self.find(id)
        return tapes.drawn(round, (self.deck if round.hosted else self.outside).played(id))

    def tape_file(self, id: str) -> str:
        """A round's tape, as it is handed on. Raises `Refused`, `ValueError`."""
        return tapes.write(self.find(id))

    def timeline(self, id: str) -> Sequence[Line]:
        """What passed between client, house, record and wallet, in the order in which it did."""
        return self.journal.of(id)

    def transactions(self) -> Sequence[Call]:
        """Every call to a wallet, oldest first."""
        return self.journal.calls()

    def curl(self, call: Call) -> str:
        """The request of the HTTP contract that has the house make this call, to be pasted into a shell. No secrets."""
        return curl(call, self.rounds.load(call.round) if call.round else None, address=self.address)

    def balances(self) -> Balances:
        """The player's money."""
        session = self.session
        return Balances(
            currency=session.currency.code,
            exponent=session.currency.exponent,
            available=self.container.balances().last(session.operator, session.player, session.currency.code),
            held=self.rounds.held(session.operator, session.player, session.currency),
        )

    def invariants(self) -> list[Lamp]:
        """Every lamp, over the rounds that the bench saw."""
        with self._lock:
            self._ask_again()
            return self._lamps.check(self.seen(), unlike=self._unlike)

    def books(self) -> list[Accounts]:
        """What the wallets' accounts add up to, in every currency, beside our record."""
        return self._lamps.accounts()

    def _ask_again(self) -> None:
        """I13: the newest finished bet, sent again, is answered with the very same version."""
        for id in reversed(self._bets):
            round = self.rounds.load(id)
            if round is not None and round.final:
                again = self._hosted.play(self.session, self._bets[id])
                if not again.replay or again.round.digest != round.digest:
                    self._unlike.append(f"{id[:8]}: another answer")
                return

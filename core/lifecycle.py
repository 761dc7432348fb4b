"""The life of a round: a walk between recorded states, one arrow at a time, that anyone entitled can resume.

     OPENED -escrow-> ESCROWED -draw-> [AWAITING <-> RAISING] -> DRAWN -result-> SETTLED
       | declined: DECLINED  |                                     |
       | no answer           | game failed, cancel asked           | operator contradicts
       '---------------------+-> CANCELLING -cancel-> CANCELLED    '-> DISPUTED

`advance` does exactly one arrow: one call to the wallet, then one addition to the record. Playing, a client's retry and
recovery all call it, and there is no second way. Why no cent can be lost:

1.  A movement is on record, with its id, before its first byte is sent. After a crash the record says what may be in
    flight, and the same movement can be sent again, byte for byte.
2.  Nothing is drawn before the escrow is confirmed. The outcome is on record, with its draws, before anyone sees it and
    before any win is paid, and it is never drawn again.
3.  An answer that never came is not a refusal. An escrow in doubt is given back and never sent again, or repeated until
    it is answered, as the operator's protocol wants. A refusal ends a round only if it answers the only send there was.
4.  A stake goes back only while nothing was drawn. Once drawn, the result is repeated until the operator confirms it.
5.  Versions are only ever added, each after the one before it. Whoever loses that race reloads, and walks on from there.
"""

from collections.abc import Callable
from typing import Any

from core import book
from core.book import CANCEL, ESCROW, RESULT
from core.catalogue import Catalogue
from core.errors import GameUnavailable
from core.sender import Sender
from core.turns import CannotDraw, GameFailed, automatic_choice, take_turn
from ports.clock import Clock
from ports.randomness import Tape
from ports.record import Entry, Played, Round, State, Status
from ports.rounds import RewardSpent, RoundConflict, RoundStore
from ports.wallet import Contradicted, Declined, InDoubt, Reason, Receipt, Unconfirmed, WalletError
from ports.watch import Watch


class Lifecycle:
    """Walks rounds. Many threads may walk at once: the store lets exactly one of them add each version."""

    def __init__(
        self,
        *,
        rounds: RoundStore,
        sender: Sender,
        catalogue: Catalogue,
        tape: Callable[[], Tape],
        clock: Clock,
        watch: Watch,
    ) -> None:
        self._rounds = rounds
        self._sender = sender
        self._catalogue = catalogue
        self._tape = tape
        self._clock = clock
        self._watch = watch

    # What is decided without a call.

    def open(self, first: Round) -> Round:
        """Put the first version of a round on record. Raises `RoundConflict`, `RoundOpen`, `Declined` (a spent reward)."""
        try:
            with self._sender.deciding(first):
                return self._add(first)
        except RewardSpent as spent:
            raise Declined(Reason.REWARD_INVALID, str(spent)) from None

    def choose(self, round: Round, choice: str, cost: int, actor: str) -> Round:
        """AWAITING: take a choice that the last turn offered. A free one is played at once; for one that costs `cost`
        minor units the escrow is put on record. Raises `RoundConflict`, `GameUnavailable`.
        """
        if cost:
            return self.extend(round, cost, actor, raising=choice)
        turned = self._turned(round, choice, actor)
        if turned is None:
            raise GameUnavailable(f"{round.terms.game} {round.terms.version} cannot be played at the moment")
        return self._add(turned)

    def extend(self, round: Round, amount: int, actor: str, *, raising: str | None = None) -> Round:
        """AWAITING: put a further escrow on record. Raises `RoundConflict`."""
        entries = book.with_escrow(round.entries, amount, round.terms.session, self._clock.now())
        raised = self._next(round, State.RAISING, actor, entries=entries, raising=raising)
        with self._sender.deciding(raised):
            return self._add(raised)

    def drew(self, round: Round, played: Played, actor: str) -> Round:
        """External: put draws on record, before they are shown. Raises `RoundConflict`."""
        return self._add(self._next(round, State.AWAITING, actor, turns=(*round.turns, played)))

    def finish(self, round: Round, played: Played, actor: str) -> Round:
        """External: put the outcome on record, `played.turn.win` minor units. Raises `RoundConflict`."""
        return self._add(self._after(round, played, actor))

    def give_back(self, round: Round, actor: str, reason: str) -> Round:
        """OPENED, ESCROWED: put on record that the stake goes back. RAISING: that its newest escrow does."""
        state = State.RAISING if round.state is State.RAISING else State.CANCELLING
        escrow = book.newest_escrow(round.entries)
        sent = book.changed(round.entries, escrow, sends=self._sender.done(round, escrow))
        entries = book.with_cancel(sent, self._clock.now())
        return self._add(self._next(round, state, actor, entries=entries, reason=reason))

    def decide(self, round: Round, state: State, actor: str, reason: str, entries: book.Entries) -> Round:
        """DISPUTED, or to become so: put on record what people decided. Raises `RoundConflict`."""
        return self._add(self._next(round, state, actor, entries=entries, reason=reason))

    # The walk.

    def rests(self, round: Round) -> bool:
        """Nothing is to be done until somebody decides something, or the deadline passes."""
        waits = round.state is State.AWAITING or (round.state is State.ESCROWED and not round.hosted)
        return round.final or round.state is State.DISPUTED or (waits and not self._overdue(round))

    def advance(self, round: Round, actor: str) -> Round:
        """Do exactly one arrow from this version, and return the newest version.

        The same version comes back when nothing can be done now: the round rests, or the wallet gave no answer that
        proves anything. Whatever the wallet or a game does is told by the state; only a failing store raises.
        """
        try:
            match round.state:
                case State.OPENED:
                    return self._escrow(round, actor)
                case State.ESCROWED if round.hosted:
                    return self._add(self._drawn(round, actor))
                case State.ESCROWED if self._overdue(round):
                    return self.give_back(round, actor, "deadline")
                case State.AWAITING if self._overdue(round):
                    return self._complete(round, actor)
                case State.RAISING:
                    return self._raise(round, actor)
                case State.DRAWN:
                    return self._result(round, actor)
                case State.CANCELLING:
                    return self._cancel(round, actor)
                case _:
                    return round
        except RoundConflict:
            return self._reload(round)
        except Unconfirmed:  # no backend is configured for its operator just now
            return round

    def _escrow(self, round: Round, actor: str) -> Round:
        """OPENED, and RAISING for a further escrow. Who decided it knows whether it was sent; nobody else does."""
        entry = book.newest_escrow(round.entries)
        only_send = self._sender.first(round, entry)
        repeats = self._sender.traits(round).in_doubt is InDoubt.REPEAT
        if self._overdue(round) or self._sender.stale(round, entry):
            return self.give_back(round, actor, "deadline")
        if not (only_send or repeats):
            return self.give_back(round, actor, "the escrow may have been sent, and was not answered")
        if not only_send and not self._sender.sends_it(round, entry):
            return self._take_over(round, entry, actor)
        try:
            receipt = self._sender.send(round, entry)
        except Contradicted as answer:
            return self._dispute(round, entry, answer, actor)
        except Declined as answer:
            if only_send:
                return self._declined(round, entry, answer, actor)
            doubt = f"declined, after a send without an answer: {answer.reason}"
        except Unconfirmed as answer:
            doubt = f"escrow not answered: {answer}"
        else:
            return self._escrowed(round, entry, receipt, actor)
        return round if repeats else self.give_back(round, actor, doubt)

    def _take_over(self, round: Round, entry: Entry, actor: str) -> Round:
        """Say on record that another process sends this escrow from now on: a refusal of the first one's only send then
        comes too late to end the round.
        """
        taken = self._add(self._next(round, round.state, actor, reason="the escrow is repeated by another process"))
        self._sender.took_over(taken, entry)
        return taken

    def _declined(self, round: Round, entry: Entry, answer: Declined, actor: str) -> Round:
        """Nothing was moved: the round ends, or the choice is untaken."""
        state = State.DECLINED if round.state is State.OPENED else State.AWAITING
        sends = self._sender.done(round, entry)
        entries = book.changed(round.entries, entry, status=Status.DECLINED, sends=sends, code=answer.code)
        return self._add(self._next(round, state, actor, entries=entries, raising=None, reason=str(answer.reason)))

    def _escrowed(self, round: Round, entry: Entry, receipt: Receipt, actor: str) -> Round:
        """The money is set aside. What needs no further call goes on record in the same addition."""
        entries = self._confirmed(round, entry, receipt)
        state = State.ESCROWED if round.state is State.OPENED else State.RAISING
        if state is State.RAISING and not round.hosted:
            state = State.AWAITING
        paid = self._next(round, state, actor, entries=entries)
        follows: Round | None = None
        if round.hosted:
            follows = self._drawn(paid, actor) if state is State.ESCROWED else self._turned(paid, paid.raising, actor)
        try:
            return self._add(paid) if follows is None else self._add(paid, follows)
        except RoundConflict:
            return self._late(round, entry, receipt, actor)

    def _late(self, round: Round, entry: Entry, receipt: Receipt, actor: str) -> Round:
        """An escrow was confirmed when somebody had already decided to give it back: it is given back, again."""
        while True:
            now = self._reload(round)
            escrow = book.find(now.entries, ESCROW, entry.number)
            cancel = book.find(now.entries, CANCEL, entry.number)
            if escrow is None or cancel is None or escrow.status is Status.CONFIRMED:
                return now
            # The operator's reference stays out of the book: the cancel was sent without it, and a repeat is the same.
            entries = book.changed(now.entries, cancel, status=Status.PENDING)
            entries = book.changed(entries, escrow, status=Status.CONFIRMED)
            reason = f"escrow confirmed late, as {receipt.reference}"
            state = {State.AWAITING: State.RAISING, State.CANCELLED: State.CANCELLING}.get(now.state, now.state)
            if state not in (State.RAISING, State.CANCELLING):
                state = State.DISPUTED
            try:
                return self._add(self._next(now, state, actor, entries=entries, reason=reason))
            except RoundConflict:
                continue

    def _raise(self, round: Round, actor: str) -> Round:
        """RAISING: the escrow, or its cancel, or the choice itself when it is paid and the game was not there."""
        if book.pending(round.entries, CANCEL):
            return self._cancel(round, actor)
        if book.newest_escrow(round.entries).status is Status.PENDING:
            return self._escrow(round, actor)
        turned = self._turned(round, round.raising, actor)
        if turned is not None:
            return self._add(turned)
        if self._overdue(round):
            return self._add(self._next(round, State.DISPUTED, actor, reason="deadline: the game never came back"))
        return round

    def _drawn(self, paid: Round, actor: str) -> Round:
        """The version that follows ESCROWED: the first turn, or the stake going back if there can be none."""
        try:
            return self._after(paid, take_turn(paid, None, self._catalogue, self._tape), actor)
        except GameFailed as failure:
            entries = book.with_cancel(paid.entries, self._clock.now())
            return self._next(paid, State.CANCELLING, actor, entries=entries, reason=str(failure))

    def _turned(self, round: Round, choice: str | None, actor: str) -> Round | None:
        """The version that follows a choice, or None if the game cannot be played now: then it waits."""
        try:
            return self._after(round, take_turn(round, choice, self._catalogue, self._tape), actor)
        except GameFailed:
            return None

    def _complete(self, round: Round, actor: str) -> Round:
        """AWAITING past its deadline: a hosted round takes the game's free choice, any other becomes disputed. While nothing
        may be drawn it waits: a restart helps.
        """
        try:
            if not round.hosted:
                raise GameFailed("deadline: drawn, and never reported")
            choice = automatic_choice(round, self._catalogue)
            played = take_turn(round, choice, self._catalogue, self._tape, automatic=True)
        except CannotDraw:
            return round
        except GameFailed as failure:
            return self._add(self._next(round, State.DISPUTED, actor, reason=str(failure)))
        return self._add(self._after(round, played, actor))

    def _result(self, round: Round, actor: str) -> Round:
        """DRAWN: report the outcome until the operator confirms it."""
        entry = book.find(round.entries, RESULT, 1)
        assert entry is not None
        if self._sender.stale(round, entry):
            return self._ask(round, entry, actor)
        try:
            receipt = self._sender.send(round, entry)
        except Contradicted as answer:
            return self._dispute(round, entry, answer, actor)
        except WalletError:
            return round
        entries = self._confirmed(round, entry, receipt)
        return self._add(self._next(round, State.SETTLED, actor, entries=entries))

    def _ask(self, round: Round, entry: Entry, actor: str) -> Round:
        """The operator no longer recognises a repeat: ask whether the result is booked, where that can be asked."""
        if not self._sender.traits(round).queryable:
            reason = "the result was never confirmed, and can no longer be repeated"
            return self._add(self._next(round, State.DISPUTED, actor, reason=reason))
        try:
            receipt = self._sender.query(round, entry)
        except WalletError:
            return round
        if receipt is None:
            entries = book.changed(round.entries, entry, since=self._clock.now())
            reason = "the operator has not booked the result"
            return self._add(self._next(round, State.DRAWN, actor, entries=entries, reason=reason))
        entries = self._confirmed(round, entry, receipt)
        return self._add(self._next(round, State.SETTLED, actor, entries=entries))

    def _cancel(self, round: Round, actor: str) -> Round:
        """CANCELLING, and RAISING: give an escrow back until the operator confirms it."""
        entry = book.pending(round.entries, CANCEL)
        assert entry is not None
        traits = self._sender.traits(round)
        again = entry.status is Status.UNFOUND
        if again and self._clock.now() - round.time < traits.in_flight:
            return round
        try:
            receipt = self._sender.send(round, entry)
        except Contradicted as answer:
            return self._dispute(round, entry, answer, actor)
        except WalletError:
            return round
        escrow = book.find(round.entries, ESCROW, entry.number)
        booked = escrow is not None and escrow.status is Status.CONFIRMED
        if booked and receipt.applied is False:
            problem = Contradicted("the operator does not know the escrow that it confirmed")
            return self._dispute(round, entry, problem, actor)
        if receipt.applied is not True and not (booked or traits.tombstones or again):
            entries = book.changed(round.entries, entry, status=Status.UNFOUND)
            return self._add(self._next(round, round.state, actor, entries=entries, reason=round.reason))
        entries = book.returned(round.entries, entry, receipt, self._sender.done(round, entry))
        if round.state is State.RAISING:
            state = State.AWAITING
        else:
            state = State.CANCELLING if book.pending(entries, CANCEL) else State.CANCELLED
        return self._add(self._next(round, state, actor, entries=entries, raising=None, reason=round.reason))

    def _dispute(self, round: Round, entry: Entry, answer: WalletError, actor: str) -> Round:
        """The operator contradicts the record; whoever walked on meanwhile must not go further on it either."""
        reason = f"the operator contradicts the record on {book.movement_id(round, entry)}: {answer}"
        while not (round.final or round.state is State.DISPUTED):
            try:
                return self._add(self._next(round, State.DISPUTED, actor, reason=reason))
            except RoundConflict:
                round = self._reload(round)
        return round

    # Small change.

    def _after(self, round: Round, played: Played, actor: str) -> Round:
        """The version that a turn makes: the win capped, and the result decided if it was the last turn."""
        win = min(played.turn.win * round.unit, round.terms.cap)
        entries, state = round.entries, State.AWAITING
        if not played.turn.choices:
            entries, state = book.with_result(entries, win, round.terms.session, self._clock.now()), State.DRAWN
        turns = (*round.turns, played)
        return self._next(round, state, actor, turns=turns, entries=entries, win=win, raising=None)

    def _confirmed(self, round: Round, entry: Entry, receipt: Receipt) -> book.Entries:
        return book.confirmed(round.entries, entry, receipt, self._sender.done(round, entry))

    def _overdue(self, round: Round) -> bool:
        return self._clock.now() >= round.terms.deadline

    def _next(self, round: Round, state: State, actor: str, **changes: Any) -> Round:
        return round.successor(state, time=self._clock.now(), actor=actor, **changes)

    def _add(self, *versions: Round) -> Round:
        self._rounds.add(*versions)
        for version in versions:
            self._watch.recorded(version)
        return versions[-1]

    def _reload(self, round: Round) -> Round:
        newest = self._rounds.load(round.id)
        assert newest is not None
        return newest

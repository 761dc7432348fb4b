"""Forcing: what the next round draws, said by stops, by tape, by an earlier round, by a saved case or by what is wanted."""

from collections.abc import Callable, Sequence

from core.catalogue import Listing
from core.rng import Replay
from harness_gui import deck as decks
from harness_gui import outside, tapes
from harness_gui.cases import Case, Cases
from harness_gui.deck import Deck, Force
from harness_gui.journal import Journal
from harness_gui.outside import Outside
from harness_gui.solver import Solution, Wanted, first_draws, solve
from ports.game import Wager
from ports.randomness import Draw
from ports.record import Round


class Forcing:
    """Arms the deck, and for game servers what stands outside. Nothing else in the house does."""

    def __init__(
        self,
        deck: Deck,
        outside: Outside,
        journal: Journal,
        cases: Cases,
        *,
        listing: Callable[[], Listing],
        wager: Callable[[], Wager],
        find: Callable[[str], Round],
    ) -> None:
        """`listing`: the game that is sat at; `wager`: the simplest bet on it; `find`: a round by its id, or `Refused`."""
        self._deck, self._outside, self._journal, self._cases = deck, outside, journal, cases
        self._listing, self._wager, self._find = listing, wager, find

    def rehearse(self, wager: Wager | None = None) -> Sequence[Draw]:
        """The draws of a first turn of the session's game: purposes and bounds. Nothing is recorded, nothing is paid."""
        tape = Replay((), then=self._deck.honest())
        self._listing().game.play(wager or self._wager(), tape)
        return tape.draws

    def first_draws(self) -> Sequence[Draw]:
        """The draws that every turn of the session's game begins with, as far as a few rehearsals tell: one alone may have
        won free games, and drawn for them.
        """
        return first_draws(self._listing().game, self._wager(), honest=self._deck.honest)

    def stops(self, stops: Sequence[int], *, shots: int | None = 1, wager: Wager | None = None) -> Force:
        """The next round (`shots` rounds; None: until disarmed) draws these values first. Raises `ValueError`."""
        return self._arm(decks.stops(stops, self.rehearse(wager), shots=shots))

    def tape(self, draws: Sequence[Draw], *, label: str = "tape", shots: int | None = 1) -> Force:
        """The next round draws what is on a tape."""
        return self._arm(Force(label=label, draws=tuple(draws), shots=shots))

    def server(self, draws: Sequence[Draw], *, label: str = "tape", shots: int | None = 1) -> Force:
        """The next round that a game server opens draws these values first, over as many requests as they are for.

        Raises `ValueError` for values that none of its requests can draw.
        """
        force = outside.force(draws, label=label, shots=shots)
        self._outside.arm(force)
        self._journal.said("", f"force armed for game servers: {force.label}")
        return force

    def server_file(self, text: str, *, label: str, shots: int | None = 1) -> Force:
        """The next round that a game server opens draws what is on a tape, all of it. Raises `ValueError`."""
        tape = tapes.read(text)
        return self.server(tape.draws + tape.later, label=label, shots=shots)

    def round(self, id: str) -> Force:
        """The next round draws what this one drew in its first turn; of a game server's round, all that it drew.

        Raises `Refused`, `ValueError`.
        """
        round = self._find(id)
        if not round.turns:
            raise ValueError("nothing was drawn in this round")
        if not round.hosted:
            return self.server([d for played in round.turns for d in played.draws], label=f"tape of {id[:8]}")
        if round.terms.game != self._listing().game.id:
            raise ValueError(
                f"round {id[:8]} is of {round.terms.game}; at this bench {self._listing().game.id} is played"
            )
        return self.tape(round.turns[0].draws, label=f"tape of {id[:8]}")

    def tape_file(self, text: str, *, label: str, shots: int | None = 1) -> str:
        """The next round draws what is on the first turn of a tape in a file; what to beware of, in words, or "".

        The tape of a game server's round is armed for game servers.
        Raises `ValueError` for what is no tape, and for one of another game or version.
        """
        tape, game = tapes.read(text), self._listing().game
        if tape.game is not None and not tape.version:
            self.server_file(text, label=label, shots=shots)
            return ""
        if tape.game is not None and (tape.game, tape.version) != (game.id, game.version):
            raise ValueError(f"this tape is of {tape.game} {tape.version}; {game.id} {game.version} is played here")
        self.tape(tape.draws, label=label, shots=shots)
        if tape.game is not None and tape.maths != self._listing().maths:
            return f"{label}: it was drawn on other maths ({tape.maths[:12]}), and may come out otherwise here"
        return ""

    def saved(self) -> list[Case]:
        """The saved cases of the session's game. Raises `ValueError` for a file that cannot be read."""
        return self._cases.all(self._listing().game.id)

    def save(self, name: str, id: str) -> Case:
        """Keep the first turn of a round under a name. Raises `Refused`, `ValueError`."""
        found = self._find(id)
        if not found.turns:
            raise ValueError("nothing was drawn in this round")
        case = Case(name, found.terms.game, found.terms.version, tuple(found.turns[0].draws))
        self._cases.save(case)
        return case

    def case(self, name: str, *, shots: int | None = 1) -> Force:
        """The next round comes out as a saved case. Raises `ValueError`, also where the game is another version by now."""
        game = self._listing().game
        case = self._cases.find(game.id, name)
        if case.version != game.version:
            raise ValueError(f"case {name!r} is of version {case.version}; {game.id} is {game.version} now")
        return self.tape(case.draws, label=f"case {name}", shots=shots)

    def delete(self, name: str) -> None:
        """Forget a saved case. Raises `ValueError`."""
        self._cases.delete(self._listing().game.id, name)

    def outcome(self, wanted: Wanted, *, shots: int | None = 1) -> Force:
        """The next round comes out as wanted: the first way that the solver finds. Raises `ValueError` if it finds none."""
        solution = self.solve(wanted, enough=1)
        if not solution.found:
            raise ValueError(solution.words)
        return self.tape(solution.pick(), label="outcome", shots=shots)

    def solve(
        self,
        wanted: Wanted,
        *,
        wager: Wager | None = None,
        enough: int | None = None,
        go_on: Callable[[float], bool] = lambda _: True,
    ) -> Solution:
        """Look for draws of the session's game that lead to an outcome. May take seconds; `go_on` may stop it."""
        game, bet = self._listing().game, wager or self._wager()
        return solve(game, bet, wanted, honest=self._deck.honest, enough=enough, go_on=go_on)

    def disarm(self) -> None:
        """No force any more."""
        self._deck.disarm()
        self._outside.disarm()
        self._journal.said("", "force disarmed")

    def armed(self, opened_by: str | None) -> bool:
        """Whether the next round is forced, of ours or of a game server: `House.forced` of the bench."""
        return self._deck.armed() if opened_by is None else self._outside.armed()

    def _arm(self, force: Force) -> Force:
        self._deck.arm(force)
        self._journal.said("", f"force armed: {force.label}")
        return force

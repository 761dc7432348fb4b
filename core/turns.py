"""A turn: the game asked once, its draws kept, what it said checked before anything is built on it."""

from collections.abc import Callable

from core.catalogue import Catalogue
from ports import canonical
from ports.game import Game, IllegalChoice, Interactive, Turn
from ports.randomness import Tape, Unhealthy
from ports.record import Played, Round


class GameFailed(Exception):
    """The game is gone, broke, or could not draw. The message is the reason that goes on record."""


class CannotDraw(GameFailed):
    """No random number may be drawn in this process any more; in the next one it may."""


def take_turn(
    round: Round, choice: str | None, catalogue: Catalogue, tape: Callable[[], Tape], *, automatic: bool = False
) -> Played:
    """Play the first turn of a round (no choice), or the turn that follows a choice.

    Raises `GameFailed` whatever goes wrong (`CannotDraw` if it is not the game's fault): a game is somebody's code, and the
    stake must find its way back.
    """
    game = exact_game(round, catalogue)
    try:
        chance = tape()
        if choice is None:
            turn = game.play(round.terms.wager, chance)
        else:
            turn = _interactive(game).act(round.turns[-1].turn.state, choice, chance)
        _check(game, turn)
    except Unhealthy as problem:
        raise CannotDraw(f"randomness: {problem}"[:500]) from problem
    except Exception as problem:
        raise GameFailed(f"game failed: {problem!r}"[:500]) from problem
    return Played(asked=choice, automatic=automatic, draws=tuple(chance.draws), turn=turn)


def exact_game(round: Round, catalogue: Catalogue) -> Game:
    """The game that the round was accepted under. Raises `GameFailed` if it is gone."""
    terms = round.terms
    game = catalogue.exact(terms.game, terms.version, terms.variant)
    if game is None:
        raise GameFailed(f"game gone: {terms.game} {terms.version} {terms.variant}")
    return game


def automatic_choice(round: Round, catalogue: Catalogue) -> str:
    """The free choice that the game publishes for a player who does not come back. Raises `GameFailed`."""
    game = exact_game(round, catalogue)
    turn = round.turns[-1].turn
    try:
        choice = _interactive(game).auto(turn.state)
    except Exception as problem:
        raise GameFailed(f"game failed: {problem!r}"[:500]) from problem
    if not any(option.id == choice and option.cost == 0 for option in turn.choices):
        raise GameFailed(f"game failed: {choice!r} is no free choice")
    return choice


def _interactive(game: Game) -> Interactive:
    if not isinstance(game, Interactive):
        raise IllegalChoice(f"{game.id} offers no choices")
    return game


def _check(game: Game, turn: Turn) -> None:
    if type(turn.win) is not int or turn.win < 0:
        raise ValueError(f"{game.id} reports a win of {turn.win!r} units")
    canonical.check([turn.events, turn.state])

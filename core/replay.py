"""A round executed again from its record: the same draws through the same game, compared with what was shown and paid."""

from core.catalogue import Catalogue
from core.draws import execute
from core.rng import Replay, TapeMismatch
from ports import canonical
from ports.game import Interactive, Turn
from ports.record import Played, Round


def differences(round: Round, catalogue: Catalogue) -> list[str]:
    """Play every turn of the round again from its tape; what comes out otherwise, in words. Empty: it is the same.

    Of an external round the draws are executed again; its game ran elsewhere, so its outcome is taken as reported.
    """
    found: list[str] = []
    for number, played in enumerate(round.turns, 1):
        try:
            turn = _again(round, number - 1, played, catalogue)
        except Exception as problem:
            found.append(f"turn {number} cannot be played again: {problem}")
            continue
        found += [f"turn {number}: {part} differs" for part in _differing(turn, played.turn)]
    if round.turns:
        last = round.turns[-1].turn
        win = min(last.win * round.unit, round.terms.cap)
        if win != round.win:
            found.append(f"the win is {round.win} on record, and {win} by its last turn")
    return found


def _again(round: Round, index: int, played: Played, catalogue: Catalogue) -> Turn:
    tape = Replay(played.draws)
    if not round.hosted:
        if not played.draws:
            return played.turn
        turn = Turn(0, ({"type": "draw", "values": execute(played.asked, tape)},))
    else:
        terms = round.terms
        game = catalogue.exact(terms.game, terms.version, terms.variant)
        if game is None:
            raise LookupError(f"{terms.game} {terms.version} {terms.variant} is not installed")
        if index == 0:
            turn = game.play(terms.wager, tape)
        else:
            assert isinstance(game, Interactive)
            turn = game.act(round.turns[index - 1].turn.state, str(played.asked), tape)
    if tape.remaining:
        raise TapeMismatch(f"{tape.remaining} draws of the tape were not asked for")
    return turn


def _differing(now: Turn, then: Turn) -> list[str]:
    pairs = {
        "win": (now.win, then.win),
        "events": (now.events, then.events),
        "state": (now.state, then.state),
        "choices": ([[o.id, o.cost] for o in now.choices], [[o.id, o.cost] for o in then.choices]),
    }
    return [part for part, (one, other) in pairs.items() if not canonical.same(one, other)]

"""One round of a compiled machine, served: stops drawn, boards evaluated, falls and free games, all told as events."""

from operator import getitem
from typing import TypeAlias

from core.slots.cascade import Endless, cascade, draw_values, evaluate, forget_positions, raise_positions
from core.slots.patterns import Window, book, from_left, scatter, scatters
from core.slots.respin import respins
from core.slots.reveal import Carried, Shown, Told, reveal, tell_wilds
from core.slots.tables import Openings, PhaseTables, Tables
from ports.randomness import Rng

SERIES = 10_000
"""Free games; a series of more would not come to its end. (It cannot be known of every cascade what its games award.)"""
Spun: TypeAlias = tuple[int, int, Window]
"""Units won, free games awarded, and the board at the end."""


def play_round(tables: Tables, rng: Rng, told: Told) -> int:
    """A base spin and the features it leads to, or a feature that was bought; the units won, before any cap."""
    if tables.plain is not None:
        win, award, _ = _plain_spin(tables, tables.base, tables.plain, rng, told)
        return win + free_games(tables, award, rng, told, Carried()) if award else win
    carried = Carried()
    win, award = begin_round(tables, rng, told, carried)
    return win + free_games(tables, award, rng, told, carried) if award else win


def begin_round(tables: Tables, rng: Rng, told: Told, carried: Carried) -> tuple[int, int]:
    """A round as far as its first free game: units won, and free games to come."""
    machine = tables.machine
    if machine.buys:
        told.append({"type": "bought", "games": machine.buys})
        return 0, machine.buys
    if machine.holds:
        return respins(tables, {}, rng, told), 0
    win, award, window = spin(tables, tables.base, rng, told, carried)
    if machine.hold is not None:
        held = {
            (reel, row): shown
            for reel, column in enumerate(window)
            for row, shown in enumerate(column)
            if shown in tables.prizes
        }
        if len(held) >= machine.hold.starts:
            win += respins(tables, held, rng, told)
    return win, award


def free_games(tables: Tables, award: int, rng: Rng, told: Told, carried: Carried) -> int:
    """A series of free games, and those they award again; returns the units won."""
    phase = tables.free
    assert phase is not None
    carried.wins, carried.steps = {}, 0
    if phase.book is not None:
        carried.special = phase.book.draw(rng, "book")
        told.append({"type": "special", "symbol": tables.symbols[carried.special]})
    win = played = 0
    left = _allowed(phase, 0, award, told)
    while left:
        left -= 1
        played += 1
        if played > SERIES:
            raise Endless(f"a series of more than {SERIES} free games")
        told.append({"type": "free_game", "number": played, "left": left})
        more, award, _ = spin(tables, phase, rng, told, carried)
        win += more
        left += _allowed(phase, played + left, award, told)
    return win


def _allowed(phase: PhaseTables, games: int, award: int, told: Told) -> int:
    """How many of the free games that are awarded are given, where a series has `games` already."""
    most = phase.of.most
    if not most or games + award <= most:
        return award
    told.append({"type": "limit", "games": most - games})
    return most - games


def spin(tables: Tables, phase: PhaseTables, rng: Rng, told: Told, carried: Carried) -> Spun:
    """One spin: the win in units, the free games that it awards, and the board at the end."""
    if phase.choice is not None:
        phase = phase.sets[phase.choice.draw(rng, "set")]
        if phase.of.times:
            told.append({"type": "times", "factor": phase.times})
    if phase.openings is not None:
        return _plain_spin(tables, phase, phase.openings, rng, told)
    carried.came = False
    first = carried.steps if phase.of.accumulates else 0
    forget_positions(tables, phase, told, carried)
    board = _stop(tables, phase, rng, told) if phase.quick else reveal(tables, phase, rng, told, carried)
    win = award = 0
    if tables.machine.cascade is not None:
        win, award, board = cascade(tables, phase, board, rng, told, carried)
    else:
        wins = evaluate(tables, phase, board, carried.steps, carried)
        carried.steps += phase.of.accumulates
        win = sum(won["win"] for won in wins)
        told += wins
        if phase.positions is not None and wins:
            raise_positions(tables, phase, wins, told, carried)
    return _settle(tables, phase, board, win, award, first, told, carried)


def _plain_spin(tables: Tables, phase: PhaseTables, openings: Openings, rng: Rng, told: Told) -> Spun:
    """What most spins are: stops, lines and scatters, and no more."""
    stops = rng.each(phase.stops, "stop")
    window, shown, counts = zip(*map(getitem, phase.views, stops))  # noqa: B905 - as many views of each reel
    told.append({"type": "reels", "stops": stops, "window": shown})
    win = award = 0
    if alive := openings[stops[0]][stops[1]][stops[2]]:
        for won in from_left(tables, window, None, phase.factor * phase.times * phase.steps[0], alive):
            told.append(won)
            win += won["win"]
    if tables.scatters and (count := sum(counts)) >= tables.scatters[0].least:
        scattered = scatter(tables, phase, 0, window, count)
        if scattered is not None:
            told.append(scattered)
            win += scattered["win"]
            award = scattered.get("games", 0)
    return win, award, window


def _stop(tables: Tables, phase: PhaseTables, rng: Rng, told: Told) -> Shown:
    """The board of a spin that is stops, expansion and values, until it is paid."""
    stops = rng.each(phase.stops, "stop")
    window = [reel[stop] for reel, stop in zip(phase.windows, stops, strict=True)]
    shown = [reel[stop][1] for reel, stop in zip(phase.views, stops, strict=True)]
    told.append({"type": "reels", "stops": stops, "window": shown})
    if phase.expands is not None:
        reels = [reel for reel, stop in enumerate(stops) if phase.expands[reel][stop]]
        if reels:
            tell_wilds(tables, "expand", window, told, reels=reels)
    values = None
    if phase.weights:
        values = told[-1]["values"] = draw_values(phase, window, None, rng)
    return Shown(stops, window, values)


def _settle(
    tables: Tables, phase: PhaseTables, board: Shown, win: int, award: int, first: int, told: Told, carried: Carried
) -> Spun:
    """What is decided when nothing falls any more: the book, multipliers on the board, scatters and respins."""
    window, values = board.window, board.values
    if carried.special >= 0:
        filled = book(tables, carried.special, window, phase.factor * phase.step(first))
        if filled is not None:
            told.append(filled)
            win += filled["win"]
    if values is not None and tables.wild not in phase.weights:
        factor = sum(map(sum, values))
        if factor > 1 and win:
            told.append({"type": "multiply", "factor": factor, "win": win * (factor - 1)})
            win *= factor
    if tables.settled:
        for won in scatters(tables, phase, window):
            told.append(won)
            win += won["win"]
            award += won.get("games", 0)
    if carried.came:
        told.append({"type": "again", "games": 1})
        award += 1
    return win, award, window

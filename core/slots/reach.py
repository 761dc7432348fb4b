"""What can be had exactly of a machine, and what only by simulation."""

from math import prod

from core.slots import parts
from core.slots.machine import Lines, Machine, Ways
from core.slots.tables import PhaseTables, Tables

ONE_BY_ONE = 200_000
"""Combinations of stops that are counted one by one, where there is no recurrence."""


def computable(machine: Machine) -> bool:
    """Whether the return can be computed here."""
    along = machine.cascade is None and isinstance(machine.pattern, Lines | Ways)
    holds = machine.hold is None or machine.hold.lands is not None
    return along and holds and not _multiplies_all(machine) and parts.countable_series(machine)


def long(machine: Machine) -> bool:
    """Whether the exact return is a fraction of hundreds of digits."""
    return machine.hold is not None or any(phase.sticky is not None or phase.most for phase in machine.phases.values())


def countable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the boards of a kind of spin can be counted here, drawn values aside: by the recurrence, which knows one way
    along a line, or one by one.
    """
    pattern = tables.machine.pattern
    one_way = not (isinstance(pattern, Lines) and pattern.direction == "both")
    few = prod(len(reel) for reel in phase.odds) <= ONE_BY_ONE
    return computable(tables.machine) and phase.landing is None and (one_way or few)


def distributable(tables: Tables, phase: PhaseTables) -> bool:
    """Whether the distribution of wins of a kind of spin can be computed here."""
    return countable(tables, phase) and not phase.weights


def _multiplies_all(machine: Machine) -> bool:
    """Whether some symbol's values multiply a whole spin."""
    wild = None if machine.wild is None else machine.wild.symbol
    return any(symbol != wild for phase in machine.phases.values() for symbol in phase.values)

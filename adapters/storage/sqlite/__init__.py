"""Rounds, rewards and sessions in one SQLite file that one process owns: the embedded default.

file      who owns it, who writes it, and what is done when it cannot be written
schema    the tables, and how an older file becomes a newer one
rounds    a `ports.rounds.RoundStore` and `ports.archive.Archive`
rewards   a `ports.rewards.RewardStore`
sessions  a `ports.sessions.SessionStore`
"""

from adapters.storage.sqlite.file import FILE, KEY, LOCK, SqliteStore, StoreInUse, own
from adapters.storage.sqlite.rewards import SqliteRewards
from adapters.storage.sqlite.rounds import SqliteRounds, rebuild
from adapters.storage.sqlite.schema import UnknownSchema
from adapters.storage.sqlite.sessions import SqliteSessions

__all__ = [
    "FILE",
    "KEY",
    "LOCK",
    "SqliteRewards",
    "SqliteRounds",
    "SqliteSessions",
    "SqliteStore",
    "StoreInUse",
    "UnknownSchema",
    "own",
    "rebuild",
]

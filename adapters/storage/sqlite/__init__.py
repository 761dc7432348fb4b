"""Rounds and sessions in one SQLite file that one process owns: the embedded default."""

from adapters.storage.sqlite.file import FILE, SqliteStore, StoreInUse, UnknownSchema
from adapters.storage.sqlite.rounds import SqliteRounds, rebuild
from adapters.storage.sqlite.sessions import SqliteSessions

__all__ = ["FILE", "SqliteRounds", "SqliteSessions", "SqliteStore", "StoreInUse", "UnknownSchema", "rebuild"]
